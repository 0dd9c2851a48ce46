//! `idshift guide`: the pages, and the examples in them.

mod examples;
mod rust;
mod tools;

use serde_json::Value;

use crate::run::{command, run, start};

const TOPICS: [&str; 11] = [
    "choose",
    "table",
    "kinds",
    "typescript",
    "prisma",
    "sql",
    "rust",
    "python",
    "go",
    "anti-patterns",
    "testing",
];

#[test]
fn alone_it_asks_compares_and_names_the_topics() {
    let shown = run(&["guide"]).fine();
    for part in ["├─ yes: ", "└─ no: ", "│ UUIDv7 ", "│ Snowflake "] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    for topic in TOPICS {
        assert!(
            shown.contains(&format!("• `idshift guide {topic}`: ")),
            "{topic}"
        );
    }
}

#[test]
fn every_topic_has_a_page_that_fits_its_width() {
    for topic in TOPICS {
        let shown = run(&["guide", topic]).fine();
        assert!(shown.lines().count() > 20, "{topic}");
        for line in shown.lines().filter(|line| !line.starts_with("    ")) {
            // An address is never broken.
            let fits = line.chars().count() <= 100 || line.contains("https://");
            assert!(fits, "{topic}: {line}");
        }
        assert!(
            !shown.contains("](") && !shown.contains("**"),
            "{topic}: marks are left"
        );
    }
}

#[test]
fn colour_is_for_those_who_ask() {
    assert!(!run(&["guide", "kinds"]).fine().contains('\u{1b}'));
    let child = start(command(&["guide", "kinds"]).env("CLICOLOR_FORCE", "1"));
    let shown = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    assert!(shown.contains("\u{1b}[36muuid\u{1b}[0m"), "{shown}");
}

#[test]
fn programs_get_the_tree_the_kinds_and_the_topics() {
    let found = run(&["guide", "--json"]).json().remove(0);
    let kinds = found["kinds"].as_array().unwrap();
    assert_eq!(kinds.len(), 8);
    assert_eq!(kinds[1]["id"], "UUIDv4");
    assert_eq!(kinds[1]["random bits"], "122");
    assert_eq!(found["topics"].as_array().unwrap().len(), TOPICS.len());
    // The way to the key of an ordinary row: no, no, yes, no, no.
    let mut at = &found["decision"];
    for answer in ["no", "no", "yes", "no", "no"] {
        let answers = at["answers"].as_array().unwrap();
        at = answers
            .iter()
            .find(|next| next["answer"] == answer)
            .unwrap();
    }
    assert_eq!(at["take"], Value::from(vec!["UUIDv7"]));
}

#[test]
fn programs_get_a_page_with_its_tables_and_its_code() {
    let found = run(&["guide", "sql", "--json"]).json().remove(0);
    assert_eq!(found["topic"], "sql");
    assert_eq!(found["title"], "Ids in SQL");
    assert_eq!(found["tables"][0][0]["database"], "PostgreSQL");
    assert_eq!(found["code"][0]["language"], "sql");
    assert!(found["page"].as_str().unwrap().starts_with("# Ids in SQL"));
}

#[test]
fn an_unknown_topic_is_a_wrong_command_line() {
    assert!(run(&["guide", "cobol"]).misused().contains("typescript"));
}
