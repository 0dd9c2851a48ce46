//! `cargo xtask ci`: everything that must hold before a change goes in, cheap steps first.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::runner::{self, Runner};
use crate::{Command, test, tidy, unexpected};

pub(crate) const COMMAND: Command = Command {
    name: "ci",
    usage: "",
    summary: "every check of a change, tests last",
    run,
};

/// One step. The tests come last, so that their closing lines stay in sight.
struct Step {
    name: &'static str,
    run: fn(&Runner) -> Result<Outcome>,
}

/// How a step ended that did not fail.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Passed,
    /// Not run, and why.
    Skipped(String),
}

const STEPS: [Step; 8] = [
    Step {
        name: "format",
        run: format,
    },
    Step {
        name: "tidy",
        run: tidy,
    },
    Step {
        name: "deny",
        run: deny,
    },
    Step {
        name: "no_std",
        run: no_std,
    },
    Step {
        name: "clippy",
        run: clippy,
    },
    Step {
        name: "docs",
        run: docs,
    },
    Step {
        name: "bench",
        run: bench,
    },
    Step {
        name: "test",
        run: tests,
    },
];

fn run(arguments: &[String]) -> Result<()> {
    if let Some(argument) = arguments.first() {
        return Err(unexpected(argument, &COMMAND));
    }
    let mut runner = Runner::new();
    if runner::variable("CARGO_TARGET_DIR").is_none() {
        runner.set(
            "CARGO_TARGET_DIR",
            cache_folder()?.join("analyticsbot/target"),
        );
    }
    let report = run_steps(&STEPS, &runner)?;
    runner::say(format_args!("\n{}", report.table()))?;
    match report.failure {
        None => Ok(()),
        Some((step, error)) => Err(error.context(format!("step `{step}` failed"))),
    }
}

/// What became of the steps, as far as they were run.
#[derive(Default)]
struct Report {
    lines: Vec<(&'static str, String, Duration)>,
    failure: Option<(&'static str, anyhow::Error)>,
}

/// Runs steps up to the first that fails.
#[expect(
    clippy::disallowed_methods,
    reason = "a binary; it measures how long its steps take"
)]
fn run_steps(steps: &[Step], runner: &Runner) -> Result<Report> {
    let mut report = Report::default();
    for step in steps {
        runner::say(format_args!("\n=== {} ===", step.name))?;
        let start = Instant::now();
        let outcome = (step.run)(runner);
        let said = match &outcome {
            Ok(Outcome::Passed) => "passed".to_owned(),
            Ok(Outcome::Skipped(why)) => {
                runner::say(format_args!("skipped: {why}"))?;
                format!("skipped: {why}")
            }
            Err(_) => "FAILED".to_owned(),
        };
        report.lines.push((step.name, said, start.elapsed()));
        if let Err(error) = outcome {
            report.failure = Some((step.name, error));
            break;
        }
    }
    Ok(report)
}

impl Report {
    fn table(&self) -> String {
        let total: Duration = self.lines.iter().map(|(_, _, time)| *time).sum();
        let row = |name: &str, time: Duration, outcome: &str| {
            format!("{name:<8} {:>9.1}  {outcome}\n", time.as_secs_f64())
        };
        let mut rows = vec![format!("{:<8} {:>9}\n", "step", "seconds")];
        rows.extend(
            self.lines
                .iter()
                .map(|(name, outcome, time)| row(name, *time, outcome)),
        );
        rows.push(row("total", total, ""));
        rows.concat()
    }
}

/// The folder for what can be made again: `$XDG_CACHE_HOME`, else `~/.cache`.
fn cache_folder() -> Result<PathBuf> {
    if let Some(folder) = runner::variable("XDG_CACHE_HOME") {
        return Ok(PathBuf::from(folder));
    }
    let home = runner::variable("HOME").context("failed to find a cache folder: no HOME")?;
    Ok(PathBuf::from(home).join(".cache"))
}

/// The workspace, and the packages beside it.
fn format(runner: &Runner) -> Result<Outcome> {
    runner::run(&mut runner.cargo(&["fmt", "--all", "--check"]))?;
    for package in ["bench", "fuzz"] {
        let manifest = format!("{package}/Cargo.toml");
        if runner.root().join(&manifest).is_file() {
            let arguments = ["fmt", "--check", "--manifest-path", &manifest];
            runner::run(&mut runner.cargo(&arguments))?;
        }
    }
    Ok(Outcome::Passed)
}

