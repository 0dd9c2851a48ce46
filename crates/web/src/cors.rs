//! Pages of any origin may send events, without credentials of the browser.
//!
//! A write key is the only credential, and the page has to know it; there is no cookie that a
//! foreign page could borrow. So every origin is allowed, by `*`, which also makes browsers refuse
//! to send cookies along. `sendBeacon` with a text needs no leave at all; the answer to it is
//! thrown away by the browser.

use hyper::header::{self, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};

use crate::reply::{Body, empty};

/// What the route does.
pub(crate) const METHODS: HeaderValue = HeaderValue::from_static("POST, OPTIONS");

const ANY: HeaderValue = HeaderValue::from_static("*");
const EXPOSED: HeaderValue = HeaderValue::from_static("retry-after, x-request-id");
/// What a preflight without a wish is told.
const HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-encoding, content-type, x-write-key");
/// A day; browsers cut it to two hours or less.
const MAX_AGE_S: u64 = 86_400;
/// Names of headers that a preflight may wish for, together.
const WISH_BYTES_MAX: usize = 1 << 10;

/// Lets the page read the answer.
pub(crate) fn allow(mut reply: Response<Body>) -> Response<Body> {
    let headers = reply.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    reply
}

/// Answers the question whether the page may send. Whatever headers it wants to send, it may: they
/// are names, and none of them gives it more than it has.
pub(crate) fn preflight(head: &Parts) -> Response<Body> {
    let mut reply = allow(empty(StatusCode::NO_CONTENT));
    let wish = head.headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_, ".contains(byte);
    let wish = wish.filter(|wish| wish.len() <= WISH_BYTES_MAX);
    let wish = wish.filter(|wish| wish.as_bytes().iter().all(is_name));
    let headers = reply.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    let allowed = wish.cloned().unwrap_or(HEADERS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE_S.into());
    headers.insert(
        header::VARY,
        HeaderValue::from_static("access-control-request-headers"),
    );
    reply
}
