//! What is exported can be imported elsewhere, and is the same there.

use serde_json::Value;

use crate::run::{Rig, postgres, sqlite};

/// Everything that an event can have, and what JSON readers disagree about; an event is spread over
/// lines that are indented.
const EVENTS: &str = r#"
{"event":"Größe 😀","user_id":"Ü","timestamp":"2024-01-02T03:04:05.678901Z","plan":"extra",
 "properties":{"b":1.50,"a":[1e3,12345678901234567890123,-0.0],"é\n\"":null,"":{"x":"=1"}},
 "context":{"locale":"de"}}
{"event":"b","anonymous_id":7,"messageId":"m1"}
{"event":"clamped","timestamp":"1970-01-02T00:00:00Z"}
{"id":"018cc820-dcfb-7000-8000-000000000001","project_id":"018cc820-36fb-7000-8000-000000000002",
 "event":"c","timestamp":"2024-01-02T03:04:06.139Z","received_at":"2024-01-02T03:04:07.000001Z",
 "properties":{},"context":{"$extra":{"id":"x"}},"user_agent":"curl/8 \"x\"",
 "ip_address":"2001:db8::1","canonical_id":"018cc820-36fb-5000-8000-000000000003",
 "source":"key:018cc820-36fb-7000-8000-000000000004"}
"#;

/// One event on each line.
fn events() -> String {
    EVENTS.replace("\n ", "")
}

/// Without the one thing that belongs to the project.
fn without_project(line: &str) -> Value {
    let mut event: Value = serde_json::from_str(line).unwrap();
    event
        .as_object_mut()
        .unwrap()
        .remove("project_id")
        .expect("each has one");
    event
}

/// The text behind `"properties":`, which must be the same to the byte.
fn from_properties(line: &str) -> &str {
    line.split_once("\"properties\":").unwrap().1
}

fn check(from: &Rig, to: &Rig) {
    from.run_with(&["import", "-", "--project", "shop"], events())
        .fine();
    let exported = from.exported();
    assert_eq!(exported.len(), 4);
    for _ in 0..2 {
        let input = exported.join("\n");
        to.run_with(&["import", "-", "--project", "shop"], input)
            .fine();
        let found = to.exported();
        assert_eq!(found.len(), 4, "imported again they are the same events");
        for (here, there) in exported.iter().zip(&found) {
            assert_eq!(without_project(here), without_project(there));
            assert_eq!(from_properties(here), from_properties(there));
        }
    }
    let kept = exported.iter().find(|line| line.contains("curl")).unwrap();
    for part in [
        "018cc820-dcfb-7000-8000-000000000001",
        "07.000001Z",
        "2001:db8::1",
    ] {
        assert!(kept.contains(part), "{part} is not in {kept}");
    }
    assert!(
        exported
            .iter()
            .any(|line| line.contains("original_timestamp"))
    );
    // Where they came from they are known as well.
    let again = ["import", "-", "--project", "shop", "--json"];
    let summary = from.run_with(&again, exported.join("\n")).json();
    assert_eq!(summary["duplicates"], 4);
}

#[test]
fn from_sqlite_to_sqlite() {
    check(&sqlite(), &sqlite());
}

#[test]
fn from_sqlite_to_postgres_and_back() {
    let (Some(one), Some(other)) = (postgres("data_there"), postgres("data_back")) else {
        return;
    };
    check(&sqlite(), &one);
    check(&other, &sqlite());
}

#[test]
fn a_raw_table_is_as_good() {
    let (from, to) = (sqlite(), sqlite());
    from.run_with(&["import", "-", "--project", "shop"], events())
        .fine();
    from.run(&["export", "--format", "csv", "--raw", "-o", "events.csv"])
        .fine();
    let table = from.read("events.csv");
    to.run_with(&["import", "-", "--project", "shop"], table)
        .fine();
    let (here, there) = (from.exported(), to.exported());
    assert_eq!(here.len(), there.len());
    for (here, there) in here.iter().zip(&there) {
        assert_eq!(without_project(here), without_project(there));
    }
}
