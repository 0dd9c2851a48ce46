//! Finds counted keys that are too narrow for a table that lives long.

use schema::{Column, TypeKind};

use super::auto_increment_key;
use super::key_near_exhaustion::grouped;
use crate::{Context, Finding, Findings, Role, Rule, Seen, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "key-of-32-bits",
    severity: Severity::Medium,
    summary: "a counted key ends at 2,147,483,647 or earlier",
    page: include_str!("../../../../docs/rules/key-of-32-bits.md"),
    check,
};

/// Narrower than this, a key ends within the life of an ordinary table.
const BITS_ENOUGH: u8 = 64;

/// At most so wide, a key ends within weeks: 32,767 or 65,535 rows, ever.
const BITS_TINY: u8 = 16;

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context.tables() {
        // A list of names never gets there.
        if seen.role() == Role::Lookup {
            continue;
        }
        let counted = seen.table.key_columns().filter(|it| it.is_sequential());
        for column in counted {
            findings.extend(finding(seen, column));
        }
    }
}

fn finding(seen: Seen<'_>, column: &Column) -> Option<Finding> {
    let TypeKind::Integer { bits, unsigned } = seen.stored_type(column).kind else {
        return None;
    };
    if bits >= BITS_ENOUGH {
        return None;
    }
    let last = (1_u64 << if unsigned { bits } else { bits - 1 }) - 1;
    let (name, last) = (seen.declared(column), grouped(last));
    let severity = match bits {
        0..=BITS_TINY => Severity::High,
        _ => RULE.severity,
    };
    let finding = seen
        .finding(&RULE, column, format!("{bits} bits: ends at {last}"))
        .severity(severity)
        .message(format!(
            "`{name}` is a counted key of {bits} bits, so its last number is {last}"
        ))
        .breaks(format!(
            "Every insert fails once {last} was given out, deleted rows and rolled back inserts \
             included, and widening a key rewrites the table and all that refers to it under lock."
        ))
        .fix(fix(seen));
    Some(match auto_increment_key::severity(seen, column) {
        Some(_) => finding.caused_by(seen.object(column)),
        None => finding,
    })
}

fn fix(seen: Seen<'_>) -> String {
    match seen.table.model {
        Some(_) => "Moving the key to UUIDv7 ends this as well. To keep the number, declare it as \
                    `BigInt`, and every field that refers to it."
            .to_owned(),
        None => {
            "Moving the key to UUIDv7 ends this as well. To keep the number, make it `bigint`, \
                 and every column that refers to it."
                .to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, prisma, script, sql};
    use schema::Dialect;

    const NAME: &str = "key-of-32-bits";

    #[test]
    fn finds() {
        check(
            NAME,
            sql("CREATE TABLE a (id serial PRIMARY KEY, x text);
                CREATE TABLE b (id smallserial PRIMARY KEY, x text);
                CREATE TABLE c (t uuid, id serial, PRIMARY KEY (t, id));"),
            &["high b.id", "medium c.id", "medium a.id"],
        );
        check(
            NAME,
            prisma("model A {\n  id Int @id @default(autoincrement())\n  x String\n}"),
            &["medium A.id"],
        );
        check(
            NAME,
            script(
                Dialect::MySql,
                "CREATE TABLE a (id mediumint unsigned AUTO_INCREMENT PRIMARY KEY, x text);",
            ),
            &["medium a.id"],
        );
    }

    #[test]
    fn leaves_alone() {
        check(
            NAME,
            sql("CREATE TABLE a (id bigserial PRIMARY KEY, x text);
                CREATE TABLE colours (id serial PRIMARY KEY, name text);
                CREATE TABLE cars (id uuid PRIMARY KEY,
                    colour_id int REFERENCES colours, n serial);"),
            &[],
        );
        // Any integer column of SQLite holds 64 bits.
        check(
            NAME,
            script(
                Dialect::Sqlite,
                "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT);",
            ),
            &[],
        );
    }
}
