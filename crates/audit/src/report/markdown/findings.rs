//! The part of the document that says what was found.

use std::collections::HashMap;

use schema::Source;

use super::super::Input;
use super::super::text::{clean, count, grouped};
use super::{cell, code, line};
use crate::{Edit, Finding, Severity};

/// Of each severity this many findings are written out; the others stand in a table.
const WRITTEN_OUT_MAX: usize = 40;

/// The table has at most this many rows; the JSON report has all.
const ROWS_MAX: usize = 500;

/// A longer line is not shown.
const LINE_BYTES_MAX: usize = 400;

pub(super) fn write(input: &Input<'_>, page: &mut String) {
    let of = |severities: &[Severity]| -> Vec<&Finding> {
        let findings = input.outcome.findings.iter();
        findings
            .filter(|it| severities.contains(&it.severity))
            .collect()
    };
    let texts = input.texts();
    line(page, format_args!("## Critical violations\n"));
    section(&of(&[Severity::Critical]), &texts, page);
    line(page, format_args!("## High-priority recommendations\n"));
    section(&of(&[Severity::High]), &texts, page);
    let others = of(&[Severity::Medium, Severity::Low, Severity::Info]);
    if !others.is_empty() {
        line(page, format_args!("## Other findings\n"));
        table(&others, page);
    }
    suppressed(input, page);
}

fn section(findings: &[&Finding], texts: &HashMap<&str, &Source>, page: &mut String) {
    if findings.is_empty() {
        line(page, format_args!("None.\n"));
        return;
    }
    for (finding, number) in findings.iter().zip(1..).take(WRITTEN_OUT_MAX) {
        one(finding, number, texts, page);
    }
    if findings.len() > WRITTEN_OUT_MAX {
        let rest = &findings[WRITTEN_OUT_MAX..];
        line(
            page,
            format_args!("And {}:\n", count(rest.len(), "more", "more")),
        );
        table(rest, page);
    }
}

fn one(finding: &Finding, number: usize, texts: &HashMap<&str, &Source>, page: &mut String) {
    let (object, rule) = (code(&finding.object), finding.rule);
    line(page, format_args!("### {number}. {object}: {rule}\n"));
    line(page, format_args!("{}.\n", clean(&finding.message)));
    let place = &finding.primary;
    let source = texts.get(place.path.as_str()).filter(|_| place.line > 0);
    match source.and_then(|source| line_of(source.text(), place.span.start)) {
        Some((_, text)) => {
            let path = code(&format!("{}:{}", place.path, place.line));
            line(
                page,
                format_args!("{path}\n\n```{}\n{text}\n```\n", language(&place.path)),
            );
        }
        None => line(page, format_args!("{}\n", code(&place.path))),
    }
    line(
        page,
        format_args!("- **Breaks:** {}", clean(&finding.breaks)),
    );
    line(
        page,
        format_args!("- **Fix:** {}", clean(&finding.fix.text)),
    );
    if let Some(cause) = &finding.caused_by {
        line(page, format_args!("- **Follows from:** {}", code(cause)));
    }
    if finding.confidence != crate::Confidence::High {
        line(
            page,
            format_args!("- **Confidence:** {}", finding.confidence.name()),
        );
    }
    page.push('\n');
    if let Some(text) = finding.fix.edit.as_ref().and_then(|edit| diff(edit, texts)) {
        line(page, format_args!("```diff\n{text}\n```\n"));
    }
}

/// The line that holds a byte, and where it begins; None for one that nobody wrote.
fn line_of(text: &str, at: usize) -> Option<(usize, String)> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    (line.len() <= LINE_BYTES_MAX && !line.contains("```")).then(|| (start, line.to_owned()))
}

/// A change within one line, as that line before and after.
fn diff(edit: &Edit, texts: &HashMap<&str, &Source>) -> Option<String> {
    let text = texts.get(edit.path.as_str())?.text();
    let (start, before) = line_of(text, edit.span.start)?;
    let within = edit.span.start - start..edit.span.end.checked_sub(start)?;
    if before.get(within.clone()).is_none() || edit.replacement.contains("```") {
        return None;
    }
    let mut after = before.clone();
    after.replace_range(within, &edit.replacement);
    let lines = |sign: char, text: &str| {
        let lines = text.lines().map(|line| format!("{sign}{line}"));
        lines.collect::<Vec<String>>().join("\n")
    };
    Some(format!("{}\n{}", lines('-', &before), lines('+', &after)))
}

/// The word for a block of code by the file's ending.
fn language(path: &str) -> &str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "prisma" => "prisma",
        "sql" => "sql",
        "jsonld" | "json" => "json",
        "ts" | "tsx" => "ts",
        "js" | "jsx" | "mjs" | "cjs" => "js",
        "py" => "python",
        "rb" => "ruby",
        "cs" => "csharp",
        "php" => "php",
        "java" => "java",
        "go" => "go",
        "rs" => "rust",
        _ => "text",
    }
}

fn table(findings: &[&Finding], page: &mut String) {
    line(
        page,
        format_args!("| severity | rule | object | where | what |"),
    );
    line(page, format_args!("|---|---|---|---|---|"));
    for finding in findings.iter().take(ROWS_MAX) {
        let place = &finding.primary;
        let at = match place.line {
            0 => cell(&place.path),
            number => cell(&format!("{}:{number}", place.path)),
        };
        let (severity, rule) = (finding.severity, finding.rule);
        let (object, message) = (code(&finding.object), cell(&finding.message));
        let object = object.replace('|', "\\|");
        line(
            page,
            format_args!("| {severity} | {rule} | {object} | {at} | {message} |"),
        );
    }
    page.push('\n');
    if findings.len() > ROWS_MAX {
        let more = grouped(findings.len() - ROWS_MAX);
        line(page, format_args!("And {more} more, in the JSON report.\n"));
    }
}

fn suppressed(input: &Input<'_>, page: &mut String) {
    let outcome = input.outcome;
    if outcome.suppressed.is_empty() && outcome.known.is_empty() && outcome.turned_off.is_empty() {
        return;
    }
    line(page, format_args!("## Accepted\n"));
    for it in &outcome.suppressed {
        let (rule, object) = (it.finding.rule, code(&it.finding.object));
        line(
            page,
            format_args!("- {object}, {rule}: {}", clean(&it.reason)),
        );
    }
    for off in &outcome.turned_off {
        let number = count(off.findings, "finding", "findings");
        line(
            page,
            format_args!(
                "- {} turned off ({number}): {}",
                off.rule,
                clean(&off.reason)
            ),
        );
    }
    if !outcome.known.is_empty() {
        let number = count(outcome.known.len(), "finding", "findings");
        line(page, format_args!("- {number} known to the baseline"));
    }
    page.push('\n');
}
