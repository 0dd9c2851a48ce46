//! Help, version, completions, and command lines that are wrong.

use crate::run::run;

const COMMANDS: [&str; 7] = [
    "new",
    "inspect",
    "canonical",
    "range",
    "convert",
    "trace",
    "verify",
];

#[test]
fn alone_it_prints_help() {
    let help = run(&[]).fine();
    assert!(
        help.contains("Usage: idshift [OPTIONS] [COMMAND]"),
        "{help}"
    );
    assert_eq!(help, run(&["-h"]).fine());
    let help = run(&["id"]).fine();
    assert!(
        help.contains("Usage: idshift id [OPTIONS] [COMMAND]"),
        "{help}"
    );
    assert_eq!(help, run(&["id", "-h"]).fine());
    for command in COMMANDS {
        assert!(
            help.contains(&format!("\n  {command} ")),
            "{command}: {help}"
        );
    }
}

#[test]
fn every_command_explains_itself_with_json_and_fits_a_terminal() {
    for command in COMMANDS {
        let help = run(&["id", command, "--help"]).fine();
        assert!(
            help.contains(&format!("Usage: idshift id {command}")),
            "{help}"
        );
        assert!(help.contains("--json"), "{help}");
        for line in help.lines() {
            assert!(line.chars().count() <= 100, "{command}: {line}");
        }
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let version = concat!("idshift ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(run(&["--version"]).fine(), version);
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&["completions", shell]).fine();
        for command in COMMANDS {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
    assert!(run(&["completions", "basic"]).misused().contains("basic"));
}

#[test]
fn a_wrong_command_line_does_nothing_and_ends_with_2() {
    for arguments in [
        &["idd"][..],
        &["id", "neww"],
        &["id", "new", "--cuont", "3"],
        &["id", "new", "--count", "0"],
        &["id", "new", "--count", "-1"],
        &["id", "new", "--count", "many"],
        &["id", "convert", "0x1"],
        &["id", "convert", "--to", "nonsense", "0x1"],
        &["id", "canonical"],
        &["id", "range"],
        &["id", "trace", "--new", "0x1"],
    ] {
        let err = run(arguments).misused();
        assert!(err.starts_with("error: "), "{arguments:?}: {err}");
    }
}
