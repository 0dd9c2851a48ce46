//! Holds the crate map in `ARCHITECTURE.md` against the manifests.

use std::collections::BTreeMap;

use super::Finding;
use super::manifest::{Dependency, Manifest};
use super::markdown::{self, Row};
use super::tree::Tree;

const MAP: &str = "ARCHITECTURE.md";
const HEAD: [&str; 3] = ["crate", "is", "may import"];
/// Marks a crate of the plan that has nothing in it yet.
const LATER: &str = "(later)";

/// External crates that only some of ours may know.
const EXCLUSIVE: [(&[&str], &[&str]); 6] = [
    (&["axum", "axum-core", "axum-extra"], &["web"]),
    (&["reqwest", "hyper", "hyper-util"], &["web", "deliver"]),
    // `analyticsbot` sends telemetry with it, and nothing of the projects.
    (&["ureq"], &["analyticsbot", "deliver"]),
    (
        &[
            "rusqlite",
            "postgres",
            "tokio-postgres",
            "deadpool-postgres",
            "sqlx",
            "diesel",
        ],
        &["connect", "store", "schema", "migrate", "testkit"],
    ),
    (
        &["postgres-types"],
        &["connect", "store", "schema", "migrate", "testkit"],
    ),
    (
        &["clap", "clap_complete"],
        &["idshift", "analyticsbot", "xtask"],
    ),
];

/// Conversions of id types for SQL drivers, for whoever turns the feature on.
const CONVERSIONS: (&str, [&str; 2]) = ("ids", ["rusqlite", "postgres-types"]);

/// One line of the map.
struct Place<'a> {
    line: usize,
    is_later: bool,
    /// None: any crate.
    imports: Option<Vec<&'a str>>,
}

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let Some(rows) = tree.text(MAP).and_then(|text| markdown::table(text, &HEAD)) else {
        return vec![Finding::new(
            MAP,
            1,
            format!("has no table `{}`", HEAD.join(" | ")),
        )];
    };
    let (manifests, mut findings) = Manifest::all(tree);
    let mut map = BTreeMap::new();
    for row in &rows {
        match place(row) {
            Ok((name, place)) => drop(map.insert(name, place)),
            Err(message) => findings.push(Finding::new(MAP, row.line, message)),
        }
    }
    findings.extend(unknown_names(&map));
    findings.extend(rows_without_crates(&map, &manifests));
    for manifest in &manifests {
        match map.get(manifest.name.as_str()) {
            None => {
                let message = format!("`{}` is not in the crate map of {MAP}", manifest.name);
                findings.push(Finding::new(&manifest.path, 1, message));
            }
            Some(place) => findings.extend(arrows(manifest, place, &map)),
        }
        findings.extend(exclusive(manifest));
    }
    findings
}

/// Reads one row: the name in backticks, what it is, `nothing`, `any` or names in backticks.
fn place<'a>(row: &Row<'a>) -> Result<(&'a str, Place<'a>), String> {
    let [first, _, imports] = row.cells[..] else {
        return Err(format!(
            "the crate map has {} cells here, expected 3",
            row.cells.len()
        ));
    };
    let name = names(first)
        .next()
        .ok_or_else(|| format!("no crate in backticks in `{first}`"))?;
    let imports = match imports {
        "any" => None,
        "nothing" => Some(Vec::new()),
        _ if names(imports).next().is_some() => Some(names(imports).collect()),
        _ => {
            return Err(format!(
                "read `{imports}`, expected names in backticks, any or nothing"
            ));
        }
    };
    Ok((
        name,
        Place {
            line: row.line,
            is_later: first.ends_with(LATER),
            imports,
        },
    ))
}

fn names(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn unknown_names(map: &BTreeMap<&str, Place<'_>>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, place) in map {
        for import in place
            .imports
            .iter()
            .flatten()
            .filter(|import| !map.contains_key(*import))
        {
            let message = format!("`{name}` may import `{import}`, which is not in the map");
            findings.push(Finding::new(MAP, place.line, message));
        }
    }
    findings
}

fn rows_without_crates(map: &BTreeMap<&str, Place<'_>>, manifests: &[Manifest]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, place) in map {
        let exists = manifests.iter().any(|manifest| manifest.name == *name);
        let message = match (exists, place.is_later) {
            (false, false) => format!("there is no crate `{name}`; mark it {LATER} or remove it"),
            (true, true) => format!("`{name}` exists and is marked {LATER}"),
            _ => continue,
        };
        findings.push(Finding::new(MAP, place.line, message));
    }
    findings
}

/// The imports of one crate that the map does not have.
fn arrows(manifest: &Manifest, place: &Place<'_>, map: &BTreeMap<&str, Place<'_>>) -> Vec<Finding> {
    let Some(imports) = &place.imports else {
        return Vec::new();
    };
    let allowed = |dependency: &Dependency| {
        imports.contains(&dependency.name.as_str())
            || (dependency.is_dev && dependency.name == "testkit")
    };
    let ours = manifest
        .dependencies
        .iter()
        .filter(|d| map.contains_key(d.name.as_str()));
    ours.filter(|dependency| !allowed(dependency))
        .map(|dependency| {
            let (from, to) = (&manifest.name, &dependency.name);
            let message = format!("`{from}` imports `{to}`, an arrow that is not in {MAP}");
            Finding::new(&manifest.path, manifest.line_of(to), message)
        })
        .collect()
}

