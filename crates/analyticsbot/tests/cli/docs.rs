//! The manual: every command that it shows gives what it shows, but for what is new each time: ids,
//! keys, times and sizes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::rig::{Home, Ran};
use crate::server::kill;

/// The pages, from this package.
const MANUAL: &str = "../../docs/analyticsbot";

/// Pages of commands that other tests run: they need files of their own.
const ELSEWHERE: [&str; 4] = ["import.md", "export.md", "backup.md", "restore.md"];

#[test]
fn commands_in_the_manual_print_what_stands_below_them() {
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        // Each page begins in an empty folder and goes on from command to command.
        let home = Home::new();
        for (command, expected) in shown(&text) {
            let found = output(&home, &with_ids(command, &home));
            assert_eq!(
                masked(&found),
                masked(&expected),
                "{}: {command}",
                page.display()
            );
            count += 1;
        }
    }
    assert!(count > 25, "only {count} commands were found");
}

#[test]
fn the_page_of_serve_shows_what_a_first_start_says() {
    let page = fs::read_to_string(folder().join("serve.md")).unwrap();
    let (_, block) = page
        .split_once("```text\n")
        .expect("the page begins with it");
    let (expected, _) = block.split_once("```").expect("a block ends");
    let home = Home::new();
    let mut server = crate::rig::start(&mut home.command(&["serve", "--listen", "127.0.0.1:0"]));
    let out = std::io::BufReader::new(server.stdout.take().unwrap());
    let mut found = String::new();
    for line in std::io::BufRead::lines(out) {
        found += &(line.unwrap() + "\n");
        if found.contains("is not shown again") {
            break;
        }
    }
    kill(server.id(), "-TERM");
    assert!(server.wait().unwrap().success());
    let found = found.replace(env!("CARGO_BIN_EXE_analyticsbot"), "analyticsbot");
    let port = found
        .split("127.0.0.1:")
        .nth(1)
        .unwrap()
        .split('\n')
        .next()
        .unwrap();
    assert_eq!(masked(&found.replace(port, "8080")), masked(expected));
}

#[test]
fn every_command_has_its_page_and_the_index_names_each() {
    let index = fs::read_to_string(folder().join("README.md")).unwrap();
    for page in pages() {
        let name = page.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(
            name == "README.md" || index.contains(&format!("({name})")),
            "{name}"
        );
    }
    for command in [
        "serve", "init", "project", "key", "send", "tail", "events", "doctor",
    ] {
        assert!(folder().join(format!("{command}.md")).exists(), "{command}");
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(MANUAL)
}

fn pages() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).expect("the manual is a part of the project");
    let pages = entries.map(|entry| entry.expect("a folder that can be read").path());
    pages
        .filter(|page| !ELSEWHERE.iter().any(|name| page.ends_with(name)))
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

/// The command with the newest event's id, or the newest key's beginning, in the place of those
/// that the page shows.
fn with_ids(command: &str, home: &Home) -> String {
    let newest = |arguments: &[&str], member: &str| {
        let rows = home.run(arguments).json();
        rows[0][member].as_str().expect("a text").to_owned()
    };
    let words = command.split(' ').map(|word| match word {
        word if is_id(word) => newest(&["events", "list", "-n", "1", "--json"], "id"),
        word if word.starts_with("wk_") => newest(&["key", "list", "my-app", "--json"], "hint"),
        word => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What the command prints on both streams.
fn output(home: &Home, command: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_analyticsbot"));
    let folder = program
        .parent()
        .expect("a program lies in a folder")
        .display();
    let mut shell = home.command(&[]);
    let script = format!("exec 2>&1; PATH='{folder}':$PATH; {command}");
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &script]).current_dir(home.path());
    // The same environment as that of the program itself.
    command.envs(
        shell
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    for (name, value) in shell
        .env("ANALYTICSBOT_SERVER_LISTEN", "127.0.0.1:0")
        .get_envs()
    {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    Ran::of(&mut command, "").out
}

/// The lines with a word in the place of what is new each time, and one space between words, for
/// columns are as wide as what is in them.
fn masked(text: &str) -> Vec<String> {
    let line = |line: &str| {
        let line = line.replace('"', " ").replace([',', '}', '(', ')'], " ");
        let words: Vec<&str> = line.split_whitespace().map(mask).collect();
        words
            .join(" ")
            .replace("<n> <unit> ago", "<age>")
            .replace("now", "<age>")
    };
    text.lines().map(line).collect()
}

fn mask(word: &str) -> &str {
    let digits = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_clock = |word: &str| word.len() >= 8 && word.as_bytes()[2] == b':';
    let is_day = |word: &str| {
        word.len() >= 5
            && word.starts_with(|c: char| c.is_ascii_digit())
            && word.contains('-')
            && !is_id(word)
    };
    match word.trim_matches(['`', '\'', ';', ':']) {
        word if is_id(word) => "<id>",
        word if word.starts_with("wk_") => "<key>",
        word if word.starts_with("event_") || word.starts_with("project_") => "<typed id>",
        word if is_clock(word) => "<clock>",
        word if is_day(word) => "<day>",
        word if digits(word) => "<n>",
        "now" => "<age>",
        "second" | "seconds" | "minute" | "minutes" => "<unit>",
        "KiB" | "MiB" | "GiB" | "B" => "<size>",
        _ => word,
    }
}

fn is_id(word: &str) -> bool {
    word.len() == 36 && ids::Uuid::parse(word).is_ok()
}
