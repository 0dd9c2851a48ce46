//! A folder of its own for each test, and the program in it.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

use crate::server::Server;

/// Where the program runs, and on which database.
pub(crate) struct Home {
    folder: TempDir,
    /// A connection string; without it the SQLite file in the folder.
    database: Option<String>,
}

/// What the program wrote, and how it ended.
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) status: i32,
}

/// Runs a test on both stores.
pub(crate) fn on_each_store(test: impl Fn(&Home)) {
    test(&Home::new());
    let Some(postgres) = testkit::postgres_or_skip() else {
        return;
    };
    let database = postgres
        .database("cli")
        .expect("the server makes databases");
    test(&Home::on(database.url()));
}

impl Home {
    /// An empty folder, and SQLite in it.
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder of its own"),
            database: None,
        }
    }

    /// An empty folder, and a database elsewhere.
    pub(crate) fn on(database: String) -> Self {
        Self {
            database: Some(database),
            ..Self::new()
        }
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The command, in this folder and on this database, without settings and colours from the
    /// environment of the test.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_analyticsbot"));
        command.args(arguments).current_dir(self.path());
        if let Some(url) = &self.database {
            command.args(["--database", url]);
        }
        for variable in [
            "NO_COLOR",
            "CLICOLOR",
            "CLICOLOR_FORCE",
            "ANALYTICSBOT_CONFIG",
        ] {
            command.env_remove(variable);
        }
        command
    }

    /// Runs with an empty standard input.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// Runs with this standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        Ran::of(&mut self.command(arguments), input)
    }

    /// Starts a server on a free port.
    pub(crate) fn serve(&self) -> Server {
        Server::start(self.command(&["serve", "--listen", "127.0.0.1:0", "--json"]))
    }

    /// Makes a project, and gives what `project add --json` printed.
    pub(crate) fn project(&self, name: &str) -> Value {
        self.run(&["project", "add", name, "--json"])
            .json()
            .remove(0)
    }
}

impl Ran {
    /// Runs a command to its end.
    pub(crate) fn of(command: &mut Command, input: &str) -> Self {
        let mut child = start(command);
        let mut stdin = child.stdin.take().expect("it was asked for");
        // On a thread of its own: the program writes while it reads.
        let output: Output = thread::scope(|scope| {
            scope.spawn(move || {
                // A program that refuses its arguments does not read; that is no fault of the test.
                stdin.write_all(input.as_bytes()).ok();
            });
            child.wait_with_output().expect("a started program ends")
        });
        let text = |bytes| String::from_utf8(bytes).expect("all output is UTF-8");
        Self {
            out: text(output.stdout),
            err: text(output.stderr),
            status: output.status.code().expect("no signal ended it"),
        }
    }

    /// The output, if the program says that all is fine.
    #[track_caller]
    pub(crate) fn fine(self) -> String {
        assert_eq!(self.status, 0, "{}{}", self.out, self.err);
        self.out
    }

    /// What was refused, if the status is 1.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        assert_eq!(self.status, 1, "{}{}", self.out, self.err);
        self.err
    }

    /// What was wrong with the command line or the configuration, if the status is 2.
    #[track_caller]
    pub(crate) fn misused(self) -> String {
        assert_eq!((self.status, self.out.as_str()), (2, ""), "{}", self.err);
        self.err
    }

    /// Each line of the output as JSON, if the program says that all is fine.
    #[track_caller]
    pub(crate) fn json(self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).expect("each line is one object");
        self.fine().lines().map(parse).collect()
    }
}

/// Starts with all three streams in the hands of the test.
pub(crate) fn start(command: &mut Command) -> Child {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cargo built the program")
}
