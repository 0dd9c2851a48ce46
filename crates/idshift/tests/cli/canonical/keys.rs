//! Keys and the ids that belong to them.

use crate::run::{run, run_with};

#[test]
fn the_vector_of_the_rfc_comes_out() {
    let out = run(&["id", "canonical", "dns", "www.example.com"]).fine();
    assert_eq!(out, "2ed6657d-e927-568b-95e1-2665a8aea6a2\n");
    let out = run(&["id", "canonical", "--sha256", "dns", "www.example.com"]).fine();
    assert_eq!(out, "5c146b14-3c52-8afd-938a-375d0df1fbf6\n");
}

#[test]
fn keys_are_taken_byte_for_byte_from_arguments_and_lines() {
    let keys = ["alice", " alice", "alice ", "Alice", "\u{fc}", "a\tb"];
    let arguments = [&["id", "canonical", "-q", "user"][..], &keys].concat();
    let by_argument = run(&arguments).fine();
    let ids: std::collections::HashSet<&str> = by_argument.lines().collect();
    assert_eq!(ids.len(), keys.len());
    assert_eq!(
        run_with(&["id", "canonical", "-q", "user", "-"], keys.join("\n")).fine(),
        { by_argument }
    );
}

#[test]
fn an_empty_key_is_refused_unless_it_is_meant() {
    let err = run(&["id", "canonical", "-q", "user", ""]).refused();
    assert_eq!(
        err,
        "error: the key is empty\nhint: every empty key has the same id; `--allow-empty` if that \
         is meant\n"
    );
    let ran = run_with(&["id", "canonical", "-q", "user", "-"], "a\n\nb\n");
    assert_eq!(ran.out.lines().count(), 2);
    assert!(ran.refused().starts_with("line 2: the key is empty\n"));
    let ran = run_with(
        &["id", "canonical", "-q", "--allow-empty", "user", "-"],
        "a\n\nb\n",
    );
    assert_eq!(ran.fine().lines().count(), 3);
}

#[test]
fn programs_get_the_key_with_its_id() {
    let ran = run(&["id", "canonical", "--json", "dns", "www.example.com", "x"]);
    let lines = ran.json();
    assert_eq!(lines[0]["key"], "www.example.com");
    assert_eq!(lines[0]["id"], "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    assert_eq!(lines.len(), 2);
}
