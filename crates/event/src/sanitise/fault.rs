//! Why a text is refused, and where in it.

use core::fmt;

use crate::rejection::shown;
use crate::{Code, Limits};

/// Why a text is refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The kind of refusal.
    pub code: Code,
    /// The byte of the input, from 0.
    pub position: usize,
    /// The value that holds it, as a JSON Pointer (RFC 6901) of at most 200 bytes; empty for the
    /// document as a whole.
    pub path: String,
    /// For the developer who sent it: a lowercase fragment, without the position.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.message, self.position)
    }
}

impl core::error::Error for Fault {}

/// The longest path of a [`Fault`]: enough to find the place, too short to store a document in.
pub(super) const PATH_BYTES_MAX: usize = 200;

/// `bytes` as text.
pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    core::str::from_utf8(bytes).map_err(|error| {
        let position = error.valid_up_to();
        Fault {
            code: Code::InvalidUtf8,
            position,
            path: String::new(),
            message: format!("found byte `0x{:02x}`, expected UTF-8", bytes[position]),
        }
    })
}

/// What to say of the byte at `at`.
pub(crate) fn unexpected(text: &[u8], at: usize, expected: &str) -> String {
    let rest = text.get(at..).unwrap_or_default();
    // A character has at most four bytes.
    let rest = &rest[..rest.len().min(4)];
    match String::from_utf8_lossy(rest).chars().next() {
        None => format!("found the end of the text, expected {expected}"),
        Some(found) => format!(
            "found `{}`, expected {expected}",
            shown(found.encode_utf8(&mut [0; 4]))
        ),
    }
}

/// An event, or a document of it, has so many bytes.
pub(crate) fn too_large(bytes: usize, limits: &Limits) -> Fault {
    let max = limits.event_bytes_max;
    Fault {
        code: Code::EventTooLarge,
        position: max,
        path: String::new(),
        message: format!("the event has `{bytes}` bytes, the limit is {max}"),
    }
}
