//! Finds code that takes the greatest id so far, or the number of rows, and adds one.

use super::calls;
use crate::code::{Call, Made};
use crate::{Confidence, Context, Finding, Findings, Rule, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "max-plus-one-id",
    severity: Severity::High,
    summary: "the next id is the greatest so far plus one",
    page: include_str!("../../../../docs/rules/max-plus-one-id.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let is_found = |call: &Call| matches!(call.kind, Made::MaxPlusOne | Made::LastPlusOne);
    for (path, calls) in calls::by_file(context, is_found) {
        // What is asked of a database is shared by certain; what the program has may be its own.
        let (asked, own): (Vec<_>, Vec<_>) = calls
            .iter()
            .copied()
            .partition(|it| it.kind == Made::MaxPlusOne);
        let calls = if asked.is_empty() { own } else { asked };
        findings.extend(finding(path, &calls));
    }
}

fn finding(path: &str, calls: &[&Call]) -> Option<Finding> {
    let first = calls.first()?;
    let (name, text) = (calls::name(calls), &first.text);
    let asked = first.kind == Made::MaxPlusOne;
    let (severity, confidence) = if asked {
        (Severity::High, Confidence::Medium)
    } else {
        (Severity::Medium, Confidence::Low)
    };
    let finding = calls::finding(&RULE, path, calls)?
        .severity(severity)
        .at_most(confidence)
        .message(format!(
            "the next `{name}` is the last one plus one: `{text}`, {}",
            calls::times(calls)
        ))
        .breaks(format!(
            "Two requests that read before either has written get the same `{name}`; and when the \
             last row is deleted, its number is given to another, which inherits whatever still \
             points at it."
        ))
        .fix(
            "Make a UUIDv7 in the application. For numbers that people read, a counter row that is \
             updated and returned in one statement, in the transaction of the insert.",
        );
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::rules::trial::check_code;

    const NAME: &str = "max-plus-one-id";

    #[test]
    fn finds() {
        check_code(
            NAME,
            "a.py",
            "q('SELECT COALESCE(MAX(id), 0) + 1 FROM t')",
            &["high a.py"],
        );
        check_code(
            NAME,
            "a.rb",
            "order.id = Order.maximum(:id) + 1",
            &["high a.rb"],
        );
        check_code(
            NAME,
            "a.ts",
            "const id = (r._max.id ?? 0) + 1;",
            &["high a.ts"],
        );
        check_code(
            NAME,
            "a.ts",
            "save({ id: users.length + 1 })",
            &["medium a.ts"],
        );
    }

    #[test]
    fn leaves_alone() {
        for text in [
            "// SELECT MAX(id) + 1",
            "q('SELECT MAX(position) + 1 FROM t')",
            "q(\"SELECT setval('s', (SELECT MAX(id) + 1 FROM t))\")",
            "const next = page + 1; const id = uuidv7()",
        ] {
            check_code(NAME, "a.ts", text, &[]);
        }
    }
}
