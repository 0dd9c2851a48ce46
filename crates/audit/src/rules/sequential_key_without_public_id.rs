//! Finds tables whose rows outsiders see, and that have no name for them but a counted number.

use super::{exposure, group};
use crate::{Confidence, Context, Finding, Findings, Kind, Rule, Seen, Severity, Subject};

pub(crate) const RULE: Rule = Rule {
    name: "sequential-key-without-public-id",
    severity: Severity::Medium,
    summary: "rows that outsiders see have no other name than a counted number",
    page: include_str!("../../../../docs/rules/sequential-key-without-public-id.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    findings.extend(context.subjects.iter().filter_map(finding));
}

fn is_found(seen: Seen<'_>) -> bool {
    let numbered = seen
        .key_column()
        .is_some_and(|key| seen.kind(key) == Kind::Sequential);
    numbered && exposure::is_shown(seen) && exposure::public_id(seen).is_none()
}

fn finding(subject: &Subject<'_>) -> Option<Finding> {
    let tables: Vec<Seen<'_>> = subject.tables().filter(|seen| is_found(*seen)).collect();
    let first = tables.first()?;
    let key = first.key_column()?;
    let names: Vec<String> = tables
        .iter()
        .map(|it| it.table.declared_name().to_owned())
        .collect();
    let (those, have) = match names.len() {
        1 => (group::listed(&names), "has"),
        many => (
            format!("{many} tables that look public ({})", group::listed(&names)),
            "have",
        ),
    };
    let mut finding = first
        .finding(&RULE, key, "the only name of its rows")
        .at_most(Confidence::Medium)
        .message(format!("{those} {have} no other id than a counted number"))
        .breaks(format!(
            "With the first URL or API answer that shows a `{}` key, anyone can ask for the next \
             number, and see how many rows there are and how fast they grow.",
            first.table.declared_name()
        ))
        .fix(
            "Where the key stays a number, add a unique `public_id` (UUIDv4, or v7 where the time \
             of creation may be known), and take only that in URLs and APIs. Moving the key \
             itself to UUIDv7 makes the second column unnecessary.",
        )
        .caused_by(first.object(key));
    finding.object = group::object(subject);
    let places = tables.iter().skip(1);
    let places = places.filter_map(|it| Some(it.place(it.key_column()?, "and here")));
    Some(group::with_places(finding, places))
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, found, prisma, sql};

    const NAME: &str = "sequential-key-without-public-id";

    #[test]
    fn finds() {
        let text = "CREATE TABLE app_users (id serial PRIMARY KEY, mail text, name text);
            CREATE TABLE invoices (id serial PRIMARY KEY, total int, paid boolean);";
        check(NAME, sql(text), &["medium schema.sql"]);
        let finding = found(NAME, sql(text)).remove(0);
        assert!(
            finding.message.contains("`app_users`, `invoices`"),
            "{}",
            finding.message
        );
        assert_eq!(finding.related.len(), 1);
    }

    #[test]
    fn leaves_alone() {
        let text = "CREATE TABLE users (id serial PRIMARY KEY, uuid uuid, mail text);
            CREATE TABLE posts (id serial PRIMARY KEY, slug text, body text);
            CREATE TABLE orders (id serial PRIMARY KEY, public_id text, total int);
            CREATE TABLE job_runs (id serial PRIMARY KEY, job text, took int);
            CREATE TABLE daily_count_user (id serial PRIMARY KEY, day date, users int);";
        check(NAME, sql(text), &[]);
        check(
            NAME,
            prisma("model User {\n  id String @id @default(uuid())\n  a Int\n  b Int\n}"),
            &[],
        );
    }
}
