//! Finds columns that hold another table's keys by their name and type, without a constraint.

use std::collections::HashMap;

use schema::{Column, Dialect, TypeKind};

use super::group;
use crate::{Confidence, Context, Finding, Findings, Rule, Seen, Severity, Subject, names};

pub(crate) const RULE: Rule = Rule {
    name: "reference-without-constraint",
    severity: Severity::Medium,
    summary: "a column looks like a reference, and the database does not hold it",
    page: include_str!("../../../../docs/rules/reference-without-constraint.md"),
    check,
};

/// Words of tables that keep rows of others as they once were, whose targets may be gone.
const RECORDS: &[&str] = &[
    "log",
    "logs",
    "audit",
    "audits",
    "history",
    "histories",
    "archive",
    "archives",
    "snapshot",
    "snapshots",
    "backup",
    "version",
    "versions",
    "old",
    "tmp",
    "temp",
    "staging",
    "import",
    "imports",
    "event",
    "events",
    "outbox",
    "stats",
    "metrics",
];

/// Above this many in one picture, their number says one thing: there are no constraints here.
const SINGLE_MAX: usize = 5;

fn check(context: &Context<'_>, findings: &mut Findings) {
    for subject in &context.subjects {
        // Document databases have no constraints to offer.
        if subject.schema.dialect == Dialect::MongoDb {
            continue;
        }
        let found = suspects(subject);
        if found.len() > SINGLE_MAX {
            findings.extend(together(subject, &found));
        } else {
            findings.extend(found.iter().map(single));
        }
    }
}

/// A column, and the table whose keys it seems to hold.
struct Suspect<'a> {
    seen: Seen<'a>,
    column: &'a Column,
    target: Seen<'a>,
    key: &'a Column,
}

fn suspects<'a>(subject: &'a Subject<'a>) -> Vec<Suspect<'a>> {
    let mut by_name: HashMap<String, Option<Seen<'a>>> = HashMap::new();
    for seen in subject.tables() {
        let name = group::singular(&names::snake(&seen.table.name.name));
        by_name
            .entry(name)
            .and_modify(|it| *it = None)
            .or_insert(Some(seen));
    }
    let mut found = Vec::new();
    for seen in subject.tables().filter(|seen| !is_record(*seen)) {
        for column in &seen.table.columns {
            let target = stem(column).and_then(|stem| by_name.get(&stem).copied().flatten());
            let key = target.and_then(|target| Some((target, target.key_column()?)));
            if let Some((target, key)) = key
                && is_unheld(seen, column)
                // `label_id` of a label is what somebody else calls it.
                && target.table.name != seen.table.name
                && fits(seen, column, target, key)
            {
                found.push(Suspect {
                    seen,
                    column,
                    target,
                    key,
                });
            }
        }
    }
    found
}

fn is_record(seen: Seen<'_>) -> bool {
    let words = names::words(&seen.table.name.name);
    !seen.table.complete || words.iter().any(|word| RECORDS.contains(&word.as_str()))
}

/// `user` of `user_id`.
fn stem(column: &Column) -> Option<String> {
    let mut words = names::words(&column.name);
    let last = words.pop()?;
    let stem = words.join("_");
    (matches!(last.as_str(), "id" | "uuid") && !stem.is_empty()).then(|| group::singular(&stem))
}

fn is_unheld(seen: Seen<'_>, column: &Column) -> bool {
    let only_key = seen.key_column().is_some_and(|key| key.name == column.name);
    let paired = column.name.to_ascii_lowercase();
    // The id of a pair whose type says which table it is of.
    let typed = seen.table.columns.iter().any(|it| {
        let name = it.name.to_ascii_lowercase();
        name.strip_suffix("type")
            .is_some_and(|stem| paired.strip_suffix("id") == Some(stem))
    });
    !only_key
        && !typed
        && !column.is_sequential()
        && !column.data_type.list
        && seen.table.references_of(&column.name).next().is_none()
}

/// Whether the column has the very type of the key.
fn fits<'a>(seen: Seen<'a>, column: &'a Column, target: Seen<'a>, key: &'a Column) -> bool {
    let (own, other) = (seen.stored_type(column).kind, target.stored_type(key).kind);
    let same = std::mem::discriminant(&own) == std::mem::discriminant(&other);
    same && !matches!(own, TypeKind::Other)
}

