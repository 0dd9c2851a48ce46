//! What PostgreSQL and its client say, as what the caller can do.

use connect::{ErrorKind, with_cause};
use deadpool_postgres::{PoolError, TimeoutType};
use tokio_postgres::error::{DbError, SqlState};

use crate::Error;

/// For `map_err`.
pub(super) fn fault(doing: &'static str) -> impl Fn(tokio_postgres::Error) -> Error {
    move |error| match error.as_db_error().map(|said| said_by_server(doing, said)) {
        Some(Some(translated)) => translated,
        Some(None) => Error::Failed {
            doing,
            source: Box::new(error),
        },
        // The connection broke, or the answer was not understood: in both cases the server may
        // have done what it was told.
        None => Error::Unavailable {
            doing,
            why: with_cause(&error),
        },
    }
}

/// None for what only a defect explains.
fn said_by_server(doing: &'static str, said: &DbError) -> Option<Error> {
    let why = said.message().to_owned();
    let code = said.code();
    let is_busy = [
        SqlState::QUERY_CANCELED,
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::OUT_OF_MEMORY,
    ];
    let is_damage = [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED];
    // Connections (08), the operator (57P), a server that has become a standby (25006), the
    // system below the server (58).
    let is_gone = ["08", "57P", "25006", "58"];
    if is_busy.contains(code) {
        return Some(Error::Busy { doing, why });
    }
    if *code == SqlState::DISK_FULL {
        return Some(Error::Full { doing });
    }
    if *code == SqlState::UNIQUE_VIOLATION {
        return Some(Error::Conflict {
            doing,
            field: field_of(said),
            value: String::new(),
        });
    }
    if is_damage.contains(code) {
        let row = String::new();
        return Some(Error::Corrupt {
            doing,
            table: "the database",
            column: why,
            row,
        });
    }
    let gone = is_gone.iter().any(|prefix| code.code().starts_with(prefix));
    gone.then_some(Error::Unavailable { doing, why })
}

/// Constraints are named by PostgreSQL: `<table>_<column>_key`, `<table>_pkey`.
fn field_of(said: &DbError) -> &'static str {
    match said.constraint() {
        Some("analytics_projects_slug_key") => "slug",
        Some("api_keys_digest_key") => "digest",
        _ => "id",
    }
}

/// When no connection came from a pool of connections to `place`.
pub(super) fn no_connection(doing: &'static str, place: &str, error: &PoolError) -> Error {
    match error {
        PoolError::Timeout(TimeoutType::Wait) => Error::Busy {
            doing,
            why: "no connection became free in time".to_owned(),
        },
        PoolError::Timeout(_) => not_connected(doing, connect::Error::no_answer(place)),
        PoolError::Backend(error) => match not_opened(doing, place, error) {
            // Only who opens the store can do something about it at once.
            Error::Refused { why, .. } => Error::Unavailable { doing, why },
            other => other,
        },
        other => Error::Unavailable {
            doing,
            why: format!("connect to `{place}`: {other}"),
        },
    }
}

/// When `place` could not be connected to.
pub(super) fn not_opened(doing: &'static str, place: &str, error: &tokio_postgres::Error) -> Error {
    not_connected(doing, connect::Error::not_opened(place, error))
}

/// When there is no connection.
pub(super) fn not_connected(doing: &'static str, error: connect::Error) -> Error {
    let why = error.why;
    match error.kind {
        ErrorKind::Settings | ErrorKind::Tls => Error::Refused {
            why,
            hint: error.hint.unwrap_or_default(),
        },
        ErrorKind::Busy => Error::Busy { doing, why },
        ErrorKind::Unavailable => Error::Unavailable { doing, why },
    }
}
