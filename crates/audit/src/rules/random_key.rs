//! Finds primary keys whose values fall anywhere in the index: UUIDs of version 4.

use schema::{Column, Dialect, Generator, Side};

use crate::{Confidence, Context, Finding, Findings, Kind, Role, Rule, Seen, Severity, names};

pub(crate) const RULE: Rule = Rule {
    name: "random-key",
    severity: Severity::Medium,
    summary: "the primary key is a random UUID (version 4), which no index likes",
    page: include_str!("../../../../docs/rules/random-key.md"),
    check,
};

/// Of a sample, this part must be of version 4 before the key is called random.
const STORED_PERCENT_MIN: u64 = 90;

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context.tables() {
        let Some(column) = seen.key_column() else {
            continue;
        };
        // A list of names stays in memory, and what opens something has to be random.
        let is_fine = seen.role() == Role::Lookup || names::says_secret(&column.name);
        if !is_fine && seen.root(column).is_none() && is_random(seen, column) {
            findings.push(finding(seen, column));
        }
    }
}

fn is_random(seen: Seen<'_>, column: &Column) -> bool {
    let declared = column.default.as_ref().map(|default| &default.generator);
    if let Some(Generator::Uuid {
        version: Some(version),
    }) = declared
    {
        return *version == 4;
    }
    let mostly = column.stored.as_ref().is_some_and(|stored| {
        let random = stored.versions.get(&4).copied().unwrap_or(0);
        let read = stored.versions.values().sum::<u64>() + stored.others;
        random > 0 && random * 100 >= read * STORED_PERCENT_MIN
    });
    mostly || seen.kind(column) == Kind::Uuid(Some(4))
}

/// In these, the table itself lies in the order of its primary key.
fn is_clustered(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::MySql | Dialect::SqlServer)
}

fn finding(seen: Seen<'_>, column: &Column) -> Finding {
    let dialect = seen.subject.schema.dialect;
    let name = seen.declared(column);
    let clustered = is_clustered(dialect);
    let breaks = if clustered {
        format!(
            "The rows of `{}` lie in the order of this key, so once the table outgrows memory \
             each insert reads and splits a page somewhere in the middle of it.",
            seen.table.declared_name()
        )
    } else {
        "Once the index outgrows memory each insert changes another page of it: measured in \
         PostgreSQL over 2,000,000 rows, version 4 took 0.64 times and version 7 1.11 times the \
         inserts per second of `bigint`."
            .to_owned()
    };
    let finding = seen
        .finding(&RULE, column, "random: new rows fall anywhere in the index")
        .severity(if clustered {
            Severity::High
        } else {
            RULE.severity
        })
        .message(format!("`{name}` is a random UUID (version 4)"))
        .breaks(breaks)
        .fix(fix(column));
    match column.default.as_ref().map(|default| &default.generator) {
        // A sample tells what was stored, not what will be.
        None => finding.at_most(Confidence::Medium),
        Some(_) => finding,
    }
}

fn fix(column: &Column) -> String {
    let by_mapper = column
        .default
        .as_ref()
        .is_some_and(|default| default.side == Side::Application);
    let change = if by_mapper && column.field.is_some() {
        "Write `@default(uuid(7))` (Prisma 5.18 or later)."
    } else {
        "Let the application make UUIDv7 keys."
    };
    format!(
        "{change} New rows then go to the end of the index at once; the old keys may stay, since \
         both are UUIDs in one column."
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::testing::{check, found, prisma, script, sql};
    use schema::{Dialect, Stored};

    const NAME: &str = "random-key";

    #[test]
    fn finds() {
        check(
            NAME,
            prisma("model A {\n  id String @id @default(uuid()) @db.Uuid\n  x String\n}"),
            &["medium A.id"],
        );
        check(
            NAME,
            sql("CREATE TABLE a (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), x text);"),
            &["medium a.id"],
        );
        let clustered = "datasource db {\n  provider = \"mysql\"\n}
model A {\n  id String @id @default(uuid()) @db.Char(36)\n  x String\n}";
        check(NAME, prisma(clustered), &["high A.id"]);
    }

    #[test]
    fn believes_what_is_stored() {
        let mut drawn = sql("CREATE TABLE a (id uuid PRIMARY KEY, x text);");
        let versions = BTreeMap::from([(4, 95), (7, 5)]);
        drawn.schema.tables[0].columns[0].stored = Some(Stored {
            rows: 100,
            versions,
            others: 0,
        });
        assert_eq!(found(NAME, drawn)[0].object, "a.id");
    }

    #[test]
    fn leaves_alone() {
        check(
            NAME,
            sql(
                "CREATE TABLE a (id uuid PRIMARY KEY DEFAULT uuidv7(), x text);
                CREATE TABLE b (id uuid PRIMARY KEY, x text);
                CREATE TABLE c (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), code text);
                CREATE TABLE d (id uuid PRIMARY KEY, c_id uuid REFERENCES c, x text);
                CREATE TABLE e (c_id uuid PRIMARY KEY REFERENCES c, x text,
                    token uuid DEFAULT gen_random_uuid());",
            ),
            &[],
        );
        let script = script(
            Dialect::MySql,
            "CREATE TABLE a (id binary(16) PRIMARY KEY);",
        );
        check(NAME, script, &[]);
    }
}
