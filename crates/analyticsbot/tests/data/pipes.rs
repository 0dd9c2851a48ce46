//! Streams that end early, and signals.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command};

use crate::run::{finish, numbered, sqlite};

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let rig = sqlite();
    rig.write("events.ndjson", numbered(5_000));
    rig.run(&["import", "events.ndjson", "--project", "shop"])
        .fine();
    for format in ["ndjson", "csv", "parquet"] {
        let mut child = rig
            .command(&["export", "--format", format])
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        assert!(out.skip_until(b'1').unwrap() > 0);
        drop(out);
        let ran = finish(child);
        assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""), "{format}");
    }
}

/// Asks a program to end, as Ctrl-C does.
fn interrupt(child: &Child) {
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
}

#[test]
fn an_import_that_is_stopped_says_how_far_it_came() {
    let rig = sqlite();
    let text = numbered(20_000);
    let arguments = [
        "import",
        "-",
        "--project",
        "shop",
        "--json",
        "--state",
        "state",
    ];
    let mut child = rig.command(&arguments).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // More than it takes in before it commits; then it waits for more.
    stdin.write_all(&text.as_bytes()[..500_000]).unwrap();
    while !rig.path("state").exists() {
        std::thread::yield_now();
    }
    interrupt(&child);
    // It ends although its input has not.
    let ran = finish(child);
    drop(stdin);
    assert_eq!(ran.status, Some(1), "{}", ran.err);
    assert_eq!(ran.json()["complete"], false);
    assert!(ran.err.contains("goes on"), "{}", ran.err);
    let ended = rig.run_with(&arguments, &text).json();
    assert_eq!(ended["complete"], true);
    assert_eq!(
        crate::run::numbers(&rig.exported()),
        (0..20_000).collect::<Vec<_>>()
    );
}

#[test]
fn an_export_that_is_stopped_leaves_no_file() {
    let rig = sqlite();
    rig.write("events.ndjson", numbered(20_000));
    rig.run(&["import", "events.ndjson", "--project", "shop"])
        .fine();
    let before = rig.names();
    let child = rig
        .command(&["export", "-o", "events.parquet"])
        .spawn()
        .unwrap();
    while !rig.names().iter().any(|name| name.contains(".part")) {
        std::thread::yield_now();
    }
    interrupt(&child);
    let ran = finish(child);
    assert_eq!(ran.status, Some(1), "{}{}", ran.out, ran.err);
    assert_eq!(rig.names(), before);
}
