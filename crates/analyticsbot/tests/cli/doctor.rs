//! `analyticsbot doctor`.

use serde_json::Value;

use crate::rig::{Home, Ran, on_each_store};

/// A port that nobody takes in the meantime is free; port 0 always is.
const FREE: (&str, &str) = ("ANALYTICSBOT_SERVER_LISTEN", "127.0.0.1:0");

fn doctor(home: &Home, arguments: &[&str], set: &[(&str, &str)]) -> (i32, Vec<Value>) {
    let mut command = home.command(&[&["doctor", "--json"], arguments].concat());
    command.envs([FREE]).envs(set.iter().copied());
    let ran = Ran::of(&mut command, "");
    let parse = |line| serde_json::from_str(line).expect("each line is one object");
    (ran.status, ran.out.lines().map(parse).collect())
}

fn find<'a>(findings: &'a [Value], check: &str) -> &'a Value {
    let found = findings.iter().find(|finding| finding["check"] == check);
    found.unwrap_or_else(|| panic!("no `{check}` in {findings:#?}"))
}

#[test]
fn all_is_well_with_what_the_server_made() {
    on_each_store(|home| {
        home.serve().stop("-TERM").fine();
        home.project("Shop");
        let (status, findings) = doctor(home, &["--deep"], &[]);
        assert_eq!(status, 0, "{findings:#?}");
        assert!(findings.iter().all(|finding| finding["state"] != "problem"));
        let projects = &find(&findings, "projects")["details"];
        for (count, expected) in [("projects", 2), ("unique_ids", 2), ("unique_slugs", 2)] {
            assert_eq!(projects[count], expected, "{count}");
        }
        assert_eq!(find(&findings, "schema")["state"], "ok");
        assert_eq!(find(&findings, "durability")["state"], "ok");
        let keys = find(&findings, "keys");
        assert_eq!(keys["state"], "ok");
        let of_projects = &keys["details"][0];
        assert_eq!(
            of_projects["versions"],
            serde_json::json!({ "7": 2 }),
            "{keys}"
        );
    });
}

#[test]
fn before_the_first_start_it_changes_nothing() {
    let home = Home::new();
    let (status, findings) = doctor(&home, &[], &[]);
    assert_eq!(
        (status, &find(&findings, "database")["state"]),
        (0, &"warning".into())
    );
    assert!(!home.path().join("data").exists());
}

#[test]
fn what_is_wrong_is_named_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    // Somebody else, who says nothing and hangs up.
    let somebody = std::thread::spawn(move || drop(taken.accept()));
    for (set, check, expected) in [
        (
            &[("ANALYTICSBOT_SERVER_LISTE", "x")][..],
            "configuration",
            "did you mean",
        ),
        (
            &[("ANALYTICSBOT_SERVER_LISTEN", &address)],
            "port",
            "stop it, or name another port",
        ),
        (
            &[(
                "ANALYTICSBOT_DATABASE_URL",
                "postgres://nobody@127.0.0.1:1/none",
            )],
            "database",
            "does the database run",
        ),
        (
            &[("ANALYTICSBOT_DATABASE_URL", "./not-ours")],
            "database",
            "restore a backup, or name another",
        ),
    ] {
        let home = Home::new();
        std::fs::write(
            home.path().join("not-ours"),
            "plain text, and long enough for a header",
        )
        .unwrap();
        let (status, findings) = doctor(&home, &[], set);
        let finding = find(&findings, check);
        assert_eq!(
            (status, &finding["state"]),
            (1, &"problem".into()),
            "{finding}"
        );
        let hint = finding["hint"].as_str().unwrap_or_default();
        assert!(hint.contains(expected), "{finding}");
    }
    somebody.join().unwrap();
}

#[test]
fn people_get_a_sentence_at_the_end() {
    let home = Home::new();
    home.project("Shop");
    let mut command = home.command(&["doctor"]);
    command.envs([FREE]);
    let said = Ran::of(&mut command, "").fine();
    assert!(
        said.ends_with("\neverything is as it should be\n"),
        "{said}"
    );
}
