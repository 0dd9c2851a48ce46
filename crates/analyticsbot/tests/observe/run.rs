//! Starts the server with an environment, talks to it, and keeps what it wrote.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};

use serde_json::Value as Json;
use tempfile::TempDir;

/// A running server on a database of its own.
pub(crate) struct Running {
    child: Child,
    log: Option<JoinHandle<String>>,
    address: String,
    /// The write key of its first project.
    pub(crate) key: String,
    _folder: TempDir,
}

/// How the server ended and what its log holds.
pub(crate) struct Ended {
    pub(crate) status: Option<i32>,
    pub(crate) log: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// The server, not yet started, on a new database in `folder`.
pub(crate) fn command(folder: &TempDir, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_analyticsbot"));
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--json"])
        .current_dir(folder)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Starts the server and waits until it is ready.
pub(crate) fn start(environment: &[(&str, &str)]) -> Running {
    let folder = tempfile::tempdir().expect("a folder");
    let command = command(&folder, environment);
    start_as(command, folder)
}

/// Starts this command and waits until it is ready.
pub(crate) fn start_as(mut command: Command, folder: TempDir) -> Running {
    let mut child = command.spawn().expect("cargo built the program");
    // Read all the time: a full pipe is the matter of one test only.
    let log = child.stderr.take().map(|mut stderr| {
        thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).expect("the log is UTF-8");
            text
        })
    });
    let mut ready = String::new();
    let stdout = child.stdout.take().expect("it was asked for");
    BufReader::new(stdout).read_line(&mut ready).expect("UTF-8");
    let ready: Json = serde_json::from_str(&ready).expect("one line of JSON when it is ready");
    let text = |name: &str| ready[name].as_str().expect("a text").to_owned();
    Running {
        child,
        log,
        address: text("url")
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .to_owned(),
        key: text("write_key"),
        _folder: folder,
    }
}

impl Running {
    /// Sends a request with these lines after the request line, and a body.
    pub(crate) fn send(&self, line: &str, headers: &[&str], body: &str) -> Reply {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let headers = [headers, &[""]].concat().join("\r\n");
        let (address, length) = (&self.address, body.len());
        let request = format!(
            "{line} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\
             Content-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut reply = String::new();
        stream
            .read_to_string(&mut reply)
            .expect("an answer in UTF-8");
        let (head, body) = reply.split_once("\r\n\r\n").expect("an answer");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Reply {
            status: status.expect("a status"),
            body: body.to_owned(),
        }
    }

    /// Sends one event with the first project's key.
    pub(crate) fn event(&self, headers: &[&str], body: &str) -> Reply {
        let key = format!("Authorization: Bearer {}", self.key);
        let headers: Vec<_> = headers.iter().copied().chain([key.as_str()]).collect();
        self.send("POST /api/events", &headers, body)
    }

    /// What `/metrics` says.
    pub(crate) fn metrics(&self) -> String {
        let reply = self.send("GET /metrics", &[], "");
        assert_eq!(reply.status, 200);
        reply.body
    }

    /// Tells it to stop, and waits.
    pub(crate) fn stop(mut self) -> Ended {
        let id = self.child.id().to_string();
        let killed = Command::new("kill").args(["-TERM", &id]).status();
        assert!(killed.expect("every system of ours has it").success());
        let status = self.child.wait().expect("a started program ends").code();
        let log = self
            .log
            .take()
            .map(|log| log.join().expect("reading does not panic"));
        Ended {
            status,
            log: log.unwrap_or_default(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already stopped, or the test fails and says so itself.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
