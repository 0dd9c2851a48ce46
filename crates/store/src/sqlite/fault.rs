//! What SQLite says, as what the caller can do.

use rusqlite::ffi::ErrorCode;

use crate::Error;

/// For `map_err`.
pub(crate) fn fault(doing: &'static str) -> impl Fn(rusqlite::Error) -> Error {
    move |error| translate(doing, error)
}

fn translate(doing: &'static str, error: rusqlite::Error) -> Error {
    let code = error.sqlite_error_code();
    let why = error.to_string();
    match code {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy { doing, why },
        Some(ErrorCode::DiskFull) => Error::Full { doing },
        Some(
            ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::NoLargeFileSupport,
        ) => Error::Unavailable { doing, why },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Error::Corrupt {
            doing,
            table: "the file",
            column: why,
            row: String::new(),
        },
        _ => Error::Failed {
            doing,
            source: Box::new(error),
        },
    }
}

/// Whether a row was refused because one with the same unique value is there.
pub(super) fn is_taken(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    error.sqlite_error().is_some_and(|error| {
        [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE].contains(&error.extended_code)
    })
}
