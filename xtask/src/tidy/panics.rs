//! Finds `unwrap` outside tests, and `expect` that does not say why it cannot fail.

use super::Finding;
use super::source::{Source, Token};
use super::tree::Tree;

/// Shorter than this, a reason is not one.
const REASON_CHARACTERS_MIN: usize = 11;

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    tree.sources().iter().flat_map(in_source).collect()
}

/// Looks at tokens and not at the syntax tree, which does not reach into macros.
fn in_source(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let tokens = source.tokens.as_slice();
    for (index, token) in tokens.iter().enumerate().skip(1) {
        if source.is_test(token.line) {
            continue;
        }
        let is_member = matches!(tokens[index - 1].text.as_str(), "." | ":");
        let message = match token.text.as_str() {
            "unwrap" if is_member => "unwraps outside a test; `expect` says why it cannot fail",
            "expect" if is_member && reason_is_short(&tokens[index + 1..]) => {
                "expects without a reason: say why it cannot fail"
            }
            _ => continue,
        };
        findings.push(Finding::new(&source.path, token.line, message));
    }
    findings
}

/// Whether the tokens after `expect` are `("short")`. Anything but a literal is taken for a reason.
fn reason_is_short(rest: &[Token]) -> bool {
    let [open, literal, ..] = rest else {
        return false;
    };
    let reason = literal.text.trim_matches(['r', '#']);
    open.text == "("
        && reason.strip_prefix('"').is_some_and(|reason| {
            reason.trim_end_matches('"').chars().count() < REASON_CHARACTERS_MIN
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Vec<usize> {
        let text = format!("fn f() {{\n{text}\n}}\n");
        find(&Tree::of(&[("crates/a/src/b.rs", &text)]))
            .iter()
            .map(|f| f.line)
            .collect()
    }

    #[test]
    fn unwrap_is_found_in_calls_paths_and_macros() {
        assert_eq!(check("a.unwrap();"), [2]);
        assert_eq!(check("a.map(Result::unwrap);"), [2]);
        assert_eq!(check("assert!(\na.unwrap());"), [3]);
        assert_eq!(check("a.unwrap_or(1); unwrap(a); // a.unwrap()"), [0; 0]);
    }

    #[test]
    fn expect_needs_a_reason() {
        assert_eq!(check(r#"a.expect("ok");"#), [2]);
        assert_eq!(check(r#"a.expect("");"#), [2]);
        assert_eq!(check(r##"a.expect(r#"0123456789"#);"##), [2]);
        assert_eq!(check(r#"a.expect("the lock is never poisoned");"#), [0; 0]);
        assert_eq!(check("a.expect(REASON); parser.expect(b'x');"), [0; 0]);
    }

    #[test]
    fn tests_may_unwrap() {
        let tree = Tree::of(&[
            (
                "crates/a/src/b.rs",
                "#[cfg(test)]\nmod tests {\n    fn f() { a.unwrap() }\n}\n",
            ),
            ("crates/a/tests/c.rs", "fn f() { a.unwrap() }"),
        ]);
        assert_eq!(find(&tree), []);
    }
}
