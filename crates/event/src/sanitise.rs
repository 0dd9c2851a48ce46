//! Any bytes to one canonical JSON text, or to the reason why not: one pass, no recursion.
//!
//! JSON engines disagree about one document in twenty of the usual test suites, and each in another
//! way. So none of them reads what a client wrote: this module does, and hands on only what all of
//! them read alike. What it does with each unusual input is listed in `docs/events.md` and held by
//! `tests/page.rs`.
//!
//! The canonical form: no white space; members of an object in order of their keys' length, then of
//! their bytes, as PostgreSQL's `jsonb` prints them, each key once; strings with only the escapes
//! that they need; numbers without an exponent. Work is linear in the input, but that sorting
//! copies an object's text once for each object around it, at most
//! [`depth_max`](crate::Limits::depth_max) times.

mod fault;
mod members;
mod number;
mod reader;
pub(crate) mod text;

use std::borrow::Cow;

use crate::{Json, Limits};
pub use fault::Fault;
pub(crate) use fault::{too_large, unexpected, utf8};
use reader::Reader;

/// A document that every store takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sanitised {
    /// The document.
    pub json: Json,
    /// Whether it says something else than what was sent: a character was replaced, a repeated key
    /// left out, a number became a string or lost the sign of its zero. Spacing, order and ways of
    /// writing do not count.
    pub changed: bool,
    /// Keys of all its objects, repeated ones included.
    pub keys: usize,
}

/// A byte order mark, which RFC 8259, section 8.1 lets a reader ignore.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads one JSON document.
///
/// The result is within `limits`, read again it is the same text, and `serde_json`, PostgreSQL's
/// `jsonb` and SQLite all read it as the same document.
///
/// # Errors
/// The first byte that is not UTF-8, else the first byte that does not fit, or the limit that the
/// document is beyond.
///
/// ```
/// use event::{Limits, sanitise};
/// let found = sanitise(br#" {"plan": "pro\u0000", "n": 1e3, "n": -0} "#, &Limits::DEFAULT)?;
/// assert_eq!(found.json.as_str(), "{\"n\":0,\"plan\":\"pro\u{fffd}\"}");
/// assert!(found.changed);
/// # Ok::<(), event::Fault>(())
/// ```
pub fn sanitise(text: &[u8], limits: &Limits) -> Result<Sanitised, Fault> {
    if text.len() > limits.event_bytes_max {
        return Err(too_large(text.len(), limits));
    }
    Reader::read(utf8(text)?, limits).map(|(sanitised, _)| sanitised)
}

/// [`sanitise`] for bytes that are known to be text.
pub(crate) fn sanitise_text(text: &str, limits: &Limits) -> Result<Sanitised, Fault> {
    if text.len() > limits.event_bytes_max {
        return Err(too_large(text.len(), limits));
    }
    Reader::read(text, limits).map(|(sanitised, _)| sanitised)
}

/// Whether `text` is one JSON number and nothing else.
pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && number::end(text.as_bytes(), 0) == Ok(text.len())
}

/// `text`, a JSON number, without its exponent. None if it is beyond what stores agree on.
pub(crate) fn plain_number(text: &str) -> Option<Cow<'_, str>> {
    match number::plain(text) {
        number::Plain::Number(text) => Some(text),
        number::Plain::Zero(text) => Some(text.into()),
        number::Plain::Beyond => None,
    }
}

/// The first position from `at` on that is not JSON's white space.
pub(crate) fn skip_space(bytes: &[u8], at: usize) -> usize {
    // Seldom there is any.
    if bytes.get(at).is_some_and(|b| *b > b' ') {
        return at;
    }
    let space = |b: &&u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r');
    at + bytes[at..].iter().take_while(space).count()
}

#[cfg(test)]
mod tests;
