//! Finds databases whose tables refer to each other by keys of different kinds.

use std::collections::BTreeMap;

use super::group;
use crate::{Confidence, Context, Finding, Findings, Kind, Role, Rule, Seen, Severity, Subject};

pub(crate) const RULE: Rule = Rule {
    name: "mixed-key-kinds",
    severity: Severity::Low,
    summary: "tables that are joined have keys of different kinds",
    page: include_str!("../../../../docs/rules/mixed-key-kinds.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    findings.extend(context.subjects.iter().filter_map(finding));
}

/// Kinds that code can treat alike, and their name.
fn family(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Sequential | Kind::Integer => "numbers",
        Kind::Uuid(_) => "UUIDs",
        Kind::Cuid(_) => "CUIDs",
        Kind::Ulid => "ULIDs",
        Kind::Nanoid => "NanoIDs",
        Kind::ObjectId => "ObjectIds",
        Kind::Text | Kind::Binary | Kind::Time | Kind::Other => return None,
    })
}

/// The family of a table's own key; None for lists of names and for tables that only join others,
/// whose keys nobody chose for themselves.
fn own_family(seen: Seen<'_>) -> Option<&'static str> {
    let key = seen.key_column()?;
    let own = seen.table.references_of(&key.name).next().is_none();
    (own && seen.role() == Role::Entity).then(|| family(seen.kind(key)))?
}

/// `1 has UUIDs`, `2 have UUIDs`.
fn counted(name: &str, tables: usize) -> String {
    let verb = if tables == 1 { "has" } else { "have" };
    format!("{tables} {verb} {name}")
}

fn finding(subject: &Subject<'_>) -> Option<Finding> {
    let mut tables: BTreeMap<&'static str, Vec<Seen<'_>>> = BTreeMap::new();
    let mut joins_across = false;
    for seen in subject.tables() {
        let Some(own) = own_family(seen) else {
            continue;
        };
        tables.entry(own).or_default().push(seen);
        let mut targets = seen
            .table
            .references
            .iter()
            .filter_map(|it| seen.target(it));
        joins_across |= targets.any(|it| own_family(it).is_some_and(|other| other != own));
    }
    if !joins_across {
        return None;
    }
    let mut kinds: Vec<(&str, Vec<Seen<'_>>)> = tables.into_iter().collect();
    kinds.sort_by_key(|(name, tables)| (std::cmp::Reverse(tables.len()), *name));
    let counts: Vec<String> = kinds
        .iter()
        .map(|(name, tables)| counted(name, tables.len()))
        .collect();
    let (minority, fewest) = kinds.last()?;
    let first = fewest.first()?;
    let key = first.key_column()?;
    let names: Vec<String> = fewest
        .iter()
        .map(|it| it.table.declared_name().to_owned())
        .collect();
    let mut finding = first
        .finding(
            &RULE,
            key,
            format!("one of {} with {minority}", fewest.len()),
        )
        .at_most(Confidence::Medium)
        .message(format!(
            "keys are of {} kinds among tables that refer to each other: {}",
            kinds.len(),
            counts.join(", ")
        ))
        .breaks(
            "Code that takes \"an id\" has to know of which table before it can check, log, route \
             or store it, and a table that refers to several needs a column for each kind."
                .to_owned(),
        )
        .fix(format!(
            "Choose one kind for new tables, UUIDv7 unless there is a reason, and move {} when \
             they are next touched.",
            group::listed(&names)
        ));
    finding.object = group::object(subject);
    let others = fewest.iter().skip(1);
    let places =
        others.filter_map(|it| Some(it.place(it.key_column()?, format!("{minority} as well"))));
    Some(group::with_places(finding, places))
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, found, sql};

    const NAME: &str = "mixed-key-kinds";

    #[test]
    fn finds() {
        let text = "CREATE TABLE users (id serial PRIMARY KEY, name text, mail text);
            CREATE TABLE orders (id serial PRIMARY KEY, user_id int REFERENCES users, total int);
            CREATE TABLE files (id uuid PRIMARY KEY, order_id int REFERENCES orders, path text);";
        check(NAME, sql(text), &["low schema.sql"]);
        let finding = found(NAME, sql(text)).remove(0);
        assert!(
            finding.message.ends_with("2 have numbers, 1 has UUIDs"),
            "{}",
            finding.message
        );
        assert_eq!(finding.primary.line, 3);
    }

    #[test]
    fn leaves_alone() {
        // Lists of names, and tables that have nothing to do with each other.
        check(
            NAME,
            sql("CREATE TABLE countries (id serial PRIMARY KEY, code text);
                CREATE TABLE users (id uuid PRIMARY KEY, country int REFERENCES countries, x text);
                CREATE TABLE posts (id uuid PRIMARY KEY, user_id uuid REFERENCES users, x text);"),
            &[],
        );
        check(
            NAME,
            sql("CREATE TABLE a (id serial PRIMARY KEY, x text, y text);
                CREATE TABLE b (id uuid PRIMARY KEY, x text, y text);"),
            &[],
        );
    }
}
