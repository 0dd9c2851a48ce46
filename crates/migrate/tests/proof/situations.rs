//! Every fixture, as it must be today.

use std::sync::Mutex;
use std::thread;

use crate::fixture::{self, Fixture};
use crate::journey::{self, Depth};

/// So many fixtures at once: each waits for the server and for `pg_dump` most of the time.
const AT_ONCE: usize = 4;

/// So many situations the proof has at least.
const FIXTURES_MIN: usize = 60;

#[test]
fn every_situation_comes_out_as_expected() {
    let fixtures = fixture::all();
    assert!(
        fixtures.len() >= FIXTURES_MIN,
        "only {} fixtures",
        fixtures.len()
    );
    let waiting = Mutex::new(fixtures.into_iter().enumerate());
    let faults = Mutex::new(Vec::new());
    // Threads with a runtime each: a migration stays on the thread that began it.
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                let runtime = runtime.expect("a runtime");
                loop {
                    let next = waiting.lock().expect("no fixture panics").next();
                    let Some((number, fixture)) = next else { break };
                    let outcome = runtime.block_on(journey::whole(&fixture, number, Depth::Sample));
                    if let Err(fault) = verdict(&fixture, outcome) {
                        let fault = format!("{}: {fault}\n", fixture.name);
                        faults.lock().expect("no fixture panics").push(fault);
                    }
                }
            });
        }
    });
    let faults = faults.into_inner().expect("no fixture panics");
    assert!(
        faults.is_empty(),
        "{}\n{} fixtures failed",
        faults.join("\n"),
        faults.len()
    );
}

/// A fixture whose defect is known must fail; once it does not, it has to say so no more.
pub(crate) fn verdict(fixture: &Fixture, outcome: Result<(), String>) -> Result<(), String> {
    known(fixture.expect.known_failure.as_deref(), outcome)
}

/// The same, where the defect is told.
pub(crate) fn known(failure: Option<&str>, outcome: Result<(), String>) -> Result<(), String> {
    match (failure, outcome) {
        (None, outcome) => outcome,
        (Some(_), Err(_)) => Ok(()),
        (Some(why), Ok(())) => Err(format!("it passes: take `known_failure = {why:?}` out")),
    }
}

#[test]
fn a_known_failure_that_passes_is_a_failure() {
    let mut fixture = Fixture::named("serial");
    assert!(verdict(&fixture, Err("a fault".to_owned())).is_err());
    fixture.expect.known_failure = Some("not mended".to_owned());
    assert!(verdict(&fixture, Ok(())).is_err());
    assert!(verdict(&fixture, Err("a fault".to_owned())).is_ok());
}

#[test]
fn every_fixture_says_what_it_is_and_expects_something() {
    for fixture in fixture::all() {
        let expect = &fixture.expect;
        assert!(!expect.situation.is_empty(), "{}", fixture.name);
        assert!(
            !expect.keys.is_empty() || !expect.refused.is_empty(),
            "{}",
            fixture.name
        );
    }
}
