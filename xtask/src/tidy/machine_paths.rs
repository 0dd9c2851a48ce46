//! Finds paths of somebody's own machine in documents and manifests.

use super::Finding;
use super::tree::Tree;

/// Folders that mean nothing on another machine, when something follows.
const FOLDERS: [&str; 5] = ["/work/", "/tmp/", "/root/", "/home/", "/Users/"];

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let files = tree.with_extension("md").chain(tree.with_extension("toml"));
    let mut findings = Vec::new();
    for (path, text) in files {
        for (index, line) in text.lines().enumerate() {
            if let Some(folder) = FOLDERS.iter().find(|folder| names_a_path(line, folder)) {
                let message = format!("names a path below `{folder}`");
                findings.push(Finding::new(path, index + 1, message));
            }
        }
    }
    findings
}

/// Whether the folder begins a path, rather than being a part of one or of an address.
fn names_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + folder.len()..].chars().next();
        before.is_none_or(|c| c.is_whitespace() || "\"'`(=:<[".contains(c))
            && after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str) -> usize {
        find(&Tree::of(&[
            ("a.md", line),
            ("b.toml", line),
            ("c.rs", line),
        ]))
        .len()
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        assert_eq!(check("see `/tmp/x`"), 2);
        assert_eq!(check("path = \"/work/main\""), 2);
        assert_eq!(check("/root/.cargo and /root/x"), 2);
        assert_eq!(check("CACHE=/home/me/cache"), 2);
    }

    #[test]
    fn other_paths_are_fine() {
        for line in [
            "/tmp",
            "https://x.org/home/page",
            "target/tmp/x",
            "/usr/lib/postgresql",
        ] {
            assert_eq!(check(line), 0, "{line}");
        }
    }
}
