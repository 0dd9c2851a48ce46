//! What an import says, remembers and refuses.

use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::run::{Rig, numbered, sqlite};

const MIXED: &str = r#"{"event":"a","messageId":"m1","timestamp":"2024-01-02T03:04:05Z"}
{"event":""}

{"event":"b","properties":{"plan":"pro"}}
no event
{"event":"a","messageId":"m1"}
{"event":" "}
"#;

fn import(rig: &Rig, more: &[&str]) -> Value {
    let arguments = ["import", "events.ndjson", "--project", "shop", "--json"];
    rig.run(&[&arguments, more].concat()).json()
}

#[test]
fn a_dry_run_counts_and_stores_nothing() {
    let rig = sqlite();
    rig.write("events.ndjson", MIXED);
    let found = import(&rig, &["--dry-run"]);
    assert_eq!(
        found,
        json!({
            "input": "events.ndjson", "project": "shop", "format": "ndjson", "dry_run": true,
            "complete": true, "resumed_at_line": null,
            "records": 6, "stored": 3, "duplicates": 0, "rejected": 3,
            "rejections": [
                {"code": "missing_name", "count": 2, "line": 2, "field": "event",
                 "message": "the event has no name"},
                {"code": "not_an_object", "count": 1, "line": 5, "field": null,
                 "message": found["rejections"][1]["message"]},
            ],
        })
    );
    assert_eq!(rig.exported().len(), 0);
    assert_eq!(rig.names(), ["events.ndjson"]);
}

#[test]
fn refused_records_are_counted_shown_and_written_down() {
    let rig = sqlite();
    rig.write("events.ndjson", MIXED);
    let arguments = [
        "import",
        "events.ndjson",
        "--project",
        "shop",
        "--rejects",
        "bad.ndjson",
    ];
    let out = rig.run(&arguments).refused();
    assert_eq!(
        out,
        "events.ndjson into shop: 6 records\n  2 stored\n  1 there before\n  3 rejected\n    \
         2 missing_name, first in line 2: the event has no name\n    \
         1 not_an_object, first in line 5: expected `{`, found `n`\n"
            .replace(
                "expected `{`, found `n`",
                out.trim().rsplit_once("5: ").unwrap().1
            )
    );
    let bad = rig.read("bad.ndjson");
    let lines: Vec<Value> = bad
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let places: Vec<_> = lines
        .iter()
        .map(|line| line["line"].as_u64().unwrap())
        .collect();
    assert_eq!(places, [2, 5, 7]);
    assert_eq!(lines[1]["input"], "no event");
    // Once more: nothing is new, and the file of rejects stays as it is.
    assert_eq!(rig.run(&arguments).refused(), out);
    assert_eq!(rig.read("bad.ndjson"), bad);
    assert_eq!(rig.exported().len(), 2);
}

#[test]
fn an_event_keeps_its_own_time() {
    let rig = sqlite();
    rig.write("events.ndjson", MIXED);
    import(&rig, &[]);
    let first: Value = serde_json::from_str(&rig.exported()[0]).unwrap();
    assert_eq!(first["timestamp"], "2024-01-02T03:04:05.000000Z");
    assert_eq!(first["source"], "import");
    let prefix = "018cc820-d888-7";
    assert!(first["id"].as_str().unwrap().starts_with(prefix), "{first}");
}

#[test]
fn a_file_that_grew_goes_on_behind_what_is_done() {
    let rig = sqlite();
    let text = numbered(2_500);
    rig.write(
        "events.ndjson",
        &text[..text.len() / 2 - text.len() / 2 % 10],
    );
    let half = text[..text.len() / 2].rfind('\n').unwrap() + 1;
    rig.write("events.ndjson", &text[..half]);
    let first = import(&rig, &[]);
    rig.write("events.ndjson", &text);
    let second = import(&rig, &[]);
    assert_eq!(
        (&second["stored"], &second["records"]),
        (&json!(2_500), &json!(2_500))
    );
    let line = first["records"].as_u64().unwrap() + 1;
    assert_eq!(second["resumed_at_line"], line);
    // What begins otherwise, or is shorter, is another input.
    rig.write("events.ndjson", format!(" {text}"));
    assert!(
        import(&rig, &[])["error"]["message"]
            .as_str()
            .unwrap()
            .contains("begins otherwise")
    );
    rig.write("events.ndjson", &text[..100]);
    assert_eq!(import(&rig, &[])["error"]["code"], "other_state");
}

