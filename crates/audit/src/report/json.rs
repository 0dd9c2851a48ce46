//! Writes a report as JSON, by the schema that is published at `docs/idshift/audit.schema.json`.

use serde::Serialize;

use super::{Input, ProblemAt, dialect_name, kind_name, pretty};
use crate::baseline::Entry;
use crate::outcome::TurnedOff;
use crate::suppress::Suppressed;
use crate::{Finding, KeyFact, Severity};

/// The version of the form. It changes when a field goes or means something else.
const FORM: u32 = 1;

#[derive(Serialize)]
struct Audit<'a> {
    #[serde(rename = "idshift_audit")]
    form: u32,
    version: &'a str,
    summary: Summary<'a>,
    databases: Vec<Database<'a>>,
    findings: &'a [Finding],
    known: &'a [Finding],
    suppressed: &'a [Suppressed],
    stale: &'a [Entry],
    turned_off: &'a [TurnedOff],
    keys: Vec<Key<'a>>,
    tables_of_tools: Vec<ToolTable<'a>>,
    problems: Vec<ProblemAt>,
    unread: Vec<Unread<'a>>,
}

#[derive(Serialize)]
struct Summary<'a> {
    /// Whether a finding weighs as much as `fail_on`.
    failed: bool,
    fail_on: Option<&'a str>,
    critical: usize,
    high: usize,
    medium: usize,
    low: usize,
    info: usize,
    tables: usize,
    files_seen: usize,
    files_read: usize,
    told_once: usize,
    left_out: usize,
}

#[derive(Serialize)]
struct Database<'a> {
    title: &'a str,
    reader: &'a str,
    dialect: &'a str,
    tables: usize,
    files: Vec<&'a str>,
    covered_by: Option<&'a str>,
}

#[derive(Serialize)]
struct Key<'a> {
    table: &'a str,
    objects: &'a [String],
    kind: String,
    declared: &'a str,
    clean: bool,
}

#[derive(Serialize)]
struct ToolTable<'a> {
    table: &'a str,
    tool: &'a str,
}

/// What should have been read, or was left out for its size or language.
#[derive(Serialize)]
struct Unread<'a> {
    path: &'a str,
    why: String,
}

/// The whole report: one object on one line, or over several for people.
#[must_use]
pub fn render(input: &Input<'_>) -> String {
    let outcome = input.outcome;
    let audit = Audit {
        form: FORM,
        version: input.version,
        summary: summary(input),
        databases: databases(input),
        findings: &outcome.findings,
        known: &outcome.known,
        suppressed: &outcome.suppressed,
        stale: &outcome.stale,
        turned_off: &outcome.turned_off,
        keys: outcome.keys.iter().map(key).collect(),
        tables_of_tools: outcome
            .tables_of_tools
            .iter()
            .map(|(table, tool)| ToolTable { table, tool })
            .collect(),
        problems: input.problems(),
        unread: unread(input),
    };
    pretty(&audit)
}

fn summary<'a>(input: &Input<'a>) -> Summary<'a> {
    let outcome = input.outcome;
    Summary {
        failed: input
            .fail_on
            .is_some_and(|threshold| outcome.fails_at(threshold)),
        fail_on: input.fail_on.map(Severity::name),
        critical: outcome.count(Severity::Critical),
        high: outcome.count(Severity::High),
        medium: outcome.count(Severity::Medium),
        low: outcome.count(Severity::Low),
        info: outcome.count(Severity::Info),
        tables: input.tables(),
        files_seen: input.found.files_seen,
        files_read: input.found.files_read,
        told_once: outcome.told_once,
        left_out: outcome.left_out,
    }
}

fn databases<'a>(input: &Input<'a>) -> Vec<Database<'a>> {
    let sets = &input.found.sets;
    let one = |set: &'a crate::discover::Set| Database {
        title: &set.title,
        reader: set.reader.name(),
        dialect: dialect_name(set),
        tables: set.drawn.schema.tables.len(),
        files: set.drawn.sources.iter().map(schema::Source::path).collect(),
        covered_by: set
            .covered_by
            .and_then(|at| sets.get(at))
            .map(|better| better.title.as_str()),
    };
    sets.iter().map(one).collect()
}

fn key(fact: &KeyFact) -> Key<'_> {
    Key {
        table: &fact.table,
        objects: &fact.objects,
        kind: kind_name(fact.kind),
        declared: &fact.declared,
        clean: fact.clean,
    }
}

fn unread<'a>(input: &Input<'a>) -> Vec<Unread<'a>> {
    let found = input.found;
    let mut list: Vec<Unread<'a>> = Vec::new();
    list.extend(found.unreadable.iter().map(|it| Unread {
        path: &it.path,
        why: it.why.clone(),
    }));
    list.extend(found.skipped.long_files.iter().map(|(path, bytes)| Unread {
        path,
        why: format!("{bytes} bytes are more than is read of a file of its kind"),
    }));
    list.extend(found.foreign.iter().map(|(path, language)| Unread {
        path,
        why: format!("it is written for {language}"),
    }));
    list
}
