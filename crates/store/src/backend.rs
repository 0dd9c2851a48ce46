//! Which database, and the doors into it.

use std::path::PathBuf;
use std::sync::Arc;

use ids::Timestamp;

use crate::full::Full;
use crate::{Config, Error, Journal, Registry, postgres, sqlite};

/// Where the data is.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file, created if it is not there; its folder must be.
    Sqlite(PathBuf),
    /// A connection string such as `postgres://user@host/database`, with libpq's `sslmode` and
    /// `sslrootcert`.
    Postgres(String),
}

impl Location {
    /// A connection string if it begins like one, else a path.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let is_url = ["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| text.starts_with(scheme));
        if is_url {
            Self::Postgres(text.to_owned())
        } else {
            Self::Sqlite(PathBuf::from(text))
        }
    }
}

impl std::fmt::Debug for Location {
    /// Without the connection string, which may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres(..)"),
        }
    }
}

/// An open database.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) backend: Backend,
}

/// The one of the two.
#[derive(Clone, Debug)]
pub(crate) enum Backend {
    Sqlite(Arc<sqlite::Database>),
    Postgres(Arc<postgres::Database>),
}

impl Backend {
    pub(crate) fn full(&self) -> &Full {
        match self {
            Self::Sqlite(database) => database.full(),
            Self::Postgres(database) => database.full(),
        }
    }

    pub(crate) fn config(&self) -> &Config {
        match self {
            Self::Sqlite(database) => database.config(),
            Self::Postgres(database) => database.config(),
        }
    }
}

impl Store {
    /// Opens the database, brings its schema up to date and checks its settings. `now` is noted
    /// beside the migrations that are applied. Needs a running tokio runtime with timers.
    ///
    /// A SQLite file is copied to `<file>.before-<version>` before its schema is changed.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] for a database that cannot keep its promises or is not ours,
    /// [`Error::SchemaTooNew`], [`Error::Unavailable`], [`Error::Busy`] if another process holds
    /// it, [`Error::Full`].
    pub async fn open(location: &Location, config: &Config, now: Timestamp) -> Result<Self, Error> {
        let backend = match location {
            Location::Sqlite(path) => {
                Backend::Sqlite(Arc::new(sqlite::Database::open(path, config, now).await?))
            }
            Location::Postgres(url) => {
                Backend::Postgres(Arc::new(postgres::Database::open(url, config, now).await?))
            }
        };
        Ok(Self { backend })
    }

    /// Why the last write failed, while no writes are taken because of it. None while they are, and
    /// always of PostgreSQL, whose server answers for itself. Touches no disk.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        match &self.backend {
            Backend::Sqlite(database) => database.failure(),
            Backend::Postgres(_) => None,
        }
    }

    /// The door to events and refusals.
    #[must_use]
    pub fn journal(&self) -> Journal {
        Journal::over(self.backend.clone())
    }

    /// The door to projects, keys and providers.
    #[must_use]
    pub fn registry(&self) -> Registry {
        Registry::over(self.backend.clone())
    }
}

/// Refuses what is larger than a limit.
pub(crate) const fn check_max(
    doing: &'static str,
    limit: &'static str,
    count: usize,
    max: usize,
) -> Result<(), Error> {
    if count > max {
        return Err(Error::TooMany {
            doing,
            count,
            limit,
            max,
        });
    }
    Ok(())
}

/// Holds the statements of a backend against its source: every text that begins with `-- name` is
/// in the list, so that the test that prepares the list prepares all there are.
#[cfg(test)]
pub(crate) fn check_statements(folder: &str, listed: &[&[&str]]) {
    use std::collections::BTreeSet;

    let name = |statement: &str| statement.lines().next().unwrap_or_default().to_owned();
    let listed: Vec<_> = listed
        .iter()
        .copied()
        .flatten()
        .map(|text| name(text))
        .collect();
    let mut written = Vec::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src")
        .join(folder);
    let mut left = vec![root];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(
                std::fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        let source = std::fs::read_to_string(path).unwrap();
        let everything = concat!("SELECT", " *");
        assert!(
            !source.contains(everything),
            "{folder} reads columns that it does not name"
        );
        // Those of backups are put together from a list of columns; backing up runs them all.
        let pieces = source
            .split('"')
            .filter(|piece| piece.starts_with("-- ") && !piece.starts_with("-- backup."));
        written.extend(pieces.map(name));
    }
    let set = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>();
    assert_eq!(set(&listed), set(&written));
    assert_eq!(listed.len(), written.len(), "two statements of one name");
    assert!(written.len() > 20, "the search itself is broken");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_a_connection_string_or_a_path() {
        let url = "postgresql://ana@db.example.com/events";
        assert_eq!(Location::parse(url), Location::Postgres(url.to_owned()));
        assert_eq!(
            Location::parse("./data.db"),
            Location::Sqlite("./data.db".into())
        );
        let debug = format!("{:?}", Location::parse("postgres://ana:secret@db/events"));
        assert!(!debug.contains("secret"), "{debug}");
    }
}
