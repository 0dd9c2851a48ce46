//! The part of the document that says what is right, what to do, and how to see that it is done.

use super::super::Input;
use super::super::advice::actions;
use super::super::kind_name;
use super::super::text::{clean, count, grouped, listed};
use super::{cell, code, line};
use crate::{Finding, rules};

/// Tables that are named as examples of what is right.
const EXAMPLES_SHOWN: usize = 12;

/// Objects that one action names.
const OBJECTS_SHOWN: usize = 8;

/// References whose integrity is to be checked after a migration.
const CHECKS_SHOWN: usize = 40;

/// What is written on the subject by those who decide.
const REFERENCES: [(&str, &str); 4] = [
    (
        "RFC 9562, Universally Unique IDentifiers",
        "https://www.rfc-editor.org/rfc/rfc9562",
    ),
    (
        "PostgreSQL: UUID functions",
        "https://www.postgresql.org/docs/current/functions-uuid.html",
    ),
    (
        "PostgreSQL: identity columns",
        "https://www.postgresql.org/docs/current/ddl-identity-columns.html",
    ),
    (
        "OWASP: insecure direct object references",
        "https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/",
    ),
];

pub(super) fn write(input: &Input<'_>, page: &mut String) {
    compliant(input, page);
    checklist(input, page);
    prioritized(input, page);
    validation(input, page);
    impact(input, page);
    references(input, page);
}

fn compliant(input: &Input<'_>, page: &mut String) {
    line(page, format_args!("## Compliant patterns\n"));
    let keys: Vec<_> = input.outcome.keys.iter().filter(|key| key.clean).collect();
    if keys.is_empty() {
        line(
            page,
            format_args!("No table has a key without a finding.\n"),
        );
        return;
    }
    let mut kinds: Vec<(String, Vec<&str>)> = Vec::new();
    for key in keys {
        let kind = kind_name(key.kind);
        match kinds.iter_mut().find(|(name, _)| *name == kind) {
            Some((_, tables)) => tables.push(&key.table),
            None => kinds.push((kind, vec![&key.table])),
        }
    }
    for (kind, tables) in kinds {
        let number = count(tables.len(), "table", "tables");
        let names = clean(&listed(tables, EXAMPLES_SHOWN));
        line(
            page,
            format_args!("- {kind} keys without a finding in {number}: {names}"),
        );
    }
    page.push('\n');
}

fn checklist(input: &Input<'_>, page: &mut String) {
    line(page, format_args!("## Best-practices checklist\n"));
    line(
        page,
        format_args!("A box is ticked where the rule found nothing.\n"),
    );
    for rule in rules() {
        let of = |it: &&Finding| it.rule == rule.name;
        let number = input.outcome.findings.iter().filter(of).count();
        let (mark, said) = match number {
            0 => ('x', String::new()),
            _ => (' ', format!(" — {}", count(number, "finding", "findings"))),
        };
        line(
            page,
            format_args!(
                "- [{mark}] not so: {} (`{}`){said}",
                rule.summary, rule.name
            ),
        );
    }
    page.push('\n');
}

fn prioritized(input: &Input<'_>, page: &mut String) {
    line(page, format_args!("## Prioritized actions\n"));
    let actions = actions(&input.outcome.findings);
    if actions.is_empty() {
        line(page, format_args!("None.\n"));
        return;
    }
    for (action, number) in actions.iter().zip(1..) {
        let objects = clean(&listed(action.objects.iter().copied(), OBJECTS_SHOWN));
        let with = match action.consequences {
            0 => String::new(),
            many => format!(" This also settles {}.", count(many, "finding", "findings")),
        };
        let (severity, fix, rule) = (action.severity, clean(action.fix), action.rule);
        line(
            page,
            format_args!("{number}. **{severity}** {fix}: {objects}.{with} (`{rule}`)"),
        );
    }
    page.push('\n');
}

