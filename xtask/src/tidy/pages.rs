//! Holds pages against the things that they describe: one thing, one page.

use super::Finding;
use super::commands;
use super::tree::Tree;

/// A kind of thing that has pages.
struct Pair {
    /// What the things are called in a finding.
    kind: &'static str,
    /// Path of a page, with `*` for the name of its thing.
    pages: &'static str,
    /// The file that a finding about a missing page points at.
    origin: &'static str,
    /// The names of the things.
    things: fn(&Tree) -> Vec<String>,
}

const PAIRS: [Pair; 1] = [Pair {
    kind: "sub-command of `idshift id`",
    pages: "docs/idshift/id-*.md",
    origin: "crates/idshift/src/id.rs",
    things: |tree| commands::subcommands(tree, "crates/idshift/src/id.rs"),
}];

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    PAIRS.iter().flat_map(|pair| unpaired(tree, pair)).collect()
}

fn unpaired(tree: &Tree, pair: &Pair) -> Vec<Finding> {
    let things = (pair.things)(tree);
    let mut findings = Vec::new();
    for thing in &things {
        let page = pair.pages.replace('*', thing);
        if !tree.has(&page) {
            let message = format!("the {} `{thing}` has no page `{page}`", pair.kind);
            findings.push(Finding::new(pair.origin, 1, message));
        }
    }
    for page in tree.paths() {
        if let Some(name) = name_in(pair.pages, page)
            && !things.iter().any(|thing| thing == name)
        {
            findings.push(Finding::new(
                page,
                1,
                format!("there is no {} `{name}`", pair.kind),
            ));
        }
    }
    findings
}

/// The part of a path that stands where the pattern has its `*`.
fn name_in<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    let (before, after) = pattern.split_once('*')?;
    path.strip_prefix(before)?.strip_suffix(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Pair = Pair {
        kind: "rule",
        pages: "docs/rules/*.md",
        origin: "rules.rs",
        things: |_| vec!["serial-key".to_owned(), "no-key".to_owned()],
    };

    fn check(paths: &[&str]) -> Vec<String> {
        let files: Vec<_> = paths.iter().map(|&path| (path, "text")).collect();
        unpaired(&Tree::of(&files), &RULES)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn one_thing_one_page() {
        let both = [
            "docs/rules/serial-key.md",
            "docs/rules/no-key.md",
            "docs/other.md",
        ];
        assert_eq!(check(&both), [""; 0]);
    }

    #[test]
    fn a_thing_without_a_page_is_found() {
        assert_eq!(
            check(&["docs/rules/no-key.md"]),
            ["rules.rs:1: the rule `serial-key` has no page `docs/rules/serial-key.md`"]
        );
    }

    #[test]
    fn a_page_without_a_thing_is_found() {
        let paths = [
            "docs/rules/serial-key.md",
            "docs/rules/no-key.md",
            "docs/rules/gone.md",
        ];
        assert_eq!(
            check(&paths),
            ["docs/rules/gone.md:1: there is no rule `gone`"]
        );
    }

    #[test]
    fn the_sub_commands_are_those_of_the_command_line() {
        let tree = Tree::of(&[(
            "crates/idshift/src/id.rs",
            "#[derive(Subcommand)]\nenum Command { New(new::Arguments), ReadAll }\n",
        )]);
        let messages: Vec<_> = find(&tree)
            .into_iter()
            .map(|finding| finding.message)
            .collect();
        assert_eq!(messages.len(), 2);
        assert!(
            messages[1].contains("docs/idshift/id-read-all.md"),
            "{messages:?}"
        );
    }
}
