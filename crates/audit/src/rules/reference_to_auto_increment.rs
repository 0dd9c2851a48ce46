//! Finds references to keys that the database counts upwards: each moves with its key.

use std::collections::HashSet;

use schema::{Column, Origin};

use super::auto_increment_key;
use crate::{Context, Finding, Findings, Rule, Seen, Severity, tools};

pub(crate) const RULE: Rule = Rule {
    name: "reference-to-auto-increment",
    severity: Severity::High,
    summary: "a column holds the numbers of another table's auto-increment key",
    page: include_str!("../../../../docs/rules/reference-to-auto-increment.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context.tables() {
        // The join table of an implicit relation has no declaration of its own to change.
        if seen.table.origin == Origin::Implied {
            continue;
        }
        let mut told = HashSet::new();
        for reference in &seen.table.references {
            for name in &reference.columns {
                let column = seen.table.column(name).filter(|_| told.insert(name));
                findings.extend(column.and_then(|column| finding(seen, column)));
            }
        }
    }
}

fn finding(seen: Seen<'_>, column: &Column) -> Option<Finding> {
    let (target, key) = seen.root(column)?;
    if tools::keeper(&target.table.name).is_some() {
        return None;
    }
    let severity = consequence(auto_increment_key::severity(target, key)?);
    let (own, keys) = (seen.declared(column), target.declared(key));
    let table = target.table.declared_name();
    let finding = seen
        .finding(&RULE, column, format!("holds numbers of `{keys}`"))
        .severity(severity)
        .message(format!(
            "`{own}` refers to `{keys}`, which is counted upwards by the database"
        ))
        .breaks(format!(
            "When `{table}` rows of two databases meet, `{own}` points at another row without an \
             error, because the number exists in both."
        ))
        .fix(format!(
            "It moves with `{keys}`: the plan for `{table}` gives this column the new ids, checks \
             that every row still finds its target, and swaps both in one transaction."
        ))
        .related(target.place(key, "the key that it holds"))
        .caused_by(target.object(key));
    Some(finding)
}

/// What follows from something weighs one step less than the thing itself.
fn consequence(cause: Severity) -> Severity {
    match cause {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium | Severity::Low | Severity::Info => Severity::Low,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, found, prisma, sql};

    const NAME: &str = "reference-to-auto-increment";

    #[test]
    fn finds() {
        check(
            NAME,
            prisma(
                "model Event {
  id Int @id @default(autoincrement())
  name String
  q Queue[]
}
model Queue {\n  id String @id @default(uuid(7)) @db.Uuid\n  eventId Int @map(\"event_id\")
  event Event @relation(fields: [eventId], references: [id])\n}",
            ),
            &["high Queue.event_id"],
        );
        // A key that is a reference hands the number on; the cause is where it is made.
        let text = "CREATE TABLE a (id serial PRIMARY KEY, x text);
            CREATE TABLE b (id int PRIMARY KEY REFERENCES a, y text);
            CREATE TABLE c (id uuid PRIMARY KEY, b_id int REFERENCES b, z text);";
        check(NAME, sql(text), &["high b.id", "high c.b_id"]);
        let causes = found(NAME, sql(text))
            .into_iter()
            .map(|it| it.caused_by.unwrap());
        assert_eq!(causes.collect::<Vec<_>>(), ["a.id", "a.id"]);
    }

    #[test]
    fn weighs_less_than_its_cause() {
        check(
            NAME,
            sql("CREATE TABLE tags (id serial PRIMARY KEY, name text);
                CREATE TABLE notes (id uuid PRIMARY KEY, tag_id int REFERENCES tags, x text);"),
            &["low notes.tag_id"],
        );
    }

    #[test]
    fn leaves_alone() {
        check(
            NAME,
            sql("CREATE TABLE a (id uuid PRIMARY KEY, number serial UNIQUE);
                CREATE TABLE b (id uuid PRIMARY KEY, a_id uuid REFERENCES a,
                    a_number int REFERENCES a (number));"),
            &[],
        );
    }
}
