//! Reads the manifests of the workspace's crates.

use toml::{Table, Value};

use super::Finding;
use super::tree::Tree;

/// One crate of the workspace.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) path: String,
    pub(super) name: String,
    pub(super) dependencies: Vec<Dependency>,
    /// Without `default`.
    pub(super) features: Vec<String>,
    /// Whether the lints are those of the workspace.
    pub(super) inherits_lints: bool,
    text: String,
}

/// One line of a table of dependencies.
#[derive(Debug)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) is_dev: bool,
    pub(super) is_optional: bool,
    /// Whether version and source come from the workspace.
    pub(super) is_inherited: bool,
}

impl Manifest {
    /// The manifests of the crates in `crates/` and of `xtask`, and what could not be read.
    pub(super) fn all(tree: &Tree) -> (Vec<Self>, Vec<Finding>) {
        let (mut manifests, mut findings) = (Vec::new(), Vec::new());
        for (path, text) in tree
            .with_extension("toml")
            .filter(|(path, _)| is_member(path))
        {
            match Self::parse(path, text) {
                Ok(manifest) => manifests.push(manifest),
                Err(finding) => findings.push(finding),
            }
        }
        (manifests, findings)
    }

    pub(super) fn parse(path: &str, text: &str) -> Result<Self, Finding> {
        let table: Table = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            Finding::new(path, line, format!("is no TOML: {}", error.message()))
        })?;
        let name = table.get("package").and_then(|package| package.get("name"));
        let name = name
            .and_then(Value::as_str)
            .ok_or_else(|| Finding::new(path, 1, "has no `package.name`"))?;
        let features = table.get("features").and_then(Value::as_table);
        let lints = table.get("lints").and_then(|lints| lints.get("workspace"));
        Ok(Self {
            path: path.to_owned(),
            name: name.to_owned(),
            dependencies: dependencies(&table),
            features: features
                .into_iter()
                .flat_map(Table::keys)
                .filter(|name| *name != "default")
                .cloned()
                .collect(),
            inherits_lints: lints.and_then(Value::as_bool) == Some(true),
            text: text.to_owned(),
        })
    }

    /// The line on which a dependency is named, for a finding about it.
    pub(super) fn line_of(&self, dependency: &str) -> usize {
        line_of_key(&self.text, dependency)
    }
}

/// The line that begins with a key, from 1; 1 if there is none.
pub(super) fn line_of_key(text: &str, key: &str) -> usize {
    let index = text.lines().position(|line| {
        line.strip_prefix(key)
            .is_some_and(|rest| rest.starts_with([' ', '=', '.']))
    });
    index.map_or(1, |index| index + 1)
}

fn line_of(text: &str, byte: usize) -> usize {
    text.bytes()
        .take(byte)
        .filter(|&byte| byte == b'\n')
        .count()
        + 1
}

fn is_member(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(
        parts[..],
        ["xtask", "Cargo.toml"] | ["crates", _, "Cargo.toml"]
    )
}

/// The dependencies of a manifest, those for one platform included.
fn dependencies(table: &Table) -> Vec<Dependency> {
    let targets = table.get("target").and_then(Value::as_table);
    let tables = std::iter::once(table).chain(
        targets
            .into_iter()
            .flat_map(Table::values)
            .filter_map(Value::as_table),
    );
    let mut found = Vec::new();
    for table in tables {
        for kind in ["dependencies", "build-dependencies", "dev-dependencies"] {
            let entries = table.get(kind).and_then(Value::as_table);
            for (name, value) in entries.into_iter().flatten() {
                let flag = |key| value.get(key).and_then(Value::as_bool) == Some(true);
                found.push(Dependency {
                    name: name.clone(),
                    is_dev: kind == "dev-dependencies",
                    is_optional: flag("optional"),
                    is_inherited: flag("workspace"),
                });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
[package]
name = "a"

[features]
default = ["fast"]
fast = []

[dependencies]
b = { workspace = true, optional = true }

[target.'cfg(unix)'.dependencies]
c = "1"

[dev-dependencies]
d.workspace = true

[lints]
workspace = true
"#;

    #[test]
    fn a_manifest_is_read_with_every_kind_of_dependency() {
        let manifest = Manifest::parse("crates/a/Cargo.toml", TEXT).unwrap();
        let found: Vec<_> = manifest
            .dependencies
            .iter()
            .map(|d| (d.name.as_str(), d.is_dev, d.is_optional, d.is_inherited))
            .collect();
        let expected = [
            ("b", false, true, true),
            ("d", true, false, true),
            ("c", false, false, false),
        ];
        assert_eq!(found, expected);
        assert_eq!(manifest.features, ["fast"]);
        assert!(manifest.inherits_lints);
        assert_eq!(manifest.line_of("c"), 13);
        assert_eq!(manifest.line_of("d"), 16);
    }

    #[test]
    fn what_cannot_be_read_is_a_finding() {
        let tree = Tree::of(&[
            ("crates/a/Cargo.toml", "[package]\nname = \n"),
            ("xtask/Cargo.toml", "[package]\n"),
            ("crates/a/tests/Cargo.toml", "not ours"),
        ]);
        let (manifests, findings) = Manifest::all(&tree);
        assert!(manifests.is_empty());
        assert_eq!(findings.len(), 2, "{findings:?}");
        assert_eq!(findings[0].line, 2);
        assert_eq!(findings[1].message, "has no `package.name`");
    }
}