#[test]
fn the_same_input_again_is_known_without_being_remembered() {
    let rig = sqlite();
    let text = numbered(1_500);
    rig.write("events.ndjson", &text);
    assert_eq!(import(&rig, &[])["stored"], 1_500);
    fs::remove_file(rig.path("events.ndjson.shop.import-state")).unwrap();
    assert_eq!(import(&rig, &[])["duplicates"], 1_500);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    rig.write("events.ndjson.gz", gzip.finish().unwrap());
    let again = rig
        .run(&["import", "events.ndjson.gz", "--project", "shop", "--json"])
        .json();
    assert_eq!(again["duplicates"], 1_500);
    let piped = rig
        .run_with(&["import", "-", "--project", "shop", "--json"], &text)
        .json();
    assert_eq!(piped["duplicates"], 1_500);
    // The control: lines that stand elsewhere are other events, and would be seen.
    let moved = format!(
        "{}{text}",
        "{\"event\":\"first\",\"properties\":{\"n\":0}}\n"
    );
    let piped = rig
        .run_with(&["import", "-", "--project", "shop", "--json"], &moved)
        .json();
    assert_eq!(piped["stored"], 1_501);
}

#[test]
fn a_table_becomes_events() {
    let rig = sqlite();
    rig.write(
        "events.csv",
        "name;customer;time;plan;seats;properties.ok\r\nBought;7;1700000000;\"pro;x\";3;true\r\n",
    );
    let arguments = [
        "import",
        "events.csv",
        "--project",
        "shop",
        "--map",
        "customer=user_id",
    ];
    rig.run(&arguments).fine();
    let event: Value = serde_json::from_str(&rig.exported()[0]).unwrap();
    assert_eq!(event["event"], "Bought");
    assert_eq!(event["user_id"], "7");
    assert_eq!(event["timestamp"], "2023-11-14T22:13:20.000000Z");
    assert_eq!(
        event["properties"],
        json!({"ok": true, "plan": "pro;x", "seats": 3})
    );
}

#[test]
fn what_cannot_be_imported_is_refused_before_anything_is_stored() {
    let rig = sqlite();
    rig.write("array.json", "[{\"event\":\"a\"}]");
    rig.write("utf16.ndjson", b"\xff\xfe{\0");
    rig.write("twice.csv", "event,event\na,b\n");
    rig.write("ok.csv", "event\na\n");
    for (arguments, status, words) in [
        (&["array.json", "--project", "shop"][..], 1, "jq -c"),
        (&["utf16.ndjson", "--project", "shop"], 1, "iconv"),
        (&["twice.csv", "--project", "shop"], 1, "`event` twice"),
        (
            &["ok.csv", "--project", "shop", "--map", "x=user_id"],
            2,
            "no column `x`",
        ),
        (
            &["ok.csv", "--project", "shop", "--map", "x"],
            2,
            "name=field",
        ),
        (&["none.csv", "--project", "shop"], 1, "none.csv"),
        (&["ok.csv", "--project", "nobody"], 1, "nobody"),
        (
            &["ok.csv", "--project", "shop", "--limit-per-second", "0"],
            2,
            "0",
        ),
    ] {
        let ran = rig.run(&[&["import"], arguments].concat());
        assert_eq!(ran.status, Some(status), "{arguments:?} {}", ran.err);
        assert!(ran.err.contains(words), "{arguments:?} {}", ran.err);
    }
    assert_eq!(rig.exported().len(), 0);
}
