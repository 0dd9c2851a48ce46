//! `analyticsbot tail`.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout};

use serde_json::Value;

use crate::rig::{Home, on_each_store, start};
use crate::server::kill;

/// A tail that runs, from after its word that it waits.
struct Tail {
    child: Child,
    out: Option<BufReader<ChildStdout>>,
}

impl Tail {
    fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut child = start(&mut home.command(&[&["tail"], arguments].concat()));
        let out = child.stdout.take().map(BufReader::new);
        let mut tail = Self { child, out };
        assert_eq!(tail.said(), "note: waiting for events; Ctrl-C ends it\n");
        tail
    }

    /// The next line of the error stream, byte by byte: what comes after it is for the next reader.
    fn said(&mut self) -> String {
        let err = self.child.stderr.as_mut().expect("it was asked for");
        let mut said = Vec::new();
        while !said.ends_with(b"\n") {
            let mut byte = [0];
            err.read_exact(&mut byte).expect("it says something");
            said.extend(byte);
        }
        String::from_utf8(said).expect("all output is UTF-8")
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        let out = self.out.as_mut().expect("it was asked for");
        out.read_line(&mut line).expect("its output is UTF-8");
        line.trim_end().to_owned()
    }

    fn json(&mut self) -> Value {
        serde_json::from_str(&self.line()).expect("one object")
    }

    /// Ends it, and gives what it said at the end.
    fn interrupt(mut self) -> String {
        kill(self.child.id(), "-INT");
        let mut err = String::new();
        let stderr = self.child.stderr.as_mut().expect("it was asked for");
        stderr
            .read_to_string(&mut err)
            .expect("its output is UTF-8");
        assert!(
            self.child.wait().expect("a started program ends").success(),
            "{err}"
        );
        err
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        // It may have ended; then there is nothing to do.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn events_of_another_process_are_shown_and_it_goes_on_where_it_ended() {
    on_each_store(|home| {
        let server = home.serve();
        server.store(server.key(), r#"{"event":"before"}"#);
        let mut tail = Tail::start(home, &["--json"]);
        let id = server.store(server.key(), r#"{"event":"first"}"#);
        // On PostgreSQL a transaction of another test can hold back what was there before.
        let mut events = std::iter::from_fn(|| Some(tail.json()));
        let seen = events.find(|event| event["event"] != "before");
        let seen = seen.expect("it does not end");
        assert_eq!(
            (seen["event"].as_str(), seen["id"].as_str()),
            (Some("first"), Some(&*id))
        );
        let said = tail.interrupt();
        let cursor = said.trim().rsplit(' ').next().unwrap().to_owned();
        server.store(server.key(), r#"{"event":"second"}"#);
        let mut tail = Tail::start(home, &["--json", "--from", &cursor]);
        assert_eq!(tail.json()["event"], "second");
        let mut all = Tail::start(home, &["--json", "--from", "START"]);
        let names = [(); 3].map(|()| all.json()["event"].as_str().unwrap().to_owned());
        assert_eq!(names, ["before", "first", "second"]);
    });
}

#[test]
fn only_what_is_asked_for_is_shown() {
    let home = Home::new();
    let server = home.serve();
    let shop = home.project("Shop");
    let shop_key = shop["key"]["key"].as_str().unwrap();
    let mut by_name = Tail::start(&home, &["--json", "--name", "Paid"]);
    let mut by_user = Tail::start(&home, &["--json", "--user", "u2"]);
    let mut by_project = Tail::start(&home, &["--json", "--project", "shop"]);
    for (key, event) in [
        (
            server.key(),
            r#"{"event":"Seen","user_id":"u1","properties":{"n":1}}"#,
        ),
        (
            server.key(),
            r#"{"event":"Paid","user_id":"u1","properties":{"n":2}}"#,
        ),
        (
            server.key(),
            r#"{"event":"Seen","anonymous_id":"u2","properties":{"n":3}}"#,
        ),
        (
            shop_key,
            r#"{"event":"Seen","user_id":"u1","properties":{"n":4}}"#,
        ),
    ] {
        server.store(key, event);
    }
    assert_eq!(by_name.json()["properties"]["n"], 2);
    assert_eq!(by_user.json()["properties"]["n"], 3);
    assert_eq!(by_project.json()["properties"]["n"], 4);
}

#[test]
fn what_is_refused_is_shown_if_asked_for() {
    let home = Home::new();
    let first = home.serve();
    let key = first.key().to_owned();
    first.post(&key, r#"{"user_id":"u1"}"#);
    // Refusals are kept after the answer, and before the server has ended.
    first.stop("-TERM").fine();
    let server = home.serve();
    let mut tail = Tail::start(&home, &["--json", "--rejected"]);
    server.post(&key, r#"{"event":7}"#);
    let seen = tail.json();
    assert_eq!(seen["rejected"]["input"], r#"{"event":7}"#, "{seen}");
}

#[test]
fn people_get_a_line_for_each_event() {
    let home = Home::new();
    let server = home.serve();
    let mut tail = Tail::start(&home, &[]);
    let body = r#"{"event":"Paid","user_id":"\u001b[2Ju1","timestamp":"2026-11-22T10:00:00Z"}"#;
    server.store(server.key(), body);
    assert_eq!(tail.line(), "2026-11-22 UTC");
    assert_eq!(tail.line(), r"10:00:00  Paid  \u{1b}[2Ju1");
    server.store(
        server.key(),
        r#"{"event":"Seen","timestamp":1795341601,"properties":{"a":1}}"#,
    );
    assert_eq!(tail.line(), r#"10:00:01  Seen  -  {"a":1}"#);
}

#[test]
fn it_ends_when_nobody_reads_it() {
    let home = Home::new();
    let server = home.serve();
    let mut tail = Tail::start(&home, &[]);
    drop(tail.out.take());
    // Nothing is stored: it must not take a line to notice.
    assert!(tail.child.wait().unwrap().success());
    server.stop("-TERM").fine();
}

#[test]
fn a_database_that_goes_away_is_told_of_and_waited_for() {
    if testkit::postgres_or_skip().is_none() {
        return;
    }
    let postgres = testkit::Postgres::start().expect("one of its own, to stop it");
    let home = Home::on(postgres.url());
    home.project("Shop");
    let mut tail = Tail::start(&home, &[]);
    drop(postgres);
    let said = tail.said();
    assert!(
        said.starts_with("warning: failed to follow events: "),
        "{said}"
    );
    assert!(said.ends_with("; trying again\n"), "{said}");
    assert!(tail.interrupt().contains("to go on here: "));
}
