//! The manual: every command that it shows gives what it shows.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The pages, from this package.
const MANUAL: &str = "../../docs/idshift";

#[test]
fn commands_in_the_manual_print_what_stands_below_them() {
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let folder = folder();
        for (command, expected) in shown(&text) {
            let found = output(command, folder.path());
            assert_eq!(
                kept(&found),
                kept(&expected),
                "{}: {command}",
                page.display()
            );
            count += 1;
        }
    }
    assert!(count > 20, "only {count} commands were found");
}

/// A folder for the commands of one page, in which the examples of the project lie as well.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a system has temporary folders");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    symlink(examples, folder.path().join("examples")).expect("the folder is new");
    folder
}

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(MANUAL);
    let entries = fs::read_dir(folder).expect("the manual is a part of the project");
    entries
        .map(|entry| entry.expect("a folder that can be read").path())
        .collect()
}

/// Commands after a prompt in blocks of `console`, each with the lines below it.
fn shown(page: &str) -> Vec<(&str, String)> {
    let mut commands: Vec<(&str, String)> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            commands.push((command, String::new()));
        } else if let Some((_, output)) = commands.last_mut().filter(|_| inside) {
            output.push_str(line);
            output.push('\n');
        }
    }
    commands
}

/// What the command prints on both streams, in UTC.
fn output(command: &str, page: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_idshift"));
    let folder = program.parent().expect("a program lies in a folder");
    #[expect(
        clippy::disallowed_methods,
        reason = "the shell finds the other programs of a pipe"
    )]
    let others = env::var("PATH").expect("a shell needs its path");
    let ran = Command::new("sh")
        .args(["-c", &format!("exec 2>&1; {command}")])
        .env("PATH", format!("{}:{others}", folder.display()))
        .env("TZ", "UTC")
        .current_dir(page)
        .output()
        .expect("every system of ours has a shell");
    String::from_utf8(ran.stdout).expect("all output is UTF-8")
}

/// The lines that stay the same: an age grows.
fn kept(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| !line.starts_with("age "))
        .collect()
}
