//! Finds code that takes the time for an identifier.

use super::calls;
use crate::code::{Call, Made};
use crate::{Context, Finding, Findings, Rule, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "time-id-in-code",
    severity: Severity::Medium,
    summary: "code takes the time for an id",
    page: include_str!("../../../../docs/rules/time-id-in-code.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let files = calls::by_file(context, |call| call.kind == Made::Clock);
    findings.extend(
        files
            .into_iter()
            .filter_map(|(path, calls)| finding(path, &calls)),
    );
}

fn finding(path: &str, calls: &[&Call]) -> Option<Finding> {
    let (name, text) = (calls::name(calls), &calls.first()?.text);
    let finding = calls::finding(&RULE, path, calls)?
        .message(format!(
            "`{name}` gets the time for an id: `{text}`, {}",
            calls::times(calls)
        ))
        .breaks(format!(
            "Two of them within one tick of the clock (a double click, a loop, a second server) \
             are the same `{name}`: the later row replaces the earlier one, or its insert fails."
        ))
        .fix(
            "Use a UUIDv7: it begins with the same time, so the order stays, and has 74 random \
             bits behind it.",
        );
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::rules::trial::check_code;

    const NAME: &str = "time-id-in-code";

    #[test]
    fn finds() {
        check_code(
            NAME,
            "a.js",
            "items.push({ id: Date.now(), text })",
            &["medium a.js"],
        );
        check_code(
            NAME,
            "a.py",
            "import time\norder_id = f\"O{time.time_ns()}\"",
            &["medium a.py"],
        );
        check_code(
            NAME,
            "A.java",
            "long id = System.currentTimeMillis();",
            &["medium A.java"],
        );
        check_code(
            NAME,
            "a.go",
            "package a\nvar id = time.Now().UnixNano()",
            &["medium a.go"],
        );
    }

    #[test]
    fn leaves_alone() {
        for text in [
            "const at = Date.now()",
            "const id = uuidv7() // Date.now()",
            "const id = `${Date.now()}-${crypto.randomUUID()}`",
            "const timeoutId = setTimeout(f, Date.now())",
        ] {
            check_code(NAME, "a.ts", text, &[]);
        }
    }
}