/// The external crates that this one must not know. Its tests may.
fn exclusive(manifest: &Manifest) -> Vec<Finding> {
    let mut findings = Vec::new();
    for dependency in manifest
        .dependencies
        .iter()
        .filter(|dependency| !dependency.is_dev)
    {
        let name = dependency.name.as_str();
        let (keeper, conversions) = CONVERSIONS;
        if manifest.name == keeper && conversions.contains(&name) && dependency.is_optional {
            continue;
        }
        let owners = EXCLUSIVE.iter().find(|(crates, _)| crates.contains(&name));
        if let Some((_, owners)) = owners.filter(|(_, owners)| !owners.contains(&&*manifest.name)) {
            let message = format!("only {} may know `{name}`", owners.join(", "));
            findings.push(Finding::new(
                &manifest.path,
                manifest.line_of(name),
                message,
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
| crate | is | may import |
|---|---|---|
| `ids` | keys | nothing |
| `store` | SQL | `ids` |
| `web` (later) | routes | `store`, `ids` |
| `testkit` | tests | any |
";

    /// The messages for a map and crates of one dependency line each.
    fn check(table: &str, crates: &[(&str, &str)]) -> Vec<String> {
        let mut files = vec![("ARCHITECTURE.md".to_owned(), table.to_owned())];
        for (name, dependencies) in crates {
            let text = format!("[package]\nname = \"{name}\"\n{dependencies}\n");
            files.push((format!("crates/{name}/Cargo.toml"), text));
        }
        let files: Vec<_> = files
            .iter()
            .map(|(p, t)| (p.as_str(), t.as_str()))
            .collect();
        find(&Tree::of(&files))
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    }

    const GOOD: [(&str, &str); 3] = [
        (
            "ids",
            "[dependencies]\nrusqlite = { workspace = true, optional = true }",
        ),
        (
            "store",
            "[dependencies]\nids.workspace = true\nrusqlite.workspace = true",
        ),
        ("testkit", "[dependencies]\nstore.workspace = true"),
    ];

    fn with(name: &'static str, dependencies: &'static str) -> Vec<(&'static str, &'static str)> {
        let mut crates = GOOD.to_vec();
        crates.retain(|(other, _)| *other != name);
        crates.push((name, dependencies));
        crates
    }

    #[test]
    fn a_map_that_holds_has_no_findings() {
        assert_eq!(check(TABLE, &GOOD), [""; 0]);
        assert_eq!(
            check(TABLE, &with("ids", "[dev-dependencies]\ntestkit = {}")),
            [""; 0]
        );
    }

    #[test]
    fn an_arrow_that_is_not_in_the_map_is_found() {
        let crates = with("ids", "[dependencies]\nstore.workspace = true");
        let expected = "`ids` imports `store`, an arrow that is not in ARCHITECTURE.md";
        assert_eq!(check(TABLE, &crates), [expected]);
        let crates = with("ids", "[dev-dependencies]\nstore.workspace = true");
        assert_eq!(check(TABLE, &crates), [expected]);
        let crates = with("ids", "[target.'cfg(unix)'.build-dependencies]\nstore = {}");
        assert_eq!(check(TABLE, &crates), [expected]);
        let crates = with("store", "[dependencies]\ntestkit.workspace = true");
        assert_eq!(check(TABLE, &crates).len(), 1);
    }

    #[test]
    fn crates_and_rows_must_match() {
        assert_eq!(
            check(TABLE, &GOOD[..2]),
            ["there is no crate `testkit`; mark it (later) or remove it"]
        );
        assert_eq!(
            check(TABLE, &[&GOOD[..], &[("new", "")]].concat()),
            ["`new` is not in the crate map of ARCHITECTURE.md"]
        );
        assert_eq!(
            check(TABLE, &[&GOOD[..], &[("web", "")]].concat()),
            ["`web` exists and is marked (later)"]
        );
    }

    #[test]
    fn only_the_owner_of_an_external_crate_may_know_it() {
        let crates = with("ids", "[dependencies]\nrusqlite.workspace = true");
        assert_eq!(
            check(TABLE, &crates),
            ["only connect, store, schema, migrate, testkit may know `rusqlite`"]
        );
        let crates = with("store", "[dependencies]\naxum.workspace = true");
        assert_eq!(check(TABLE, &crates), ["only web may know `axum`"]);
        assert_eq!(
            check(TABLE, &with("ids", "[dev-dependencies]\npostgres = {}")),
            [""; 0]
        );
    }

    #[test]
    fn a_table_that_cannot_be_read_is_found() {
        assert_eq!(
            check("# Nothing", &[]),
            ["has no table `crate | is | may import`"]
        );
        let check_row = |row: &str| check(&format!("{TABLE}{row}\n"), &GOOD);
        assert!(check_row("| ids2 | x | nothing |")[0].starts_with("no crate in backticks"));
        assert!(check_row("| `a` (later) | x | all |")[0].starts_with("read `all`"));
        assert!(check_row("| `a` | x |")[0].contains("2 cells"));
        assert_eq!(
            check_row("| `a` (later) | x | `b` |"),
            ["`a` may import `b`, which is not in the map"]
        );
    }
}
