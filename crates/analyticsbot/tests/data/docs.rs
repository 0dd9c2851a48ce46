//! The pages of import and export: every command that they show gives what they show.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::run::{Rig, sqlite};

/// The pages, from this package.
const MANUAL: &str = "../../docs/analyticsbot";

#[test]
fn commands_in_the_pages_print_what_stands_below_them() {
    for (page, commands_min) in [("import.md", 7), ("export.md", 6)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(MANUAL)
            .join(page);
        let text = fs::read_to_string(path).unwrap();
        let rig = sqlite();
        let commands = shown(&text);
        for (command, expected) in &commands {
            if let Some(name) = command
                .strip_prefix("cat ")
                .filter(|name| !exists(&rig, name))
            {
                rig.write(name, expected);
            }
            assert_eq!(output(&rig, command), *expected, "{page}: {command}");
        }
        assert!(
            commands.len() >= commands_min,
            "only {} commands were found",
            commands.len()
        );
    }
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

fn exists(rig: &Rig, name: &str) -> bool {
    rig.path(name).exists()
}

/// What the command prints on both streams, in the folder and on the database of `rig`.
fn output(rig: &Rig, command: &str) -> String {
    let program = rig.shell_name();
    let ran = Command::new("sh")
        .args([
            "-c",
            &format!("exec 2>&1; {}", command.replace("analyticsbot ", &program)),
        ])
        .current_dir(rig.path(""))
        .output()
        .unwrap();
    String::from_utf8(ran.stdout).unwrap()
}
