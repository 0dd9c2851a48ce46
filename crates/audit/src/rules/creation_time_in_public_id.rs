//! Finds rows about people whose only id tells when they were made.

use super::{exposure, group};
use crate::{Confidence, Context, Finding, Findings, Kind, Rule, Seen, Severity, Subject};

pub(crate) const RULE: Rule = Rule {
    name: "creation-time-in-public-id",
    severity: Severity::Info,
    summary: "the id of rows about people tells when each was made",
    page: include_str!("../../../../docs/rules/creation-time-in-public-id.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    findings.extend(context.subjects.iter().filter_map(finding));
}

/// Kinds whose values begin with the time, and their name.
fn timed(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Uuid(Some(7)) => Some("UUIDv7"),
        Kind::Ulid => Some("ULID"),
        Kind::Cuid(1) => Some("CUID"),
        Kind::ObjectId => Some("ObjectId"),
        _ => None,
    }
}

fn kind(seen: Seen<'_>) -> Option<&'static str> {
    let key = seen
        .key_column()
        .filter(|key| seen.table.references_of(&key.name).next().is_none())?;
    let personal = exposure::is_personal(seen) && exposure::public_id(seen).is_none();
    personal.then(|| timed(seen.kind(key)))?
}

fn finding(subject: &Subject<'_>) -> Option<Finding> {
    let tables: Vec<Seen<'_>> = subject
        .tables()
        .filter(|seen| kind(*seen).is_some())
        .collect();
    let first = tables.first()?;
    let key = first.key_column()?;
    let kind = kind(*first)?;
    let names: Vec<String> = tables
        .iter()
        .map(|it| it.table.declared_name().to_owned())
        .collect();
    let mut finding = first
        .finding(&RULE, key, format!("a {kind}: its first bits are the time"))
        .at_most(Confidence::Low)
        .message(format!(
            "ids of {} tell to the millisecond when a row about a person was made",
            group::listed(&names)
        ))
        .breaks(
            "Only where an outsider sees the id and the moment is private: when somebody signed \
             up, voted or reported something can be read from the id alone.",
        )
        .fix(
            "As a key it is right. If the moment is private, add a random `public_id` (UUIDv4) for \
             URLs and APIs and keep the key inside; otherwise suppress this with the reason.",
        );
    finding.object = group::object(subject);
    let places = tables.iter().skip(1);
    let places = places.filter_map(|it| Some(it.place(it.key_column()?, "and here")));
    Some(group::with_places(finding, places))
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, prisma, sql};

    const NAME: &str = "creation-time-in-public-id";

    #[test]
    fn finds() {
        check(
            NAME,
            prisma(
                "model Patient {\n  id String @id @default(uuid(7)) @db.Uuid\n  a Int\n  b Int\n}",
            ),
            &["info schema.prisma"],
        );
        check(
            NAME,
            prisma("model User {\n  id String @id @default(ulid())\n  a Int\n  b Int\n}"),
            &["info schema.prisma"],
        );
    }

    #[test]
    fn leaves_alone() {
        check(
            NAME,
            sql(
                "CREATE TABLE users (id uuid PRIMARY KEY DEFAULT uuidv7(), public_id uuid, x text);
                CREATE TABLE patients (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), x text);
                CREATE TABLE products (id uuid PRIMARY KEY DEFAULT uuidv7(), x text, y text);",
            ),
            &[],
        );
    }
}
