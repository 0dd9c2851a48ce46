//! Throwaway servers: one for a test of its own, or one shared by all tests.

use std::sync::OnceLock;

use crate::cluster::Cluster;
use crate::programs::{Programs, Search};
use crate::{Database, Error};

/// Set to `1` by `cargo xtask test --without-postgres`: tests that need a server skip themselves.
const WITHOUT_VARIABLE: &str = "TESTKIT_WITHOUT_POSTGRES";

/// The connection string of the server that `cargo xtask test` started for all test processes.
const SHARED_VARIABLE: &str = "TESTKIT_POSTGRES";

/// What a missing server is answered with.
const HINT: &str = "`cargo xtask test` installs PostgreSQL or says how; with \
                    `--without-postgres` it skips the tests that need it";

/// A PostgreSQL server in a temporary folder, on a free port of 127.0.0.1, with superuser
/// `postgres` and no password. Dropping it ends the server and removes the folder; so does the end
/// of the process, however it ends. As root, the server runs as `postgres` or `nobody`.
#[derive(Debug)]
pub struct Postgres {
    programs: Programs,
    port: u16,
    /// None if another process owns the server.
    cluster: Option<Cluster>,
}

/// How to start a server: settings beyond PostgreSQL's own defaults.
#[derive(Debug, Clone, Default)]
pub struct Options {
    settings: Vec<String>,
}

impl Options {
    /// Adds one line of `postgresql.conf`. The default is durable; a test that does not mind
    /// losing data to save time asks for `setting("fsync", "off")`.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push(format!("{name}={value}"));
        self
    }

    /// Starts a server with these settings; takes one to two seconds, most of it `initdb`.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] if PostgreSQL 13 or later is not installed, else what failed.
    pub fn start(&self) -> Result<Postgres, Error> {
        let programs = Search::of_this_machine().find().map_err(Error::Missing)?;
        let cluster = Cluster::start(&programs, &self.settings)?;
        Ok(Postgres {
            programs,
            port: cluster.port(),
            cluster: Some(cluster),
        })
    }
}

impl Postgres {
    /// Starts a server with PostgreSQL's defaults.
    ///
    /// # Errors
    ///
    /// As [`Options::start`].
    pub fn start() -> Result<Self, Error> {
        Options::default().start()
    }

    /// A server to configure first.
    #[must_use]
    pub fn options() -> Options {
        Options::default()
    }

    /// The server that all tests of this process share, started by the first that asks. Under
    /// `cargo xtask test` it is one for all processes, because test runners that give each test a
    /// process would otherwise start one each.
    ///
    /// # Errors
    ///
    /// As [`Options::start`]; the same answer to every caller.
    pub fn shared() -> Result<&'static Self, &'static Error> {
        static SHARED: OnceLock<Result<Postgres, Error>> = OnceLock::new();
        SHARED
            .get_or_init(|| match variable(SHARED_VARIABLE) {
                Some(url) => Self::started_elsewhere(&url),
                None => Self::start(),
            })
            .as_ref()
    }

    fn started_elsewhere(url: &str) -> Result<Self, Error> {
        let port = port_of(url).ok_or_else(|| {
            let form = url_of(5432, "postgres");
            Error::Missing(format!(
                "{SHARED_VARIABLE} is `{url}`, expected the form `{form}`"
            ))
        })?;
        let programs = Search::of_this_machine().find().map_err(Error::Missing)?;
        Ok(Self {
            programs,
            port,
            cluster: None,
        })
    }

    /// Creates an empty database for one test, with a name that begins with the hint.
    ///
    /// # Errors
    ///
    /// What the server said.
    pub fn database(&self, name_hint: &str) -> Result<Database<'_>, Error> {
        Database::create(self, name_hint)
    }

    /// The TCP port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The major version of the server, such as 15.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.programs.version
    }

    /// The connection string of the database `postgres`, which every server has.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    pub(crate) fn url_of(&self, database: &str) -> String {
        url_of(self.port, database)
    }

    pub(crate) fn programs(&self) -> &Programs {
        &self.programs
    }

    /// The server, if this process owns it: another's tests must not suffer from ours.
    pub(crate) fn own(&mut self) -> Result<&mut Cluster, Error> {
        let missing = || Error::Missing("the server belongs to another process".to_owned());
        self.cluster.as_mut().ok_or_else(missing)
    }
}

/// The shared server, or None, said loudly, if this run goes without PostgreSQL.
///
/// # Panics
///
/// If there is no server and nobody asked to go without: a test that silently did nothing would
/// pass for the wrong reason.
#[must_use]
#[expect(clippy::print_stderr, reason = "a skipped test says so loudly")]
pub fn postgres_or_skip() -> Option<&'static Postgres> {
    if variable(WITHOUT_VARIABLE).is_some_and(|value| value == "1") {
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("a test");
        eprintln!("SKIPPED `{test}`: it needs PostgreSQL, and {WITHOUT_VARIABLE} is set");
        return None;
    }
    match Postgres::shared() {
        Ok(server) => Some(server),
        Err(error) => panic!("failed to start PostgreSQL for this test: {error}\nhint: {HINT}"),
    }
}

fn url_of(port: u16, database: &str) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/{database}")
}

fn port_of(url: &str) -> Option<u16> {
    url.strip_prefix("postgres://postgres@127.0.0.1:")?
        .strip_suffix("/postgres")?
        .parse()
        .ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are configured by their environment"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_survives_the_way_through_the_environment() {
        assert_eq!(port_of(&url_of(40_123, "postgres")), Some(40_123));
        assert_eq!(
            port_of("postgres://postgres@db.example.com:5432/postgres"),
            None
        );
        assert_eq!(port_of("40123"), None);
    }
}
