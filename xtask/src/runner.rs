//! Runs programs in the workspace: what is run is shown, and a failure names it.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The workspace, and the environment that every program in it is given.
#[derive(Debug, Clone)]
pub(crate) struct Runner {
    root: PathBuf,
    environment: Vec<(&'static str, OsString)>,
}

impl Runner {
    /// The workspace that cargo runs us in. Not the one that we were built in: two checkouts may
    /// share one build folder, and what one of them built then counts as fresh for the other.
    pub(crate) fn new() -> Self {
        let package = variable("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let package = package.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
        let root = package
            .parent()
            .expect("`xtask` is a folder of the workspace");
        Self {
            root: root.to_owned(),
            environment: Vec::new(),
        }
    }

    /// The folder of the workspace.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Adds an environment variable for every program from now on.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<OsString>) {
        self.environment.push((name, value.into()));
    }

    /// A program to be run at the root of the workspace.
    pub(crate) fn program(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(name);
        command.args(arguments).current_dir(&self.root);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Cargo, of the tool chain that runs us.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        self.program("cargo", arguments)
    }

    /// Whether a cargo sub-command such as `nextest`, or `+nightly miri`, is installed.
    pub(crate) fn has(&self, words: &[&str]) -> bool {
        succeeds(self.cargo(words).arg("--version"))
    }
}

/// An environment variable, if it is set to anything.
#[expect(
    clippy::disallowed_methods,
    reason = "a binary reads its environment, here only"
)]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Runs a program whose output is nobody's concern, only whether it succeeds.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Writes a line for whoever called.
pub(crate) fn say(line: fmt::Arguments<'_>) -> Result<()> {
    writeln!(io::stdout(), "{line}").context("failed to write to standard output")
}

/// Shows a program, runs it on this terminal and fails if it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line(command);
    eprintln!("$ {line}");
    let status = command
        .status()
        .with_context(|| format!("failed to start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed: {status}");
    }
    Ok(())
}

/// As [`run`], and hands each line of the program's output to `each` as it is shown.
pub(crate) fn run_watched(command: &mut Command, mut each: impl FnMut(&str)) -> Result<()> {
    let line = line(command);
    eprintln!("$ {line}");
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("failed to start `{line}`"))?;
    let output = child
        .stdout
        .take()
        .expect("standard output was piped just above");
    for text in BufReader::new(output).lines() {
        let text = text.with_context(|| format!("failed to read from `{line}`"))?;
        say(format_args!("{text}"))?;
        each(&text);
    }
    let status = child
        .wait()
        .with_context(|| format!("failed to wait for `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed: {status}");
    }
    Ok(())
}

/// The command as somebody would type it.
fn line(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(|word| word.to_string_lossy()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command_and_its_status() {
        let runner = Runner::new();
        let error = run(&mut runner.program("sh", &["-c", "exit 7"]))
            .unwrap_err()
            .to_string();
        assert_eq!(error, "`sh -c exit 7` failed: exit status: 7");
        assert!(run(&mut runner.program("no-such-program", &[])).is_err());
    }

    #[test]
    fn programs_get_the_environment_and_their_lines_are_seen() {
        let mut runner = Runner::new();
        runner.set("GREETING", "hello");
        let mut lines = Vec::new();
        let mut command = runner.program("sh", &["-c", "echo $GREETING; echo there"]);
        run_watched(&mut command, |line| lines.push(line.to_owned())).unwrap();
        assert_eq!(lines, ["hello", "there"]);
    }

    #[test]
    fn the_root_is_the_workspace() {
        assert!(Runner::new().root().join("xtask/Cargo.toml").is_file());
    }
}
