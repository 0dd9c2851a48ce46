//! Holds unsafe code to its list in `ARCHITECTURE.md`, and each block to its proof.

use std::collections::BTreeMap;

use super::Finding;
use super::markdown;
use super::source::Source;
use super::tree::Tree;

const LIST: &str = "ARCHITECTURE.md";
const HEAD: [&str; 3] = ["file", "what", "proof"];

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let rows = tree
        .text(LIST)
        .and_then(|text| markdown::table(text, &HEAD))
        .unwrap_or_default();
    let mut listed = BTreeMap::new();
    for row in &rows {
        listed.insert(row.cells[0].trim_matches('`').to_owned(), row.line);
    }
    let mut findings = Vec::new();
    for source in tree.sources() {
        let lines = unsafe_lines(source);
        let Some(&first) = lines.first() else {
            continue;
        };
        if listed.remove(&source.path).is_none() {
            let message = format!("has unsafe code and is not in the list of {LIST}");
            findings.push(Finding::new(&source.path, first, message));
        }
        for line in lines.into_iter().filter(|&line| !is_proven(source, line)) {
            let message = "is unsafe without a `// SAFETY:` comment directly above";
            findings.push(Finding::new(&source.path, line, message));
        }
    }
    for (path, line) in listed {
        let message = format!("`{path}` is listed and has no unsafe code");
        findings.push(Finding::new(LIST, line, message));
    }
    findings
}

/// The lines of blocks, implementations and attributes; an `unsafe fn` itself proves nothing, it
/// asks, and clippy holds it to a `# Safety` section.
fn unsafe_lines(source: &Source) -> Vec<usize> {
    let pairs = source.tokens.windows(2);
    pairs
        .filter(|pair| pair[0].text == "unsafe" && matches!(&*pair[1].text, "{" | "impl" | "("))
        .map(|pair| pair[0].line)
        .collect()
}

/// Whether the comment that ends directly above the statement holds a proof.
fn is_proven(source: &Source, line: usize) -> bool {
    let mut above = line - 1;
    // The statement may have begun on an earlier line: `let x =`, `f(`, an attribute.
    while ["=", "(", "#["].iter().any(|end| {
        let text = source.line(above).trim();
        text.ends_with(end) || (*end == "#[" && text.starts_with(end))
    }) {
        above -= 1;
    }
    while source.line(above).trim_start().starts_with("//") {
        if source.line(above).trim_start().starts_with("// SAFETY:") {
            return true;
        }
        above -= 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROVEN: &str = "fn f() {\n    // SAFETY: two lines\n    // of proof.\n    \
                          #[cfg(unix)]\n    let x =\n        unsafe { g() };\n}\n";
    const LISTED: &str = "| file | what | proof |\n|---|---|---|\n| `a.rs` | page | Miri |\n";

    fn check(list: &str, text: &str) -> Vec<String> {
        let tree = Tree::of(&[("ARCHITECTURE.md", list), ("a.rs", text)]);
        find(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn listed_and_proven_is_fine() {
        assert_eq!(check(LISTED, PROVEN), [""; 0]);
        assert_eq!(
            check("", "fn f() { \"unsafe { }\"; } // unsafe { }"),
            [""; 0]
        );
    }

    #[test]
    fn unlisted_is_found() {
        let expected = ["a.rs:6: has unsafe code and is not in the list of ARCHITECTURE.md"];
        assert_eq!(check("", PROVEN), expected);
        let hidden = "macro_rules! m { () => {\n// SAFETY: none.\nunsafe { g() } } }";
        assert_eq!(check("", hidden).len(), 1);
    }

    #[test]
    fn unproven_is_found() {
        let expected = ["a.rs:6: is unsafe without a `// SAFETY:` comment directly above"];
        assert_eq!(check(LISTED, &PROVEN.replace("SAFETY:", "Fine:")), expected);
        let apart = "// SAFETY: of something else.\nstruct A;\nunsafe impl Send for A {}\n";
        assert_eq!(check(LISTED, apart).len(), 1);
    }

    #[test]
    fn a_stale_line_is_found() {
        assert_eq!(
            check(LISTED, "fn f() {}"),
            ["ARCHITECTURE.md:3: `a.rs` is listed and has no unsafe code"]
        );
    }
}
