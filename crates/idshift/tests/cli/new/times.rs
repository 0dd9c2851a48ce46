//! Ids of a time that is asked for.

use std::collections::HashSet;

use crate::run::{command, run};

fn time(at: &str) -> String {
    let ran = run(&["id", "new", "--json", "--at", at]);
    assert_eq!(ran.status, 0, "{at}: {}", ran.err);
    ran.json()[0]["time"]
        .as_str()
        .expect("every new id has a time")
        .to_owned()
}

#[test]
fn a_time_is_read_as_people_write_it() {
    let moment = "2025-11-18T23:54:49.715Z";
    assert_eq!(time(moment), moment);
    assert_eq!(time("1763510089715"), moment);
    assert_eq!(time("2025-11-19T00:54:49.715+01:00"), moment);
    assert_eq!(time("1763510089"), "2025-11-18T23:54:49.000Z");
    assert_eq!(time("2025-11-18"), "2025-11-18T00:00:00.000Z");
}

#[test]
fn every_time_that_an_id_holds_can_be_asked_for() {
    let last = "+010889-08-02T05:31:50.655Z";
    assert_eq!(time("281474976710655"), last);
    assert_eq!(time(last), last);
    assert_eq!(time("9999-12-31T23:59:59Z"), "9999-12-31T23:59:59.000Z");
    for after in [
        "281474976710656",
        "999999999999999",
        "+010890-01-01T00:00:00Z",
    ] {
        let err = run(&["id", "new", "--at", after]).refused();
        assert!(err.contains("since 1970 into an id"), "{err}");
    }
}

#[test]
fn an_unknown_zone_of_the_machine_is_not_taken_for_utc() {
    let arguments = ["id", "new", "--at", "2025-11-18 12:00", "--tz", "local"];
    let mut command = command(&arguments);
    let output = command.env("TZ", "Foo/Bar").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("no time zone that is known"), "{err}");
}

#[test]
fn a_count_that_is_none_says_why() {
    for (count, why) in [
        ("1e3", "written in digits"),
        ("0", "begins at 1"),
        ("18446744073709551616", "ends at"),
    ] {
        let err = run(&["id", "new", "-n", count]).misused();
        assert!(err.contains(why), "{err}");
    }
}

#[test]
fn relative_times_are_around_the_present() {
    let [before, now, after] = ["2 hours ago", "now", "in 2 hours"].map(time);
    assert!(before < now && now < after, "{before} {now} {after}");
    assert!(time("-2h") < now && time("yesterday") < now);
}

#[test]
fn a_time_without_a_zone_is_in_the_one_that_is_named() {
    let at = |zone| {
        let ran = run(&[
            "id",
            "new",
            "--json",
            "--at",
            "2025-11-18 12:00",
            "--tz",
            zone,
        ]);
        ran.json()[0]["time"].as_str().unwrap().to_owned()
    };
    assert_eq!(at("UTC"), "2025-11-18T12:00:00.000Z");
    assert_eq!(at("Europe/Berlin"), "2025-11-18T11:00:00.000Z");
    assert!(
        run(&["id", "new", "--tz", "Nowhere"])
            .misused()
            .contains("no time zone")
    );
}

#[test]
fn ids_of_one_moment_differ() {
    let out = run(&["id", "new", "--at", "2025-11-18", "-n", "10000"]).fine();
    let ids: HashSet<&str> = out.lines().collect();
    assert_eq!(ids.len(), 10_000);
    assert!(ids.iter().all(|id| id.starts_with("019a94")), "{out}");
}

#[test]
fn times_that_no_id_holds_are_refused() {
    let err = run(&["id", "new", "--at", "1969-12-31"]).refused();
    assert!(err.contains("`-86400000` ms since 1970"), "{err}");
    let ran = run(&["id", "new", "--json", "--at", "1969-12-31"]);
    assert_eq!(
        (ran.status, ran.json()[0]["error"]["code"].as_str()),
        (1, Some("failed"))
    );
    let err = run(&["id", "new", "--at", "soon"]).misused();
    assert!(err.contains("hint: `2026-11-22T10:00:00Z`"), "{err}");
    assert!(
        run(&["id", "new", "--at", "2 hours"])
            .misused()
            .contains("2 hours ago")
    );
    assert!(
        run(&["id", "new", "--at", "in 9000 years"])
            .misused()
            .contains("too far")
    );
}
