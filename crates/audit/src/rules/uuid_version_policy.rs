//! Holds the versions of UUID keys, declared and stored, to the owner's policy.

use schema::{Column, Generator};

use crate::{Context, Finding, Findings, Rule, Seen, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "uuid-version-policy",
    severity: Severity::High,
    summary: "a UUID key is not of the version that the policy asks for",
    page: include_str!("../../../../docs/rules/uuid-version-policy.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let Some(asked) = context.policy.keys else {
        return;
    };
    for seen in context.tables() {
        for column in seen
            .table
            .key_columns()
            .filter(|it| seen.root(it).is_none())
        {
            findings.extend(declared(seen, column, asked));
            findings.extend(stored(seen, column, asked));
        }
    }
}

fn declared(seen: Seen<'_>, column: &Column, asked: u8) -> Option<Finding> {
    let default = column.default.as_ref()?;
    let Generator::Uuid {
        version: Some(version),
    } = default.generator
    else {
        return None;
    };
    if version == asked {
        return None;
    }
    let name = seen.declared(column);
    let text = &default.text;
    Some(
        seen.finding(&RULE, column, format!("version {version}"))
            .message(format!(
                "`{name}` is made with version {version} (`{text}`), and the policy asks for \
                 version {asked}"
            ))
            .breaks(breaks(asked))
            .fix(match &seen.table.model {
                Some(_) => format!("Write `@default(uuid({asked}))`."),
                None => format!("Make the key in the application, of version {asked}."),
            }),
    )
}

fn stored(seen: Seen<'_>, column: &Column, asked: u8) -> Option<Finding> {
    let stored = column.stored.as_ref()?;
    let wrong = stored
        .versions
        .iter()
        .filter(|(version, count)| **version != asked && **count > 0);
    let mut counts: Vec<String> = wrong
        .map(|(it, count)| format!("{count} of version {it}"))
        .collect();
    // A key of text or bytes may hold anything; one that never holds a UUID is no UUID key.
    if stored.others > 0 && !stored.versions.is_empty() {
        counts.push(format!("{} that are no UUID", stored.others));
    }
    if counts.is_empty() {
        return None;
    }
    let name = seen.declared(column);
    Some(
        seen.finding(&RULE, column, format!("stored: {}", counts.join(", ")))
            .message(format!(
                "`{name}` holds {} among {} rows that were read, and the policy asks for version \
                 {asked}",
                counts.join(", "),
                stored.rows
            ))
            .breaks(breaks(asked))
            .fix(
                "Find the writer that makes them: an import, an old release, a default of the \
                 database. Rows that are already there may stay, or take new keys by `idshift \
                 migrate plan`.",
            ),
    )
}

fn breaks(asked: u8) -> String {
    match asked {
        7 => "Whatever reads the time from a key (ranges by time, retention, paging) skips or \
              misplaces these rows without an error, and they fall anywhere in the index."
            .to_owned(),
        4 => {
            "A key that was meant to tell nothing may tell when, or on which machine, its row was \
              made."
                .to_owned()
        }
        _ => format!("Code that relies on version {asked} misreads these rows without an error."),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::testing::{found_under, prisma, sql};
    use crate::{Drawn, Policy};
    use schema::Stored;

    fn check(drawn: Drawn, keys: Option<u8>, expected: &[&str]) {
        let findings = found_under("uuid-version-policy", drawn, &Policy { keys });
        let messages: Vec<&str> = findings.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(messages, expected);
    }

    fn model(default: &str) -> Drawn {
        prisma(&format!(
            "model A {{\n  id String @id @default({default}) @db.Uuid\n}}"
        ))
    }

    fn sampled(versions: &[(u8, u64)], others: u64) -> Drawn {
        let mut drawn = sql("CREATE TABLE a (id uuid PRIMARY KEY, x text);");
        let versions: BTreeMap<u8, u64> = versions.iter().copied().collect();
        let rows = versions.values().sum::<u64>() + others;
        drawn.schema.tables[0].columns[0].stored = Some(Stored {
            rows,
            versions,
            others,
        });
        drawn
    }

    #[test]
    fn finds() {
        check(
            model("uuid()"),
            Some(7),
            &["`A.id` is made with version 4 (`uuid()`), and the policy asks for version 7"],
        );
        check(
            sampled(&[(7, 90), (4, 9)], 1),
            Some(7),
            &[
                "`a.id` holds 9 of version 4, 1 that are no UUID among 100 rows that were read, \
                 and the policy asks for version 7",
            ],
        );
    }

    #[test]
    fn leaves_alone() {
        check(model("uuid(7)"), Some(7), &[]);
        check(model("uuid()"), Some(4), &[]);
        check(model("uuid()"), None, &[]);
        check(sampled(&[(7, 100)], 0), Some(7), &[]);
        // Text that is no UUID anywhere is another kind of key, which this policy is not about.
        check(sampled(&[], 100), Some(7), &[]);
    }
}
