//! A server for tests that answers as it is told and keeps what it was sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use testkit::Issued;

/// What it says to one request.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    status: u16,
    headers: Vec<&'static str>,
    hangs_up: bool,
}

/// One request as it came.
#[derive(Debug)]
pub(super) struct Request {
    /// Request line and headers.
    pub(super) head: String,
    pub(super) body: String,
}

/// A listening server; each connection is one request.
pub(super) struct Server {
    port: u16,
    requests: Receiver<Request>,
}

impl Answer {
    pub(super) fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            hangs_up: false,
        }
    }

    pub(super) fn header(mut self, header: &'static str) -> Self {
        self.headers.push(header);
        self
    }

    pub(super) fn hang_up() -> Self {
        Self {
            hangs_up: true,
            ..Self::status(200)
        }
    }
}

impl Server {
    /// Listens, and gives these answers; 200 after the last.
    pub(super) fn start(answers: Vec<Answer>) -> Self {
        Self::listen(answers, None)
    }

    /// The same over TLS.
    pub(super) fn start_with_tls(answers: Vec<Answer>, issued: &Issued) -> Self {
        let certificate =
            CertificateDer::from_pem_file(&issued.certificate).expect("it was just written as PEM");
        let key = PrivateKeyDer::from_pem_file(&issued.key).expect("it was just written as PEM");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has suites for both versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("the key was made with the certificate");
        Self::listen(answers, Some(Arc::new(config)))
    }

    fn listen(answers: Vec<Answer>, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let (sender, requests) = sync_channel(1000);
        thread::spawn(move || {
            let mut answers = answers.into_iter();
            for stream in listener.incoming() {
                let answer = answers.next().unwrap_or(Answer::status(200));
                let stream = stream.expect("the listener is open while the test runs");
                let served = match &tls {
                    None => serve(stream, &answer, &sender),
                    Some(config) => {
                        let session = ServerConnection::new(Arc::clone(config))
                            .expect("its configuration was accepted");
                        serve(StreamOwned::new(session, stream), &answer, &sender)
                    }
                };
                if served.is_none() {
                    return;
                }
            }
        });
        Self { port, requests }
    }

    /// An address where nobody listens.
    pub(super) fn nowhere() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        format!("http://127.0.0.1:{port}/")
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The next request; fails the test if none comes.
    pub(super) fn request(&self) -> Request {
        let limit = Duration::from_mins(1);
        self.requests.recv_timeout(limit).expect("a request comes")
    }

    /// What has come so far and was not asked for.
    pub(super) fn rest(&self) -> Vec<Request> {
        self.requests.try_iter().collect()
    }
}

/// `None` when the test is over.
fn serve<S: Read + Write>(stream: S, answer: &Answer, sender: &SyncSender<Request>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return Some(());
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.parse::<usize>().expect("a length is a number"))
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).expect("as long as it says");
    let body = String::from_utf8(body).expect("exports are JSON, which is UTF-8");
    // Kept before the answer: whoever got the answer finds it here.
    sender.send(Request { head, body }).ok()?;
    if !answer.hangs_up {
        let headers = answer.headers.join("\r\n");
        let end = if headers.is_empty() { "" } else { "\r\n" };
        let text = format!(
            "HTTP/1.1 {} X\r\nContent-Length: 2\r\nConnection: close\r\n{headers}{end}\r\n{{}}",
            answer.status
        );
        // A client that gave up is no fault of the server.
        reader.get_mut().write_all(text.as_bytes()).ok();
    }
    Some(())
}
