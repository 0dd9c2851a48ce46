//! Finds modules that do not begin with a sentence that says what they are for.

use super::Finding;
use super::tree::Tree;

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let files = tree
        .with_extension("rs")
        .filter(|(path, _)| is_module(path));
    files
        .filter(|(_, text)| !begins_with_sentence(text))
        .map(|(path, _)| {
            Finding::new(
                path,
                1,
                "does not begin with a `//!` sentence that ends with a full stop",
            )
        })
        .collect()
}

/// Tests are read from their names; everything else below a `src` folder is a module.
fn is_module(path: &str) -> bool {
    (path.starts_with("src/") || path.contains("/src/"))
        && !path.contains("/tests/")
        && !path.ends_with("/tests.rs")
}

/// Whether the first paragraph is a doc comment that ends as sentences do. The text may also be a
/// file of its own.
fn begins_with_sentence(text: &str) -> bool {
    if text.starts_with("#![doc = include_str!(") {
        return true;
    }
    let paragraph: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//! "))
        .map(str::trim)
        .collect();
    paragraph
        .last()
        .is_some_and(|last| last.ends_with(['.', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str) -> usize {
        find(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn a_module_without_a_sentence_is_found() {
        let path = "crates/a/src/b.rs";
        assert_eq!(check(path, "//! Does one\n//! thing.\n\nuse x;\n"), 0);
        assert_eq!(check(path, "#![doc = include_str!(\"../README.md\")]\n"), 0);
        assert_eq!(check(path, "use x;\n"), 1);
        assert_eq!(check(path, "\n//! Late.\n"), 1);
        assert_eq!(check(path, "//! parser\n\nuse x;\n"), 1);
        assert_eq!(check(path, "//!\n//! Late.\n"), 1);
        assert_eq!(check("crates/a/tests/b.rs", "use x;\n"), 0);
    }
}
