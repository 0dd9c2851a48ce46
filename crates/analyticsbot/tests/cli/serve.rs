//! `analyticsbot` and `analyticsbot serve`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::rig::{Home, on_each_store};
use crate::server::Server;

const EVENT: &str = r#"{"event":"Signed Up","user_id":"u1","properties":{"plan":"pro"}}"#;

#[test]
fn the_first_start_makes_a_project_and_its_key_stores_an_event() {
    on_each_store(|home| {
        let server = home.serve();
        let ready = &server.ready;
        assert_eq!(ready["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(ready["project"]["slug"], "my-app");
        let id = server.store(server.key(), EVENT);
        let shown = home
            .run(&["events", "show", &id, "--json"])
            .json()
            .remove(0);
        assert_eq!(shown["event"], "Signed Up");
        assert_eq!(shown["project_id"], ready["project"]["id"]);
        let ended = server.stop("-TERM");
        assert_eq!((ended.status, ended.out.as_str()), (0, ""), "{}", ended.err);
    });
}

#[test]
fn a_later_start_knows_no_key_and_keeps_what_was_stored() {
    on_each_store(|home| {
        let first = home.serve();
        let key = first.key().to_owned();
        let id = first.store(&key, EVENT);
        first.stop("-INT").fine();
        let second = home.serve();
        assert!(second.ready["write_key"].is_null());
        assert_eq!(second.ready["project"]["slug"], "my-app");
        second.store(&key, EVENT);
        assert_eq!(home.run(&["events", "list", "--json"]).json().len(), 2);
        home.run(&["events", "show", &id]).fine();
    });
}

#[test]
fn two_projects_have_nothing_in_common() {
    on_each_store(|home| {
        let server = home.serve();
        let other = home.project("Shop");
        let id = server.store(other["key"]["key"].as_str().unwrap(), EVENT);
        server.store(server.key(), EVENT);
        let events = |project| {
            home.run(&["events", "list", "--project", project, "--json"])
                .json()
        };
        assert_eq!((events("my-app").len(), events("shop").len()), (1, 1));
        let elsewhere = ["events", "show", &id, "--project", "my-app"];
        assert!(home.run(&elsewhere).refused().contains("there is no event"));
    });
}

#[test]
fn an_event_that_is_refused_can_be_seen() {
    let home = Home::new();
    let server = home.serve();
    let (status, answer) = server.post(server.key(), r#"{"user_id":"u1"}"#);
    assert_eq!(
        (status, &answer["error"]["code"]),
        (422, &"missing_name".into())
    );
    let stopped = server.stop("-TERM");
    assert_eq!(stopped.status, 0);
    let rejected = home.run(&["events", "rejected", "--json"]).json().remove(0);
    assert_eq!(rejected["code"], "missing_name");
    assert_eq!(rejected["input"], r#"{"user_id":"u1"}"#);
}

#[test]
fn data_is_for_its_owner_alone() {
    let home = Home::new();
    home.serve().stop("-TERM").fine();
    let mode = fs::metadata(home.path().join("data"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn people_are_told_what_to_type_next() {
    let home = Home::new();
    let program = home.command(&[]).get_program().to_str().unwrap().to_owned();
    let words = |line: &str| line.trim().to_owned();
    let mut command = home.command(&["serve", "--listen", "127.0.0.1:0"]);
    let mut server = crate::rig::start(&mut command);
    let out = std::io::BufReader::new(server.stdout.take().unwrap());
    let lines: Vec<String> = std::io::BufRead::lines(out)
        .map(Result::unwrap)
        .take_while(|line| !line.contains("is not shown again"))
        .collect();
    crate::server::kill(server.id(), "-TERM");
    assert!(server.wait().unwrap().success());
    assert!(
        lines
            .iter()
            .any(|line| words(line) == format!("{program} tail")),
        "{lines:#?}"
    );
    assert!(
        lines
            .iter()
            .all(|line| line.starts_with("  ") || line.chars().count() <= 80)
    );
    // The request as it is printed, with nothing added, is one that a shell takes.
    let from = lines
        .iter()
        .position(|line| line.contains("curl http://127.0.0.1:"))
        .unwrap();
    let pasted = lines[from..from + 3].join("\n");
    let sh = std::process::Command::new("sh")
        .args(["-nc", &pasted])
        .output()
        .unwrap();
    assert!(sh.status.success() && sh.stderr.is_empty(), "{pasted}");
}

#[test]
fn a_port_that_is_taken_leaves_nothing_behind() {
    let home = Home::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let error = home.run(&["serve", "--listen", &address]).refused();
    assert!(error.contains("another program listens there"), "{error}");
    assert!(
        error.contains("hint: is AnalyticsBot running already?"),
        "{error}"
    );
    assert!(!home.path().join("data").exists());
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let home = Home::new();
    // Not by permissions: tests may run as root, whom they do not stop.
    fs::write(home.path().join("data"), "a file in the way").unwrap();
    let error = home.run(&["serve", "--listen", "127.0.0.1:0"]).refused();
    assert!(
        error.contains("failed to create the folder `./data`"),
        "{error}"
    );
    assert!(error.contains("hint: "), "{error}");
}

#[test]
fn an_address_that_others_reach_is_cautioned_of() {
    let home = Home::new();
    let server = Server::start(home.command(&["serve", "--listen", "0.0.0.0:0", "--json"]));
    let ended = server.stop("-TERM");
    assert!(ended.err.contains("over plain HTTP"), "{}", ended.err);
    assert!(
        ended.err.contains("server.trusted_proxies"),
        "{}",
        ended.err
    );
}

#[test]
fn a_password_is_not_repeated() {
    let home = Home::new();
    let url = "postgres://ana:hunter2@127.0.0.1:1/events";
    for arguments in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["doctor"],
        &["tail"],
    ] {
        let ran = home.run(&[arguments, &["--database", url]].concat());
        assert_eq!(ran.status, 1, "{arguments:?}");
        assert!(
            !format!("{}{}", ran.out, ran.err).contains("hunter2"),
            "{arguments:?}"
        );
    }
}
