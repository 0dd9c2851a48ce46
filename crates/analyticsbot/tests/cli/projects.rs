//! `analyticsbot project`.

use crate::rig::{Home, on_each_store};

#[test]
fn a_project_has_a_slug_of_its_own() {
    on_each_store(|home| {
        let slugs = ["My App", "My App", "Größe"].map(|name| home.project(name)["slug"].clone());
        assert_eq!(slugs, ["my-app", "my-app-2", "groesse"]);
        let taken = home
            .run(&["project", "add", "Other", "--slug", "my-app"])
            .refused();
        assert!(taken.contains("the slug `my-app` is taken"), "{taken}");
        let listed = home.run(&["project", "list", "--json"]).json();
        assert_eq!(listed.len(), 3);
        for how in [&listed[0]["id"], &listed[0]["slug"]] {
            let shown = home
                .run(&["project", "show", how.as_str().unwrap(), "--json"])
                .json();
            assert_eq!(shown[0]["id"], listed[0]["id"]);
            assert_eq!(shown[0]["keys"][0]["name"], "first");
        }
    });
}

#[test]
fn a_name_changes_and_the_slug_stays() {
    on_each_store(|home| {
        home.project("Shop");
        home.run(&["project", "rename", "shop", "Laden"]).fine();
        let shown = home
            .run(&["project", "show", "shop", "--json"])
            .json()
            .remove(0);
        assert_eq!(
            (&shown["name"], &shown["slug"]),
            (&"Laden".into(), &"shop".into())
        );
    });
}

#[test]
fn an_archived_project_takes_nothing_and_keeps_what_it_has() {
    on_each_store(|home| {
        let shop = home.project("Shop");
        let server = home.serve();
        let key = shop["key"]["key"].as_str().unwrap();
        let id = server.store(key, r#"{"event":"kept"}"#);
        let asked = home.run(&["project", "archive", "shop"]).misused();
        assert!(asked.contains("hint: give --yes if it is meant"), "{asked}");
        home.run(&["project", "archive", "shop", "--yes"]).fine();
        assert!(home.run(&["project", "list", "--json"]).json().is_empty());
        assert_eq!(
            home.run(&["project", "list", "--archived", "--json"])
                .json()
                .len(),
            1
        );
        home.run(&["events", "show", &id]).fine();
        let sent = home.run(&["send", "late", "--project", "shop"]).refused();
        assert!(sent.contains("archived"), "{sent}");
        assert!(
            home.run(&["key", "add", "shop"])
                .refused()
                .contains("archived")
        );
    });
}

#[test]
fn a_misspelt_slug_is_recognised() {
    let home = Home::new();
    home.project("Shop");
    let error = home.run(&["project", "show", "shpo"]).refused();
    assert_eq!(
        error,
        "error: there is no project `shpo`\nhint: did you mean `shop`?\n"
    );
}

#[test]
fn names_that_cannot_be_are_refused() {
    let home = Home::new();
    for arguments in [
        &["project", "add", ""][..],
        &["project", "add", " \t"],
        &["project", "add", "a\nb"],
        &["project", "add", "a", "--slug", "Not A Slug"],
        &["project", "rename", "a"],
        &["project"],
    ] {
        home.run(arguments).misused();
    }
    assert!(!home.path().join("data").exists());
}
