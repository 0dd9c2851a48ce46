//! Everything that can be set, put together from the file, the environment and the flags.

mod field;
mod load;
mod page;
mod table;
mod units;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::Serialize;
use store::Location;

use crate::context::quoted;
use crate::observe;
use crate::refusal::Refusal;
use crate::secret::Secret;

pub(crate) use load::{FILE_DEFAULT, load};
pub(crate) use page::file;
pub(crate) use units::bytes;

/// Where SQLite keeps everything if nobody says otherwise.
const DATABASE_DEFAULT: &str = "./data/analyticsbot.db";

/// Where HTTP is served if nobody says otherwise: this machine only.
const LISTEN_DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// Everything that can be set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// Where HTTP is served.
    pub(crate) server: Server,
    /// Limits of HTTP.
    pub(crate) web: web::Config,
    /// Where the data is.
    pub(crate) database: Database,
    /// Limits of the store.
    pub(crate) store: store::Config,
    /// Limits of requests and events, and of what waits.
    pub(crate) intake: intake::Config,
    /// Logs, traces and errors.
    pub(crate) observe: observe::Config,
    /// What the command line said.
    pub(crate) given: Given,
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
    /// Where each setting that is no default comes from, by `section.key`.
    pub(crate) origins: BTreeMap<String, Origin>,
}

/// Where the value of a setting comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    /// The file.
    File,
    /// A variable of the environment.
    Environment,
    /// The command line.
    Flag,
}

/// Where HTTP is served.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    /// Address and port; port 0 takes a free one.
    pub(crate) listen: SocketAddr,
    /// Threads that serve requests; None for [`Server::workers`]' own choice.
    pub(crate) workers: Option<usize>,
}

/// Where the data is.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    /// A path or a connection string.
    pub(crate) url: Secret,
}

/// What of it all the command line said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    /// `--config`.
    pub(crate) config: Option<String>,
    /// `--database`.
    pub(crate) database: Option<Secret>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: LISTEN_DEFAULT,
            workers: None,
        }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: Secret::new(DATABASE_DEFAULT),
        }
    }
}

impl Server {
    /// Threads that serve requests: as many as the machine has cores, less one, for the thread that
    /// writes to SQLite or for PostgreSQL beside us. On two cores one of them serves more, and
    /// answers sooner, than two or four that take the cores from each other.
    pub(crate) fn workers(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        self.workers.unwrap_or(cores.saturating_sub(1)).max(1)
    }
}

impl Settings {
    /// Refuses limits that contradict each other: what one lets through, the next must hold.
    fn check(&self) -> Result<(), Refusal> {
        let (limits, batch) = (&self.intake.limits, &self.intake.batch);
        let request = ("limits.batch_events_max", limits.batch_events_max);
        let project = ("intake.project_events_max", batch.project_events_max);
        for ((small, less), (large, more)) in [
            (
                request,
                ("database.batch_rows_max", self.store.batch_rows_max),
            ),
            (request, project),
            (
                project,
                ("intake.waiting_events_max", batch.waiting_events_max),
            ),
            (
                ("limits.event_bytes_max", limits.event_bytes_max),
                ("limits.body_bytes_max", limits.body_bytes_max),
            ),
        ] {
            if less > more {
                let message = format!("`{small}` is {less}, more than `{large}`, which is {more}");
                let hint = format!("raise `{large}` or lower `{small}`");
                return Err(Refusal::usage(message).hint(hint));
            }
        }
        Ok(())
    }

    /// The flags that bring another command to the same settings. A password is not repeated: the
    /// one who typed it knows it.
    pub(crate) fn flags(&self) -> String {
        let config = self.given.config.as_ref();
        let config = config.map(|file| format!("--config {}", quoted(file)));
        let database = self.given.database.as_ref().map(|url| {
            let shown = shown(url.expose());
            format!("--database {}", quoted(&shown))
        });
        [config, database]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

impl Database {
    /// The database that is meant.
    pub(crate) fn location(&self) -> Location {
        Location::parse(self.url.expose())
    }

    /// The database that is meant, for people: without a password.
    pub(crate) fn shown(&self) -> String {
        shown(self.url.expose())
    }
}

/// What stands in the place of a password.
const HIDDEN: &str = "***";

/// A path, or a connection string without its password.
fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(query)),
        None => (rest, None),
    };
    // The last one: a password may hold an `@` that nobody escaped.
    let rest = match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((user, _)) => format!("{user}:{HIDDEN}@{host}"),
            None => format!("{user}@{host}"),
        },
        None => rest.to_owned(),
    };
    let query = query.map_or_else(String::new, |query| {
        let parts = query.split('&').map(|part| match part.split_once('=') {
            Some((name, _)) if name.contains("password") => format!("{name}={HIDDEN}"),
            _ => part.to_owned(),
        });
        format!("?{}", parts.collect::<Vec<_>>().join("&"))
    });
    format!("{scheme}://{rest}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for (url, expected) in [
            ("./data/analyticsbot.db", "./data/analyticsbot.db"),
            ("postgres://db/events", "postgres://db/events"),
            ("postgres://ana@db/events", "postgres://ana@db/events"),
            (
                "postgres://ana:s3cret@db/events",
                "postgres://ana:***@db/events",
            ),
            (
                "postgres://ana:a@b:c@db:5432/events",
                "postgres://ana:***@db:5432/events",
            ),
            (
                "postgres://db/events?user=ana&password=s3cret&sslmode=require",
                "postgres://db/events?user=ana&password=***&sslmode=require",
            ),
        ] {
            assert_eq!(shown(url), expected);
        }
    }
}
