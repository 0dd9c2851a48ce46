//! Finds sequences that several columns take their numbers from.

use std::collections::BTreeMap;

use schema::{Column, Generator};

use crate::{Context, Finding, Findings, Rule, Seen, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "shared-sequence",
    severity: Severity::Medium,
    summary: "several columns take their numbers from one sequence",
    page: include_str!("../../../../docs/rules/shared-sequence.md"),
    check,
};

/// The most columns that a message names.
const NAMED_MAX: usize = 3;

fn check(context: &Context<'_>, findings: &mut Findings) {
    for subject in &context.subjects {
        let mut takers: BTreeMap<&str, Vec<(Seen<'_>, &Column)>> = BTreeMap::new();
        for seen in subject.tables() {
            for column in &seen.table.columns {
                if let Some(name) = sequence(column) {
                    takers.entry(name).or_default().push((seen, column));
                }
            }
        }
        for (name, columns) in takers {
            if let [first, rest @ ..] = columns.as_slice()
                && !rest.is_empty()
            {
                findings.push(finding(name, *first, rest));
            }
        }
    }
}

/// The sequence's name without its namespace, which dumps write and people leave out.
fn sequence(column: &Column) -> Option<&str> {
    match &column.default.as_ref()?.generator {
        Generator::Sequence { name: Some(name) } => name.rsplit('.').next(),
        _ => None,
    }
}

fn finding(name: &str, first: (Seen<'_>, &Column), rest: &[(Seen<'_>, &Column)]) -> Finding {
    let (seen, column) = first;
    let named = rest
        .iter()
        .take(NAMED_MAX)
        .map(|(seen, it)| format!("`{}`", seen.declared(it)));
    let mut others: Vec<String> = named.collect();
    if rest.len() > NAMED_MAX {
        others.push(format!("{} more", rest.len() - NAMED_MAX));
    }
    let own = seen.declared(column);
    let mut finding = seen
        .finding(&RULE, column, format!("takes numbers from `{name}`"))
        .message(format!(
            "`{own}` takes its numbers from sequence `{name}`, and so do {}",
            others.join(", ")
        ))
        .breaks(format!(
            "Dropping or moving `{own}` is refused or stops the others, a `setval` for one table \
             makes the others' next inserts collide, and all of them together use up one range."
        ))
        .fix(
            "Give each column a sequence of its own that starts behind its greatest number, or let \
             the application make UUIDv7 keys, which are unique across tables without a sequence.",
        );
    for (seen, column) in rest.iter().take(NAMED_MAX) {
        finding = finding.related(seen.place(column, "takes from it too"));
    }
    finding.facts.dependents = rest.iter().map(|(seen, it)| seen.object(it)).collect();
    finding
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, found, sql};

    const NAME: &str = "shared-sequence";

    #[test]
    fn finds() {
        let text = "CREATE SEQUENCE ids;
            CREATE TABLE a (id bigint PRIMARY KEY DEFAULT nextval('ids'), x text);
            CREATE TABLE b (id bigint PRIMARY KEY DEFAULT nextval('public.ids'::regclass));";
        check(NAME, sql(text), &["medium a.id"]);
        let finding = found(NAME, sql(text)).remove(0);
        assert_eq!(finding.facts.dependents, ["b.id"]);
    }

    #[test]
    fn leaves_alone() {
        check(
            NAME,
            sql("CREATE SEQUENCE ids;
                CREATE TABLE a (id bigint PRIMARY KEY DEFAULT nextval('ids'), x text);
                CREATE TABLE b (id bigserial PRIMARY KEY, x text);
                CREATE TABLE c (id bigserial PRIMARY KEY, x text);"),
            &[],
        );
    }
}
