//! `analyticsbot send`.

use crate::rig::{Home, on_each_store};

#[test]
fn an_event_is_stored_with_what_was_said() {
    on_each_store(|home| {
        home.project("Shop");
        let id = home
            .run(&[
                "send",
                "Paid",
                "--user",
                "u1",
                "--anonymous",
                "a1",
                "-p",
                "amount=12.5",
                "-p",
                "plan=pro",
                "--time",
                "2026-11-22T10:00:00Z",
            ])
            .fine();
        let shown = home
            .run(&["events", "show", id.trim(), "--json"])
            .json()
            .remove(0);
        assert_eq!(shown["user_id"], "u1");
        assert_eq!(shown["anonymous_id"], "a1");
        assert_eq!(shown["timestamp"], "2026-11-22T10:00:00.000000Z");
        assert_eq!(
            shown["properties"].to_string(),
            r#"{"amount":12.5,"plan":"pro"}"#
        );
        assert_eq!(shown["source"], "command");
    });
}

#[test]
fn the_same_event_twice_is_stored_once() {
    on_each_store(|home| {
        home.project("Shop");
        let send = || {
            home.run(&["send", "Paid", "--id", "order-7", "--json"])
                .json()
                .remove(0)
        };
        let (first, second) = (send(), send());
        assert_eq!(
            (&first["status"], &second["status"]),
            (&"stored".into(), &"duplicate".into())
        );
        assert_eq!(first["id"], second["id"]);
    });
}

#[test]
fn an_event_comes_as_json_too() {
    let home = Home::new();
    home.project("Shop");
    let event = r#"{"event":"Paid","userId":7,"extra":true}"#;
    for ran in [
        home.run(&["send", "--event-json", event, "--json"]),
        home.run_with(&["send", "--event-json", "-", "--json"], event),
    ] {
        assert!(
            ran.err.contains("a field of an unknown name is kept"),
            "{}",
            ran.err
        );
        let id = ran.json()[0]["id"].as_str().unwrap().to_owned();
        let shown = home
            .run(&["events", "show", &id, "--json"])
            .json()
            .remove(0);
        assert_eq!(shown["user_id"], "7");
    }
}

#[test]
fn a_dry_run_stores_nothing() {
    let home = Home::new();
    home.project("Shop");
    let shown = home
        .run(&["send", "Paid", "--dry-run", "--json"])
        .json()
        .remove(0);
    assert_eq!(shown["event"], "Paid");
    assert!(home.run(&["events", "list", "--json"]).json().is_empty());
}

#[test]
fn what_http_refuses_is_refused() {
    let home = Home::new();
    home.project("Shop");
    for (event, code) in [
        (r#"{"user_id":"u1"}"#, "missing_name"),
        ("[]", "not_an_object"),
        ("{", "invalid_json"),
        (r#"{"event":"a","properties":7}"#, "not_an_object"),
        (r#"{"event":"a","timestamp":"soon"}"#, "invalid_timestamp"),
    ] {
        let ran = home.run(&["send", "--event-json", event, "--json"]);
        assert_eq!(ran.status, 1, "{event}");
        let said: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(said["error"]["code"], code, "{event}");
    }
}

#[test]
fn with_two_projects_one_must_be_named() {
    let home = Home::new();
    let none = home.run(&["send", "a"]).refused();
    assert!(
        none.contains("there is no database at `./data/analyticsbot.db`"),
        "{none}"
    );
    home.project("Shop");
    home.project("Blog");
    let which = home.run(&["send", "a"]).misused();
    assert!(which.contains("--project, one of shop, blog"), "{which}");
}
