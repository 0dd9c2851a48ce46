//! Every code that a refusal can have, and the one status that goes with it.

use hyper::StatusCode;

macro_rules! codes {
    ($($status:ident { $($(#[$doc:meta])* $name:ident = $text:literal,)+ })+) => {
        /// The kind of a refusal. Its text never changes its meaning: clients match on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Code {
            /// Of an event, or of a body as a list of events.
            Event(event::Code),
            $($($(#[$doc])* $name,)+)+
        }

        impl Code {
            /// Those of a request.
            const OF_REQUESTS: &[Self] = &[$($(Self::$name,)+)+];

            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    Self::Event(code) => code.as_str(),
                    $($(Self::$name => $text,)+)+
                }
            }

            pub(crate) const fn status(self) -> StatusCode {
                match self {
                    Self::Event(code) => of_event(code),
                    $($(Self::$name)|+ => StatusCode::$status,)+
                }
            }
        }
    };
}

codes! {
    BAD_REQUEST {
        /// It is not HTTP/1.1.
        MalformedRequest = "malformed_request",
        /// Two readers may understand it differently.
        AmbiguousRequest = "ambiguous_request",
        /// The body ended before its announced end.
        IncompleteBody = "incomplete_body",
        /// Different keys in different places.
        AmbiguousKey = "ambiguous_key",
    }
    UNAUTHORIZED {
        /// No key at all.
        MissingKey = "missing_key",
        /// A key that opens nothing.
        InvalidKey = "invalid_key",
    }
    NOT_FOUND {
        /// No such route.
        NotFound = "not_found",
    }
    METHOD_NOT_ALLOWED {
        /// A route that does not know the method.
        MethodNotAllowed = "method_not_allowed",
    }
    REQUEST_TIMEOUT {
        /// The client took too long for its head or its body.
        RequestTimeout = "request_timeout",
    }
    URI_TOO_LONG {
        /// The target is beyond its limit.
        UriTooLong = "uri_too_long",
    }
    TOO_MANY_REQUESTS {
        /// The address sends too much.
        RateLimitedAddress = "rate_limited_address",
        /// The key sends too much.
        RateLimitedKey = "rate_limited_key",
        /// The project has sent all of the day's events.
        QuotaExceeded = "quota_exceeded",
    }
    REQUEST_HEADER_FIELDS_TOO_LARGE {
        /// The head is beyond its limit.
        HeadTooLarge = "head_too_large",
        /// The header lines are.
        TooManyHeaders = "too_many_headers",
    }
    INTERNAL_SERVER_ERROR {
        /// A defect.
        Internal = "internal",
    }
    SERVICE_UNAVAILABLE {
        /// Too much waits already.
        Busy = "busy",
        /// The store failed, or cannot be asked.
        StoreFailed = "store_failed",
        /// The answer took too long.
        TooSlow = "too_slow",
        /// The server is stopping.
        Stopping = "stopping",
        /// The connections are beyond their limit.
        TooManyConnections = "too_many_connections",
    }
    HTTP_VERSION_NOT_SUPPORTED {
        /// A version of HTTP that is not spoken here.
        UnsupportedVersion = "unsupported_version",
    }
}

const fn of_event(code: event::Code) -> StatusCode {
    use event::Code as Of;
    match code {
        Of::InvalidJson | Of::InvalidUtf8 | Of::NotAnObject | Of::InvalidEncoding => {
            StatusCode::BAD_REQUEST
        }
        Of::BodyTooLarge | Of::BatchTooLarge | Of::EventTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Of::NoId => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl From<event::Code> for Code {
    fn from(code: event::Code) -> Self {
        Self::Event(code)
    }
}

/// Every code that a refusal can have, with its status: those of requests, then those of events
/// ([`event::Code`]).
pub fn codes() -> impl Iterator<Item = (&'static str, u16)> {
    let of_events = event::Code::ALL.iter().map(|code| Code::Event(*code));
    let all = Code::OF_REQUESTS.iter().copied().chain(of_events);
    all.map(|code| (code.as_str(), code.status().as_u16()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_word_and_has_one_status() {
        let mut texts: Vec<_> = codes().map(|(text, _)| text).collect();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        assert!(
            texts.iter().all(|text| text.bytes().all(plain)),
            "{texts:?}"
        );
        let count = texts.len();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), count);
        assert!(codes().all(|(_, status)| (400..600).contains(&status)));
    }
}
