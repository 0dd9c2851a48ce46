//! One running server: its folder, its user, its port, its start and its end.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::Error;
use crate::programs::Programs;
use crate::watchdog::Watchdog;

/// Between two looks at whether the server is ready or gone.
const POLL: Duration = Duration::from_millis(20);
/// A start takes a quarter of a second; a minute is for machines that are busy with other tests.
const START_POLLS: u32 = 3_000;
/// The watchdog kills after 10 s; this is for the case that the watchdog itself was killed.
const STOP_POLLS: u32 = 750;
/// Between finding a free port and listening on it, another process may take it.
const PORT_ATTEMPTS: u32 = 5;
/// A killed server's children notice within some seconds; each attempt takes a moment itself.
const RESTART_ATTEMPTS: u32 = 500;

/// A server and the folder that it lives in. Both are gone when the value is dropped.
#[derive(Debug)]
pub(crate) struct Cluster {
    server: Child,
    watchdog: Watchdog,
    port: u16,
    /// To start it again as it was.
    folder: PathBuf,
    user: Option<User>,
    settings: Vec<String>,
}

impl Cluster {
    /// Makes a folder, fills it with `initdb` and starts a server on it.
    pub(crate) fn start(programs: &Programs, settings: &[String]) -> Result<Self, Error> {
        let folder = tempfile::Builder::new()
            .prefix("analyticsbot-postgres-")
            .tempdir()
            .map_err(Error::system("make a folder for a throwaway server"))?;
        let path = folder.path().to_owned();
        let place = Place {
            programs,
            user: user_for(&path)?,
            folder: path,
        };
        place.hand_over()?;
        let mut watchdog = Watchdog::over(folder)?;
        place.init()?;
        let mut attempt = 1;
        loop {
            let port = free_port()?;
            let mut server = place.launch(port, settings)?;
            let started = watchdog
                .watch(&server)
                .and_then(|()| place.wait_for(&mut server));
            let Err(error) = started else {
                return Ok(Self {
                    server,
                    watchdog,
                    port,
                    folder: place.folder,
                    user: place.user,
                    settings: settings.to_vec(),
                });
            };
            end(&mut server)?;
            if attempt == PORT_ATTEMPTS || !error.to_string().contains("could not bind") {
                return Err(error);
            }
            attempt += 1;
        }
    }

    /// The TCP port on 127.0.0.1 that the server listens on.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The main process.
    pub(crate) fn pid(&self) -> u32 {
        self.server.id()
    }

    /// Waits for the end of a server that was told to end.
    pub(crate) fn wait(&mut self) -> Result<(), Error> {
        let ended = self.server.wait();
        ended
            .map(drop)
            .map_err(Error::system("wait for `postgres`"))
    }

    /// Starts a server that has ended, on the same data and port.
    pub(crate) fn restart(&mut self, programs: &Programs) -> Result<(), Error> {
        let place = Place {
            programs,
            user: self.user,
            folder: self.folder.clone(),
        };
        let mut attempt = 1;
        loop {
            place.forget_last()?;
            self.server = place.launch(self.port, &self.settings)?;
            self.watchdog.watch(&self.server)?;
            let Err(error) = place.wait_for(&mut self.server) else {
                return Ok(());
            };
            end(&mut self.server)?;
            // The children of a killed server hold its memory until they notice.
            if attempt == RESTART_ATTEMPTS || !error.to_string().contains("still in use") {
                return Err(error);
            }
            attempt += 1;
            pause();
        }
    }
}

impl Drop for Cluster {
    /// Returns when the server has ended; the watchdog's own destructor then waits for the folder.
    fn drop(&mut self) {
        self.watchdog.let_go();
        for _ in 0..STOP_POLLS {
            match self.server.try_wait() {
                Ok(None) => pause(),
                Ok(Some(_)) | Err(_) => return,
            }
        }
        let ended = end(&mut self.server);
        assert!(ended.is_ok() || std::thread::panicking(), "{ended:?}");
    }
}

/// Kills a server that has not ended by itself.
fn end(server: &mut Child) -> Result<(), Error> {
    let ended = server.kill().and_then(|()| server.wait());
    ended.map(drop).map_err(Error::system("end `postgres`"))
}

/// What the programs of one server have in common.
struct Place<'a> {
    programs: &'a Programs,
    /// The user to become. None if this process is not root and stays who it is.
    user: Option<User>,
    folder: PathBuf,
}

/// A user of the operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct User {
    uid: u32,
    gid: u32,
}

