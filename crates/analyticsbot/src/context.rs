//! What every sub-command is handed: settings, streams, time, ids and the store.

use std::path::Path;

use ids::{Timestamp, Uuid};
use store::{Location, Store};

use crate::console::Console;
use crate::refusal::Refusal;
use crate::settings::Settings;

/// Everything that a sub-command needs and may not take for itself.
pub(crate) struct Context {
    /// File, environment and flags in one.
    pub(crate) settings: Settings,
    /// The wall clock.
    pub(crate) clock: fn() -> Timestamp,
    /// Makes an id of a moment, or of now.
    pub(crate) make_id: fn(Option<Timestamp>) -> Result<Uuid, ids::Error>,
    /// The standard streams.
    pub(crate) console: Console,
    /// What is wrong with the configuration, for the commands that work without one.
    pub(crate) misconfigured: Option<Refusal>,
    /// How this program was called, up to its first argument.
    pub(crate) program: String,
}

impl Context {
    /// The wall clock, now.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// An id of this moment, in the one order of the process.
    pub(crate) fn new_id(&self) -> Result<Uuid, ids::Error> {
        (self.make_id)(None)
    }

    /// Where the data is.
    pub(crate) fn location(&self) -> Location {
        self.settings.database.location()
    }

    /// Opens the store that is there.
    ///
    /// # Errors
    /// When there is none yet: a command that only reads must not make an empty one.
    pub(crate) async fn store(&self) -> anyhow::Result<Store> {
        if let Location::Sqlite(path) = self.location()
            && !path.exists()
        {
            return Err(not_there(&path).into());
        }
        self.open().await
    }

    /// Opens the store, and creates it with its folder if it is not there.
    pub(crate) async fn store_or_new(&self) -> anyhow::Result<Store> {
        if let Location::Sqlite(path) = self.location() {
            crate::folder::prepare(&path)?;
        }
        self.open().await
    }

    /// A command of this program on the same database, to be typed next.
    pub(crate) fn command(&self, words: &str) -> String {
        let program = quoted(&self.program);
        match self.settings.flags() {
            flags if flags.is_empty() => format!("{program} {words}"),
            flags => format!("{program} {words} {flags}"),
        }
    }

    async fn open(&self) -> anyhow::Result<Store> {
        let (location, config) = (self.location(), &self.settings.store);
        Ok(Store::open(&location, config, self.now()).await?)
    }
}

/// Makes an id of a moment, or of now.
pub(crate) fn make_id(time: Option<Timestamp>) -> Result<Uuid, ids::Error> {
    match time {
        Some(time) => Uuid::at(time),
        None => Uuid::try_now_v7(),
    }
}

/// What to do about an error of the store, if that can be said.
pub(crate) fn advice(error: &store::Error) -> Option<&str> {
    error.hint().or(match error {
        store::Error::Unavailable { .. } => {
            Some("is the address right, does the database run, and may this user connect?")
        }
        store::Error::Busy { .. } => Some("try again; who else works on it?"),
        store::Error::Corrupt { .. } => {
            Some("it is damaged or not ours: restore a backup, or name another")
        }
        _ => None,
    })
}

fn not_there(path: &Path) -> Refusal {
    let message = format!("there is no database at `{}`", path.display());
    Refusal::new("no_database", message)
        .hint("start the server with `analyticsbot`, or name another one with --database")
}

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=+,%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_if_a_shell_would_take_it_apart() {
        for (word, expected) in [
            ("target/release/analyticsbot", "target/release/analyticsbot"),
            ("postgres://ana@db/events", "postgres://ana@db/events"),
            ("my data.db", "'my data.db'"),
            ("it's", r"'it'\''s'"),
            ("a?b", "'a?b'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
