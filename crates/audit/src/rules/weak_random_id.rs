//! Finds code that takes predictable random numbers for identifiers.

use super::calls;
use crate::code::{Call, Made};
use crate::{Context, Finding, Findings, Rule, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "weak-random-id",
    severity: Severity::Medium,
    summary: "code takes `Math.random()` or its like for an id",
    page: include_str!("../../../../docs/rules/weak-random-id.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let files = calls::by_file(context, |call| call.kind == Made::WeakRandom);
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
            "`{name}` gets a predictable random number: `{text}`, {}",
            calls::times(calls)
        ))
        .breaks(format!(
            "Whoever has seen a few can compute the next `{name}`, and numbers of this size meet \
             their like long before a UUID would: of six digits, half the time within 1,200."
        ))
        .fix(
            "Use a UUIDv7 for a key, and the language's cryptographic generator for a secret \
             (`crypto.randomUUID()`, `secrets`, `SecureRandom`).",
        );
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::rules::trial::check_code;

    const NAME: &str = "weak-random-id";

    #[test]
    fn finds() {
        check_code(
            NAME,
            "a.js",
            "const id = Math.random().toString(36).substr(2, 9)",
            &["medium a.js"],
        );
        check_code(
            NAME,
            "a.php",
            "<?php $order->id = mt_rand(1, 999999);",
            &["medium a.php"],
        );
        check_code(
            NAME,
            "a.go",
            "import \"math/rand\"\nfunc f() { id := rand.Intn(9) }",
            &["medium a.go"],
        );
        check_code(
            NAME,
            "a.ts",
            "'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/x/g, () => Math.random())",
            &["medium a.ts"],
        );
    }

    #[test]
    fn leaves_alone() {
        check_code(
            NAME,
            "a.js",
            "const x = Math.random(); const toastId = Math.random()",
            &[],
        );
        check_code(
            NAME,
            "a.go",
            "import \"crypto/rand\"\nfunc f() { id := rand.Int(r, m) }",
            &[],
        );
        check_code(
            NAME,
            "a.py",
            "import secrets\nid = secrets.token_hex(8)",
            &[],
        );
    }
}
