//! A server that runs, and requests to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command};

use serde_json::Value;

use crate::rig::{Ran, start};

/// A server that runs until it is told to stop, or the test ends.
pub(crate) struct Server {
    child: Child,
    out: Option<BufReader<std::process::ChildStdout>>,
    /// What it said when it was ready.
    pub(crate) ready: Value,
}

impl Server {
    /// Starts `serve --json` and waits for its one line.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = start(&mut command);
        let mut out = BufReader::new(child.stdout.take().expect("it was asked for"));
        let mut line = String::new();
        out.read_line(&mut line).expect("its output can be read");
        if line.is_empty() {
            let output = child.wait_with_output().expect("a started program ends");
            panic!(
                "the server did not start: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Self {
            child,
            out: Some(out),
            ready: serde_json::from_str(&line).expect("one object"),
        }
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        let url = self.ready["url"].as_str().expect("a text");
        url.strip_prefix("http://").expect("it serves HTTP")
    }

    /// The key of the first start.
    pub(crate) fn key(&self) -> &str {
        self.ready["write_key"]
            .as_str()
            .expect("the first start has a key")
    }

    /// Posts events; gives the status and the body.
    pub(crate) fn post(&self, key: &str, body: &str) -> (u16, Value) {
        let (address, length) = (self.address(), body.len());
        let request = format!(
            "POST /api/events HTTP/1.1\r\nHost: {address}\r\nX-Write-Key: {key}\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(address).expect("it listens");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream
            .read_to_string(&mut answer)
            .expect("it answers in UTF-8");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).expect("a status line");
        let status = status.parse().expect("a status");
        (status, serde_json::from_str(body).expect("a body of JSON"))
    }

    /// Stores one event and gives its id.
    #[track_caller]
    pub(crate) fn store(&self, key: &str, body: &str) -> String {
        let (status, answer) = self.post(key, body);
        assert_eq!(status, 201, "{answer}");
        answer["id"].as_str().expect("an id").to_owned()
    }

    /// The number of the process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal and waits for the end.
    pub(crate) fn stop(mut self, signal: &str) -> Ran {
        kill(self.pid(), signal);
        let mut out = String::new();
        let mut rest = self.out.take().expect("it is taken once");
        rest.read_to_string(&mut out).expect("its output is UTF-8");
        let mut err = String::new();
        let mut stderr = self.child.stderr.take().expect("it was asked for");
        stderr
            .read_to_string(&mut err)
            .expect("its output is UTF-8");
        let status = self.child.wait().expect("a started program ends");
        Ran {
            out,
            err,
            status: status.code().expect("it ends by itself"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended; then there is nothing to do.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Sends a signal to a process that the test started.
pub(crate) fn kill(pid: u32, signal: &str) {
    let sent = Command::new("kill")
        .args([signal, &pid.to_string()])
        .status();
    assert!(sent.expect("every system of ours has it").success());
}