fn validation(input: &Input<'_>, page: &mut String) {
    line(page, format_args!("## Validation tests to run\n"));
    line(
        page,
        format_args!("- `idshift audit --fail-on high` in continuous integration: exit status 0."),
    );
    line(
        page,
        format_args!(
            "- Insert two rows into each changed table: the second key is greater, and both are \
             version 7 (`idshift id inspect KEY`)."
        ),
    );
    line(
        page,
        format_args!("- Insert the same external event twice: one row."),
    );
    line(
        page,
        format_args!("- Ask the API for a key one above and one below a known one: not found."),
    );
    let mut checks = Vec::new();
    for finding in &input.outcome.findings {
        for dependent in &finding.facts.dependents {
            checks.extend(orphans(&finding.object, dependent));
        }
    }
    checks.sort();
    checks.dedup();
    if !checks.is_empty() {
        line(
            page,
            format_args!("- Each of these counts 0, before the migration and after it:\n"),
        );
        line(page, format_args!("```sql"));
        for check in checks.iter().take(CHECKS_SHOWN) {
            line(page, format_args!("{check}"));
        }
        line(page, format_args!("```"));
        if checks.len() > CHECKS_SHOWN {
            let more = grouped(checks.len() - CHECKS_SHOWN);
            line(page, format_args!("\nand {more} more of the same form."));
        }
    }
    page.push('\n');
}

/// The query that counts rows whose reference leads nowhere.
fn orphans(target: &str, dependent: &str) -> Option<String> {
    let (table, key) = quoted(target)?;
    let (from, column) = quoted(dependent)?;
    Some(format!(
        "SELECT count(*) FROM {from} c WHERE c.{column} IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM {table} p WHERE p.{key} = c.{column});"
    ))
}

/// `schema.table.column` as the quoted table and the quoted column.
fn quoted(object: &str) -> Option<(String, String)> {
    let object = clean(object).replace("```", "");
    let (table, column) = object.rsplit_once('.')?;
    let quote = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let table: Vec<String> = table.split('.').map(quote).collect();
    Some((table.join("."), quote(column)))
}

fn impact(input: &Input<'_>, page: &mut String) {
    let findings = input.outcome.findings.iter().chain(&input.outcome.known);
    let moved = findings.filter(|it| {
        let facts = &it.facts;
        facts.rows.is_some() || !facts.dependents.is_empty()
    });
    line(page, format_args!("## Migration impact\n"));
    line(
        page,
        format_args!("| object | rows | size | columns that refer to it |"),
    );
    line(page, format_args!("|---|---:|---:|---|"));
    let mut told: Vec<&str> = Vec::new();
    let unknown = || "unknown".to_owned();
    for finding in moved {
        if told.contains(&finding.object.as_str()) {
            continue;
        }
        told.push(&finding.object);
        let facts = &finding.facts;
        let rows = facts.rows.map_or_else(unknown, grouped);
        let bytes = facts
            .bytes
            .map_or_else(unknown, |bytes| format!("{} MB", grouped(bytes >> 20)));
        let dependents = cell(&facts.dependents.join(", "));
        let object = code(&finding.object).replace('|', "\\|");
        line(
            page,
            format_args!("| {object} | {rows} | {bytes} | {dependents} |"),
        );
    }
    if told.is_empty() {
        line(page, format_args!("| none | | | |"));
    }
    line(
        page,
        format_args!(
            "\nRows and sizes are estimates of a live database; give one with `--database`. \
         `idshift migrate` changes keys of such tables online.\n"
        ),
    );
}

fn references(input: &Input<'_>, page: &mut String) {
    line(page, format_args!("## References\n"));
    let mut named: Vec<&str> = Vec::new();
    for finding in &input.outcome.findings {
        if !named.contains(&finding.rule) {
            named.push(finding.rule);
        }
    }
    for rule in named {
        line(page, format_args!("- `idshift explain {rule}`"));
    }
    for (title, address) in REFERENCES {
        line(page, format_args!("- [{title}]({address})"));
    }
}
