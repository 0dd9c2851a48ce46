//! Reads a connection string: which server, and what is asked of its TLS.

use std::fmt::Write as _;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::config::Host;

use crate::tls::Tls;
use crate::words::take_words;
use crate::{Error, with_cause};

/// A connection on which nothing is said is probed after this time, so that one that a firewall
/// forgot is found before somebody waits on it.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// Where to connect, and how. No Debug: the settings may hold a password.
#[derive(Clone)]
pub struct Target {
    /// What the connection string says, but for what it says of verifying certificates.
    pub settings: tokio_postgres::Config,
    /// What it says of that.
    pub tls: Tls,
    /// The hosts with their ports, for errors.
    pub place: String,
}

impl Target {
    /// Reads `postgres://user:password@host:port/database?parameters`, or `host=... user=...`.
    ///
    /// `application_name` is how the server's views name the connection, unless the string says
    /// otherwise. Within `connect_wait` each host has to answer. A file of root certificates is
    /// read here.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Settings`](crate::ErrorKind::Settings), always with a hint.
    pub fn parse(url: &str, application_name: &str, connect_wait: Duration) -> Result<Self, Error> {
        let (rest, words) = take_words(url)?;
        let mut settings: tokio_postgres::Config = rest.parse().map_err(|error| {
            // The text of the error names the parameter, never the password.
            let why = with_cause(&error);
            let hint = "give it the form `postgres://user:password@host:5432/database`";
            Error::settings(why, hint)
        })?;
        let (mode, check, roots) = words.meaning()?;
        if settings.get_application_name().is_none() {
            settings.application_name(application_name);
        }
        settings
            .ssl_mode(mode)
            .connect_timeout(connect_wait)
            .keepalives_idle(KEEPALIVE);
        Ok(Self {
            tls: Tls::new(check, &roots)?,
            place: place_of(&settings),
            settings,
        })
    }

    /// Connects and logs in, within `connect_wait` in all. The task moves the client's bytes, and
    /// ends with it.
    ///
    /// # Errors
    ///
    /// Any [`ErrorKind`](crate::ErrorKind) but `Settings`.
    pub async fn open(&self) -> Result<(tokio_postgres::Client, JoinHandle<()>), Error> {
        let opening = self.settings.connect(self.tls.clone());
        let wait = self.settings.get_connect_timeout().copied();
        let opened = tokio::time::timeout(wait.unwrap_or(Duration::MAX), opening).await;
        let opened = opened.map_err(|_| Error::no_answer(&self.place))?;
        let (client, connection) =
            opened.map_err(|error| Error::not_opened(&self.place, &error))?;
        let drive = async {
            // What ended the connection is what the client's calls fail with.
            let _ended = connection.await;
        };
        Ok((client, tokio::spawn(drive)))
    }
}

/// `db.example:5432`, and so for each host.
fn place_of(settings: &tokio_postgres::Config) -> String {
    let mut hosts: Vec<_> = settings
        .get_hosts()
        .iter()
        .map(|host| match host {
            Host::Tcp(name) if name.contains(':') => format!("[{name}]"),
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        })
        .collect();
    if hosts.is_empty() {
        let addresses = settings.get_hostaddrs().iter();
        hosts.extend(addresses.map(ToString::to_string));
    }
    let ports = settings.get_ports();
    for (index, host) in hosts.iter_mut().enumerate() {
        let port = ports.get(index).or(ports.first()).unwrap_or(&5432);
        write!(host, ":{port}").expect("a string takes any text");
    }
    hosts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_names_each_host_and_no_password() {
        for (url, place) in [
            ("postgres://u:secret@h/d", "h:5432"),
            ("postgres://u:secret@[::1]:5433/d", "[::1]:5433"),
            ("postgres://a:1,b:2/d", "a:1, b:2"),
            ("postgres://%2Frun%2Fpg/d", "/run/pg:5432"),
            (
                "host=h port=1 user=u password='a b' sslmode=verify-full",
                "h:1",
            ),
        ] {
            let target = Target::parse(url, "test", Duration::from_secs(1)).ok();
            assert_eq!(target.map(|target| target.place).as_deref(), Some(place));
        }
    }
}
