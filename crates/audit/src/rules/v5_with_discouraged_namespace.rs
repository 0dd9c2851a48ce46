//! Finds UUIDs of names in a namespace that is reserved, empty or typed by hand.

use schema::{Column, Generator};

use super::calls;
use crate::code::{Call, Made, Namespace};
use crate::{Context, Finding, Findings, Rule, Seen, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "v5-with-discouraged-namespace",
    severity: Severity::Medium,
    summary: "a UUID of a name is made in a namespace that is not its own",
    page: include_str!("../../../../docs/rules/v5-with-discouraged-namespace.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let is_found = |call: &Call| matches!(call.kind, Made::UuidV5(it) if it != Namespace::Unknown);
    for (path, calls) in calls::by_file(context, is_found) {
        findings.extend(of_code(path, &calls));
    }
    for seen in context.tables() {
        for column in &seen.table.columns {
            findings.extend(of_default(seen, column));
        }
    }
}

/// What is wrong with a namespace.
fn fault(namespace: Namespace) -> &'static str {
    match namespace {
        Namespace::Dns => "which RFC 9562 reserves for domain names",
        Namespace::Url => "which RFC 9562 reserves for URLs",
        Namespace::Oid => "which RFC 9562 reserves for object identifiers",
        Namespace::X500 => "which RFC 9562 reserves for X.500 names",
        Namespace::Nil => "which is all zeroes or ones, and everybody's",
        Namespace::Invented | Namespace::Unknown => "which was typed by hand and may be anybody's",
    }
}

fn complete(finding: Finding, text: &str, namespace: Namespace) -> Finding {
    finding
        .message(format!(
            "`{text}` makes ids in a namespace {}",
            fault(namespace)
        ))
        .breaks(
            "Everyone who makes ids of the same names in that namespace gets the same ids: two \
             kinds of things with equal names collide within one system, and whoever knows a name \
             (an e-mail address) can compute its id.",
        )
        .fix(
            "Draw one UUID per kind of thing (`idshift id new`), keep it in the code, and use it \
             as the namespace of new ids. Ids already made change with their namespace: keep the \
             old one for them.",
        )
}

fn of_code(path: &str, calls: &[&Call]) -> Option<Finding> {
    let first = calls.first()?;
    let Made::UuidV5(namespace) = first.kind else {
        return None;
    };
    let finding = calls::finding(&RULE, path, calls)?;
    Some(complete(finding, &first.text, namespace))
}

fn of_default(seen: Seen<'_>, column: &Column) -> Option<Finding> {
    let default = column.default.as_ref()?;
    let Generator::Expression(text) = &default.generator else {
        return None;
    };
    let lower = text.to_ascii_lowercase();
    if !lower.contains("uuid_generate_v5") && !lower.contains("uuid_generate_v3") {
        return None;
    }
    let functions = [
        ("uuid_ns_dns", Namespace::Dns),
        ("uuid_ns_url", Namespace::Url),
        ("uuid_ns_oid", Namespace::Oid),
        ("uuid_ns_x500", Namespace::X500),
        ("uuid_nil", Namespace::Nil),
    ];
    let (_, namespace) = functions
        .into_iter()
        .find(|(name, _)| lower.contains(name))?;
    let finding = seen.finding(&RULE, column, "the namespace is not its own");
    Some(complete(finding, text, namespace))
}

#[cfg(test)]
mod tests {
    use crate::rules::trial::check_code;
    use crate::testing::{check, sql};

    const NAME: &str = "v5-with-discouraged-namespace";

    #[test]
    fn finds() {
        let python = "import uuid\nid = uuid.uuid5(uuid.NAMESPACE_DNS, user.email)";
        check_code(NAME, "a.py", python, &["medium a.py"]);
        let typescript =
            "import { v5 } from 'uuid'; const N = '11111111-1111-1111-1111-111111111111'; v5(x, N)";
        check_code(NAME, "a.ts", typescript, &["medium a.ts"]);
        check(
            NAME,
            sql("CREATE TABLE a (id uuid PRIMARY KEY, x uuid DEFAULT \
                 uuid_generate_v5(uuid_ns_url(), 'x'));"),
            &["medium a.x"],
        );
    }

    #[test]
    fn leaves_alone() {
        let of_kind = "import uuid\nid = uuid.uuid5(uuid.NAMESPACE_DNS, hostname)";
        check_code(NAME, "a.py", of_kind, &[]);
        let own = "import { v5 } from 'uuid'; v5(x, 'c9b5e1a2-6f0d-4b8e-9a37-5d1f2e8c4b60')";
        check_code(NAME, "a.ts", own, &[]);
        check(
            NAME,
            sql(
                "CREATE TABLE a (id uuid PRIMARY KEY, x uuid DEFAULT uuid_generate_v5(my_space(), \
                 'x'));",
            ),
            &[],
        );
    }
}
