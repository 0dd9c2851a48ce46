//! What can befall a server: it is shut down without a word, killed, or stopped for a while.

use std::fs;
use std::process::Command;

use crate::{Error, Postgres};

/// How a server ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// PostgreSQL's immediate shutdown: no checkpoint, recovery at the next start.
    Immediate,
    /// The main process is killed; its children notice.
    Killed,
}

impl Postgres {
    /// Ends the server badly and waits until it is gone. Its clients lose their connections.
    ///
    /// # Errors
    ///
    /// If it cannot be ended, or belongs to another process.
    pub fn crash(&mut self, how: Crash) -> Result<(), Error> {
        let signal = match how {
            Crash::Immediate => "QUIT",
            Crash::Killed => "KILL",
        };
        let cluster = self.own()?;
        send(signal, &[cluster.pid()])?;
        cluster.wait()
    }

    /// Starts a server that has crashed again: the same data, the same port. Returns when it takes
    /// connections.
    ///
    /// # Errors
    ///
    /// If it does not start.
    pub fn restart(&mut self) -> Result<(), Error> {
        let programs = self.programs().clone();
        self.own()?.restart(&programs)
    }

    /// Stops every process of the server where it stands, as a machine does that swaps or a disk
    /// that hangs: connections stay open and nothing answers. It goes on when the value is dropped.
    ///
    /// # Errors
    ///
    /// If a process cannot be stopped, or the server belongs to another process.
    pub fn pause(&mut self) -> Result<Paused<'_>, Error> {
        let main = self.own()?.pid();
        let paused = Paused {
            main,
            _server: self,
        };
        // The main process first: from then on there are no new ones.
        send("STOP", &[main])?;
        send("STOP", &children_of(main)?)?;
        Ok(paused)
    }
}

/// A server of which no process moves.
#[derive(Debug)]
pub struct Paused<'a> {
    main: u32,
    _server: &'a mut Postgres,
}

impl Drop for Paused<'_> {
    fn drop(&mut self) {
        let all = children_of(self.main).map(|mut pids| {
            pids.push(self.main);
            pids
        });
        let resumed = all.and_then(|pids| send("CONT", &pids));
        assert!(resumed.is_ok() || std::thread::panicking(), "{resumed:?}");
    }
}

fn send(signal: &str, pids: &[u32]) -> Result<(), Error> {
    if pids.is_empty() {
        return Ok(());
    }
    let output = Command::new("kill")
        .arg(format!("-{signal}"))
        .args(pids.iter().map(ToString::to_string))
        .output()
        .map_err(Error::system("start `kill`"))?;
    // A child may end between being found and being told.
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() || said.contains("No such process") {
        return Ok(());
    }
    Err(Error::program("kill", &output))
}

/// The processes that another one has started and that still run.
fn children_of(parent: u32) -> Result<Vec<u32>, Error> {
    let entries = fs::read_dir("/proc").map_err(Error::system("read `/proc`"))?;
    let pids = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    Ok(pids.filter(|&pid| parent_of(pid) == Some(parent)).collect())
}

fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in brackets, may hold spaces; then come the state and the parent.
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use super::*;

    #[test]
    fn children_are_found() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let children = children_of(std::process::id()).unwrap();
        assert!(children.contains(&child.id()), "{children:?}");
        drop(child.stdin.take());
        child.wait().unwrap();
        let children = children_of(std::process::id()).unwrap();
        assert!(!children.contains(&child.id()), "{children:?}");
    }
}
