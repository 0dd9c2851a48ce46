//! Every situation that the census knows, each on a small schema of its own.
//!
//! `cases/<situation>/schema.sql` makes it; its first line names the columns that move.
//! `expectation.txt` is what the census says of it. Where it refuses nothing, the columns are
//! exchanged by hand with the statements of the census: what depends on them must then look as
//! before, and after the way back the whole schema must, byte for byte.

#![expect(
    clippy::unwrap_used,
    reason = "a check that cannot go on ends where it is, and the line says why"
)]

mod dump;
mod environment;
mod replication;
mod rig;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use migrate::census::{Census, Choices, Dependent, census};
use rig::Rig;
use tokio::task::JoinSet;

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/census/cases");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    cases
}

/// The census as lines, in the order of the expectation.
fn said(census: &Census) -> String {
    let mut text = String::new();
    for refusal in &census.refusals {
        let (situation, object, reason) = (refusal.situation, &refusal.object, &refusal.reason);
        writeln!(text, "refuse {situation}: {object}: {reason}").unwrap();
    }
    for question in &census.questions {
        writeln!(text, "ask {}: {}", question.choice.key, question.text).unwrap();
    }
    let notes = census
        .notes
        .iter()
        .filter(|note| note.situation != "column-order");
    for note in notes {
        writeln!(
            text,
            "note {}: {}: {}",
            note.situation, note.object, note.text
        )
        .unwrap();
    }
    for dependent in &census.dependents {
        let Dependent { kind, object, .. } = dependent;
        let known = dependent.drop.is_empty() && dependent.create.is_empty();
        let does = if known { "known" } else { "again" };
        writeln!(text, "{does} {kind}: {object}").unwrap();
    }
    text
}

/// What is wrong with one case; nothing if all is well.
async fn fault(case: &Path) -> Option<String> {
    let rig = Rig::start(case).await?;
    let census = census(&rig.client, &rig.swaps, &rig.choices).await.unwrap();
    let expected = fs::read_to_string(case.join("expectation.txt")).unwrap_or_default();
    let said = said(&census);
    if said != expected {
        return Some(format!("expected\n{expected}but the census says\n{said}"));
    }
    let open = !census.refusals.is_empty() || !census.questions.is_empty();
    if open || !rig.exchange {
        return None;
    }
    rig.round_trip(&census.dependents).await.err()
}

/// So many cases at once: each waits for programs of the server most of the time.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_situation_is_found_and_what_is_handled_comes_back() {
    let mut cases = cases().into_iter();
    let mut running = JoinSet::new();
    let mut faults = String::new();
    loop {
        while running.len() < AT_ONCE
            && let Some(case) = cases.next()
        {
            running.spawn(async move { (fault(&case).await, case) });
        }
        let Some(done) = running.join_next().await else {
            break;
        };
        if let (Some(fault), case) = done.unwrap() {
            writeln!(faults, "{}: {fault}\n", case.display()).unwrap();
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// The control of the round trip: with a statement missing it must notice.
#[tokio::test]
async fn a_dependent_that_does_not_come_back_is_noticed() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/census/cases/view");
    let Some(rig) = Rig::start(&case).await else {
        return;
    };
    let taken = census(&rig.client, &rig.swaps, &Choices::default())
        .await
        .unwrap();
    let mut dependents = taken.dependents;
    for dependent in &mut dependents {
        dependent.create.retain(|sql| !sql.starts_with("GRANT"));
    }
    let fault = rig.round_trip(&dependents).await.unwrap_err();
    assert!(fault.contains("GRANT"), "{fault}");
}