fn breaks(suspect: &Suspect<'_>) -> String {
    let target = suspect.target.table.declared_name();
    format!(
        "When a `{target}` row is deleted, or two requests race, rows stay behind that point at \
         nothing, and no query says so until one of them is read."
    )
}

fn single(suspect: &Suspect<'_>) -> Finding {
    let Suspect {
        seen,
        column,
        target,
        key,
    } = suspect;
    let (own, other) = (seen.declared(column), target.declared(key));
    seen.finding(
        &RULE,
        column,
        format!(
            "holds keys of `{}`, by its name",
            target.table.declared_name()
        ),
    )
    .at_most(Confidence::Medium)
    .message(format!(
        "`{own}` looks like a reference to `{other}`, and no constraint holds it"
    ))
    .breaks(breaks(suspect))
    .fix(format!(
        "Count the rows without a target, repair them, then add a foreign key (`NOT VALID` \
             first, `VALIDATE CONSTRAINT` later on PostgreSQL) with an index on `{}`.",
        column.name
    ))
    .related(target.place(key, "the key that it seems to hold"))
}

fn together(subject: &Subject<'_>, found: &[Suspect<'_>]) -> Option<Finding> {
    let first = found.first()?;
    let names: Vec<String> = found.iter().map(|it| it.seen.declared(it.column)).collect();
    let held = subject
        .tables()
        .flat_map(|it| &it.table.references)
        .filter(|it| it.constraint)
        .count();
    let some = if held == 0 {
        "none is held".to_owned()
    } else {
        format!("{held} others are held")
    };
    let mut finding = single(first).message(format!(
        "{} columns look like references without a constraint, {some}: {}",
        found.len(),
        group::listed(&names)
    ));
    finding.object = group::object(subject);
    finding.related.clear();
    let places = found.iter().skip(1).map(|it| {
        let target = it.target.table.declared_name();
        it.seen
            .place(it.column, format!("keys of `{target}`, by its name"))
    });
    Some(group::with_places(finding, places))
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, found, prisma, sql};

    const NAME: &str = "reference-without-constraint";

    #[test]
    fn finds() {
        check(
            NAME,
            sql("CREATE TABLE users (id uuid PRIMARY KEY, name text);
                CREATE TABLE posts (id uuid PRIMARY KEY, user_id uuid, body text);"),
            &["medium posts.user_id"],
        );
        check(
            NAME,
            prisma("model User {\n  id Int @id\n}\nmodel Post {\n  id Int @id\n  userId Int\n}"),
            &["medium Post.userId"],
        );
    }

    #[test]
    fn tells_many_in_one_finding() {
        let posts = ["a", "b", "c", "d", "e", "f"]
            .map(|table| format!("CREATE TABLE {table} (id uuid PRIMARY KEY, user_id uuid);"));
        let text = format!(
            "CREATE TABLE users (id uuid PRIMARY KEY); {}",
            posts.concat()
        );
        check(NAME, sql(&text), &["medium schema.sql"]);
        let finding = found(NAME, sql(&text)).remove(0);
        assert!(
            finding.message.starts_with("6 columns"),
            "{}",
            finding.message
        );
        assert_eq!(finding.related.len(), 5);
    }

    #[test]
    fn leaves_alone() {
        // Held, of another type, the id of a pair, a record of what was, and no table of the name.
        check(
            NAME,
            sql("CREATE TABLE users (id uuid PRIMARY KEY, name text);
                CREATE TABLE a (id uuid PRIMARY KEY, user_id uuid REFERENCES users);
                CREATE TABLE b (id uuid PRIMARY KEY, user_id text, stripe_id text);
                CREATE TABLE c (id uuid PRIMARY KEY, user_id uuid, user_type text);
                CREATE TABLE audit_log (id uuid PRIMARY KEY, user_id uuid);
                CREATE TABLE labels (id uuid PRIMARY KEY, label_id uuid);"),
            &[],
        );
        // The mapper holds these, as the schema says.
        let text = "datasource db {\n  provider = \"mysql\"\n  relationMode = \"prisma\"\n}\n\
            model User {\n  id Int @id\n  posts Post[]\n}\n\
            model Post {\n  id Int @id\n  userId Int\n\
            user User @relation(fields: [userId], references: [id])\n}";
        check(NAME, prisma(text), &[]);
    }
}
