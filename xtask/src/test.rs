//! `cargo xtask test`: sees to what the tests need, then runs every test of the workspace.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::runner::{self, Runner};
use crate::{Command, parts, unexpected};

pub(crate) const COMMAND: Command = Command {
    name: "test",
    usage: "[--without-postgres] [-- FILTER...]",
    summary: "see to what the tests need, then run all",
    run,
};

/// Read by `testkit`: tests that need a server skip themselves.
const WITHOUT_VARIABLE: &str = "TESTKIT_WITHOUT_POSTGRES";
/// Read by `testkit`: the server that all test processes share.
const SHARED_VARIABLE: &str = "TESTKIT_POSTGRES";

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    without_postgres: bool,
    /// Handed to the tests: parts of names, `--skip NAME`, `--ignored`.
    filters: Vec<String>,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self::default();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--without-postgres" => options.without_postgres = true,
                "--" => options.filters = rest.by_ref().cloned().collect(),
                other => return Err(unexpected(other, &COMMAND)),
            }
        }
        Ok(options)
    }
}

fn run(arguments: &[String]) -> Result<()> {
    all(&Runner::new(), &Options::parse(arguments)?)
}

/// Runs all tests, with every feature.
pub(crate) fn all(runner: &Runner, options: &Options) -> Result<()> {
    parts::provide(runner, options.without_postgres)?;
    let mut runner = runner.clone();
    let server = if options.without_postgres {
        runner.set(WITHOUT_VARIABLE, "1");
        None
    } else {
        let server = Server::start(&runner)?;
        runner.set(SHARED_VARIABLE, &server.url);
        Some(server)
    };
    let outcome = run_tests(&runner, &options.filters);
    if let Some(server) = server {
        server.stop()?;
    } else {
        runner::say(format_args!(
            "SKIPPED: every test that needs PostgreSQL (--without-postgres)"
        ))?;
    }
    outcome
}

fn run_tests(runner: &Runner, filters: &[String]) -> Result<()> {
    let everything = ["--workspace", "--all-features", "--no-fail-fast"];
    if runner.has(&["nextest"]) {
        // Documentation first, which nextest does not run, so that its summary is what stays seen.
        let mut examples = runner.cargo(&["test", "--doc"]);
        let examples = runner::run(examples.args(everything).arg("--").args(filters));
        let mut tests = runner.cargo(&["nextest", "run"]);
        runner::run(tests.args(everything).arg("--").args(filters))?;
        examples
    } else {
        let mut tally = Tally::default();
        let mut tests = runner.cargo(&["test"]);
        tests.args(everything).arg("--").args(filters);
        let outcome = runner::run_watched(&mut tests, |line| tally.add(line));
        runner::say(format_args!("{}", tally.summary()))?;
        outcome?;
        if tally.passed + tally.failed == 0 {
            bail!("no test has such a name");
        }
        Ok(())
    }
}

/// The sum of the closing lines that cargo prints for each test program.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    programs: u64,
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Tally {
    /// Counts a line such as `test result: ok. 9 passed; 0 failed; 1 ignored; ...`.
    fn add(&mut self, line: &str) {
        let Some((_, counts)) = line
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        self.programs += 1;
        for count in counts.split("; ") {
            let Some((Ok(number), what)) = count
                .split_once(' ')
                .map(|(number, what)| (number.parse::<u64>(), what))
            else {
                continue;
            };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }

    fn summary(&self) -> String {
        let Self {
            programs,
            passed,
            failed,
            ignored,
        } = self;
        format!(
            "all tests: {passed} passed; {failed} failed; {ignored} ignored; {programs} programs"
        )
    }
}

/// The PostgreSQL server that all tests of one run share. It ends when its input closes, which
/// happens at the latest when this process ends.
struct Server {
    owner: Child,
    url: String,
}

impl Server {
    fn start(runner: &Runner) -> Result<Self> {
        let arguments = [
            "run",
            "--quiet",
            "--package",
            "testkit",
            "--bin",
            "throwaway-postgres",
        ];
        let mut owner = runner
            .cargo(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("failed to start the tests' PostgreSQL server")?;
        let output = owner
            .stdout
            .take()
            .expect("standard output was piped just above");
        let mut url = String::new();
        BufReader::new(output)
            .read_line(&mut url)
            .context("failed to read the server's address")?;
        if url.is_empty() {
            let status = owner.wait()?;
            bail!("the tests' PostgreSQL server did not start: {status}");
        }
        Ok(Self {
            owner,
            url: url.trim().to_owned(),
        })
    }

    fn stop(mut self) -> Result<()> {
        drop(self.owner.stdin.take());
        let status = self
            .owner
            .wait()
            .context("failed to wait for the tests' server")?;
        if !status.success() {
            bail!("the tests' PostgreSQL server ended badly: {status}");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Options> {
        Options::parse(
            &words
                .iter()
                .map(|&word| word.to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn options_and_filters_are_told_apart() {
        let options = parse(&["--without-postgres", "--", "order", "--without-postgres"]).unwrap();
        let filters = vec!["order".to_owned(), "--without-postgres".to_owned()];
        assert_eq!(
            options,
            Options {
                without_postgres: true,
                filters
            }
        );
        assert_eq!(parse(&[]).unwrap(), Options::default());
        let error = parse(&["order"]).unwrap_err().to_string();
        assert!(
            error.starts_with("unexpected argument `order`\nhint: cargo xtask test"),
            "{error}"
        );
    }

    #[test]
    fn closing_lines_are_added_up() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test result: ok. 9 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; \
             finished in 0.02s",
            "test test_result ... ok",
            "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
        ] {
            tally.add(line);
        }
        assert_eq!(
            tally,
            Tally {
                programs: 2,
                passed: 13,
                failed: 2,
                ignored: 1
            }
        );
        assert_eq!(
            tally.summary(),
            "all tests: 13 passed; 2 failed; 1 ignored; 2 programs"
        );
    }
}
