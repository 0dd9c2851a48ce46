//! Whether the clock of this machine can be believed.

use std::time::Duration;

use ids::Timestamp;
use store::{Examination, Settings};

use super::finding::Finding;
use crate::clock::Stopwatch;
use crate::context::Context;
use crate::event_json::time;

const CHECK: &str = "clock";

/// How long both clocks are watched.
const WATCH: Duration = Duration::from_millis(200);

/// The wall clock may be slewed by so much of the time that passes.
const JUMP_MS_MAX: i64 = 50;

/// A database's clock may differ by so much: its answer takes a while.
const APART_MS_MAX: i64 = 2_000;

/// No clock is set to less: this program was written in that year.
const EARLIEST: Timestamp = Timestamp::from_unix_ms(1_735_689_600_000);

/// No clock is set to more: the year 2100.
const LATEST: Timestamp = Timestamp::from_unix_ms(4_102_444_800_000);

/// The database's clock, and ours in the moment of its answer; less than a second ago.
pub(super) fn of_database(examination: &Examination) -> Option<(Timestamp, Timestamp)> {
    match &examination.settings {
        Settings::Postgres(postgres) => Some((postgres.clock, crate::clock::now())),
        Settings::Sqlite(_) => None,
    }
}

/// Watches the clocks for a moment.
pub(super) async fn check(
    database: Option<(Timestamp, Timestamp)>,
    context: &Context,
) -> Vec<Finding> {
    let (before, passed) = (context.now(), Stopwatch::start());
    tokio::time::sleep(WATCH).await;
    let (after, passed) = (context.now(), passed.elapsed());
    let passed_ms = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
    let jump_ms = after.unix_ms() - before.unix_ms() - passed_ms;
    findings(after, jump_ms, database)
}

fn findings(
    now: Timestamp,
    jump_ms: i64,
    database: Option<(Timestamp, Timestamp)>,
) -> Vec<Finding> {
    let shown = time(now);
    let set = "set the clock of this machine, and keep it right with NTP";
    let mut findings = Vec::new();
    if now < EARLIEST || now > LATEST {
        findings
            .push(Finding::problem(CHECK, format!("it shows {shown}, which cannot be")).hint(set));
    }
    if jump_ms.abs() > JUMP_MS_MAX {
        let message = format!("it jumped by {jump_ms} ms within {} ms", WATCH.as_millis());
        findings.push(Finding::warning(CHECK, message).hint("does more than one program set it?"));
    }
    if let Some((theirs, ours)) = database {
        let apart_ms = theirs.unix_ms() - ours.unix_ms();
        if apart_ms.abs() > APART_MS_MAX {
            let message = format!("the database's clock is {apart_ms} ms from this machine's");
            findings.push(Finding::warning(CHECK, message).hint("keep both right with NTP"));
        }
    }
    if findings.is_empty() {
        findings.push(Finding::ok(CHECK, format!("{shown}, steady")));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    #[test]
    fn a_clock_that_is_wrong_or_jumps_is_found() {
        let now = Timestamp::from_unix_ms(1_795_329_704_170);
        let later = Timestamp::from_unix_ms(1_795_329_714_170);
        for (at, jump, database, expected) in [
            (now, 0, None, State::Ok),
            (now, -20, Some((now, now)), State::Ok),
            (Timestamp::from_unix_ms(0), 0, None, State::Problem),
            (
                Timestamp::from_unix_ms(9_999_999_999_999),
                0,
                None,
                State::Problem,
            ),
            (now, 3_600_000, None, State::Warning),
            (now, -100, None, State::Warning),
            (now, 0, Some((later, now)), State::Warning),
        ] {
            let found = findings(at, jump, database);
            assert_eq!((found.len(), found[0].state), (1, expected), "{found:?}");
        }
    }
}
