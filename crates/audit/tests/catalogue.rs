//! Holds the catalogue, the rules' files and their pages against each other, and runs the pages'
//! examples: what a page shows as found must be found, what it shows as the fix must not be.

#![expect(
    clippy::unwrap_used,
    reason = "a check that cannot go on ends where it is, and the line says why"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use audit::{Context, Drawn, Policy, Rule, audit, rules};
use schema::{Dialect, Problem, ProblemKind, Source, prisma, sql};

const FOUND: &str = "What it finds";
const FIX: &str = "How to fix it";
const HEADINGS: [&str; 5] = [
    FOUND,
    "What breaks, and when",
    FIX,
    "When to ignore it",
    "Sources",
];

/// Rules whose file, with its tests, is not in `rules/`: they look at what other rules found.
const ELSEWHERE: &[(&str, &str)] = &[("suppression", "suppress.rs")];

/// Fewer lines than this are a stub, more are not read.
const PAGE_LINES: std::ops::RangeInclusive<usize> = 30..=110;

/// But for links, which cannot be broken.
const LINE_CHARACTERS_MAX: usize = 100;

/// A page whose examples are no longer seen would be no better than one without.
const EXAMPLES_MIN: usize = 60;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn names_in(folder: &Path, extension: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.extension().is_some_and(|it| it == extension));
    let stem = |path: PathBuf| {
        path.file_stem()
            .unwrap()
            .to_str()
            .unwrap()
            .replace('_', "-")
    };
    files.map(stem).collect()
}

#[test]
fn each_rule_has_one_file_and_one_page_and_nothing_else_is_there() {
    let names: BTreeSet<String> = rules().iter().map(|rule| rule.name.to_owned()).collect();
    assert_eq!(names.len(), rules().len(), "a name is taken twice");
    let mut pages = names_in(&root().join("docs/rules"), "md");
    pages.retain(|name| name != "README");
    assert_eq!(pages, names);
    let mut files = names_in(&root().join("crates/audit/src/rules"), "rs");
    for (name, file) in ELSEWHERE {
        assert!(
            root().join("crates/audit/src").join(file).is_file(),
            "{file}"
        );
        files.insert((*name).to_owned());
    }
    files.retain(|name| name != "mod");
    let missing: Vec<_> = names.difference(&files).collect();
    assert!(missing.is_empty(), "no file: {missing:?}");
}

#[test]
fn each_rule_is_tested_for_what_it_finds_and_what_it_leaves_alone() {
    for rule in rules() {
        if ELSEWHERE.iter().any(|(name, _)| *name == rule.name) {
            continue;
        }
        let file = format!("rules/{}.rs", rule.name.replace('-', "_"));
        let text = fs::read_to_string(root().join("crates/audit/src").join(&file)).unwrap();
        for test in ["finds", "leaves_alone"] {
            let head = format!("#[test]\n    fn {test}() {{");
            assert!(text.contains(&head), "{file} has no {test}");
        }
    }
}

#[test]
fn names_and_summaries_are_of_one_kind() {
    for Rule { name, summary, .. } in rules() {
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(name.chars().all(kebab), "{name}");
        let fragment = !summary.ends_with('.') && !summary.contains('\n') && summary.len() <= 100;
        assert!(fragment && !summary.is_empty(), "{name}: {summary}");
    }
}

/// What a page lacks.
fn faults(rule: &Rule) -> Vec<String> {
    let page = rule.page;
    let mut faults = Vec::new();
    if !page.starts_with(&format!("# {}\n", rule.name)) {
        faults.push("its title is not the rule's name".to_owned());
    }
    let headings: Vec<&str> = page
        .lines()
        .filter_map(|it| it.strip_prefix("## "))
        .collect();
    if headings != HEADINGS {
        faults.push(format!("its headings are {headings:?}"));
    }
    let mut severity = rule.severity.name().to_owned();
    severity[..1].make_ascii_uppercase();
    let label = format!("**{severity}.**");
    let first = page
        .lines()
        .find(|it| !it.is_empty() && !it.starts_with('#'));
    if !first.unwrap_or_default().starts_with(&label) {
        faults.push(format!("it does not begin with {label}"));
    }
    let lines = page.lines().count();
    if !PAGE_LINES.contains(&lines) {
        faults.push(format!("it has {lines} lines"));
    }
    let sources = page.split("## Sources").nth(1).unwrap_or_default();
    if !sources.contains("http") {
        faults.push("it has no source".to_owned());
    }
    let wide = page
        .lines()
        .zip(1..)
        .filter(|(line, _)| line.chars().count() > LINE_CHARACTERS_MAX && !line.contains("http"));
    faults.extend(wide.map(|(_, number)| format!("line {number} is too wide")));
    faults
}

#[test]
fn each_page_tells_everything() {
    let told = rules().iter().map(|rule| (rule.name, faults(rule)));
    let found: Vec<_> = told.filter(|(_, faults)| !faults.is_empty()).collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// One example of a page.
struct Example {
    heading: String,
    language: String,
    text: String,
}

fn examples(page: &str) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let mut heading = String::new();
    let mut inside = false;
    for line in page.lines() {
        if let Some(language) = line.strip_prefix("```") {
            inside = !inside;
            if inside {
                let language = language.to_owned();
                found.push(Example {
                    heading: heading.clone(),
                    language,
                    text: String::new(),
                });
            }
        } else if inside {
            let example = found.last_mut().unwrap();
            example.text.push_str(line);
            example.text.push('\n');
        } else if let Some(text) = line.strip_prefix("## ") {
            text.clone_into(&mut heading);
        }
    }
    found
}

