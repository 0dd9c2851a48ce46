//! The product, as a child process on a database of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::client::Target;
use crate::{Result, machine};

/// The limits on a key's and an address's rate are there to be hit; not here, by one client.
const UNLIMITED: [(&str, &str); 5] = [
    ("ANALYTICSBOT_RATE_KEY_EVENTS_PER_SECOND", "100000000"),
    ("ANALYTICSBOT_RATE_KEY_BURST_EVENTS", "100000000"),
    ("ANALYTICSBOT_RATE_ADDRESS_REQUESTS_PER_SECOND", "100000000"),
    ("ANALYTICSBOT_RATE_ADDRESS_BURST_REQUESTS", "100000000"),
    ("ANALYTICSBOT_RATE_PROJECT_EVENTS_PER_DAY", "100000000000"),
];

/// A running server, with everything at its defaults but for the limits on rates.
pub struct Server {
    process: Child,
    pub target: Target,
}

impl Server {
    /// Starts the program on a new database and waits until it says that it is ready.
    ///
    /// # Errors
    ///
    /// If it ends before, with what it said.
    pub fn start(program: &Path, database: &str, folder: &Path) -> Result<Self> {
        let log_path = folder.join("server.log");
        let mut process = Command::new(program)
            .args(["serve", "--json", "--listen", "127.0.0.1:0", "--database"])
            .arg(database)
            // Nothing of who runs the measurement may configure the server.
            .env_clear()
            .envs(UNLIMITED)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log_path)?)
            .spawn()
            .map_err(|error| format!("failed to start `{}`: {error}", program.display()))?;
        let output = process.stdout.take().ok_or("the server is mute")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        if let Some(target) = target(&line) {
            return Ok(Self { process, target });
        }
        process.kill()?;
        process.wait()?;
        let said = std::fs::read_to_string(&log_path)?;
        Err(format!("failed to start the server: `{}`\n{said}", line.trim()).into())
    }

    /// Processor time so far.
    ///
    /// # Errors
    ///
    /// If the process is gone.
    pub fn cpu(&self) -> Result<Duration> {
        machine::cpu_of(self.process.id())
    }

    /// The most memory that it ever had resident, in bytes.
    ///
    /// # Errors
    ///
    /// If the process is gone.
    pub fn peak_bytes(&self) -> Result<u64> {
        machine::peak_bytes_of(self.process.id())
    }

    /// Stops it as an operator would, so that everything is in its database.
    ///
    /// # Errors
    ///
    /// If it ended badly.
    pub fn stop(mut self) -> Result<()> {
        kill_process(self.pid(), Signal::TERM)?;
        let status = self.process.wait()?;
        if status.success() {
            return Ok(());
        }
        Err(format!("the server ended badly: {status}").into())
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.process)
    }
}

impl Drop for Server {
    /// For the way out with an error; a server that was stopped is gone already.
    fn drop(&mut self) {
        if let Ok(None) = self.process.try_wait() {
            let ended = self.process.kill().and_then(|()| self.process.wait());
            if let Err(error) = ended {
                eprintln!("warning: failed to end the server: {error}");
            }
        }
    }
}

/// Reads the line that a server prints when it is ready.
fn target(line: &str) -> Option<Target> {
    let ready: Value = serde_json::from_str(line).ok()?;
    let address = ready["url"].as_str()?.strip_prefix("http://")?;
    let address: SocketAddr = address.trim_end_matches('/').parse().ok()?;
    let key = ready["write_key"].as_str()?.to_owned();
    Some(Target { address, key })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ready_line_tells_address_and_key() {
        let line = r#"{"url":"http://127.0.0.1:4711","write_key":"wk_x","project":null}"#;
        let target = target(line).unwrap();
        assert_eq!(target.address.port(), 4711);
        assert_eq!(target.key, "wk_x");
        assert!(super::target(r#"{"url":"http://127.0.0.1:1","write_key":null}"#).is_none());
        assert!(super::target("").is_none());
    }
}
