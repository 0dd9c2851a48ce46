//! `idshift id verify`: measures on this machine whether the ids keep what they promise.

mod basic;
#[cfg(test)]
mod broken;
mod clocks;
#[cfg(unix)]
mod fork;
#[cfg(unix)]
mod processes;
mod source;
mod threads;

use std::io;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use self::source::{Failed, OfProcess, manual};
use crate::Outcome;
use crate::clock::{self, Stopwatch};
use crate::console::{BAD, Console, DIM, GOOD, STRONG};
use crate::table::{Cell, Table};

/// The arguments of `idshift id verify`.
#[derive(Args)]
#[command(after_help = "\
Speed is measured and shown; no check depends on it. The exit status is 1 if a check failed.")]
pub(crate) struct Arguments {}

/// Between the ids of the order check: long enough for the clock to move on.
const PAUSE: Duration = Duration::from_millis(2);

/// What a check measured, or why it failed.
type Verdict = Result<String, Failed>;

/// One check: its name, what it does, and doing it.
struct Check {
    name: &'static str,
    does: &'static str,
    run: fn() -> Verdict,
}

/// Every check, in the order in which they are shown.
const CHECKS: &[Check] = &[
    Check {
        name: "generation",
        does: "one id, taken apart and read again",
        run: || basic::generation(&OfProcess, &|| Ok(clock::now()?.as_millisecond())),
    },
    Check {
        name: "uniqueness",
        does: "1,000 ids, one at a time",
        run: || basic::uniqueness(&OfProcess),
    },
    Check {
        name: "time order",
        does: "5 ids with pauses of 2 ms",
        run: || basic::time_order(&OfProcess, &|| clock::pause(PAUSE)),
    },
    Check {
        name: "speed",
        does: "10,000 ids, one at a time",
        run: || {
            let watch = Stopwatch::start();
            basic::speed(&OfProcess, &|| watch.elapsed())
        },
    },
    Check {
        name: "bulk",
        does: "1,000 in one call; 0, 10,001 refused",
        run: || basic::bulk(&OfProcess),
    },
    Check {
        name: "index order",
        does: "neighbours among 100 ids",
        run: || basic::index_order(&OfProcess),
    },
    Check {
        name: "threads",
        does: "8 at once, then handing ids on",
        run: || threads::threads(&OfProcess),
    },
    #[cfg(unix)]
    Check {
        name: "fork",
        does: "4 children and their parent go on",
        run: || processes::fork(&OfProcess),
    },
    Check {
        name: "clock 3 s back",
        does: "1,000 ids while it catches up",
        run: || clocks::step_back(&manual),
    },
    Check {
        name: "clock set back",
        does: "3 days, 3 years, and either policy",
        run: || clocks::set_back(&manual),
    },
    Check {
        name: "future spike",
        does: "one reading is a year ahead",
        run: || clocks::spike(&manual),
    },
    Check {
        name: "overflow",
        does: "300,000 ids in one millisecond",
        run: || clocks::overflow(&manual),
    },
];

/// A check that was made.
#[derive(Debug, Serialize)]
struct Made {
    name: &'static str,
    does: &'static str,
    passed: bool,
    result: String,
}

/// All checks.
#[derive(Serialize)]
struct Report {
    passed: usize,
    failed: usize,
    checks: Vec<Made>,
}

impl Report {
    fn of(checks: Vec<Made>) -> Self {
        let passed = checks.iter().filter(|check| check.passed).count();
        Self {
            passed,
            failed: checks.len() - passed,
            checks,
        }
    }

    fn outcome(&self) -> Outcome {
        if self.failed == 0 {
            Outcome::Fine
        } else {
            Outcome::Refused
        }
    }
}

impl Check {
    fn make(&self) -> Made {
        let (passed, result) = match (self.run)() {
            Ok(measured) => (true, measured),
            Err(Failed(why)) => (false, why),
        };
        Made {
            name: self.name,
            does: self.does,
            passed,
            result,
        }
    }
}

/// Makes every check and shows what came of it.
pub(crate) fn run(_: &Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let report = Report::of(CHECKS.iter().map(Check::make).collect());
    if console.json() {
        console.write_json(&report)?;
    } else {
        draw(&report, console)?;
    }
    Ok(report.outcome())
}

fn draw(report: &Report, console: &mut Console) -> io::Result<()> {
    let (dim, strong) = (console.style(DIM), console.style(STRONG));
    let (good, bad) = (console.style(GOOD), console.style(BAD));
    let mut table =
        Table::new(["", "check", "what was done", "result"].map(|name| Cell::styled(name, dim)));
    for check in &report.checks {
        let (mark, style) = if check.passed {
            ("✓", good)
        } else {
            ("✗", bad)
        };
        let result = Cell::styled(&*check.result, if check.passed { strong } else { bad });
        table.push([
            Cell::styled(mark, style),
            Cell::styled(check.name, strong),
            check.does.into(),
            result,
        ]);
    }
    let columns = console.columns();
    table.draw(console.out(), columns)?;
    let (all, failed) = (report.checks.len(), report.failed);
    match failed {
        0 => console.line(format_args!("{good}all {all} checks passed{good:#}")),
        _ => console.line(format_args!("{bad}{failed} of {all} checks failed{bad:#}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_passes_on_the_real_generator() {
        for check in CHECKS {
            let made = check.make();
            assert!(made.passed, "{}: {}", made.name, made.result);
        }
    }

    #[test]
    fn a_failed_check_says_why_and_fails_the_command() {
        let check = |run| {
            Check {
                name: "x",
                does: "y",
                run,
            }
            .make()
        };
        let good = || check(|| Ok("measured".to_owned()));
        let bad = check(|| Failed::because("two ids are equal"));
        assert_eq!(
            (bad.passed, bad.result.as_str()),
            (false, "two ids are equal")
        );
        let report = Report::of(vec![good(), bad]);
        assert_eq!((report.passed, report.failed), (1, 1));
        assert_eq!(report.outcome(), Outcome::Refused);
        assert_eq!(Report::of(vec![good()]).outcome(), Outcome::Fine);
    }
}
