//! Finds UUIDs of version 1, which carry the address of the machine that made them.

use schema::{Column, Generator, Side};

use crate::{Confidence, Context, Finding, Findings, Rule, Seen, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "version-1-key",
    severity: Severity::Medium,
    summary: "a UUID of version 1 tells the network address of the machine that made it",
    page: include_str!("../../../../docs/rules/version-1-key.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context.tables() {
        for column in &seen.table.columns {
            findings.extend(finding(seen, column));
        }
    }
}

/// What is said about a column that makes or holds version 1.
fn evidence(column: &Column) -> Option<(String, Confidence, Severity)> {
    let default = column.default.as_ref();
    if let Some(default) = default
        && default.generator == (Generator::Uuid { version: Some(1) })
    {
        // PostgreSQL's `uuid_generate_v1mc` takes a random address: only the time is told.
        let is_random_address = default.text.contains("v1mc");
        let severity = if is_random_address {
            Severity::Low
        } else {
            RULE.severity
        };
        let who = match default.side {
            Side::Application => "the client",
            Side::Database => "the database",
        };
        let text = format!("{who} makes it by `{}`", default.text);
        return Some((text, Confidence::High, severity));
    }
    let stored = column.stored.as_ref()?;
    let found = stored
        .versions
        .get(&1)
        .copied()
        .filter(|found| *found > 0)?;
    let text = format!("{found} of {} rows that were read hold one", stored.rows);
    Some((text, Confidence::High, RULE.severity))
}

fn finding(seen: Seen<'_>, column: &Column) -> Option<Finding> {
    let (why, confidence, severity) = evidence(column)?;
    let name = seen.declared(column);
    let breaks = match severity {
        Severity::Low => {
            "Anyone who sees an id reads from it when the row was made to a ten-millionth of a \
             second, and the low bits of the time come first, so that new rows are spread over the \
             index."
        }
        _ => {
            "Anyone who sees an id reads from it when the row was made and the network address of \
             the server, and can guess its neighbours, which differ in a few digits."
        }
    };
    Some(
        seen.finding(&RULE, column, "version 1: address and time")
            .severity(severity)
            .at_most(confidence)
            .message(format!("`{name}` is a UUID of version 1: {why}"))
            .breaks(breaks)
            .fix(
                "Make new values of version 7, or of version 4 where the time must not show. \
                 `idshift id inspect` shows what an id that is already out there tells.",
            ),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::testing::{check, found, script, sql};
    use schema::{Dialect, Stored};

    const NAME: &str = "version-1-key";

    #[test]
    fn finds() {
        check(
            NAME,
            sql(
                "CREATE TABLE a (id uuid PRIMARY KEY DEFAULT uuid_generate_v1(), x text);
                CREATE TABLE b (id uuid PRIMARY KEY DEFAULT uuid_generate_v1mc(), x text);",
            ),
            &["medium a.id", "low b.id"],
        );
        let mysql = "CREATE TABLE a (id char(36) PRIMARY KEY DEFAULT (UUID()), x text);";
        check(NAME, script(Dialect::MySql, mysql), &["medium a.id"]);
    }

    #[test]
    fn believes_what_is_stored() {
        let mut drawn = sql("CREATE TABLE a (id uuid PRIMARY KEY, x text);");
        let versions = BTreeMap::from([(1, 3), (4, 97)]);
        drawn.schema.tables[0].columns[0].stored = Some(Stored {
            rows: 100,
            versions,
            others: 0,
        });
        let finding = found(NAME, drawn).remove(0);
        assert!(
            finding.message.contains("3 of 100 rows"),
            "{}",
            finding.message
        );
    }

    #[test]
    fn leaves_alone() {
        check(
            NAME,
            sql(
                "CREATE TABLE a (id uuid PRIMARY KEY DEFAULT uuid_generate_v4(), x text);
                CREATE TABLE b (id uuid PRIMARY KEY DEFAULT uuidv7(), x text);",
            ),
            &[],
        );
    }
}
