//! Sorts Prisma files into schemas: one file, the files of a folder, several schemas side by side.

use std::collections::{BTreeMap, BTreeSet};

use schema::Source;

use super::walk::folder_of;

/// The schemas that the files make up, each with its files in the order of their paths.
///
/// A file with a `datasource` is a schema. A file without one belongs to that of its own folder, or
/// of the nearest folder above; where several lie there, or none, the files of a folder are a
/// schema of their own.
pub(super) fn group(files: Vec<Source>) -> Vec<Vec<Source>> {
    let mut roots: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, file) in files.iter().enumerate() {
        if has_datasource(file.text()) {
            let folder = folder_of(file.path()).to_owned();
            roots.entry(folder).or_default().push(at);
        }
    }
    let mut groups: BTreeMap<Home, Vec<usize>> = BTreeMap::new();
    for (at, file) in files.iter().enumerate() {
        let home = if has_datasource(file.text()) {
            Home::Root(at)
        } else {
            home_of(folder_of(file.path()), &roots)
        };
        groups.entry(home).or_default().push(at);
    }
    let mut files: Vec<Option<Source>> = files.into_iter().map(Some).collect();
    let mut schemas = Vec::new();
    for members in groups.into_values() {
        let taken = members.into_iter().filter_map(|at| files[at].take());
        schemas.push(without_repeats(taken.collect()));
    }
    schemas
}

/// What a file belongs to.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Home {
    /// The file with the `datasource`.
    Root(usize),
    /// A folder without one.
    Folder(String),
}

fn home_of(folder: &str, roots: &BTreeMap<String, Vec<usize>>) -> Home {
    let mut at = folder;
    loop {
        match roots.get(at).map(Vec::as_slice) {
            Some([only]) => return Home::Root(*only),
            Some(_) => return Home::Folder(folder.to_owned()),
            None if at.is_empty() => return Home::Folder(top_of(folder).to_owned()),
            None => at = folder_of(at),
        }
    }
}

/// Parts of one schema without a `datasource` often lie in folders by subject.
fn top_of(folder: &str) -> &str {
    for name in ["prisma", "schema", "models"] {
        if let Some(at) = folder.split('/').position(|part| part == name) {
            let end: usize = folder
                .split('/')
                .take(at + 1)
                .map(|part| part.len() + 1)
                .sum();
            return &folder[..end - 1];
        }
    }
    folder
}

fn has_datasource(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_start);
    lines.any(|line| line.starts_with("datasource ") && line.contains('{'))
}

/// Without the files all of whose blocks another file declares: tools older than folders of files
/// wrote one schema out of many parts, and both lie there.
fn without_repeats(files: Vec<Source>) -> Vec<Source> {
    let Some(root) = files.iter().position(|file| has_datasource(file.text())) else {
        return files;
    };
    let declared: BTreeSet<String> = blocks(files[root].text()).map(str::to_owned).collect();
    let is_repeat = |file: &Source| {
        let mut names = blocks(file.text()).peekable();
        names.peek().is_some() && names.all(|name| declared.contains(name))
    };
    let kept = files.into_iter().enumerate();
    let kept = kept.filter(|(at, file)| *at == root || !is_repeat(file));
    kept.map(|(_, file)| file).collect()
}

/// The names of the models, views, types and enumerations that a file declares.
fn blocks(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let kind = words.next()?;
        let name = words.next()?.trim_end_matches('{');
        ["model", "view", "type", "enum"]
            .contains(&kind)
            .then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "datasource db {\n  provider = \"sqlite\"\n}\n";

    fn check(files: &[(&str, &str)], expected: &[&[&str]]) {
        let sources = files
            .iter()
            .map(|(path, text)| Source::new(*path, *text).unwrap());
        let found = group(sources.collect());
        let found: Vec<Vec<&str>> = found
            .iter()
            .map(|set| set.iter().map(Source::path).collect())
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn one_file_is_a_schema() {
        check(
            &[("prisma/schema.prisma", ROOT)],
            &[&["prisma/schema.prisma"]],
        );
    }

    #[test]
    fn a_folder_is_one_schema() {
        let model = "model A {\n}\n";
        check(
            &[
                ("p/a.prisma", model),
                ("p/b/c.prisma", "model C {\n}"),
                ("p/main.prisma", ROOT),
            ],
            &[&["p/a.prisma", "p/b/c.prisma", "p/main.prisma"]],
        );
    }

    #[test]
    fn schemas_of_a_monorepo_are_kept_apart() {
        check(
            &[
                ("api/s.prisma", ROOT),
                ("web/s.prisma", ROOT),
                ("web/t.prisma", ROOT),
            ],
            &[&["api/s.prisma"], &["web/s.prisma"], &["web/t.prisma"]],
        );
    }

    #[test]
    fn parts_without_a_root_are_one_schema() {
        let (a, b) = ("model A {\n}", "model B {\n}");
        check(
            &[("x/schema/a/a.prisma", a), ("x/schema/b/b.prisma", b)],
            &[&["x/schema/a/a.prisma", "x/schema/b/b.prisma"]],
        );
    }

    #[test]
    fn parts_that_the_root_repeats_are_left_out() {
        let whole = format!("{ROOT}model A {{\n}}\n");
        check(
            &[
                ("p/parts/a.prisma", "model A {\n}"),
                ("p/schema.prisma", &whole),
            ],
            &[&["p/schema.prisma"]],
        );
    }
}
