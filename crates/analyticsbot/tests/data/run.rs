//! A database with a project, and the program on it.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::{fs, thread};

use serde_json::Value;

/// A folder with a database and files; it goes when the test does.
pub(crate) struct Rig {
    folder: tempfile::TempDir,
    database: String,
    _server: Option<testkit::Database<'static>>,
}

/// What the program wrote, and how it ended.
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) status: Option<i32>,
}

/// A SQLite file with the project `shop`.
pub(crate) fn sqlite() -> Rig {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("events.db").display().to_string();
    with_project(Rig {
        folder,
        database,
        _server: None,
    })
}

/// A database of PostgreSQL with the project `shop`, where there is a server.
pub(crate) fn postgres(check: &str) -> Option<Rig> {
    let server = testkit::postgres_or_skip()?.database(check).unwrap();
    Some(with_project(Rig {
        folder: tempfile::tempdir().unwrap(),
        database: server.url(),
        _server: Some(server),
    }))
}

fn with_project(rig: Rig) -> Rig {
    rig.run(&["project", "add", "shop"]).fine();
    rig
}

impl Rig {
    /// The path of a file in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    /// Reads a file of text.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names of all files in the folder but those of the database.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names
            .filter(|name| !name.starts_with("events.db"))
            .collect();
        names.sort();
        names
    }

    /// The program, in the folder, on the database.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_analyticsbot"));
        command
            .args(["--database", &self.database])
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The program on the database, for a shell.
    pub(crate) fn shell_name(&self) -> String {
        format!(
            "{} --database {} ",
            env!("CARGO_BIN_EXE_analyticsbot"),
            self.database
        )
    }

    /// Runs it with an empty standard input.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// Runs it with this standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Ran {
        let mut child = self.command(arguments).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.as_ref();
        thread::scope(|scope| {
            // A program that refuses its arguments does not read; that is no fault of the test.
            scope.spawn(move || stdin.write_all(input).ok());
            finish(child)
        })
    }

    /// Every event, as it is exported.
    pub(crate) fn exported(&self) -> Vec<String> {
        let out = self.run(&["export", "--project", "shop"]).fine();
        out.lines().map(str::to_owned).collect()
    }
}

/// Waits for the end of a program.
pub(crate) fn finish(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran {
        out: text(output.stdout),
        err: text(output.stderr),
        status: output.status.code(),
    }
}

impl Ran {
    /// The output, if all is fine.
    #[track_caller]
    pub(crate) fn fine(self) -> String {
        assert_eq!(self.status, Some(0), "{}{}", self.out, self.err);
        self.out
    }

    /// The output, if something was refused.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        assert_eq!(self.status, Some(1), "{}{}", self.out, self.err);
        self.out
    }

    /// The one object of the output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let parse = serde_json::from_str(&self.out);
        parse.unwrap_or_else(|_| panic!("{}{}", self.out, self.err))
    }
}

/// Lines that have nothing but a number.
pub(crate) fn numbered(count: usize) -> String {
    let line = |n| format!("{{\"event\":\"a\",\"properties\":{{\"n\":{n}}}}}\n");
    (0..count).map(line).collect()
}

/// The numbers of exported events, in order.
pub(crate) fn numbers(exported: &[String]) -> Vec<u64> {
    let number = |line: &String| {
        let event: Value = serde_json::from_str(line).unwrap();
        event["properties"]["n"]
            .as_u64()
            .expect("each has a number")
    };
    let mut numbers: Vec<_> = exported.iter().map(number).collect();
    numbers.sort_unstable();
    numbers
}
