//! The program under test, as a process that can be killed.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::client::Target;

/// The limits on rates are there to be hit; not here, by clients of one address.
const UNLIMITED: [(&str, &str); 5] = [
    ("ANALYTICSBOT_RATE_KEY_EVENTS_PER_SECOND", "100000000"),
    ("ANALYTICSBOT_RATE_KEY_BURST_EVENTS", "100000000"),
    ("ANALYTICSBOT_RATE_ADDRESS_REQUESTS_PER_SECOND", "100000000"),
    ("ANALYTICSBOT_RATE_ADDRESS_BURST_REQUESTS", "100000000"),
    ("ANALYTICSBOT_RATE_PROJECT_EVENTS_PER_DAY", "100000000000"),
];

/// A running server. Dropping it kills it.
pub(crate) struct Server {
    process: Child,
    /// Its address, and the key of its first project if it has just made that.
    pub(crate) target: Target,
    /// From the start of the process to its word that it takes events.
    pub(crate) ready_after: Duration,
}

/// How to start a server.
pub(crate) struct Start<'a> {
    /// What `--database` is given.
    pub(crate) database: &'a str,
    /// For its log and whatever it leaves.
    pub(crate) folder: &'a Path,
    /// A program and its arguments to run it under, such as `strace`; empty for none.
    pub(crate) under: &'a [&'a str],
    /// The key that an earlier start has told.
    pub(crate) key: Option<&'a str>,
}

impl Start<'_> {
    /// Starts the server and waits for its word that it is ready.
    ///
    /// # Panics
    ///
    /// If it ends instead: with its log.
    pub(crate) fn run(&self) -> Server {
        let begun = Instant::now();
        let log_path = self.folder.join("server.log");
        let mut process = self
            .command()
            .args(["serve", "--json", "--listen", "127.0.0.1:0", "--database"])
            .arg(self.database)
            // Nothing of who runs the tests may configure the server.
            .env_clear()
            .envs(UNLIMITED)
            .current_dir(self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log_path).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let output = process.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let ready_after = begun.elapsed();
        let ready: Value = serde_json::from_str(&line).unwrap_or_default();
        let Some(url) = ready["url"].as_str() else {
            let log = fs::read_to_string(&log_path).unwrap_or_default();
            let ended = process.kill().and_then(|()| process.wait());
            panic!("the server did not start ({ended:?}): `{line}`\n{log}");
        };
        let address = url.trim_start_matches("http://").trim_end_matches('/');
        let key = ready["write_key"].as_str().or(self.key).unwrap();
        let target = Target {
            address: address.parse().unwrap(),
            key: key.to_owned(),
        };
        Server {
            process,
            target,
            ready_after,
        }
    }

    fn command(&self) -> Command {
        let program = env!("CARGO_BIN_EXE_analyticsbot");
        match self.under {
            [] => Command::new(program),
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(program);
                command
            }
        }
    }
}

impl Server {
    /// `kill -9`.
    pub(crate) fn kill(&mut self) -> ExitStatus {
        self.process.kill().unwrap();
        self.process.wait().unwrap()
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    /// The most memory that it ever had resident, in bytes.
    pub(crate) fn peak_bytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kib.unwrap() << 10
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.is_running() {
            self.kill();
        }
    }
}
