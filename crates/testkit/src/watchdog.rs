//! Ends a server and removes its folder, whatever becomes of the process that started it.
//!
//! A destructor does not run when a test is killed, and the kernel's parent-death signal fires when
//! the starting *thread* ends, which for a test is long before the process does. A pipe has
//! neither fault: its last writer is gone exactly when the owner is. So a small shell waits at the
//! other end, in a process group of its own, where no signal to the tests reaches it.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::Error;

/// `$1` is the folder. Each line of input is the pid of the server, the last one counts.
///
/// `INT` is PostgreSQL's fast shutdown. A server that is still there after ten seconds is killed;
/// the loop is bounded because a pid can stay visible for ever where nobody reaps orphans.
const SCRIPT: &str = r#"
server=
while read -r line; do server=$line; done
tries=0
[ -n "$server" ] && kill -INT "$server"
while [ -n "$server" ] && [ "$tries" -lt 120 ] && kill -0 "$server"; do
    [ "$tries" -eq 100 ] && kill -KILL "$server"
    tries=$((tries + 1))
    sleep 0.1
done
exec rm -rf -- "$1"
"#;

/// The shell that waits for this process to let go.
#[derive(Debug)]
pub(crate) struct Watchdog {
    shell: Child,
}

impl Watchdog {
    /// Starts the shell, which from now on owns the folder.
    pub(crate) fn over(folder: TempDir) -> Result<Self, Error> {
        let shell = Command::new("sh")
            .args(["-c", SCRIPT, "watchdog"])
            .arg(folder.path())
            .stdin(Stdio::piped())
            // Whoever reads the output of the tests must not wait for this shell.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(Error::system("start `sh`"))?;
        // The path stays known to the caller; only its destructor is given up.
        let _kept = folder.keep();
        Ok(Self { shell })
    }

    /// Tells the shell which process to end.
    pub(crate) fn watch(&mut self, server: &Child) -> Result<(), Error> {
        let doing = "name the server to its watchdog";
        let pipe = self
            .shell
            .stdin
            .as_mut()
            .expect("the pipe is closed only by `let_go`");
        writeln!(pipe, "{}", server.id()).map_err(Error::system(doing))
    }

    /// Closes the pipe: the shell now ends the server and removes the folder.
    pub(crate) fn let_go(&mut self) {
        drop(self.shell.stdin.take());
    }
}

impl Drop for Watchdog {
    /// Returns when the folder is gone.
    fn drop(&mut self) {
        self.let_go();
        let ended = self.shell.wait();
        let clean = ended.as_ref().is_ok_and(std::process::ExitStatus::success);
        assert!(
            clean || std::thread::panicking(),
            "remove a throwaway server: {ended:?}"
        );
    }
}
