//! What is exported, and how it is written.

use serde_json::Value;

use crate::run::{Rig, numbered, sqlite};

const EVENTS: &str = r#"
{"event":"b","user_id":"u1","timestamp":"2024-01-03T00:00:00Z",
 "properties":{"n":-1.5,"t":"=1+1"}}
{"event":"a","anonymous_id":"u1","timestamp":"2024-01-01T00:00:00Z","context":{"locale":"de"}}
{"event":"a","user_id":"u2","timestamp":"2024-01-02T00:00:00Z",
 "properties":{"t":"x\n@y","d":{"e":[1]}}}
"#;

fn rig() -> Rig {
    let rig = sqlite();
    let events = EVENTS.replace("\n ", "");
    rig.run_with(&["import", "-", "--project", "shop"], events)
        .fine();
    rig
}

fn export(rig: &Rig, arguments: &[&str]) -> String {
    rig.run(&[&["export"], arguments].concat()).fine()
}

#[test]
fn events_are_chosen_and_come_oldest_first() {
    let rig = rig();
    let check = |arguments: &[&str], expected: &[&str]| {
        let out = export(&rig, arguments);
        let day = |line: &str| {
            let event: Value = serde_json::from_str(line).unwrap();
            event["timestamp"].as_str().unwrap()[..10].to_owned()
        };
        assert_eq!(
            out.lines().map(day).collect::<Vec<_>>(),
            expected,
            "{arguments:?}"
        );
    };
    let [first, second, third] = ["2024-01-01", "2024-01-02", "2024-01-03"];
    check(&[], &[first, second, third]);
    check(&["--project", "shop", "--name", "a"], &[first, second]);
    check(&["--user", "u1"], &[first, third]);
    check(
        &["--since", "2024-01-02", "--until", "2024-01-03"],
        &[second],
    );
    check(&["--since", "1 hour ago"], &[]);
}

#[test]
fn a_table_for_a_spreadsheet() {
    let rig = rig();
    let columns = "timestamp,event,user_id,properties.t,properties.n,properties.d.e,context.locale";
    let out = export(&rig, &["--format", "csv", "--columns", columns]);
    assert_eq!(
        out,
        format!(
            "{columns}\n2024-01-01T00:00:00.000000Z,a,,,,,de\n\
             2024-01-02T00:00:00.000000Z,a,u2,\"x\n'@y\",,[1],\n\
             2024-01-03T00:00:00.000000Z,b,u1,'=1+1,-1.5,,\n"
        )
    );
    let raw = export(&rig, &["--format", "csv", "--columns", columns, "--raw"]);
    assert_eq!(raw, out.replace("'=", "=").replace("'@", "@"));
    let all = export(&rig, &["--format", "csv"]);
    assert!(
        all.starts_with("id,project_id,event,user_id,anonymous_id,timestamp,"),
        "{all}"
    );
}

#[test]
fn a_file_is_named_and_counted() {
    let rig = rig();
    let out = export(&rig, &["-o", "events.csv", "--json"]);
    let summary: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&summary["events"], &summary["project"]),
        (&3.into(), &"shop".into())
    );
    assert!(rig.read("events.csv").starts_with("id,"));
    assert_eq!(
        export(&rig, &["-o", "events.ndjson"]),
        "events.ndjson: 3 events of shop\n"
    );
    assert_eq!(rig.names(), ["events.csv", "events.ndjson"]);
}

#[test]
fn more_than_a_page_is_all_of_it() {
    let rig = sqlite();
    rig.write("events.ndjson", numbered(3_210));
    rig.run(&["import", "events.ndjson", "--project", "shop"])
        .fine();
    let exported = rig.exported();
    assert_eq!(
        crate::run::numbers(&exported),
        (0..3_210).collect::<Vec<_>>()
    );
    assert!(exported.is_sorted(), "they begin with their ids");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let rig = rig();
    rig.run(&["project", "add", "other"]).fine();
    for (arguments, status, words) in [
        (&["--project", "nobody"][..], 1, "nobody"),
        (&[], 2, "several projects"),
        (
            &["--project", "shop", "--columns", "event"],
            2,
            "--format csv",
        ),
        (
            &["--project", "shop", "--format", "csv", "--columns", "plan"],
            2,
            "properties.NAME",
        ),
        (
            &["--project", "shop", "-o", "no/such/folder"],
            1,
            "no/such/folder",
        ),
        (&["--project", "shop", "--since", "soon"], 2, "soon"),
    ] {
        let ran = rig.run(&[&["export"], arguments].concat());
        assert_eq!(ran.status, Some(status), "{arguments:?} {}", ran.err);
        assert!(ran.err.contains(words), "{arguments:?} {}", ran.err);
    }
}
