//! An import that is killed at any moment and started again stores everything once.

use std::fs;
use std::thread;

use serde_json::Value;

use crate::run::{Rig, finish, numbered, numbers, sqlite};

const RECORDS: usize = 12_000;
const KILLS: usize = 4;

/// A control that needs more luck than this is broken.
const CONTROL_TRIES_MAX: usize = 30;

const STATE: &str = "state";

/// Starts an import of `input` and kills it when it has passed byte `offset` and a little more;
/// returns how far it says that it came.
fn import_and_kill(rig: &Rig, input: &str, offset: u64, spins: usize) -> u64 {
    let arguments = ["import", input, "--project", "shop", "--state", STATE];
    let mut child = rig.command(&arguments).spawn().unwrap();
    while come(rig) < offset && child.try_wait().unwrap().is_none() {
        thread::yield_now();
    }
    for _ in 0..spins {
        thread::yield_now();
    }
    child.kill().unwrap();
    finish(child);
    come(rig)
}

fn come(rig: &Rig) -> u64 {
    let Ok(text) = fs::read(rig.path(STATE)) else {
        return 0;
    };
    let state: Value = serde_json::from_slice(&text).expect("it is replaced whole");
    state["offset"].as_u64().unwrap()
}

/// A place among the kills, and a number of looks that no one step of the program takes as long as.
fn moments(text: &str, turn: usize) -> impl Iterator<Item = (u64, usize)> {
    let part = (text.len() / (KILLS + 1)) as u64;
    (1..=KILLS).map(move |kill| (part * kill as u64, (turn * 7_919 + kill * 1_013) % 4_000))
}

#[test]
fn a_killed_import_goes_on_and_stores_everything_once() {
    let rig = sqlite();
    let text = numbered(RECORDS);
    rig.write("events.ndjson", &text);
    for (offset, spins) in moments(&text, 1) {
        import_and_kill(&rig, "events.ndjson", offset, spins);
    }
    let last = [
        "import",
        "events.ndjson",
        "--project",
        "shop",
        "--state",
        STATE,
        "--json",
    ];
    let ran = rig.run(&last);
    let summary = ran.json();
    ran.fine();
    let expected: Vec<_> = (0..RECORDS as u64).collect();
    assert!(numbers(&rig.exported()) == expected, "each is there once");
    assert_eq!(summary["records"], RECORDS as u64, "{summary}");
    assert_ne!(summary["resumed_at_line"], Value::Null, "{summary}");
}

/// The control: without the id that place and text give an event, what was committed and not
/// remembered when the program was killed is stored twice, and this check sees it. The rest of the
/// file as a file of its own has other places.
#[test]
fn without_those_ids_the_same_kills_are_seen_as_doubles() {
    for turn in 0..CONTROL_TRIES_MAX {
        let rig = sqlite();
        let text = numbered(RECORDS);
        let mut rest = text.as_str();
        for (kill, (_, spins)) in moments(&text, turn).enumerate() {
            let name = format!("rest-{kill}.ndjson");
            rig.write(&name, rest);
            let offset = import_and_kill(&rig, &name, rest.len() as u64 / 4, spins);
            // There is none if nothing was left to import.
            fs::remove_file(rig.path(STATE)).ok();
            rest = &rest[usize::try_from(offset).unwrap()..];
        }
        rig.run_with(&["import", "-", "--project", "shop"], rest)
            .fine();
        let found = numbers(&rig.exported());
        let mut once = found.clone();
        once.dedup();
        assert_eq!(once.len(), RECORDS, "nothing is lost either way");
        if found.len() > once.len() {
            return;
        }
    }
    panic!("this check does not see an event that is stored twice");
}
