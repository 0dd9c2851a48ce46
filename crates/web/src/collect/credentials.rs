//! The write key of a request: four places in its head, of which at most one may speak.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header;
use hyper::http::request::Parts;

use crate::code::Code;
use crate::reply::Problem;

const HINT: &str = "send the project's write key as `Authorization: Bearer wk_...`, as user \
                    name of Basic, as `X-Write-Key`, as `?write_key=`, or as `write_key` in the \
                    body";

/// The write key in the head. None if there is none: then the body may have it.
///
/// # Errors
/// Two places hold different keys; or `Authorization` holds something else than a key.
pub(super) fn find(head: &Parts) -> Result<Option<Cow<'_, str>>, Problem> {
    let mut keys = Vec::new();
    for value in head.headers.get_all(header::AUTHORIZATION) {
        keys.push(authorized(value.as_bytes()).ok_or_else(malformed)?);
    }
    for value in head.headers.get_all("x-write-key") {
        keys.push(Cow::Borrowed(
            value.to_str().map_err(|_| malformed())?.trim(),
        ));
    }
    for pair in head.uri.query().unwrap_or_default().split('&') {
        if let Some(key) = pair.strip_prefix("write_key=") {
            keys.push(Cow::Borrowed(key));
        }
    }
    let mut keys = keys.into_iter();
    let first = keys.next();
    if keys.any(|key| Some(key) != first) {
        let message = "the request has different write keys in different places";
        return Err(Problem::new(Code::AmbiguousKey, message).hint(HINT));
    }
    Ok(first)
}

/// The key of `Bearer key` or of `Basic base64(key:anything)`.
fn authorized(value: &[u8]) -> Option<Cow<'_, str>> {
    let value = core::str::from_utf8(value).ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(Cow::Borrowed(rest));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
    let user = pair.split(':').next().unwrap_or_default();
    Some(Cow::Owned(user.to_owned()))
}

fn malformed() -> Problem {
    let message = "the credentials are neither `Bearer` with a key nor `Basic` with one";
    Problem::new(Code::InvalidKey, message).hint(HINT)
}

/// There is no key at all.
pub(super) fn missing() -> Problem {
    let message = "the request has no write key";
    Problem::new(Code::MissingKey, message).hint(HINT)
}

/// The key opens nothing. Unknown, revoked, archived and no key at all are not told apart.
pub(super) fn unknown() -> Problem {
    let message = "the write key is not valid";
    Problem::new(Code::InvalidKey, message)
}