impl Place<'_> {
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Gives the folder to the user that the server runs as.
    fn hand_over(&self) -> Result<(), Error> {
        let Some(user) = self.user else { return Ok(()) };
        chown(&self.folder, Some(user.uid), Some(user.gid)).map_err(Error::system(format!(
            "give away `{}`",
            self.folder.display()
        )))
    }

    /// A command that runs in the folder, as the server's user, and speaks English.
    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.folder.join(name));
        command
            .current_dir(&self.folder)
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        if let Some(user) = self.user {
            command.uid(user.uid).gid(user.gid);
        }
        command
    }

    /// The word of a server that was killed, which would be taken for that of the next one.
    fn forget_last(&self) -> Result<(), Error> {
        let path = self.data().join("postmaster.pid");
        let Ok(text) = fs::read_to_string(&path) else {
            return Ok(());
        };
        // The first lines are what the next server looks at to see whether the last one lives.
        let kept: Vec<&str> = text.lines().take(7).collect();
        fs::write(&path, kept.join("\n") + "\n").map_err(Error::system("edit `postmaster.pid`"))
    }

    fn init(&self) -> Result<(), Error> {
        // `--no-sync`: the empty cluster need not survive a crash of the machine; what tests write
        // into it later is synced as usual.
        let output = self
            .command("initdb")
            .args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
            ])
            .arg("--no-sync")
            .arg("--pgdata")
            .arg(self.data())
            .output()
            .map_err(Error::system("start `initdb`"))?;
        if output.status.success() {
            Ok(())
        } else {
            Err(Error::program("initdb", &output))
        }
    }

    fn launch(&self, port: u16, settings: &[String]) -> Result<Child, Error> {
        let log = File::create(self.log()).map_err(Error::system("make the server's log"))?;
        let twin = log
            .try_clone()
            .map_err(Error::system("share the server's log"))?;
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data());
        command.arg("-c").arg(format!("port={port}"));
        // Loopback only: anybody who reaches the server is let in.
        command.args(["-c", "listen_addresses=127.0.0.1"]);
        command
            .arg("-c")
            // No Unix socket: its path has a length that a long temporary folder would pass.
            .arg("unix_socket_directories=");
        for setting in settings {
            command.arg("-c").arg(setting);
        }
        // A group of its own: Ctrl-C at the tests must leave it to the watchdog.
        command
            .stdout(log)
            .stderr(twin)
            .process_group(0)
            .spawn()
            .map_err(Error::system("start `postgres`"))
    }

    /// Waits until the server accepts connections, or is known not to.
    fn wait_for(&self, server: &mut Child) -> Result<(), Error> {
        for _ in 0..START_POLLS {
            if is_ready(&self.data()) {
                return Ok(());
            }
            if server
                .try_wait()
                .map_err(Error::system("watch `postgres`"))?
                .is_some()
            {
                break;
            }
            pause();
        }
        Err(self.failure())
    }

    fn failure(&self) -> Error {
        let said = fs::read_to_string(self.log()).unwrap_or_else(|error| error.to_string());
        Error::Program {
            name: "postgres".to_owned(),
            said: said.trim().to_owned(),
        }
    }
}

/// Line 8 of `postmaster.pid` is the server's own word on its state, since version 10.
fn is_ready(data: &Path) -> bool {
    fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|text| {
        text.lines()
            .nth(7)
            .is_some_and(|state| state.trim() == "ready")
    })
}

/// PostgreSQL refuses to run as root. The owner of a folder just made tells who we are.
fn user_for(folder: &Path) -> Result<Option<User>, Error> {
    let owner = fs::metadata(folder).map_err(Error::system("read the owner of a folder"))?;
    if owner.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").map_err(Error::system("read `/etc/passwd`"))?;
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| find_user(&users, name))
        .map(Some)
        .ok_or_else(|| {
            Error::Missing("no user `postgres` or `nobody` to run the server as".to_owned())
        })
}

fn find_user(users: &str, name: &str) -> Option<User> {
    let line = users
        .lines()
        .find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2).map(|field| field.parse().ok());
    Some(User {
        uid: fields.next()??,
        gid: fields.next()??,
    })
}

fn free_port() -> Result<u16, Error> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Error::system("find a free port"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "another process's start and end send no signal"
)]
fn pause() {
    std::thread::sleep(POLL);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_their_whole_name() {
        let users = "root:x:0:0::/root:/bin/sh\nnobody2:x:7:8::/:/bin/sh\nnobody:x:5:6::/:/bin/sh";
        assert_eq!(find_user(users, "nobody"), Some(User { uid: 5, gid: 6 }));
        assert_eq!(find_user(users, "postgres"), None);
        assert_eq!(find_user("postgres:x:many:6::/:", "postgres"), None);
    }

    #[test]
    fn readiness_is_line_eight() {
        let data = tempfile::tempdir().unwrap();
        assert!(!is_ready(data.path()));
        let check = |state: &str, expected| {
            let text = format!("1\n{}\n0\n5432\n/s\n127.0.0.1\n 1 2\n{state}\n", "/data");
            fs::write(data.path().join("postmaster.pid"), text).unwrap();
            assert_eq!(is_ready(data.path()), expected, "{state}");
        };
        check("starting", false);
        check("ready   ", true);
        check("stopping", false);
    }
}
