//! `analyticsbot serve` in the background, and a request to it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::stage::Stage;

/// A server that runs until it is stopped, or dropped.
pub(crate) struct Server {
    child: Child,
    /// The line that it prints when it is ready.
    pub(crate) ready: String,
    address: String,
}

impl Server {
    /// Starts it and waits for its word that it is ready.
    pub(crate) fn start(stage: &Stage, words: &[&str]) -> Result<Self> {
        let mut command = stage.command(words);
        // Nothing of who tells the story configures the server.
        command
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let log = std::fs::File::create(stage.folder.join("serve.log"))
            .context("failed to make the server's log")?;
        let mut child = command
            .stderr(log)
            .spawn()
            .context("failed to start the server")?;
        let output = child.stdout.take().expect("it was piped just above");
        let mut ready = String::new();
        BufReader::new(output)
            .read_line(&mut ready)
            .context("failed to read from the server")?;
        let said: Value = serde_json::from_str(&ready).unwrap_or_default();
        let Some(address) = said["url"]
            .as_str()
            .and_then(|url| url.strip_prefix("http://"))
        else {
            let status = child.wait().context("failed to wait for the server")?;
            let log = stage.read("serve.log")?;
            bail!("the server did not start: {status}: {ready}{log}");
        };
        Ok(Self {
            address: address.trim_end_matches('/').to_owned(),
            ready: ready.trim_end().to_owned(),
            child,
        })
    }

    /// The address that it listens on.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Posts an event; status and body of the answer.
    pub(crate) fn post(&self, key: &str, body: &str) -> Result<(u16, String)> {
        let (address, length) = (&self.address, body.len());
        let request = format!(
            "POST /api/events HTTP/1.1\r\nHost: {address}\r\nX-Write-Key: {key}\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(address).context("failed to reach the server")?;
        stream
            .write_all(request.as_bytes())
            .context("failed to send an event")?;
        let mut answer = String::new();
        stream
            .read_to_string(&mut answer)
            .context("failed to read the answer")?;
        let (head, body) = answer
            .split_once("\r\n\r\n")
            .context("the answer has no body")?;
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        Ok((status.context("the answer has no status")?, body.to_owned()))
    }

    /// Asks it to end, and whether it did so in good order.
    pub(crate) fn stop(mut self) -> Result<bool> {
        let id = self.child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-TERM", &id])
            .status();
        sent.context("failed to run `kill`")?;
        Ok(self
            .child
            .wait()
            .context("failed to wait for the server")?
            .success())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended; then there is nothing to do.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
