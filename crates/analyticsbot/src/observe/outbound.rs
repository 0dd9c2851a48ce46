//! One POST with a deadline, for exports to a collector and to Sentry.
//!
//! Requests of the product to the outside are the matter of `deliver`, with its guarded connector;
//! this is the one exception: it goes to addresses that only the operator's configuration names.

use std::time::Duration;

use ureq::Agent;
use ureq::http::Uri;
use ureq::http::header::RETRY_AFTER;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

/// The longest that one request may take, from looking up the name to the answer.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(10);

/// Pause where the other side asks for one without saying how long.
const RETRY_AFTER_DEFAULT: Duration = Duration::from_mins(1);

/// No pause is longer, whatever the other side asks for.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);

/// Where to send, and what is sent with every request.
#[derive(Clone)]
pub(super) struct Goal {
    agent: Agent,
    uri: Uri,
    headers: Vec<(String, String)>,
}

/// What the other side made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Taken,
    /// It asks for a pause of this length: 429, or 503 with `Retry-After`.
    Later(Duration),
    /// It may work next time: no connection, no answer in time, 5xx.
    Failed(String),
    /// It will not work next time either.
    Refused(u16),
}

impl Goal {
    /// Requests to `uri`, which has a scheme and a host. Over `https`, the host must show a
    /// certificate for its name that one of the roots signed.
    pub(super) fn new(uri: Uri, headers: Vec<(String, String)>, roots: RootCerts) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(REQUEST_TIME_MAX))
            // A status is an answer, and is looked at below.
            .http_status_as_error(false)
            .max_redirects(0)
            // What the environment names is a proxy for people who browse.
            .proxy(None)
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .user_agent(concat!("analyticsbot/", env!("CARGO_PKG_VERSION")));
        Self {
            agent: config.build().into(),
            uri,
            headers,
        }
    }

    /// Sends the body and waits for the head of the answer.
    pub(super) fn post(&self, content_type: &str, body: &[u8]) -> Reply {
        let mut request = self.agent.post(self.uri.clone()).content_type(content_type);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut response = match request.send(body) {
            Ok(response) => response,
            Err(error) => return Reply::Failed(error.to_string()),
        };
        let status = response.status().as_u16();
        let after = response.headers().get(RETRY_AFTER);
        let after = after.and_then(|value| value.to_str().ok()).map(seconds);
        // A short answer is read to its end, so that the connection can be used again.
        let read = response
            .body_mut()
            .with_config()
            .limit(64 << 10)
            .read_to_vec();
        match (status, after, read) {
            (200..=299, _, Ok(_)) => Reply::Taken,
            (200..=299, _, Err(error)) => Reply::Failed(error.to_string()),
            (429, after, _) => Reply::Later(after.unwrap_or(RETRY_AFTER_DEFAULT)),
            (503, Some(after), _) => Reply::Later(after),
            (500..=599, _, _) => Reply::Failed(format!("status {status}")),
            _ => Reply::Refused(status),
        }
    }
}

/// The value of `Retry-After` as whole seconds; a date, which nobody sends here, as the default.
fn seconds(value: &str) -> Duration {
    let given = value.trim().parse().map(Duration::from_secs);
    given.unwrap_or(RETRY_AFTER_DEFAULT).min(RETRY_AFTER_MAX)
}

/// An address with scheme and host, as configuration names it.
///
/// # Errors
/// What is wrong with it. The text is not repeated: it may hold a key.
pub(super) fn address(text: &str) -> Result<Uri, String> {
    let uri: Uri = text
        .parse()
        .map_err(|error| format!("read the address: {error}"))?;
    match (uri.scheme_str(), uri.host()) {
        (Some("http" | "https"), Some(_)) => Ok(uri),
        _ => Err("read the address: expected `http://` or `https://` and a host".to_owned()),
    }
}

