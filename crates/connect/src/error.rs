//! Why there is no connection, and what to do about it.

use std::error::Error as _;

use tokio_postgres::error::SqlState;

use crate::tls::Fault;

/// Why there is no connection. Texts fit after "failed to".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{why}", if *kind == ErrorKind::Settings { "connect to PostgreSQL: " } else { "" })]
#[non_exhaustive]
pub struct Error {
    /// What the caller can do about it.
    pub kind: ErrorKind,
    /// What is wrong, with the value in backticks, and never a password.
    pub why: String,
    /// What to do about it, for the `hint:` line of the command line.
    pub hint: Option<String>,
}

/// What the caller can do about a connection that there is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Change the connection string: no connection was tried.
    Settings,
    /// Change the connection string or the server: TLS between the two is impossible, or is not
    /// what the string asks for.
    Tls,
    /// Try again: all the server's connections are taken.
    Busy,
    /// See whether the server runs and lets this user in.
    Unavailable,
}

impl Error {
    /// A connection string that is not accepted.
    pub(crate) fn settings(why: impl Into<String>, hint: &str) -> Self {
        Self {
            kind: ErrorKind::Settings,
            why: why.into(),
            hint: Some(hint.to_owned()),
        }
    }

    /// No answer from `place`, [`Target::place`](crate::Target::place), within the time to connect.
    #[must_use]
    pub fn no_answer(place: &str) -> Self {
        Self {
            kind: ErrorKind::Unavailable,
            why: format!("connect to `{place}`: no answer in time"),
            hint: None,
        }
    }

    /// What the client said when `place`, [`Target::place`](crate::Target::place), could not be
    /// connected to.
    #[must_use]
    pub fn not_opened(place: &str, error: &tokio_postgres::Error) -> Self {
        let cause = error.source();
        let why = match (cause, error.to_string().as_str()) {
            // Said already.
            (Some(cause), "error connecting to server" | "error performing TLS handshake") => {
                cause.to_string()
            }
            _ => with_cause(error),
        };
        let tls = cause.and_then(|cause| cause.downcast_ref::<Fault>());
        let hint = match tls {
            Some(fault) => Some(fault.hint),
            None if cause.is_some_and(|it| it.to_string() == "server does not support TLS") => {
                Some(
                    "set `ssl = on` on the server; over a private network or a tunnel, \
                     `sslmode=disable`",
                )
            }
            None => None,
        };
        let kind = if hint.is_some() {
            ErrorKind::Tls
        } else if error.code() == Some(&SqlState::TOO_MANY_CONNECTIONS) {
            ErrorKind::Busy
        } else {
            ErrorKind::Unavailable
        };
        Self {
            kind,
            why: format!("connect to `{place}`: {why}"),
            hint: hint.map(str::to_owned),
        }
    }
}

/// What the server said, or what the client said with its cause: the client's own text says only
/// "error connecting to server".
#[must_use]
pub fn with_cause(error: &tokio_postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        return said.message().to_owned();
    }
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
