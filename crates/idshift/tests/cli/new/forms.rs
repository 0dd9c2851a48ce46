//! The forms that new ids are written in.

use crate::run::{run, run_with};

#[test]
fn each_form_is_read_back_as_a_version_7() {
    for format in [
        "hyphenated",
        "simple",
        "braced",
        "urn",
        "upper",
        "ulid",
        "typeid:user",
        "typeid:",
        "int",
        "hex",
        "base64",
        "base64url",
    ] {
        let out = run(&["id", "new", "--format", format, "--count", "3"]).fine();
        assert_eq!(out.lines().count(), 3);
        let read = run_with(&["id", "convert", "--to", "hyphenated"], &out).fine();
        for id in read.lines() {
            assert_eq!(id.as_bytes()[14], b'7', "{format}: {id}");
        }
    }
}

#[test]
fn json_is_an_option_and_a_form() {
    for arguments in [
        &["id", "new", "--json"][..],
        &["id", "new", "--format", "json"],
    ] {
        let ran = run(arguments);
        let line = &ran.json()[0];
        assert_eq!(line["id"].as_str().unwrap().len(), 36);
        assert!(line["time"].as_str().unwrap().ends_with('Z'));
    }
    let ran = run(&["id", "new", "--json", "--format", "ulid"]);
    assert_eq!(ran.json()[0]["id"].as_str().unwrap().len(), 26);
}

#[test]
fn a_bad_form_is_refused_with_those_that_there_are() {
    let err = run(&["id", "new", "--format", "uuid"]).misused();
    assert!(err.contains("hyphenated, simple"), "{err}");
    let err = run(&["id", "new", "--format", "typeid:User"]).misused();
    assert!(
        err.contains("failed to read `User` as a TypeID's prefix: byte 0"),
        "{err}"
    );
    let err = run(&["id", "new", "--format", "typeid"]).misused();
    assert!(err.contains("typeid:user"), "{err}");
}
