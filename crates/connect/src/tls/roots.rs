//! Whose signatures under a server's certificate are good.

use std::path::PathBuf;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::Error;

/// Where systems keep the certificates of authorities in one file: Debian, Ubuntu, Alpine and Arch;
/// Fedora and Red Hat; SUSE; macOS and the BSDs.
const SYSTEM: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Authorities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Roots {
    /// Those that Mozilla trusts, compiled in.
    Mozilla,
    /// Those that this machine trusts.
    System,
    /// Those in a file of PEM.
    File(PathBuf),
}

impl Roots {
    pub(super) fn read(&self) -> Result<RootCertStore, Error> {
        let path = match self {
            Self::Mozilla => {
                let anchors = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
                return Ok(anchors.collect());
            }
            Self::System => SYSTEM
                .iter()
                .map(PathBuf::from)
                .find(|path| path.exists())
                .ok_or_else(|| {
                    Error::settings(
                        "this machine has no list of trusted certificates",
                        "install the package `ca-certificates`, or leave `sslrootcert` out to \
                         trust what Mozilla trusts",
                    )
                })?,
            Self::File(path) => path.clone(),
        };
        let unread = |why: String| {
            Error::settings(
                format!("the root certificates `{}` {why}", path.display()),
                "name a readable file of `-----BEGIN CERTIFICATE-----` blocks with \
                 `sslrootcert=/path/root.pem`",
            )
        };
        let pieces = CertificateDer::pem_file_iter(&path)
            .map_err(|error| unread(format!("cannot be read: {error}")))?;
        let certificates: Vec<_> = pieces
            .collect::<Result<_, _>>()
            .map_err(|error| unread(format!("cannot be read: {error}")))?;
        let mut store = RootCertStore::empty();
        // Of a system's hundreds, some may be of a kind that is unknown here. Of a file that was
        // named, each is there for a reason, but one that is left out only ever trusts less.
        let (added, _ignored) = store.add_parsable_certificates(certificates);
        if added == 0 {
            return Err(unread("hold no certificate".to_owned()));
        }
        Ok(store)
    }
}
