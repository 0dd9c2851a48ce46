//! Finds keys of several columns of which one is counted upwards by the database.

use schema::Column;

use crate::{Context, Finding, Findings, Kind, Rule, Seen, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "composite-key-with-auto-increment",
    severity: Severity::High,
    summary: "one column of a composite primary key is counted upwards by the database",
    page: include_str!("../../../../docs/rules/composite-key-with-auto-increment.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context.tables() {
        let Some(key) = seen
            .table
            .primary_key
            .as_ref()
            .filter(|key| key.columns.len() > 1)
        else {
            continue;
        };
        let counted = seen
            .table
            .key_columns()
            .filter(|column| column.is_sequential());
        for column in counted {
            findings.push(finding(seen, column, &key.columns));
        }
    }
}

fn finding(seen: Seen<'_>, column: &Column, key: &[String]) -> Finding {
    let others: Vec<&str> = {
        let all = key.iter().filter(|it| **it != column.name);
        all.map(String::as_str).collect()
    };
    let name = seen.declared(column);
    let mut finding = seen
        .finding(&RULE, column, "one counter for the whole table")
        .message(format!(
            "`{name}` is counted upwards by the database, and the primary key is it and ({})",
            others.join(", ")
        ))
        .breaks(breaks(seen, column, &others))
        .fix(
            "Let the application make a UUIDv7 for this column; the others may stay in the key, \
             where a tenant or a partition needs them.",
        );
    finding.facts.dependents = seen.dependents(column);
    finding
}

fn breaks(seen: Seen<'_>, column: &Column, others: &[&str]) -> String {
    let is_time = |name: &&str| {
        let column = seen.table.column(name);
        column.is_some_and(|column| seen.kind(column) == Kind::Time)
    };
    let name = seen.declared(column);
    let listed = others.join(", ");
    if others.iter().all(is_time) {
        return format!(
            "A second writer (region, shard, merged or restored database) counts the same numbers, \
             and ({listed}) is there for the partitions: only the counter keeps `{name}` unique."
        );
    }
    format!(
        "The counter is one for all values of ({listed}): it tells each of them how much the \
         others do, two databases still make the same pairs, and references need every column."
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, found, prisma, sql};

    const NAME: &str = "composite-key-with-auto-increment";

    #[test]
    fn finds() {
        check(
            NAME,
            sql("CREATE TABLE a (tenant uuid, id bigserial, x text, PRIMARY KEY (tenant, id));"),
            &["high a.id"],
        );
        check(
            NAME,
            prisma(
                "model A {\n  tenant String @db.Uuid\n  id Int @default(autoincrement())
  @@id([tenant, id])\n}",
            ),
            &["high A.id"],
        );
    }

    #[test]
    fn a_time_in_the_key_is_there_for_partitions() {
        let text = "CREATE TABLE a (id bigserial, at timestamptz, x text, PRIMARY KEY (id, at));";
        let finding = found(NAME, sql(text)).remove(0);
        assert!(
            finding.breaks.contains("for the partitions"),
            "{}",
            finding.breaks
        );
    }

    #[test]
    fn leaves_alone() {
        check(
            NAME,
            sql("CREATE TABLE a (id bigserial PRIMARY KEY, tenant uuid);
                CREATE TABLE b (tenant uuid, id uuid, n serial, PRIMARY KEY (tenant, id));
                CREATE TABLE c (a_id bigint REFERENCES a, n int, PRIMARY KEY (a_id, n));"),
            &[],
        );
    }
}
