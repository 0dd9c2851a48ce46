//! The address of a Sentry project: where reports go, and the public key that lets them in.

use ureq::http::Uri;
use ureq::tls::RootCerts;

use super::super::outbound::{Goal, address};

/// `https://PUBLIC_KEY@HOST/PATH/PROJECT`.
#[derive(Clone)]
pub(crate) struct Dsn {
    envelopes: Uri,
    public_key: String,
}

impl Dsn {
    /// Reads a DSN.
    ///
    /// # Errors
    /// What is missing; the text is not repeated.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let uri = address(text)?;
        let expected = |what: &str| format!("read the DSN: expected {what}");
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let Some((user, host)) = authority.rsplit_once('@') else {
            return Err(expected("a public key before `@`"));
        };
        // Old DSNs have a secret key behind a colon, which nobody asks for any more.
        let public_key = user.split(':').next().unwrap_or_default();
        if public_key.is_empty() || !public_key.bytes().all(|c| c.is_ascii_alphanumeric()) {
            return Err(expected("letters and digits as its public key"));
        }
        let path = uri.path().trim_end_matches('/');
        let (path, project) = path.rsplit_once('/').unwrap_or_default();
        if project.is_empty() || !project.bytes().all(|c| c.is_ascii_alphanumeric()) {
            return Err(expected("the number of a project at its end"));
        }
        let scheme = uri.scheme_str().unwrap_or_default();
        Ok(Self {
            envelopes: address(&format!("{scheme}://{host}{path}/api/{project}/envelope/"))?,
            public_key: public_key.to_owned(),
        })
    }

    /// Where envelopes are sent, with the header that lets them in.
    pub(crate) fn goal(&self, roots: RootCerts) -> Goal {
        let client = concat!("analyticsbot/", env!("CARGO_PKG_VERSION"));
        let key = &self.public_key;
        let value = format!("Sentry sentry_version=7, sentry_client={client}, sentry_key={key}");
        Goal::new(
            self.envelopes.clone(),
            vec![("X-Sentry-Auth".to_owned(), value)],
            roots,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dsn_names_key_host_and_project() {
        for (text, expected) in [
            (
                "http://k3y@sentry.test/42",
                "http://sentry.test/api/42/envelope/",
            ),
            (
                "http://k3y:old@sentry.test:9000/42/",
                "http://sentry.test:9000/api/42/envelope/",
            ),
            (
                "https://k3y@o1.ingest.sentry.test/42",
                "https://o1.ingest.sentry.test/api/42/envelope/",
            ),
            (
                "http://k3y@[::1]:9/a/b/42",
                "http://[::1]:9/a/b/api/42/envelope/",
            ),
        ] {
            let dsn = Dsn::parse(text).unwrap();
            assert_eq!(
                (dsn.envelopes.to_string().as_str(), dsn.public_key.as_str()),
                (expected, "k3y")
            );
        }
    }

    #[test]
    fn what_is_no_dsn_is_refused_without_its_key() {
        for text in [
            "",
            "k3ycanary",
            "http://sentry.test/42",
            "http://@sentry.test/42",
            "http://k3ycanary@sentry.test",
            "http://k3ycanary@sentry.test/",
            "http://k3ycanary@sentry.test/4?2",
            "http://k3y-canary@sentry.test/42",
            "ftp://k3ycanary@sentry.test/42",
        ] {
            match Dsn::parse(text) {
                Ok(dsn) => assert!(text.contains('?') && !dsn.envelopes.to_string().contains('?')),
                Err(error) => assert!(!error.contains("canary"), "{error}"),
            }
        }
    }
}
