//! Backup and restore as their users call them: the manual, other kinds of database, refusals.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it is, and the line says why"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Runs a line of shell in a folder, with the real program under its name.
fn shell(folder: &Path, line: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_analyticsbot"));
    let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder);
    command.env("PATH", path).output().unwrap()
}

#[track_caller]
fn fine(folder: &Path, line: &str) -> String {
    let output = shell(folder, line);
    let text = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{line}: {text}{said}");
    text
}

/// A folder with a database of two events.
fn furnished() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let events = "{\"event\":\"a\",\"messageId\":\"m\"}\n{\"event\":\"b\"}\n";
    fs::write(folder.path().join("events.ndjson"), events).unwrap();
    fine(folder.path(), "analyticsbot project add shop");
    fine(
        folder.path(),
        "analyticsbot import events.ndjson --project shop",
    );
    folder
}

/// Times are not the same twice.
fn timeless(text: &str) -> String {
    let is_time = |word: &&str| word.len() == 27 && word.ends_with('Z') && word.contains('T');
    let mut text = text.to_owned();
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    for time in words.iter().map(String::as_str).filter(is_time) {
        text = text.replace(time, "TIME");
    }
    text
}

/// Commands after a prompt in blocks of `console`, each with the lines below it.
fn shown(page: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            commands.push((command.to_owned(), String::new()));
        } else if let Some((_, output)) = commands.last_mut().filter(|_| inside) {
            output.push_str(line);
            output.push('\n');
        }
    }
    commands
}

#[test]
fn commands_in_the_pages_print_what_stands_below_them() {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/analyticsbot");
    let folder = furnished();
    let mut count = 0;
    for page in ["backup.md", "restore.md"] {
        let text = fs::read_to_string(manual.join(page)).unwrap();
        for (command, expected) in shown(&text) {
            let output = shell(folder.path(), &format!("exec 2>&1; {command}"));
            let printed = String::from_utf8(output.stdout).unwrap();
            assert_eq!(timeless(&printed), timeless(&expected), "{page}: {command}");
            count += 1;
        }
    }
    assert!(count >= 4, "only {count} commands were found");
}

/// From a file to PostgreSQL and back: the same events, in the same order, at each end.
#[test]
fn events_go_from_a_file_to_a_server_and_back() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let folder = furnished();
    let (database, folder) = (server.database("cli_restore").unwrap(), folder.path());
    let url = database.url();
    let export = |database: &str| {
        let command = format!("analyticsbot --database '{database}' export --project shop");
        fine(folder, &command)
    };
    let original = export("data/analyticsbot.db");
    assert_eq!(original.lines().count(), 2);
    let made: Value =
        serde_json::from_str(&fine(folder, "analyticsbot --json backup 1.backup")).unwrap();
    assert_eq!(made["source"], "sqlite");
    assert_eq!(made["tables"][3]["name"], "events");
    assert_eq!(made["tables"][3]["rows"], 2);
    fine(
        folder,
        &format!("analyticsbot restore 1.backup --database {url}"),
    );
    assert_eq!(export(&url), original);
    fine(
        folder,
        &format!("analyticsbot backup 2.backup --database {url}"),
    );
    fine(
        folder,
        "analyticsbot restore 2.backup --database back/again.db",
    );
    assert_eq!(export("back/again.db"), original);
    let check = "analyticsbot --json restore --check 2.backup";
    let found: Value = serde_json::from_str(&fine(folder, check)).unwrap();
    assert_eq!(found["source"], "postgres");
    assert_eq!(
        found["tables"], made["tables"],
        "the same rows, to the last value"
    );
}

#[test]
fn what_cannot_be_done_is_refused_with_a_reason() {
    let folder = furnished();
    let folder = folder.path();
    fine(folder, "analyticsbot backup a.backup");
    fine(folder, "head -c 9000 a.backup > cut.backup");
    for (command, said) in [
        ("analyticsbot backup a.backup", "is there already"),
        ("analyticsbot restore a.backup", "is there already"),
        (
            "analyticsbot restore --check cut.backup",
            "not a whole backup",
        ),
        (
            "analyticsbot restore cut.backup --database new.db",
            "not a whole backup",
        ),
        (
            "analyticsbot events list --database a.backup",
            "is a backup",
        ),
        ("analyticsbot backup b.backup --database none.db", "none.db"),
    ] {
        let output = shell(folder, command);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{command}: {told}");
        assert!(told.contains(said), "{command}: {told}");
        assert!(told.contains("hint: "), "{command}: {told}");
    }
    assert!(!folder.join("new.db").exists() && !folder.join("b.backup").exists());
}