fn tidy(runner: &Runner) -> Result<Outcome> {
    tidy::check(runner)?;
    Ok(Outcome::Passed)
}

/// Licences, banned crates and sources always; advisories if their data was fetched before.
fn deny(runner: &Runner) -> Result<Outcome> {
    if !runner.has(&["deny"]) {
        let why = "cargo-deny is not installed (`cargo install cargo-deny --locked`)";
        return Ok(Outcome::Skipped(why.to_owned()));
    }
    let check = [
        "deny",
        "check",
        "--hide-inclusion-graph",
        "licenses",
        "bans",
        "sources",
    ];
    runner::run(&mut runner.cargo(&check))?;
    if !has_advisories() {
        runner::say(format_args!(
            "skipped: advisories, their data is not here (`cargo deny fetch db` gets it)"
        ))?;
        return Ok(Outcome::Passed);
    }
    // A check must not fail because a server is out of reach; fetching is for who asks for it.
    runner::run(&mut runner.cargo(&["deny", "--offline", "check", "advisories"]))?;
    Ok(Outcome::Passed)
}

/// Looks where cargo-deny keeps its data by default: a folder for each source, beside a lock file
/// that is there even when nothing could be fetched.
fn has_advisories() -> bool {
    let home = runner::variable("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(runner::variable("HOME")?).join(".cargo")));
    let entries = home.and_then(|home| home.join("advisory-dbs").read_dir().ok());
    entries
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| entry.path().is_dir())
}

/// The core of `ids`, then that core with each of its features alone.
fn no_std(runner: &Runner) -> Result<Outcome> {
    let check = ["check", "--package", "ids", "--no-default-features"];
    runner::run(&mut runner.cargo(&check))?;
    for feature in tidy::features(runner, "crates/ids")? {
        runner::run(runner.cargo(&check).args(["--features", &feature]))?;
    }
    Ok(Outcome::Passed)
}

fn clippy(runner: &Runner) -> Result<Outcome> {
    let everything = ["clippy", "--workspace", "--all-targets", "--all-features"];
    runner::run(runner.cargo(&everything).args(["--", "--deny", "warnings"]))?;
    Ok(Outcome::Passed)
}

fn docs(runner: &Runner) -> Result<Outcome> {
    let mut command = runner.cargo(&["doc", "--no-deps", "--workspace", "--all-features"]);
    runner::run(command.env("RUSTDOCFLAGS", "--deny warnings"))?;
    Ok(Outcome::Passed)
}

/// The benchmarks build, and are held to the same lints; they are run by hand.
fn bench(runner: &Runner) -> Result<Outcome> {
    if !runner.root().join("bench/Cargo.toml").is_file() {
        return Ok(Outcome::Skipped("there is no benchmark".to_owned()));
    }
    let check = [
        "clippy",
        "--manifest-path",
        "bench/Cargo.toml",
        "--workspace",
        "--all-targets",
        "--all-features",
    ];
    runner::run(runner.cargo(&check).args(["--", "--deny", "warnings"]))?;
    Ok(Outcome::Passed)
}

fn tests(runner: &Runner) -> Result<Outcome> {
    test::all(runner, &test::Options::default())?;
    Ok(Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_ends_the_run_and_is_named() {
        let steps = [
            Step {
                name: "good",
                run: |_| Ok(Outcome::Passed),
            },
            Step {
                name: "away",
                run: |_| Ok(Outcome::Skipped("no tool".to_owned())),
            },
            Step {
                name: "bad",
                run: |_| anyhow::bail!("broken"),
            },
            Step {
                name: "never",
                run: |_| unreachable!("a step after one that failed"),
            },
        ];
        let report = run_steps(&steps, &Runner::new()).unwrap();
        let (step, error) = report.failure.as_ref().unwrap();
        assert_eq!((*step, error.to_string()), ("bad", "broken".to_owned()));
        let table = report.table();
        let words: Vec<&str> = table
            .lines()
            .filter_map(|line| line.split(' ').next())
            .collect();
        assert_eq!(words, ["step", "good", "away", "bad", "total"]);
        assert!(
            table.contains("skipped: no tool") && table.contains("FAILED"),
            "{table}"
        );
    }

    #[test]
    fn the_tests_come_last() {
        assert_eq!(STEPS.last().map(|step| step.name), Some("test"));
    }
}
