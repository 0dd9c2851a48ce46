//! Finds tables without a primary key.

use schema::{Dialect, Origin};

use crate::{Context, Finding, Findings, Rule, Seen, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "missing-key",
    severity: Severity::Medium,
    summary: "the table has no primary key, so its rows cannot be told apart",
    page: include_str!("../../../../docs/rules/missing-key.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context.tables() {
        let table = seen.table;
        let whole = table.complete && table.origin == Origin::Declared && !table.columns.is_empty();
        // MongoDB gives every document an `_id`.
        let keyless =
            table.primary_key.is_none() && seen.subject.schema.dialect != Dialect::MongoDb;
        if whole && keyless {
            findings.push(finding(seen));
        }
    }
}

/// The columns of a unique constraint or index that could be the key: none of them may be null.
fn candidate(seen: Seen<'_>) -> Option<Vec<&str>> {
    let table = seen.table;
    let never_null = |name: &&str| table.column(name).is_some_and(|column| !column.nullable);
    let keys = table
        .uniques
        .iter()
        .map(|key| key.columns.iter().map(String::as_str).collect());
    let whole = table.indexes.iter().filter(|index| {
        index.unique && index.predicate.is_none() && index.columns().count() == index.parts.len()
    });
    let indexes = whole.map(|index| index.columns().collect());
    let mut all = keys.chain(indexes);
    all.find(|columns: &Vec<&str>| !columns.is_empty() && columns.iter().all(never_null))
}

fn finding(seen: Seen<'_>) -> Finding {
    let name = seen.table.declared_name();
    let finding = seen.table_finding(&RULE, "no primary key");
    let finding = match seen.table.rows_estimate {
        Some(rows) => finding.message(format!("`{name}` has no primary key; about {rows} rows")),
        None => finding.message(format!("`{name}` has no primary key")),
    };
    if let Some(columns) = candidate(seen) {
        let columns = columns.join(", ");
        return finding
            .severity(Severity::Low)
            .breaks(format!(
                "Its rows are told apart by ({columns}), but tools that ask for the primary key \
                 (replication, change capture, mappers) do not see that."
            ))
            .fix(format!(
                "Make ({columns}) the primary key: it is unique and never null already."
            ));
    }
    let breaks = match seen.subject.schema.dialect {
        Dialect::PostgreSql => {
            "The same row can be stored twice and neither be deleted alone, and once the table is \
             published for logical replication every UPDATE and DELETE of it fails."
        }
        Dialect::MySql => {
            "The same row can be stored twice and neither be deleted alone, a replica scans the \
             whole table for each changed row, and group replication refuses the table."
        }
        _ => "The same row can be stored twice, and neither can be changed or deleted alone.",
    };
    let finding = match seen.subject.schema.dialect {
        Dialect::Sqlite => finding.severity(Severity::Low),
        _ => finding,
    };
    finding.breaks(breaks).fix(
        "Add a UUIDv7 column and make it the primary key, or make the key the columns that tell \
         two rows apart.",
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, prisma, script, sql};
    use schema::Dialect;

    const NAME: &str = "missing-key";

    #[test]
    fn finds() {
        check(
            NAME,
            sql("CREATE TABLE a (at timestamptz, x text);
                CREATE TABLE b (x text NOT NULL UNIQUE, y text);
                CREATE TABLE c (x text UNIQUE);
                CREATE TABLE d (x text NOT NULL);
                CREATE UNIQUE INDEX ON d (x) WHERE x <> '';"),
            &["medium a", "medium c", "medium d", "low b"],
        );
        check(
            NAME,
            script(Dialect::Sqlite, "CREATE TABLE a (x TEXT);"),
            &["low a"],
        );
    }

    #[test]
    fn leaves_alone() {
        check(
            NAME,
            sql("CREATE TABLE a (id uuid PRIMARY KEY);
                CREATE TABLE b (x int, y int);
                ALTER TABLE b ADD PRIMARY KEY (x, y);
                CREATE TABLE schema_migrations (version text);"),
            &[],
        );
        // Prisma makes the join table itself.
        check(
            NAME,
            prisma(
                "model A {\n  id String @id @default(uuid(7)) @db.Uuid\n  bs B[]\n}
model B {\n  id String @id @default(uuid(7)) @db.Uuid\n  as A[]\n}",
            ),
            &[],
        );
    }
}
