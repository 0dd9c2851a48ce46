//! Answers: a status, the headers that all of them have, and a body of JSON.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use axum::body::{Body as Routed, Bytes};
use http_body_util::{Either, Full};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use ids::{Timestamp, Uuid};

use crate::code::Code;

/// The body of an answer: bytes of ours, or whatever a router streams.
pub(crate) type Body = Either<Full<Bytes>, Routed>;

/// The header that names the request, in every answer.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// An answer with a body of JSON.
pub(crate) fn json(status: StatusCode, body: impl Into<Bytes>) -> Response<Body> {
    let mut reply = Response::new(Either::Left(Full::new(body.into())));
    *reply.status_mut() = status;
    reply.headers_mut().insert(header::CONTENT_TYPE, JSON);
    reply
}

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Response<Body> {
    let mut reply = Response::new(Either::Left(Full::default()));
    *reply.status_mut() = status;
    reply
}

/// Adds what every answer has.
pub(crate) fn finish<B>(reply: &mut Response<B>, request_id: Uuid) {
    let text = request_id.hyphenated();
    let id = HeaderValue::from_bytes(text.as_str().as_bytes());
    let headers = reply.headers_mut();
    headers.insert(REQUEST_ID, id.expect("hexadecimal digits and hyphens"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
}

/// Why a request is not done: what the client is told, and the cause, which it is not.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    /// For the developer who sent the request.
    pub(crate) message: Cow<'static, str>,
    /// Where in the event, as [`event::Rejection::field`].
    pub(crate) field: Option<String>,
    /// What to do about it.
    pub(crate) hint: Option<&'static str>,
    pub(crate) retry_after: Option<Duration>,
    /// Whether the connection cannot be used any more.
    pub(crate) close: bool,
    /// For the log.
    pub(crate) cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Problem {
    pub(crate) fn new(code: impl Into<Code>, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            field: None,
            hint: None,
            retry_after: None,
            close: false,
            cause: None,
        }
    }

    pub(crate) fn hint(self, hint: &'static str) -> Self {
        let hint = Some(hint);
        Self { hint, ..self }
    }

    pub(crate) fn retry_after(self, wait: Duration) -> Self {
        let retry_after = Some(wait);
        Self {
            retry_after,
            ..self
        }
    }

    pub(crate) fn close(self) -> Self {
        Self {
            close: true,
            ..self
        }
    }

    pub(crate) fn cause(self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let cause = Some(cause.into());
        Self { cause, ..self }
    }

    /// The body: `{"error":{"code","message","field"?,"hint"?,"request_id"}}`.
    pub(crate) fn body(&self, request_id: Uuid) -> Vec<u8> {
        let mut body = Vec::with_capacity(160 + self.message.len());
        body.extend_from_slice(b"{\"error\":{\"code\":");
        push_json(&mut body, self.code.as_str());
        body.extend_from_slice(b",\"message\":");
        push_json(&mut body, &self.message);
        if let Some(field) = &self.field {
            body.extend_from_slice(b",\"field\":");
            push_json(&mut body, field);
        }
        if let Some(hint) = self.hint {
            body.extend_from_slice(b",\"hint\":");
            push_json(&mut body, hint);
        }
        body.extend_from_slice(b",\"request_id\":\"");
        body.extend_from_slice(request_id.hyphenated().as_str().as_bytes());
        body.extend_from_slice(b"\"}}");
        body
    }

    /// The answer.
    pub(crate) fn into_reply(self, request_id: Uuid) -> Response<Body> {
        let mut reply = json(self.code.status(), self.body(request_id));
        let headers = reply.headers_mut();
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds(wait).into());
        }
        if self.code.status() == StatusCode::UNAUTHORIZED {
            // RFC 9110, section 11.6.1 wants it; a scheme that browsers do not ask a person for.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.close {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        reply
    }
}

/// A problem as the last words of a connection, which no parser will write for us.
pub(crate) fn raw(problem: &Problem, request_id: Uuid, now: Timestamp) -> Vec<u8> {
    let body = problem.body(request_id);
    let head = format!(
        "HTTP/1.1 {}\r\ndate: {}\r\ncontent-type: application/json\r\n\
         x-request-id: {request_id}\r\n\
         x-content-type-options: nosniff\r\naccess-control-allow-origin: *\r\n\
         connection: close\r\ncontent-length: {}\r\n",
        problem.code.status(),
        date(now),
        body.len()
    );
    let wait = problem
        .retry_after
        .map(|wait| format!("retry-after: {}\r\n", seconds(wait)));
    let wait = wait.unwrap_or_default();
    [head.as_bytes(), wait.as_bytes(), b"\r\n", &body].concat()
}

/// A moment as RFC 9110, section 5.6.7 writes it; before 1970 it is 1970.
fn date(now: Timestamp) -> String {
    let ms = u64::try_from(now.unix_ms()).unwrap_or(0);
    // What the format has no room for: after the year 9999.
    let ms = ms.min(253_402_300_799_000);
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_millis(ms))
}

/// Whole seconds, rounded up and never none: what `Retry-After` can say.
pub(crate) fn seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

/// `text` as a JSON string.
pub(crate) fn push_json(body: &mut Vec<u8>, text: &str) {
    let written = serde_json::to_writer(&mut *body, text);
    written.expect("a vector takes every text");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_told_without_its_cause() {
        let problem = Problem {
            field: Some("properties/a\"b".to_owned()),
            ..Problem::new(event::Code::TooDeep, "too\ndeep")
        };
        let problem = problem.hint("less").cause("the disk of ana");
        let body = String::from_utf8(problem.body(Uuid::NIL)).unwrap();
        let expected = concat!(
            r#"{"error":{"code":"too_deep","message":"too\ndeep","field":"properties/a\"b","#,
            r#""hint":"less","request_id":"ID"}}"#
        );
        assert_eq!(body, expected.replace("ID", &Uuid::NIL.to_string()));
    }

    #[test]
    fn a_date_is_one_of_http() {
        for (ms, expected) in [
            // The example of the RFC.
            (784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (-1, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (i64::MAX, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            assert_eq!(date(Timestamp::from_unix_ms(ms)), expected);
        }
    }

    #[test]
    fn a_wait_is_never_told_shorter_than_it_is() {
        for (ms, expected) in [(0, 1), (1, 1), (1_000, 1), (1_001, 2), (59_999, 60)] {
            assert_eq!(seconds(Duration::from_millis(ms)), expected, "{ms}");
        }
    }
}