fn drawn(example: &Example) -> Option<Drawn> {
    let Example { language, text, .. } = example;
    let first = text.lines().next().unwrap_or_default();
    let mut text = text.clone();
    let read: fn(&[Source]) -> schema::Schema = match language.as_str() {
        "prisma" => {
            if !text.contains("datasource") {
                text.push_str("datasource db {\n  provider = \"postgresql\"\n}\n");
            }
            prisma::read
        }
        "sql" if first == "-- MySQL" => |it| sql::read(Dialect::MySql, it),
        "sql" if first == "-- SQLite" => |it| sql::read(Dialect::Sqlite, it),
        "sql" => |it| sql::read(Dialect::PostgreSql, it),
        _ => return None,
    };
    let sources = vec![Source::new("page", text).unwrap()];
    let schema = read(&sources);
    // An example may refer to tables that it does not show; nothing else may be amiss in it.
    let known = |problem: &&Problem| problem.kind != ProblemKind::Unresolved;
    let first = schema.problems.iter().find(known);
    assert_eq!(
        first, None,
        "an example that cannot be read: {}",
        example.text
    );
    Some(Drawn { schema, sources })
}

fn finds(rule: &Rule, drawn: Drawn) -> bool {
    let policy = Policy { keys: Some(7) };
    let report = audit(&Context::new(&[drawn], &policy));
    report.findings.iter().any(|it| it.rule == rule.name)
}

#[test]
fn the_examples_of_the_pages_are_true() {
    let (mut run, mut wrong) = (0, Vec::new());
    for rule in rules() {
        for example in examples(rule.page) {
            let Example {
                heading,
                language,
                text,
            } = &example;
            if language == "sql" && !text.contains("CREATE TABLE") {
                continue;
            }
            let expected = match heading.as_str() {
                FOUND => true,
                FIX => false,
                _ => continue,
            };
            let Some(drawn) = drawn(&example) else {
                continue;
            };
            if finds(rule, drawn) != expected {
                wrong.push(format!("{}, {heading}:\n{text}", rule.name));
            }
            run += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        run >= EXAMPLES_MIN,
        "{run} examples of {} rules",
        rules().len()
    );
}

/// A schema of so many tables, each referring to the one before it.
fn large(tables: usize) -> Drawn {
    let table = |number: usize| {
        let before = number.saturating_sub(1);
        format!(
            "CREATE TABLE t{number} (id serial PRIMARY KEY, before_id int REFERENCES t{before},
                external_id text, name varchar(36));\n"
        )
    };
    let text: String = (0..tables).map(table).collect();
    let sources = vec![Source::new("large.sql", text).unwrap()];
    let schema = sql::read(Dialect::PostgreSql, &sources);
    Drawn { schema, sources }
}

#[test]
fn findings_are_complete_and_bounded() {
    let tables = 3_000;
    let report = audit(&Context::new(&[large(tables)], &Policy::default()));
    let keys = report
        .findings
        .iter()
        .filter(|it| it.rule == "auto-increment-key")
        .count();
    assert_eq!(keys, tables);
    assert!(report.findings.len() <= audit::FINDINGS_MAX);
    assert_eq!(report.keys.len(), tables);
    for finding in &report.findings {
        let texts = [
            &finding.message,
            &finding.breaks,
            &finding.fix.text,
            &finding.primary.label,
        ];
        assert!(texts.iter().all(|text| !text.is_empty()), "{finding:?}");
        assert!(
            finding.primary.line > 0 && !finding.primary.span.is_empty(),
            "{finding:?}"
        );
        let edit = finding.fix.edit.as_ref();
        assert!(edit.is_none_or(|edit| edit.path == finding.primary.path));
    }
    let severities: Vec<_> = report.findings.iter().map(|it| it.severity).collect();
    assert!(
        severities.is_sorted_by(|a, b| a >= b),
        "the worst comes first"
    );
}

#[test]
fn the_legacy_schema_has_three_critical_keys_and_two_consequences() {
    let folder = root().join("examples/legacy-analyticsbot");
    let read = |path: &str| {
        let bytes = fs::read(folder.join(path)).unwrap();
        vec![Source::new(path, bytes).unwrap()]
    };
    let sources = read("prisma/schema.prisma");
    let mapper = Drawn {
        schema: prisma::read(&sources),
        sources,
    };
    let sources = read("legacy.sql");
    let database = Drawn {
        schema: sql::read(Dialect::PostgreSql, &sources),
        sources,
    };
    for drawn in [
        vec![mapper.clone()],
        vec![database.clone()],
        vec![mapper, database],
    ] {
        let report = audit(&Context::new(&drawn, &Policy::default()));
        let of = |severity| {
            let findings = report
                .findings
                .iter()
                .filter(move |it| it.severity == severity);
            findings
                .map(|it| format!("{} {}", it.rule, it.object))
                .collect::<BTreeSet<_>>()
        };
        let keys = ["event_queue.id", "events.id", "provider_configs.id"];
        let keys = keys.map(|it| format!("auto-increment-key {it}"));
        assert_eq!(of(audit::Severity::Critical), BTreeSet::from(keys));
        assert_eq!(report.count(audit::Severity::Critical), 3);
        let references = report
            .findings
            .iter()
            .filter(|it| it.rule == "reference-to-auto-increment");
        let causes: BTreeSet<_> = references
            .map(|it| (it.object.as_str(), it.caused_by.as_deref().unwrap()))
            .collect();
        let expected = [
            ("event_queue.event_id", "events.id"),
            ("event_queue.provider_id", "provider_configs.id"),
        ];
        assert_eq!(causes, BTreeSet::from(expected));
    }
}
