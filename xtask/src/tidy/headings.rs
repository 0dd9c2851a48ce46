//! Finds headings with nothing below them.

use super::Finding;
use super::markdown;
use super::tree::Tree;

/// What people write who have nothing to say yet.
const STUBS: [&str; 6] = [
    "todo",
    "tbd",
    "coming soon",
    "to be written",
    "wip",
    "fixme",
];

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    tree.with_extension("md")
        .flat_map(|(path, text)| in_page(path, text))
        .collect()
}

fn in_page(path: &str, text: &str) -> Vec<Finding> {
    let lines: Vec<&str> = text.lines().collect();
    let headings = markdown::headings(text);
    let mut findings = Vec::new();
    for (index, heading) in headings.iter().enumerate() {
        let next = headings.get(index + 1);
        // Its own text ends at the next heading; a heading below it is content too.
        let end = next.map_or(lines.len(), |next| next.line - 1);
        let body = lines[heading.line..end].join(" ");
        let body = body.trim();
        let has_parts = next.is_some_and(|next| next.level > heading.level);
        let message = if body.is_empty() && !has_parts {
            format!("`{}` has no text", heading.title)
        } else if is_stub(body) {
            format!("`{}` says only `{body}`", heading.title)
        } else {
            continue;
        };
        findings.push(Finding::new(path, heading.line, message));
    }
    findings
}

fn is_stub(body: &str) -> bool {
    let words = body
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase();
    STUBS.contains(&words.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Vec<String> {
        find(&Tree::of(&[("a.md", text)]))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn headings_with_a_text_or_with_parts_are_fine() {
        assert_eq!(
            check("# A\n\n## B\n\ntext\n\n## C\n```\n# code\n```\n"),
            [""; 0]
        );
    }

    #[test]
    fn a_heading_without_a_text_is_found() {
        assert_eq!(
            check("# A\n\ntext\n\n## B\n\n## C\n\ntext"),
            ["a.md:5: `B` has no text"]
        );
        assert_eq!(
            check("# A\n\ntext\n\n## B\n\n"),
            ["a.md:5: `B` has no text"]
        );
        assert_eq!(
            check("# A\n## B\ntext\n### C\n# D\ntext"),
            ["a.md:4: `C` has no text"]
        );
    }

    #[test]
    fn a_stub_is_found() {
        assert_eq!(check("# A\n\nTODO\n"), ["a.md:1: `A` says only `TODO`"]);
        assert_eq!(check("# A\n\n*Coming soon...*\n").len(), 1);
        assert_eq!(check("# A\n\nTBD.\n## B\ntext\n").len(), 1);
        assert_eq!(check("# A\n\nThe TODO list is empty.\n"), [""; 0]);
    }
}
