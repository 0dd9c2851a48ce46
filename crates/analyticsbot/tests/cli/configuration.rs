//! The file, the environment and the flags.

use std::fs;

use crate::rig::{Home, Ran};

#[test]
fn flags_are_over_the_environment_and_that_is_over_the_file() {
    let home = Home::new();
    let file = "[database]\nurl = './from-file.db'\n";
    fs::write(home.path().join("analyticsbot.toml"), file).unwrap();
    let run = |variable: Option<&str>, flag: &[&str]| {
        let mut command = home.command(&[&["project", "add", "Shop"], flag].concat());
        command.envs(variable.map(|value| ("ANALYTICSBOT_DATABASE_URL", value)));
        Ran::of(&mut command, "").fine();
    };
    let is_there = |name: &str| home.path().join(name).exists();
    run(None, &[]);
    assert!(is_there("from-file.db"));
    run(Some("./from-environment.db"), &[]);
    assert!(is_there("from-environment.db"));
    run(Some("./never.db"), &["--database", "./from-flag.db"]);
    assert!(is_there("from-flag.db") && !is_there("never.db"));
    assert!(!is_there("data"));
}

#[test]
fn a_wrong_configuration_is_refused_before_anything_is_done() {
    for (file, variables, expected) in [
        (
            "[server]\nlissten = ''",
            &[][..],
            "hint: did you mean `server.listen`?",
        ),
        (
            "[server]\nlisten = true",
            &[],
            "analyticsbot.toml:2: `true` is no value",
        ),
        ("listen = ", &[], "failed to read analyticsbot.toml:1: "),
        (
            "",
            &[("ANALYTICSBOT_LIMITS_DEPTH_MAX", "deep")],
            "hint: expected a whole number from 1",
        ),
        (
            "",
            &[("ANALYTICSBOT_LOG_LEVEL", "loud")],
            "hint: off, error, warn",
        ),
        (
            "",
            &[("ANALYTICSBOT_CONFIG", "nowhere.toml")],
            "hint: `analyticsbot init` writes one",
        ),
    ] {
        let home = Home::new();
        fs::write(home.path().join("analyticsbot.toml"), file).unwrap();
        let mut command = home.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.envs(variables.iter().copied());
        let error = Ran::of(&mut command, "").misused();
        assert!(error.contains(expected), "{file}{variables:?}: {error}");
        assert!(!home.path().join("data").exists());
    }
}

#[test]
fn init_writes_a_file_that_changes_nothing_and_is_read() {
    let home = Home::new();
    assert_eq!(home.run(&["init"]).fine(), "analyticsbot.toml\n");
    let path = home.path().join("analyticsbot.toml");
    let written = fs::read_to_string(&path).unwrap();
    assert_eq!(home.run(&["init", "--stdout"]).fine(), written);
    home.project("Shop");
    assert!(home.path().join("data/analyticsbot.db").exists());
    let again = home.run(&["init"]).refused();
    assert!(again.contains("was left as it is"), "{again}");
    // A line without its comment sign counts.
    fs::write(
        &path,
        written.replace("#url = \"./data/analyticsbot.db\"", "url = \"other.db\""),
    )
    .unwrap();
    home.project("Shop");
    assert!(home.path().join("other.db").exists());
}

#[test]
fn a_secret_comes_from_a_file() {
    let home = Home::new();
    fs::write(home.path().join("secret"), "./from-secret.db\n").unwrap();
    let mut command = home.command(&["project", "add", "Shop"]);
    command.env("ANALYTICSBOT_DATABASE_URL_FILE", "secret");
    Ran::of(&mut command, "").fine();
    assert!(home.path().join("from-secret.db").exists());
}

#[test]
fn a_limit_that_is_set_holds() {
    let home = Home::new();
    fs::write(
        home.path().join("analyticsbot.toml"),
        "[limits]\nname_chars_max = 3\n",
    )
    .unwrap();
    let server = home.serve();
    let (status, answer) = server.post(server.key(), r#"{"event":"Paid"}"#);
    assert_eq!(
        (status, &answer["error"]["code"]),
        (422, &"name_too_long".into()),
        "{answer}"
    );
    server.store(server.key(), r#"{"event":"Pay"}"#);
    let error = home.run(&["send", "Paid"]).refused();
    assert!(error.contains("the limit is 3"), "{error}");
}
