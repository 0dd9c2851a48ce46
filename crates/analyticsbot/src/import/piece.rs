//! What is cut out of an input: where it stood, and the event in it as JSON or why there is none.

use event::Rejection;
use serde::Serialize;

/// A place in the plain input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Bytes before it, expanded if the input is compressed.
    pub(super) offset: u64,
    /// Lines before it.
    pub(super) line: u64,
}

/// One record of the input.
#[derive(Debug)]
pub(super) struct Piece {
    /// Where it begins.
    pub(super) place: Place,
    /// One event as JSON, not judged yet.
    pub(super) json: Result<Vec<u8>, Reject>,
}

/// Why a record was not imported: a line of the file of rejects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Reject {
    /// The line where the record begins, from 1.
    pub(super) line: u64,
    /// One of the codes of an event, or [`INVALID_ROW`].
    pub(super) code: &'static str,
    /// Where in the event.
    pub(super) field: Option<String>,
    /// A lowercase fragment with the value in backticks.
    pub(super) message: String,
    /// The beginning of the record.
    pub(super) input: String,
}

/// The code of a row that does not fit its header. Rows are of files: no event has this code.
pub(super) const INVALID_ROW: &str = "invalid_row";

impl Reject {
    /// What the check of an event says, about the record at `place`.
    pub(super) fn of(place: Place, rejection: Rejection) -> Self {
        Self {
            line: place.line + 1,
            code: rejection.code.as_str(),
            field: rejection.field,
            message: rejection.message,
            input: rejection.input,
        }
    }
}
