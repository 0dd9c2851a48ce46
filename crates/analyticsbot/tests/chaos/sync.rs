//! A failing `fdatasync`: nothing of that commit is acknowledged, the server says that it cannot
//! store, and what it had acknowledged is there after a restart.

use std::process::Command;

use crate::client::Client;
use crate::kill::Honesty;
use crate::ledger::{Ledger, Outcome};
use crate::load::{event, outcomes};
use crate::place::Place;
use crate::server::Start;

/// The call that fails, and all after it: the first ones belong to the start.
const FAILS_FROM: u32 = 40;
const EVENTS_MAX: u64 = 500;

#[test]
fn a_failed_sync_is_never_acknowledged() {
    if !can_trace() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let place = Place::file_in(folder.path());
    let database = place.database();
    let inject = inject();
    let start = Start {
        database: &database,
        folder: folder.path(),
        under: &under(&inject),
        key: None,
    };
    let mut server = start.run();
    let key = server.target.key.clone();
    let mut client = Client::new(&server.target);
    let mut ledger = Ledger::default();
    let mut failed = None;
    for id in 1..EVENTS_MAX {
        let answer = client.post(&event(id).to_string()).unwrap();
        let outcome = outcomes(Some(&answer), 1)[0];
        ledger.record(id, outcome);
        if outcome != Outcome::Acked {
            failed = Some(answer);
            break;
        }
    }
    let failed = failed.expect("`strace` makes a call fail long before");
    assert_eq!(failed.status, 503, "{failed:?}");
    assert!(ledger.acked() > 0);
    assert_eq!(client.get("/readyz").unwrap().status, 503);
    server.kill();

    let again = Start {
        under: &[],
        key: Some(&key),
        ..start
    };
    let server = again.run();
    let mut client = Client::new(&server.target);
    let answer = client.post(&event(EVENTS_MAX).to_string()).unwrap();
    ledger.record(EVENTS_MAX, outcomes(Some(&answer), 1)[0]);
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(ledger.violations(&place.stored()), [""; 0]);
}

/// The control.
#[test]
fn a_server_that_answers_before_the_commit_is_caught() {
    if !can_trace() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let place = Place::file_in(folder.path());
    let database = place.database();
    let inject = inject();
    let start = Start {
        database: &database,
        folder: folder.path(),
        under: &under(&inject),
        key: None,
    };
    let mut server = start.run();
    let mut client = Client::new(&Honesty::Lying.target_of(&server.target));
    let mut ledger = Ledger::default();
    for id in 1..EVENTS_MAX {
        let answer = client.post(&event(id).to_string()).unwrap();
        ledger.record(id, outcomes(Some(&answer), 1)[0]);
    }
    server.kill();
    let caught = ledger.violations(&place.stored()).join("; ");
    assert!(caught.contains("was acknowledged and is lost"), "{caught}");
}

/// The fault as `strace` is told of it.
fn inject() -> String {
    format!("inject=fdatasync,fsync:error=EIO:when={FAILS_FROM}+")
}

fn under(inject: &str) -> [&str; 9] {
    [
        "strace",
        // The server is our child and `strace` its grandchild: so it is the server that is
        // killed, and not only who looks at it.
        "--daemonize",
        "--follow-forks",
        "--quiet=all",
        "--output=/dev/null",
        "-e",
        "trace=fdatasync,fsync",
        "-e",
        inject,
    ]
}

/// Whether a program can be run under `strace` here.
#[expect(clippy::print_stderr, reason = "a skipped test says so loudly")]
fn can_trace() -> bool {
    let mut strace = Command::new("strace");
    strace.args(["--output=/dev/null", "true"]);
    let can = strace.output().is_ok_and(|output| output.status.success());
    if !can {
        eprintln!("SKIPPED the failing sync: `strace` is not installed, or may not trace");
    }
    can
}