/// The authorities to trust: those of a PEM file, else those that Mozilla trusts.
///
/// # Errors
/// A file that cannot be read, or that holds no certificate.
pub(super) fn roots(path: Option<&str>) -> Result<RootCerts, String> {
    let Some(path) = path.filter(|path| !path.is_empty()) else {
        return Ok(RootCerts::WebPki);
    };
    let text = std::fs::read(path)
        .map_err(|error| format!("read the root certificates `{path}`: {error}"))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&text) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(error) => return Err(format!("read the root certificates `{path}`: {error}")),
        }
    }
    if certificates.is_empty() {
        return Err(format!(
            "read the root certificates `{path}`: expected `-----BEGIN CERTIFICATE-----`"
        ));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

#[cfg(test)]
mod tests {
    use super::super::rig::{Answer, Server};
    use super::*;

    fn to(url: &str) -> Goal {
        Goal::new(address(url).unwrap(), Vec::new(), roots(None).unwrap())
    }

    fn reply(answer: Answer) -> Reply {
        let server = Server::start(vec![answer]);
        let goal = to(&server.url("/x"));
        goal.post("text/plain", b"hello")
    }

    #[test]
    fn each_answer_says_what_to_do() {
        let later = |seconds| Reply::Later(Duration::from_secs(seconds));
        for (answer, expected) in [
            (Answer::status(200), Reply::Taken),
            (Answer::status(429), later(60)),
            (Answer::status(429).header("Retry-After: 7"), later(7)),
            (
                Answer::status(429).header("Retry-After: 999999999"),
                later(3600),
            ),
            (Answer::status(503).header("Retry-After: 2"), later(2)),
            (Answer::status(503), Reply::Failed("status 503".to_owned())),
            (Answer::status(400), Reply::Refused(400)),
            (
                Answer::status(302).header("Location: /y"),
                Reply::Refused(302),
            ),
        ] {
            assert_eq!(reply(answer.clone()), expected, "{answer:?}");
        }
    }

    #[test]
    fn no_answer_is_a_failure() {
        assert!(matches!(reply(Answer::hang_up()), Reply::Failed(_)));
        let goal = to(&Server::nowhere());
        assert!(matches!(goal.post("text/plain", b""), Reply::Failed(_)));
    }

    #[test]
    fn an_address_names_scheme_and_host() {
        for (text, right) in [
            ("http://localhost:4318", true),
            ("http://[::1]:1/a/b", true),
            ("https://localhost:4318", true),
            ("localhost:4318", false),
            ("ftp://x/", false),
            ("/v1/traces", false),
            ("", false),
        ] {
            assert_eq!(address(text).is_ok(), right, "{text}");
        }
    }

    #[test]
    fn only_a_certificate_of_a_trusted_authority_for_the_name_is_taken() {
        let (Some(right), Some(other)) =
            (testkit::authority_or_skip(), testkit::authority_or_skip())
        else {
            return;
        };
        let issued = right.issue("IP:127.0.0.1").unwrap();
        let (right, other) = (right.root(), other.root());
        for (host, root, taken) in [
            ("127.0.0.1", right.to_str(), true),
            ("localhost", right.to_str(), false),
            ("127.0.0.1", other.to_str(), false),
            ("127.0.0.1", None, false),
        ] {
            let server = Server::start_with_tls(Vec::new(), &issued);
            let url = format!("https://{host}:{}/x", server.port());
            let goal = Goal::new(address(&url).unwrap(), Vec::new(), roots(root).unwrap());
            match goal.post("text/plain", b"hello") {
                Reply::Taken => assert!(taken, "{host} {root:?}"),
                Reply::Failed(why) => {
                    assert!(
                        !taken && why.contains("certificate"),
                        "{host} {root:?}: {why}"
                    );
                }
                reply => panic!("{host} {root:?}: {reply:?}"),
            }
            assert_eq!(server.rest().len(), usize::from(taken), "{host} {root:?}");
        }
    }

    #[test]
    fn a_file_without_certificates_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty.pem");
        std::fs::write(&empty, "no certificate").unwrap();
        for path in [empty.to_str().unwrap(), "/nowhere/root.pem"] {
            let error = roots(Some(path)).unwrap_err();
            assert!(error.contains(path), "{error}");
        }
    }
}
