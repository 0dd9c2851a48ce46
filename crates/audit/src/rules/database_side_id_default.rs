//! Finds UUID keys that the database makes, where the application could know them before.

use schema::{Column, Generator, Side};

use crate::{Context, Finding, Findings, Rule, Seen, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "database-side-id-default",
    severity: Severity::Low,
    summary: "the database makes the key, so the application learns it only after the insert",
    page: include_str!("../../../../docs/rules/database-side-id-default.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context.tables() {
        let keys = seen.table.key_columns();
        for column in keys.filter(|column| function(column).is_some()) {
            findings.extend(finding(seen, column));
        }
    }
}

/// The default, if the database makes an identifier by it that the application could make as well.
fn function(column: &Column) -> Option<&str> {
    let default = column.default.as_ref()?;
    let makes = matches!(
        default.generator,
        Generator::Uuid { .. } | Generator::Ulid | Generator::Nanoid { .. }
    );
    (makes && default.side == Side::Database).then_some(default.text.as_str())
}

fn finding(seen: Seen<'_>, column: &Column) -> Option<Finding> {
    let function = function(column)?;
    let name = seen.declared(column);
    Some(
        seen.finding(&RULE, column, "made by the database")
            .message(format!("`{name}` is made by the database: `{function}`"))
            .breaks(
                "The application cannot name the row before it is stored: a retry after a lost \
                 answer stores it twice, and a parent and its children need one round trip each.",
            )
            .fix(fix(seen)),
    )
}

fn fix(seen: Seen<'_>) -> String {
    let keep = "The default may stay for rows that come in by hand.";
    match seen.table.model {
        Some(_) => format!("Write `@default(uuid(7))`, which the client fills in. {keep}"),
        None => {
            format!("Make a UUIDv7 in the application and name the column in the insert. {keep}")
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, prisma, sql};

    const NAME: &str = "database-side-id-default";

    #[test]
    fn finds() {
        check(
            NAME,
            prisma(
                "model A {
  id String @id @default(dbgenerated(\"gen_random_uuid()\")) @db.Uuid
}",
            ),
            &["low A.id"],
        );
        check(
            NAME,
            sql("CREATE TABLE a (id uuid PRIMARY KEY DEFAULT uuidv7(), x text);"),
            &["low a.id"],
        );
    }

    #[test]
    fn leaves_alone() {
        check(
            NAME,
            prisma("model A {\n  id String @id @default(uuid(7)) @db.Uuid\n}"),
            &[],
        );
        // Counted keys have a rule of their own, and a token is no key.
        check(
            NAME,
            sql(
                "CREATE TABLE a (id serial PRIMARY KEY, token uuid DEFAULT gen_random_uuid());
                CREATE TABLE b (id uuid PRIMARY KEY);",
            ),
            &[],
        );
    }
}
