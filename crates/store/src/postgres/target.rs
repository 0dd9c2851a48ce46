//! Reads a connection string: which server, and what is asked of its TLS.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::config::{Host, SslMode};

use super::fault::with_cause;
use super::tls::{Check, Roots, Tls};
use crate::{Config, Error};

/// A connection on which nothing is said is probed after this time, so that one that a firewall
/// forgot is found before somebody waits on it.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// Where to connect, and how. No Debug: the settings may hold a password.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) settings: tokio_postgres::Config,
    pub(super) tls: Tls,
    /// The hosts with their ports, for errors.
    pub(super) place: String,
}

impl Target {
    pub(super) fn parse(url: &str, config: &Config) -> Result<Self, Error> {
        let (rest, words) = take_words(url)?;
        let mut settings: tokio_postgres::Config = rest.parse().map_err(|error| {
            // The text of the error names the parameter, never the password.
            let why = with_cause(&error);
            refused(
                why,
                "give it the form `postgres://user:password@host:5432/database`",
            )
        })?;
        let (mode, check, roots) = words.meaning()?;
        if settings.get_application_name().is_none() {
            settings.application_name("analyticsbot");
        }
        settings
            .ssl_mode(mode)
            .connect_timeout(config.postgres.connect_wait)
            .keepalives_idle(KEEPALIVE);
        Ok(Self {
            tls: Tls::new(check, &roots)?,
            place: place_of(&settings),
            settings,
        })
    }
}

/// What a connection string says of TLS. `tokio-postgres` knows no verification: it would take
/// `verify-full` for a mistake, and of `sslrootcert` it knows nothing.
#[derive(Debug, Default, PartialEq, Eq)]
struct Words {
    mode: Option<String>,
    root: Option<String>,
}

impl Words {
    /// As libpq understands them (PostgreSQL 17, section 32.19): a root turns `require` into
    /// `verify-ca`, and the system's roots are good for `verify-full` alone, since anybody gets a
    /// certificate from one of them.
    fn meaning(&self) -> Result<(SslMode, Check, Roots), Error> {
        let roots = match self.root.as_deref() {
            None => Roots::Mozilla,
            Some("system") => Roots::System,
            Some(path) => Roots::File(path.into()),
        };
        let some_root = if self.root.is_some() {
            Check::Authority
        } else {
            Check::Nothing
        };
        let (mode, check) = match (self.mode.as_deref(), &roots) {
            (Some("disable"), _) => return Ok((SslMode::Disable, Check::Nothing, Roots::Mozilla)),
            (Some("verify-full"), _) | (None, Roots::System) => {
                (SslMode::Require, Check::AuthorityAndName)
            }
            (Some("prefer" | "require" | "verify-ca"), Roots::System) => {
                return Err(refused(
                    "`sslrootcert=system` is only safe where the name is verified".to_owned(),
                    "set `sslmode=verify-full`",
                ));
            }
            (Some("verify-ca"), _) => (SslMode::Require, Check::Authority),
            (Some("require"), _) => (SslMode::Require, some_root),
            (None | Some("prefer"), _) => (SslMode::Prefer, some_root),
            (Some(other), _) => {
                return Err(refused(
                    format!("`sslmode={other}` is not supported"),
                    "`disable`, `prefer`, `require`, `verify-ca` or `verify-full`",
                ));
            }
        };
        Ok((mode, check, roots))
    }
}

