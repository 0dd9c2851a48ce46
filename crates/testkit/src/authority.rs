//! An authority of a test's own, which signs certificates for servers of the test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::Error;

const OPENSSL: &str = "openssl";

/// Keys on this curve are made at once; those of RSA take a second.
const KEY: [&str; 4] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];

/// A certificate that signs others. Its files go when it is dropped.
#[derive(Debug)]
pub struct Authority {
    folder: TempDir,
}

/// A certificate for a server, and its key, both in PEM.
#[derive(Debug)]
pub struct Issued {
    /// The certificate.
    pub certificate: PathBuf,
    /// Its key, as PKCS #8.
    pub key: PathBuf,
}

impl Authority {
    /// Makes one that nobody else trusts.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] if `openssl` is not installed, else what it said.
    pub fn make() -> Result<Self, Error> {
        let folder = tempfile::Builder::new()
            .prefix("analyticsbot-authority-")
            .tempdir()
            .map_err(Error::system("make a folder for certificates"))?;
        let authority = Self { folder };
        authority.openssl(
            &[
                "req",
                "-x509",
                "-subj",
                "/CN=A test's authority",
                "-keyout",
                "root.key",
            ],
            &[
                "-out",
                "root.pem",
                "-addext",
                "keyUsage=critical,keyCertSign",
            ],
        )?;
        Ok(authority)
    }

    /// The authority's own certificate, in PEM.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        self.path("root.pem")
    }

    /// Signs a certificate for a server: `alt_names` such as `DNS:localhost,IP:127.0.0.1`.
    ///
    /// # Errors
    ///
    /// What `openssl` said.
    pub fn issue(&self, alt_names: &str) -> Result<Issued, Error> {
        let alt_names = format!("subjectAltName={alt_names}");
        self.openssl(
            &[
                "req",
                "-x509",
                "-subj",
                "/CN=server",
                "-keyout",
                "server.key",
            ],
            &[
                "-out",
                "server.pem",
                "-CA",
                "root.pem",
                "-CAkey",
                "root.key",
                "-addext",
                &alt_names,
                "-addext",
                "basicConstraints=critical,CA:FALSE",
            ],
        )?;
        Ok(Issued {
            certificate: self.path("server.pem"),
            key: self.path("server.key"),
        })
    }

    fn openssl(&self, options: &[&str], more: &[&str]) -> Result<(), Error> {
        let output = Command::new(OPENSSL)
            .current_dir(&self.folder)
            .args(options)
            .args(["-nodes", "-days", "2"])
            .args(KEY)
            .args(more)
            .output()
            .map_err(|error| Error::Missing(format!("start `{OPENSSL}`: {error}")))?;
        if output.status.success() {
            Ok(())
        } else {
            Err(Error::program(OPENSSL, &output))
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Issued {
    /// The text of both files: certificate and key.
    ///
    /// # Errors
    ///
    /// If one cannot be read.
    pub fn texts(&self) -> Result<(String, String), Error> {
        let read = |path: &Path| {
            fs::read_to_string(path).map_err(Error::system(format!("read `{}`", path.display())))
        };
        Ok((read(&self.certificate)?, read(&self.key)?))
    }
}

/// An authority, or None, said loudly, on a machine without `openssl`.
///
/// # Panics
///
/// If `openssl` is there and fails.
#[must_use]
#[expect(clippy::print_stderr, reason = "a skipped test says so loudly")]
pub fn authority_or_skip() -> Option<Authority> {
    match Authority::make() {
        Ok(authority) => Some(authority),
        Err(Error::Missing(why)) => {
            let thread = std::thread::current();
            let test = thread.name().unwrap_or("a test");
            eprintln!("SKIPPED `{test}`: it needs certificates: {why}");
            None
        }
        Err(error) => panic!("failed to make certificates for this test: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_signed_by_its_authority_alone() {
        let (Some(authority), Some(other)) = (authority_or_skip(), authority_or_skip()) else {
            return;
        };
        let issued = authority.issue("DNS:localhost").unwrap();
        let verify = |root: &Path| {
            let verify = Command::new(OPENSSL)
                .args(["verify", "-CAfile"])
                .args([root, &issued.certificate])
                .output();
            verify.unwrap().status.success()
        };
        assert!(verify(&authority.root()));
        assert!(!verify(&other.root()));
        assert!(issued.texts().unwrap().1.contains("BEGIN PRIVATE KEY"));
    }
}
