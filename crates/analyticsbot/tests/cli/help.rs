//! Help, version, completions, and command lines that are wrong.

use crate::rig::Home;

const COMMANDS: [&str; 12] = [
    "serve", "init", "project", "key", "send", "tail", "events", "import", "export", "backup",
    "restore", "doctor",
];

const NESTED: [[&str; 2]; 11] = [
    ["project", "add"],
    ["project", "list"],
    ["project", "show"],
    ["project", "rename"],
    ["project", "archive"],
    ["key", "add"],
    ["key", "list"],
    ["key", "revoke"],
    ["events", "list"],
    ["events", "show"],
    ["events", "rejected"],
];

#[test]
fn the_help_names_every_command() {
    let help = Home::new().run(&["--help"]).fine();
    for command in COMMANDS {
        assert!(
            help.contains(&format!("\n  {command} ")),
            "{command}: {help}"
        );
    }
    assert!(
        help.lines().all(|line| line.chars().count() <= 100),
        "{help}"
    );
}

#[test]
fn every_command_explains_itself_with_examples_and_fits_a_terminal() {
    let home = Home::new();
    let alone = COMMANDS.iter().map(|command| vec![*command]);
    for path in alone.chain(NESTED.iter().map(|path| path.to_vec())) {
        let help = home.run(&[&path[..], &["--help"]].concat()).fine();
        let usage = format!("Usage: analyticsbot {}", path.join(" "));
        assert!(help.contains(&usage), "{help}");
        assert!(help.contains("--json"), "{help}");
        assert!(
            help.contains("Examples:") || help.contains("Commands:"),
            "{help}"
        );
        assert!(
            help.lines().all(|line| line.chars().count() <= 100),
            "{path:?}: {help}"
        );
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let version = concat!("analyticsbot ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(Home::new().run(&["--version"]).fine(), version);
}

#[test]
fn completions_know_every_command_and_need_no_settings() {
    let home = Home::new();
    std::fs::write(home.path().join("analyticsbot.toml"), "[broken").unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = home.run(&["completions", shell]).fine();
        for command in COMMANDS {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
}

#[test]
fn a_wrong_command_line_does_nothing_and_ends_with_2() {
    let home = Home::new();
    for arguments in [
        &["sreve"][..],
        &["serve", "--listen", "nowhere"],
        &["serve", "--listen", "127.0.0.1"],
        &["send"],
        &["send", "a", "--property", "novalue"],
        &["send", "a", "--time", "soon"],
        &["send", "a", "--event-json", "{}"],
        &["tail", "--from", "here"],
        &["events", "list", "--since", "2 hours"],
        &["key", "revoke", "shop"],
    ] {
        let error = home.run(arguments).misused();
        assert!(error.starts_with("error: "), "{arguments:?}: {error}");
    }
    assert!(!home.path().join("data").exists());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let home = Home::new();
    let program = env!("CARGO_BIN_EXE_analyticsbot");
    let script = format!("'{program}' init --stdout | head -1; '{program}' --help | head -1");
    let mut sh = std::process::Command::new("sh");
    let ran = sh
        .args(["-c", &script])
        .current_dir(home.path())
        .output()
        .unwrap();
    assert!(ran.status.success() && ran.stderr.is_empty(), "{ran:?}");
}
