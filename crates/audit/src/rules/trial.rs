//! What the tests of rules about code and documents share.

#![cfg(test)]

use schema::Source;

use crate::code::{self, Language};
use crate::{Context, Document, Finding, Findings, Policy, rule};

fn run(name: &str, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Findings::default();
    (rule(name).unwrap().check)(context, &mut findings);
    let found = findings.report(context).findings;
    for finding in &found {
        for text in [&finding.message, &finding.breaks, &finding.fix.text] {
            assert!(!text.is_empty(), "{name}: {finding:?}");
        }
    }
    found
}

fn lines(findings: &[Finding]) -> Vec<String> {
    let line = |it: &Finding| format!("{} {}", it.severity, it.object);
    findings.iter().map(line).collect()
}

/// What one rule finds in a file of code.
pub(super) fn found_in_code(name: &str, path: &str, text: &str) -> Vec<Finding> {
    let source = Source::new(path, text).unwrap();
    let calls = code::scan(Language::of_path(path).unwrap(), &source);
    let policy = Policy::default();
    run(name, &Context::new(&[], &policy).with_code(&calls))
}

/// Holds what one rule finds in a file of code, as `severity object`, against the expectation.
#[track_caller]
pub(super) fn check_code(name: &str, path: &str, text: &str, expected: &[&str]) {
    assert_eq!(lines(&found_in_code(name, path, text)), expected, "{text}");
}

/// What one rule finds in documents: path and text of each.
pub(super) fn found_in_documents(name: &str, files: &[(&str, &str)]) -> Vec<Finding> {
    let read = |(path, text): &(&str, &str)| Document::new(Source::new(*path, *text).unwrap());
    let documents: Vec<Document> = files.iter().map(read).collect();
    let policy = Policy::default();
    run(name, &Context::new(&[], &policy).with_documents(&documents))
}

/// Holds what one rule finds in a document named `a.jsonld` against the expectation.
#[track_caller]
pub(super) fn check_document(name: &str, text: &str, expected: &[&str]) {
    let found = found_in_documents(name, &[("a.jsonld", text)]);
    assert_eq!(lines(&found), expected, "{text}");
}
