//! Why there was no TLS session, and what to do about it.

use std::{fmt, io};

use rustls::CertificateError as Bad;

/// What was wrong.
#[derive(Debug)]
pub struct Fault {
    why: String,
    pub(crate) hint: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// The host is not one that a certificate can be for.
    pub(super) fn name() -> Self {
        Self {
            why: "the host is neither a name nor an address".to_owned(),
            hint: "name the host as its certificate does",
        }
    }

    /// What rustls or the socket said.
    pub(super) fn of(error: &io::Error) -> Self {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
        let (why, hint) = match inner {
            Some(rustls::Error::InvalidCertificate(Bad::UnknownIssuer | Bad::BadSignature)) => (
                "no trusted authority signed the server's certificate".to_owned(),
                "name the certificate of the authority that did: `sslrootcert=/path/root.pem`",
            ),
            Some(rustls::Error::InvalidCertificate(bad)) => (error.to_string(), hint(bad)),
            _ => (
                error.to_string(),
                "see the server's log; `sslmode=disable` connects without TLS",
            ),
        };
        Self { why, hint }
    }
}

fn hint(bad: &Bad) -> &'static str {
    match bad {
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
            "connect by a name that the certificate lists as subjectAltName, or have one issued \
             for this name; `sslmode=verify-ca` does not look at names"
        }
        Bad::Expired | Bad::ExpiredContext { .. } | Bad::NotValidYet => {
            "renew the server's certificate, or set this machine's clock"
        }
        _ => {
            "have a certificate of version 3 issued for the server by an authority of its own: \
             not the authority's own certificate, with a subjectAltName"
        }
    }
}
