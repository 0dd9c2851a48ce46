//! Writes the audit as a document that people are sent: what is wrong, what is right, what to do,
//! and how to see that it is done.

mod closing;
mod findings;

use std::fmt::Write as _;

use super::text::{clean, count, grouped};
use super::{Input, dialect_name, kind_name};
use crate::Severity;

/// The whole document.
#[must_use]
pub fn render(input: &Input<'_>) -> String {
    let mut page = String::from("# Identifier audit\n\n");
    scope(input, &mut page);
    summary(input, &mut page);
    findings::write(input, &mut page);
    closing::write(input, &mut page);
    page
}

/// Adds a line; writing into a `String` cannot fail.
fn line(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).ok();
    page.push('\n');
}

/// A text as a cell of a table, where `|` and line breaks would end it.
fn cell(text: &str) -> String {
    clean(text).replace('|', "\\|")
}

/// A text as code in a line; a backtick in it would end it.
fn code(text: &str) -> String {
    format!("`{}`", clean(text).replace('`', "'"))
}

fn scope(input: &Input<'_>, page: &mut String) {
    let version = input.version;
    line(page, format_args!("By idshift {version}. What was read:\n"));
    line(
        page,
        format_args!("| source | read as | database | tables |"),
    );
    line(page, format_args!("|---|---|---|---:|"));
    for set in &input.found.sets {
        let (title, reader) = (code(&set.title).replace('|', "\\|"), set.reader.name());
        let tables = grouped(set.drawn.schema.tables.len());
        let note = match set.covered_by.and_then(|at| input.found.sets.get(at)) {
            Some(better) => format!(" (the same tables as {})", code(&better.title)),
            None => String::new(),
        };
        let dialect = dialect_name(set);
        line(
            page,
            format_args!("| {title}{note} | {reader} | {dialect} | {tables} |"),
        );
    }
    if input.found.code_files > 0 {
        let files = count(input.found.code_files, "file", "files");
        line(page, format_args!("| {files} | source code | | |"));
    }
    page.push('\n');
    let problems = input.problems().len();
    if problems > 0 {
        let places = count(problems, "place", "places");
        line(
            page,
            format_args!("The readers did not understand {places}; see the JSON report.\n"),
        );
    }
    for what in &input.found.unreadable {
        line(
            page,
            format_args!("**Failed to {}.**\n", clean(&what.to_string())),
        );
    }
}

fn summary(input: &Input<'_>, page: &mut String) {
    let outcome = input.outcome;
    line(page, format_args!("## Executive summary\n"));
    let tables = outcome.keys.len();
    let clean_keys = outcome.keys.iter().filter(|key| key.clean).count();
    let total = outcome.findings.len();
    let critical = outcome.count(Severity::Critical);
    let verdict = match (total, critical) {
        (0, _) => "Nothing was found that has to change.".to_owned(),
        (_, 0) => format!(
            "{} and none of them is critical.",
            count(total, "finding", "findings")
        ),
        _ => format!(
            "{}, {} of them critical: what those are about will break, or leaks already.",
            count(total, "finding", "findings"),
            grouped(critical)
        ),
    };
    line(
        page,
        format_args!(
            "{verdict} Of the keys of {}, {} are as they should be.\n",
            count(tables, "table", "tables"),
            grouped(clean_keys)
        ),
    );
    line(page, format_args!("| severity | findings |"));
    line(page, format_args!("|---|---:|"));
    for severity in Severity::ALL {
        line(
            page,
            format_args!("| {severity} | {} |", grouped(outcome.count(severity))),
        );
    }
    page.push('\n');
    if tables == 0 {
        return;
    }
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for key in &outcome.keys {
        let name = kind_name(key.kind);
        match kinds.iter_mut().find(|(kind, _)| *kind == name) {
            Some((_, number)) => *number += 1,
            None => kinds.push((name, 1)),
        }
    }
    kinds.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    line(page, format_args!("| kind of key | tables |"));
    line(page, format_args!("|---|---:|"));
    for (kind, number) in kinds {
        line(page, format_args!("| {kind} | {} |", grouped(number)));
    }
    page.push('\n');
}
