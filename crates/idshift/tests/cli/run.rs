//! Runs the binary with arguments and input, and looks at what came out.

use std::io::Write;
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use serde_json::Value;

/// An id that AnalyticsBot made on 2025-11-18T23:54:49.715Z.
pub(crate) const OLD_ID: &str = "019a9964-77f3-7479-bc9f-50ff6ea646f1";

/// What the program wrote, and how it ended.
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) status: i32,
}

/// A command in UTC, without colour from the environment of the test.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_idshift"));
    command.args(arguments).env("TZ", "UTC");
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

/// Runs with an empty standard input.
pub(crate) fn run(arguments: &[&str]) -> Ran {
    run_with(arguments, "")
}

/// Runs with this standard input.
pub(crate) fn run_with(arguments: &[&str], input: impl AsRef<[u8]>) -> Ran {
    let mut child = start(&mut command(arguments));
    let mut stdin = child.stdin.take().expect("it was asked for");
    let input = input.as_ref();
    // On a thread of its own: the program writes while it reads.
    let output: Output = thread::scope(|scope| {
        scope.spawn(move || {
            // A program that refuses its arguments does not read; that is no fault of the test.
            stdin.write_all(input).ok();
        });
        child.wait_with_output().expect("a started program ends")
    });
    let text = |bytes| String::from_utf8(bytes).expect("all output is UTF-8");
    Ran {
        out: text(output.stdout),
        err: text(output.stderr),
        status: output.status.code().expect("no signal ended it"),
    }
}

/// Runs a command that is ready but for its streams, with an empty standard input.
pub(crate) fn run_in(command: &mut Command) -> Ran {
    let output = command
        .stdin(Stdio::null())
        .output()
        .expect("cargo built the program");
    let text = |bytes| String::from_utf8(bytes).expect("all output is UTF-8");
    Ran {
        out: text(output.stdout),
        err: text(output.stderr),
        status: output.status.code().expect("no signal ended it"),
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

impl Ran {
    /// The output, if the program says that all is fine, and nothing else.
    #[track_caller]
    pub(crate) fn fine(self) -> String {
        assert_eq!((self.status, self.err.as_str()), (0, ""), "{}", self.out);
        self.out
    }

    /// What was refused, if the status is 1.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        assert_eq!(self.status, 1, "{}{}", self.out, self.err);
        self.err
    }

    /// What was wrong with the command line, if the status is 2. Nothing is done in that case.
    #[track_caller]
    pub(crate) fn misused(self) -> String {
        assert_eq!((self.status, self.out.as_str()), (2, ""), "{}", self.err);
        self.err
    }

    /// Each line of the output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).expect("each line is one object");
        self.out.lines().map(parse).collect()
    }
}
