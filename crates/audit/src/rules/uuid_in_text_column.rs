//! Finds UUIDs that are stored as text where the database has a type for them.

use schema::{Column, Dialect, Generator, Side, TypeKind};

use crate::{Confidence, Context, Finding, Findings, Rule, Seen, Severity, names};

pub(crate) const RULE: Rule = Rule {
    name: "uuid-in-text-column",
    severity: Severity::Medium,
    summary: "a UUID is stored as text, twice as wide and with letters that have two cases",
    page: include_str!("../../../../docs/rules/uuid-in-text-column.md"),
    check,
};

/// A UUID with its hyphens.
const HYPHENATED: u32 = 36;

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context.tables() {
        for column in &seen.table.columns {
            findings.extend(finding(seen, column));
        }
    }
}

/// The better type, if the database has one.
fn native(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::PostgreSql | Dialect::CockroachDb => Some("uuid"),
        Dialect::SqlServer => Some("uniqueidentifier"),
        Dialect::MySql => Some("binary(16)"),
        // One has no type for it, the other's driver has its own, of the third nothing is known.
        Dialect::Sqlite | Dialect::MongoDb | Dialect::Unknown => None,
    }
}

/// Why the column is taken to hold UUIDs, and how sure that is.
fn evidence(seen: Seen<'_>, column: &Column) -> Option<(&'static str, Confidence)> {
    let TypeKind::Text { length, .. } = seen.stored_type(column).kind else {
        return None;
    };
    if column.data_type.list {
        return None;
    }
    if let Some(stored) = &column.stored {
        let uuids: u64 = stored.versions.values().sum();
        let only = uuids > 0 && stored.others == 0;
        return only.then_some(("every value that was read is a UUID", Confidence::High));
    }
    let default = column.default.as_ref();
    if default.is_some_and(|it| matches!(it.generator, Generator::Uuid { .. })) {
        return Some(("its default makes UUIDs", Confidence::High));
    }
    if default.is_some() {
        return None;
    }
    let identifies = seen.table.is_key(&column.name)
        || names::words(&column.name)
            .last()
            .is_some_and(|word| word == "id");
    if length == Some(HYPHENATED) && (identifies || names::says_uuid(&column.name)) {
        return Some(("36 characters are a UUID's", Confidence::Medium));
    }
    let fits = length.is_none_or(|length| length >= HYPHENATED);
    let named = fits
        && names::words(&column.name)
            .last()
            .is_some_and(|word| is_uuid(word));
    named.then_some(("its name says so", Confidence::Low))
}

fn is_uuid(word: &str) -> bool {
    matches!(word, "uuid" | "guid")
}

/// Whether the rule about Prisma's missing native type tells it already.
fn is_plain_prisma(column: &Column) -> bool {
    let default = column.default.as_ref();
    let by_mapper = default.is_some_and(|it| it.side == Side::Application);
    by_mapper && !column.data_type.declared.contains('@')
}

fn finding(seen: Seen<'_>, column: &Column) -> Option<Finding> {
    let dialect = seen.subject.schema.dialect;
    let native = native(dialect)?;
    let target = seen.root(column);
    let (decides, key) = target.unwrap_or((seen, column));
    if is_plain_prisma(key) && dialect != Dialect::MySql {
        return None;
    }
    if !matches!(seen.stored_type(column).kind, TypeKind::Text { .. }) {
        return None;
    }
    let (why, confidence) = evidence(decides, key)?;
    let name = seen.declared(column);
    let severity = match (dialect, target) {
        (Dialect::MySql, _) | (_, Some(_)) => Severity::Low,
        _ => RULE.severity,
    };
    let declared = &column.data_type.declared;
    let finding = seen
        .finding(&RULE, column, why)
        .severity(severity)
        .at_most(confidence)
        .message(format!(
            "`{name}` holds UUIDs as text (`{declared}`): {why}"
        ))
        .breaks(
            "Each value takes 37 bytes or more in the row and in every index instead of 16, and \
             `A1...` and `a1...` are two rows, so a client that writes capitals finds nothing.",
        )
        .fix(fix(seen, column, native));
    Some(match target {
        Some((decides, key)) => finding.caused_by(decides.object(key)),
        None => finding,
    })
}

fn fix(seen: Seen<'_>, column: &Column, native: &str) -> String {
    let table = names::quoted(&seen.table.name.name);
    let column = names::quoted(&column.name);
    match seen.subject.schema.dialect {
        Dialect::PostgreSql | Dialect::CockroachDb => format!(
            "`ALTER TABLE {table} ALTER COLUMN {column} TYPE uuid USING {column}::uuid`, together \
             with every column that refers to it; the table is rewritten under lock, so do large \
             ones by a second column."
        ),
        Dialect::MySql => format!(
            "Make it `{native}` and convert with `UUID_TO_BIN({column})`; MariaDB 10.7 and later \
             have a type `uuid`."
        ),
        _ => format!("Make it `{native}`, together with every column that refers to it."),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::testing::{check, found, prisma, script, sql};
    use schema::{Dialect, Stored};

    const NAME: &str = "uuid-in-text-column";

    #[test]
    fn finds() {
        check(
            NAME,
            sql("CREATE TABLE a (id varchar(36) PRIMARY KEY, x text);
                CREATE TABLE b (id text PRIMARY KEY DEFAULT gen_random_uuid()::text,
                    a_id varchar(36) REFERENCES a, device_uuid text);"),
            &[
                "medium a.id",
                "medium b.id",
                "medium b.device_uuid",
                "low b.a_id",
            ],
        );
        check(
            NAME,
            prisma("model A {\n  id String @id @default(uuid()) @db.VarChar(36)\n}"),
            &["medium A.id"],
        );
        check(
            NAME,
            script(Dialect::MySql, "CREATE TABLE a (id char(36) PRIMARY KEY);"),
            &["low a.id"],
        );
    }

    #[test]
    fn believes_what_is_stored() {
        let stored = |others| {
            let mut drawn = sql("CREATE TABLE a (id text PRIMARY KEY, x text);");
            let versions = BTreeMap::from([(4, 100)]);
            let rows = 100 + others;
            drawn.schema.tables[0].columns[0].stored = Some(Stored {
                rows,
                versions,
                others,
            });
            found(NAME, drawn).len()
        };
        assert_eq!([stored(0), stored(1)], [1, 0]);
    }

    #[test]
    fn leaves_alone() {
        check(
            NAME,
            sql(
                "CREATE TABLE a (id uuid PRIMARY KEY, name varchar(36), uuid varchar(20));
                CREATE TABLE b (id text PRIMARY KEY, x text);
                CREATE TABLE c (id varchar(255) PRIMARY KEY, b_id text REFERENCES b);",
            ),
            &[],
        );
        // Without a native type that rule has the edit, and SQLite has no type for it.
        check(
            NAME,
            prisma("model A {\n  id String @id @default(uuid())\n}"),
            &[],
        );
        check(
            NAME,
            script(Dialect::Sqlite, "CREATE TABLE a (id char(36) PRIMARY KEY);"),
            &[],
        );
    }
}
