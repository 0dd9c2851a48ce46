//! `analyticsbot key`.

use crate::rig::{Home, on_each_store};

#[test]
fn a_key_is_shown_once_and_works_until_it_is_revoked() {
    on_each_store(|home| {
        home.project("Shop");
        let made = home
            .run(&["key", "add", "shop", "--name", "mobile", "--json"])
            .json()
            .remove(0);
        let (key, id) = (made["key"].as_str().unwrap(), made["id"].as_str().unwrap());
        let listed = home.run(&["key", "list", "shop", "--json"]);
        assert!(!listed.out.contains(key));
        assert_eq!(listed.json().len(), 2);
        let server = home.serve();
        server.store(key, r#"{"event":"a"}"#);
        server.stop("-TERM").fine();
        home.run(&["key", "revoke", "shop", id]).fine();
        // A server that was not there before asks the store at once.
        let server = home.serve();
        let (status, answer) = server.post(key, r#"{"event":"b"}"#);
        assert_eq!(status, 401, "{answer}");
        let row = home
            .run(&["key", "list", "shop", "--json"])
            .json()
            .remove(0);
        assert_eq!(
            (row["name"].as_str(), row["revoked_at"].is_null()),
            (Some("mobile"), false)
        );
    });
}

#[test]
fn a_key_is_revoked_by_its_first_characters() {
    let home = Home::new();
    let shop = home.project("Shop");
    let hint = shop["key"]["hint"].as_str().unwrap();
    let said = home.run(&["key", "revoke", "shop", hint]).fine();
    assert_eq!(said, format!("{hint}…: revoked\n"));
    let again = home.run(&["key", "revoke", "shop", hint]).fine();
    assert_eq!(again, format!("{hint}…: was revoked before\n"));
    let other = home.run(&["key", "revoke", "shop", "wk_-"]).refused();
    assert!(
        other.contains("hint: `analyticsbot key list shop`"),
        "{other}"
    );
}

#[test]
fn a_key_of_another_project_is_not_found() {
    let home = Home::new();
    home.project("Shop");
    let other = home.project("Blog");
    let id = other["key"]["id"].as_str().unwrap();
    home.run(&["key", "revoke", "shop", id]).refused();
    let row = home
        .run(&["key", "list", "blog", "--json"])
        .json()
        .remove(0);
    assert!(row["revoked_at"].is_null());
}
