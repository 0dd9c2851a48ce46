//! What the report looks like where people look at it.

use super::{USERS, audit, folder};
use crate::run::{command, run_in};

#[test]
fn lines_fit_and_nothing_controls_the_terminal() {
    let evil = "CREATE TABLE \"a\u{1b}[31mb\" (id serial PRIMARY KEY, x text);\n";
    let folder = folder(&[("a.sql", USERS), ("b.sql", evil)]);
    let out = audit(folder.path(), &["--verbose"]).out;
    assert!(!out.contains('\u{1b}'), "{out}");
    for line in out.lines() {
        assert!(line.chars().count() <= 100, "{line}");
        assert_eq!(line, line.trim_end());
    }
}

#[test]
fn colour_covers_the_same_text() {
    let folder = folder(&[("a.sql", USERS)]);
    let coloured = {
        let mut command = command(&["audit"]);
        command
            .env("CLICOLOR_FORCE", "1")
            .current_dir(folder.path());
        run_in(&mut command).out
    };
    assert!(coloured.contains("\u{1b}["), "{coloured}");
    let mut plain = String::new();
    for (at, part) in coloured.split('\u{1b}').enumerate() {
        let text = if at == 0 {
            Some(part)
        } else {
            part.split_once('m').map(|(_, text)| text)
        };
        plain.push_str(text.unwrap());
    }
    let trimmed = |text: &str| -> Vec<String> {
        text.lines()
            .map(|line| line.trim_end().to_owned())
            .collect()
    };
    assert_eq!(trimmed(&plain), trimmed(&audit(folder.path(), &[]).out));
}

#[test]
fn many_findings_of_a_rule_are_listed_unless_all_are_asked_for() {
    let table =
        |number: usize| format!("CREATE TABLE t{number} (id serial PRIMARY KEY, x text);\n");
    let text: String = (0..40).map(table).collect();
    let folder = folder(&[("a.sql", &text)]);
    let drawn = |arguments: &[&str]| {
        let out = audit(folder.path(), arguments).out;
        (out.matches("critical[auto-increment-key]").count(), out)
    };
    let (count, out) = drawn(&[]);
    assert_eq!(count, 3);
    assert!(
        out.contains("37 more findings of auto-increment-key:"),
        "{out}"
    );
    assert!(out.contains("--verbose shows them"), "{out}");
    assert_eq!(drawn(&["--verbose"]).0, 40);
}
