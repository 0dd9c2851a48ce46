//! TLS to the server: what of its certificate is verified, and by whose word.

mod binding;
mod fault;
mod roots;
mod verify;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::ClientConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Socket;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect};
use tokio_rustls::TlsConnector;

use crate::Error;
pub use fault::Fault;
pub(crate) use roots::Roots;
use verify::Lenient;

/// What of the server's certificate is verified, beside that the server has its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// Nothing: nobody who only listens can read along, whoever is in between can.
    Nothing,
    /// That an authority signed it, for whomever.
    Authority,
    /// And that it is the one of the host that was asked for.
    AuthorityAndName,
}

/// Makes the TLS session of each connection: what [`tokio_postgres::Config::connect`] takes.
#[derive(Debug, Clone)]
pub struct Tls {
    config: Arc<ClientConfig>,
}

impl Tls {
    /// Reads the roots, if they are needed.
    pub(crate) fn new(check: Check, roots: &Roots) -> Result<Self, Error> {
        let provider = Arc::new(default_provider());
        let algorithms = provider.signature_verification_algorithms;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has suites for both versions");
        let lenient = |roots| Arc::new(Lenient { roots, algorithms });
        let mut config = match check {
            Check::AuthorityAndName => builder.with_root_certificates(roots.read()?),
            Check::Authority => builder
                .dangerous()
                .with_custom_certificate_verifier(lenient(Some(roots.read()?))),
            Check::Nothing => builder
                .dangerous()
                .with_custom_certificate_verifier(lenient(None)),
        }
        .with_no_client_auth();
        // `sslnegotiation=direct` asks for it; other servers do not mind.
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(Self {
            config: Arc::new(config),
        })
    }
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = Stream;
    type TlsConnect = Handshake;
    type Error = Infallible;

    /// Also called for connections without TLS, by a Unix socket for instance: the name is looked
    /// at when there is a handshake.
    fn make_tls_connect(&mut self, host: &str) -> Result<Handshake, Infallible> {
        Ok(Handshake {
            config: Arc::clone(&self.config),
            host: host.to_owned(),
        })
    }
}

/// The beginning of one session.
pub struct Handshake {
    config: Arc<ClientConfig>,
    host: String,
}

impl TlsConnect<Socket> for Handshake {
    type Stream = Stream;
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, Fault>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move {
            let name = ServerName::try_from(self.host).map_err(|_| Fault::name())?;
            let handshake = TlsConnector::from(self.config).connect(name, socket);
            handshake
                .await
                .map(Stream)
                .map_err(|error| Fault::of(&error))
        })
    }
}

/// One session.
pub struct Stream(tokio_rustls::client::TlsStream<Socket>);

impl tokio_postgres::tls::TlsStream for Stream {
    fn channel_binding(&self) -> ChannelBinding {
        let (_, session) = self.0.get_ref();
        let certificate = session.peer_certificates().and_then(<[_]>::first);
        certificate
            .and_then(|certificate| binding::end_point(certificate))
            .map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
