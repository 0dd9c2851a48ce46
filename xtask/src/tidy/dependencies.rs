//! Holds the dependencies to their rules: few, each named once, each with its reason.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::Finding;
use super::manifest::{Manifest, line_of_key};
use super::tree::Tree;

const ROOT: &str = "Cargo.toml";
const SECTION: &str = "[workspace.dependencies]";
/// Direct external dependencies of the whole workspace: two binaries, an HTTP server, two
/// databases, TLS, and what their tests need.
pub(super) const EXTERNAL_MAX: usize = 55;

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let text = tree.text(ROOT).unwrap_or_default();
    let (manifests, mut findings) = Manifest::all(tree);
    let names = external(text);
    if names.len() > EXTERNAL_MAX {
        let message = format!(
            "{} external dependencies, at most {EXTERNAL_MAX}",
            names.len()
        );
        findings.push(Finding::new(ROOT, line_of_key(text, SECTION), message));
    }
    findings.extend(without_reason(text, &names));
    findings.extend(unused(text, &names, &manifests));
    for manifest in &manifests {
        findings.extend(not_inherited(manifest));
    }
    findings
}

/// The external crates that the workspace names.
pub(super) fn external(text: &str) -> Vec<String> {
    let table: Table = toml::from_str(text).unwrap_or_default();
    let section = table
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"));
    let entries = section.and_then(Value::as_table).into_iter().flatten();
    entries
        .filter(|(_, value)| value.get("path").is_none())
        .map(|(name, _)| name.clone())
        .collect()
}

/// Lines of the section that have no comment above them or beside them. The parser has dropped
/// comments, hence this look at the text: one dependency, one line.
fn without_reason(text: &str, names: &[String]) -> Vec<Finding> {
    let lines: Vec<&str> = text.lines().collect();
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    let start = lines
        .iter()
        .position(|line| line.trim() == SECTION)
        .unwrap_or(lines.len());
    for (index, line) in lines.iter().enumerate().skip(start + 1) {
        if line.starts_with('[') {
            break;
        }
        let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
        if !names.iter().any(|other| other == name) {
            continue;
        }
        seen.insert(name);
        let beside = line
            .split_once(" # ")
            .is_some_and(|(_, reason)| !reason.trim().is_empty());
        let above = lines[index - 1].starts_with("# ");
        if !beside && !above {
            let message = format!("`{name}` has no comment that says why it is here");
            findings.push(Finding::new(ROOT, index + 1, message));
        }
    }
    for name in names.iter().filter(|name| !seen.contains(name.as_str())) {
        let message = format!("`{name}` is not on a line of its own in {SECTION}");
        findings.push(Finding::new(ROOT, 1, message));
    }
    findings
}

/// Dependencies that no crate uses.
fn unused(text: &str, names: &[String], manifests: &[Manifest]) -> Vec<Finding> {
    let used: BTreeSet<&str> = manifests
        .iter()
        .flat_map(|manifest| &manifest.dependencies)
        .map(|dependency| dependency.name.as_str())
        .collect();
    let names = names.iter().filter(|name| !used.contains(name.as_str()));
    names
        .map(|name| {
            let message = format!("no crate uses `{name}`");
            Finding::new(ROOT, line_of_key(text, name), message)
        })
        .collect()
}

/// What a crate says itself that the workspace must say.
fn not_inherited(manifest: &Manifest) -> Vec<Finding> {
    let mut findings = Vec::new();
    for dependency in manifest
        .dependencies
        .iter()
        .filter(|dependency| !dependency.is_inherited)
    {
        let name = &dependency.name;
        let message = format!("`{name}` is not `{name} = {{ workspace = true }}`");
        findings.push(Finding::new(
            &manifest.path,
            manifest.line_of(name),
            message,
        ));
    }
    if !manifest.inherits_lints {
        let message = "does not have the workspace's lints: `[lints] workspace = true`";
        findings.push(Finding::new(&manifest.path, 1, message));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRATE: &str = "[package]\nname = \"a\"\n[dependencies]\nb.workspace = true\n\
                         c.workspace = true\n[lints]\nworkspace = true\n";
    const GOOD: &str = "[workspace.dependencies]\na = { path = \"crates/a\" }\n# Why b.\n\
                        b = \"1\"\nc = { version = \"1\", features = [\"x\"] } # Why c.\n";

    fn check(root: &str, member: &str) -> Vec<String> {
        let tree = Tree::of(&[("Cargo.toml", root), ("crates/a/Cargo.toml", member)]);
        find(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn reasons_stand_above_or_beside() {
        assert_eq!(check(GOOD, CRATE), [""; 0]);
        let bad = GOOD.replace("# Why b.\n", "");
        assert_eq!(
            check(&bad, CRATE),
            ["Cargo.toml:3: `b` has no comment that says why it is here"]
        );
        let bad = GOOD.replace(" # Why c.", "");
        assert_eq!(
            check(&bad, CRATE),
            ["Cargo.toml:5: `c` has no comment that says why it is here"]
        );
    }

    #[test]
    fn a_dependency_in_a_table_of_its_own_is_found() {
        let root = "[workspace.dependencies]\n# Why b.\nb = \"1\"\n[workspace.dependencies.c]\n\
                    version = \"1\"\n";
        assert_eq!(
            check(root, CRATE),
            ["Cargo.toml:1: `c` is not on a line of its own in [workspace.dependencies]"]
        );
    }

    #[test]
    fn a_dependency_that_nobody_uses_is_found() {
        let root = format!("{GOOD}# Why d.\nd = \"1\"\n");
        assert_eq!(check(&root, CRATE), ["Cargo.toml:7: no crate uses `d`"]);
    }

    #[test]
    fn too_many_are_too_many() {
        let lines: Vec<_> = (0..=EXTERNAL_MAX)
            .map(|n| format!("# Why.\nd{n} = \"1\"\n"))
            .collect();
        let uses: Vec<_> = (0..=EXTERNAL_MAX)
            .map(|n| format!("d{n}.workspace = true\n"))
            .collect();
        let root = format!("[workspace.dependencies]\n{}", lines.concat());
        let member = format!(
            "[package]\nname = \"a\"\n[lints]\nworkspace = true\n[dependencies]\n{}",
            uses.concat()
        );
        assert_eq!(
            check(&root, &member),
            ["Cargo.toml:1: 56 external dependencies, at most 55"]
        );
    }

    #[test]
    fn crates_inherit_versions_and_lints() {
        let member = CRATE.replace("b.workspace = true", "b = \"2\"");
        assert_eq!(
            check(GOOD, &member),
            ["crates/a/Cargo.toml:4: `b` is not `b = { workspace = true }`"]
        );
        let member = CRATE.replace("[lints]\nworkspace = true\n", "");
        assert_eq!(check(GOOD, &member).len(), 1);
    }
}
