//! Finds code that makes UUIDs of version 1 or 6.

use super::calls;
use crate::code::{Call, Made};
use crate::{Context, Finding, Findings, Rule, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "v1-in-code",
    severity: Severity::Medium,
    summary: "code makes UUIDs that hold the machine's address",
    page: include_str!("../../../../docs/rules/v1-in-code.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let files = calls::by_file(context, |call| call.kind == Made::UuidV1);
    findings.extend(
        files
            .into_iter()
            .filter_map(|(path, calls)| finding(path, &calls)),
    );
}

fn finding(path: &str, calls: &[&Call]) -> Option<Finding> {
    let text = &calls.first()?.text;
    let is_key = calls.iter().any(|call| call.near.is_some());
    let finding = calls::finding(&RULE, path, calls)?
        .severity(if is_key {
            Severity::Medium
        } else {
            Severity::Low
        })
        .message(format!(
            "`{text}` makes a UUID of version 1 or 6, {}",
            calls::times(calls)
        ))
        .breaks(
            "With the first one that a stranger sees: it holds the time to a ten-millionth of a \
             second and, with most libraries, the network address of the machine, and the next one \
             is nearly known.",
        )
        .fix(
            "Version 7 for keys, version 4 for anything that must not be guessed; the type is the \
             same, and old values stay.",
        );
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::rules::trial::check_code;

    const NAME: &str = "v1-in-code";

    #[test]
    fn finds() {
        check_code(
            NAME,
            "a.py",
            "import uuid\nid = uuid.uuid1()",
            &["medium a.py"],
        );
        check_code(
            NAME,
            "a.ts",
            "import { v1 } from 'uuid'; send(v1())",
            &["low a.ts"],
        );
        check_code(
            NAME,
            "a.go",
            "import \"github.com/google/uuid\"\nvar id, e = uuid.NewUUID()",
            &["medium a.go"],
        );
    }

    #[test]
    fn leaves_alone() {
        check_code(
            NAME,
            "a.ts",
            "import { v7 } from 'uuid'; const id = v7(); api.v1()",
            &[],
        );
        check_code(NAME, "a.py", "# uuid.uuid1()\nx = 'uuid.uuid1()'", &[]);
    }
}