/// The string without its words on TLS, and those.
fn take_words(url: &str) -> Result<(Cow<'_, str>, Words), Error> {
    // As `tokio-postgres` reads it: credentials end at the first `@`, and may hold a `?`.
    let behind_credentials = url.find('@').map_or(0, |at| at + 1);
    let Some(mark) = url[behind_credentials..].find('?') else {
        return Ok((Cow::Borrowed(url), Words::default()));
    };
    let (base, parameters) = url.split_at(behind_credentials + mark);
    let mut rest = base.to_owned();
    let mut words = Words::default();
    let mut separator = '?';
    for parameter in parameters[1..].split('&') {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let word = match percent_decode_str(key).decode_utf8_lossy().as_ref() {
            "sslmode" => &mut words.mode,
            "sslrootcert" => &mut words.root,
            _ => {
                write!(rest, "{separator}{parameter}").expect("a string takes any text");
                separator = '&';
                continue;
            }
        };
        let value = percent_decode_str(value)
            .decode_utf8()
            .ok()
            .filter(|value| !value.is_empty());
        // The last of two would win, and might be the weaker.
        match value {
            Some(value) if word.is_none() => *word = Some(value.into_owned()),
            _ => {
                let why = format!("`{key}` is empty, not UTF-8 or given twice");
                return Err(refused(why, "name it once: `sslmode=verify-full`"));
            }
        }
    }
    Ok((Cow::Owned(rest), words))
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

pub(super) fn refused(why: String, hint: &str) -> Error {
    Error::Refused {
        why,
        hint: hint.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(mode: &str, root: &str) -> Words {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Words {
            mode: some(mode),
            root: some(root),
        }
    }

    #[test]
    fn words_mean_what_they_mean_to_libpq() {
        let file = || Roots::File("/r.pem".into());
        for (mode, root, expected) in [
            ("", "", (SslMode::Prefer, Check::Nothing, Roots::Mozilla)),
            (
                "prefer",
                "/r.pem",
                (SslMode::Prefer, Check::Authority, file()),
            ),
            (
                "disable",
                "/r.pem",
                (SslMode::Disable, Check::Nothing, Roots::Mozilla),
            ),
            (
                "require",
                "",
                (SslMode::Require, Check::Nothing, Roots::Mozilla),
            ),
            (
                "require",
                "/r.pem",
                (SslMode::Require, Check::Authority, file()),
            ),
            (
                "verify-ca",
                "",
                (SslMode::Require, Check::Authority, Roots::Mozilla),
            ),
            (
                "verify-full",
                "/r.pem",
                (SslMode::Require, Check::AuthorityAndName, file()),
            ),
            (
                "verify-full",
                "system",
                (SslMode::Require, Check::AuthorityAndName, Roots::System),
            ),
            (
                "",
                "system",
                (SslMode::Require, Check::AuthorityAndName, Roots::System),
            ),
        ] {
            assert_eq!(
                words(mode, root).meaning().unwrap(),
                expected,
                "{mode} {root}"
            );
        }
        for (mode, root) in [
            ("allow", ""),
            ("verify_full", ""),
            ("require", "system"),
            ("verify-ca", "system"),
        ] {
            let error = words(mode, root).meaning().unwrap_err();
            assert!(error.hint().is_some(), "{mode} {root}");
        }
    }

    #[test]
    fn words_are_taken_out_and_the_rest_stays() {
        for (url, rest, expected) in [
            ("postgres://h/d", "postgres://h/d", words("", "")),
            (
                "postgres://u:p?sslmode=disable@h/d?sslmode=verify-full",
                "postgres://u:p?sslmode=disable@h/d",
                words("verify-full", ""),
            ),
            (
                "postgres://h/d?options=-c%20a&%73slmode=require&user=ana&sslrootcert=%2Fa%20b",
                "postgres://h/d?options=-c%20a&user=ana",
                words("require", "/a b"),
            ),
        ] {
            let (found_rest, found) = take_words(url).unwrap();
            assert_eq!((found_rest.as_ref(), found), (rest, expected), "{url}");
        }
        for url in [
            "postgres://h/d?sslmode",
            "postgres://h/d?sslmode=",
            "postgres://h/d?sslrootcert=%FF",
            "postgres://h/d?sslmode=verify-full&sslmode=disable",
        ] {
            assert!(take_words(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_place_names_each_host_and_no_password() {
        for (url, place) in [
            ("postgres://u:secret@h/d", "h:5432"),
            ("postgres://u:secret@[::1]:5433/d", "[::1]:5433"),
            ("postgres://a:1,b:2/d", "a:1, b:2"),
            ("postgres://%2Frun%2Fpg/d", "/run/pg:5432"),
        ] {
            let target = Target::parse(url, &Config::default()).ok();
            assert_eq!(target.map(|target| target.place).as_deref(), Some(place));
        }
    }
}
