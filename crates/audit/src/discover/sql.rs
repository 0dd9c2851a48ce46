//! Sorts SQL files into databases: folders of migrations, dumps, scripts that belong together.

use std::collections::{BTreeMap, BTreeSet};

use schema::{Dialect, Source, sql};

use super::dialect::{self, Language};
use super::walk::folder_of;

/// Names of folders whose scripts are run one after the other.
const MIGRATION_FOLDERS: [&str; 7] = [
    "migrations",
    "migration",
    "migrate",
    "versions",
    "changelog",
    "drizzle",
    "sql-migrations",
];

/// The scripts of one database, in the order in which they are run.
#[derive(Debug)]
pub(super) struct Scripts {
    pub(super) sources: Vec<Source>,
    pub(super) language: Language,
    /// Whether they are run one after the other, each once.
    pub(super) migrations: bool,
}

/// The databases that the files describe. `locks` says which folders Prisma wrote for which.
pub(super) fn group(files: Vec<Source>, locks: &BTreeMap<String, Dialect>) -> Vec<Scripts> {
    let mut migrations: BTreeMap<String, Vec<Source>> = BTreeMap::new();
    let mut plain: BTreeMap<String, Vec<Source>> = BTreeMap::new();
    for file in files {
        if let Some(root) = migration_root(file.path()) {
            migrations.entry(root.to_owned()).or_default().push(file);
        } else {
            let folder = folder_of(file.path()).to_owned();
            plain.entry(folder).or_default().push(file);
        }
    }
    let mut groups = Vec::new();
    for (root, files) in migrations {
        let sources = sql::in_order(files);
        // A folder without a definition holds data or queries.
        if sources.iter().any(|source| defines(source.text())) {
            let locked = locks.get(&root).map(|dialect| Language::Known(*dialect));
            let language = locked.unwrap_or_else(|| dialect::of_scripts(&sources));
            groups.push(Scripts {
                sources,
                language,
                migrations: true,
            });
        }
    }
    for files in plain.into_values() {
        together(files, &mut groups);
    }
    groups
}

/// The folder whose scripts are run together with this one; None for a script by itself.
fn migration_root(path: &str) -> Option<&str> {
    let folder = folder_of(path);
    let name = path.rsplit('/').next().unwrap_or(path);
    let folder_name = folder.rsplit('/').next().unwrap_or(folder);
    let above = folder_of(folder);
    // `20240101_init/migration.sql` of Prisma, `2024-01-01-000000_init/up.sql` of Diesel.
    if is_numbered(folder_name) && (is_migration_folder(above) || !is_numbered(name)) {
        return Some(above);
    }
    let numbered = is_numbered(name) || is_flyway(name);
    (numbered || is_migration_folder(folder)).then_some(folder)
}

fn is_migration_folder(folder: &str) -> bool {
    let name = folder.rsplit('/').next().unwrap_or(folder);
    MIGRATION_FOLDERS.contains(&name.to_ascii_lowercase().as_str())
}

fn is_numbered(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_digit())
}

/// `V1__x.sql`, `V2024.1__x.sql`, `R__x.sql`, `U1__x.sql`.
fn is_flyway(name: &str) -> bool {
    let Some((version, _)) = name.split_once("__") else {
        return false;
    };
    let number = version.trim_start_matches(['V', 'v', 'U', 'B']);
    version == "R" || (number.len() < version.len() && is_numbered(number))
}

/// Puts the scripts of one folder together where one leans on another: a schema and its keys may
/// be two files, and two schemas must not become one.
fn together(files: Vec<Source>, groups: &mut Vec<Scripts>) {
    let first = groups.len();
    let mut names: Vec<Names> = Vec::new();
    let mut leaning = Vec::new();
    for file in sql::in_order(files) {
        let found = Names::of(file.text());
        if found.created.is_empty() && !found.altered.is_empty() {
            leaning.push((file, found));
        } else if !found.created.is_empty() || has_words(file.text(), "create", "table") {
            let language = dialect::of_scripts(std::slice::from_ref(&file));
            let fits = |(group, names): &(&mut Scripts, &mut Names)| {
                group.language == language && names.leans(&found)
            };
            let mut pairs = groups[first..].iter_mut().zip(&mut names);
            if let Some((group, names)) = pairs.find(fits) {
                group.sources.push(file);
                names.add(found);
            } else {
                names.push(found);
                groups.push(Scripts {
                    sources: vec![file],
                    language,
                    migrations: false,
                });
            }
        }
    }
    // What only alters belongs to what it alters.
    for (file, found) in leaning {
        let home = names
            .iter()
            .position(|it| !it.created.is_disjoint(&found.altered));
        if let Some(group) = home.and_then(|at| groups[first..].get_mut(at)) {
            group.sources.push(file);
        } else {
            groups.push(Scripts {
                language: dialect::of_scripts(std::slice::from_ref(&file)),
                sources: vec![file],
                migrations: false,
            });
            names.push(found);
        }
    }
}

/// The tables that a script names, by what it does with them.
#[derive(Default)]
struct Names {
    created: BTreeSet<String>,
    altered: BTreeSet<String>,
    referred: BTreeSet<String>,
}

impl Names {
    fn of(text: &str) -> Self {
        Self {
            created: names_after(text, Some("create"), "table"),
            altered: names_after(text, Some("alter"), "table"),
            referred: names_after(text, None, "references"),
        }
    }

    /// Whether the two are parts of one schema: no table twice, and one refers to the other's.
    fn leans(&self, other: &Self) -> bool {
        let leans = |a: &Self, b: &Self| {
            !a.created.is_disjoint(&b.referred) || !a.created.is_disjoint(&b.altered)
        };
        self.created.is_disjoint(&other.created) && (leans(self, other) || leans(other, self))
    }

    fn add(&mut self, other: Self) {
        self.created.extend(other.created);
        self.altered.extend(other.altered);
        self.referred.extend(other.referred);
    }
}

/// Whether a script creates or alters tables.
fn defines(text: &str) -> bool {
    has_words(text, "create", "table") || has_words(text, "alter", "table")
}

fn has_words(text: &str, first: &str, second: &str) -> bool {
    let bytes = text.as_bytes();
    words_at(bytes, second).any(|at| {
        let before = text[..at].trim_end();
        let before = without_modifier(before);
        ends_with(before, first)
    })
}

/// The names of tables behind a word, lower case, without namespace; `before` is the word that has
/// to stand in front of it.
fn names_after(text: &str, before: Option<&str>, word: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for at in words_at(text.as_bytes(), word) {
        let front = || without_modifier(text[..at].trim_end());
        if before.is_some_and(|before| !ends_with(front(), before)) {
            continue;
        }
        let mut rest = text[at + word.len()..].trim_start();
        for filler in ["if", "not", "exists", "only"] {
            rest = skip_word(rest, filler);
        }
        let end = rest.find(|c: char| c.is_whitespace() || "(;,".contains(c));
        let name = &rest[..end.unwrap_or(rest.len())];
        let name = name.rsplit('.').next().unwrap_or(name);
        let bare = name.trim_matches(['"', '`', '[', ']']);
        if !bare.is_empty() {
            names.insert(bare.to_ascii_lowercase());
        }
    }
    names
}

/// Where a word of ASCII letters stands, in any case.
fn words_at<'a>(bytes: &'a [u8], word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let first = word.as_bytes()[0];
    let is_start = move |at: &usize| {
        bytes[*at].eq_ignore_ascii_case(&first)
            && bytes.len() - at >= word.len()
            && bytes[*at..at + word.len()].eq_ignore_ascii_case(word.as_bytes())
            && bytes
                .get(at + word.len())
                .is_none_or(|next| !next.is_ascii_alphanumeric())
            && (*at == 0 || bytes[at - 1].is_ascii_whitespace())
    };
    (0..bytes.len()).filter(is_start)
}

/// Without the word between `create` and `table`.
fn without_modifier(before: &str) -> &str {
    for word in [
        "unlogged",
        "temporary",
        "temp",
        "foreign",
        "global",
        "local",
        "virtual",
    ] {
        if ends_with(before, word) {
            return before[..before.len() - word.len()].trim_end();
        }
    }
    before
}

fn ends_with(text: &str, word: &str) -> bool {
    let (bytes, word) = (text.as_bytes(), word.as_bytes());
    let Some(start) = bytes.len().checked_sub(word.len()) else {
        return false;
    };
    bytes[start..].eq_ignore_ascii_case(word)
        && (start == 0 || !bytes[start - 1].is_ascii_alphanumeric())
}

fn skip_word<'a>(text: &'a str, word: &str) -> &'a str {
    let fits = text
        .get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word));
    match text.get(word.len()..) {
        Some(rest) if fits && rest.starts_with(char::is_whitespace) => rest.trim_start(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[(&str, &str)], expected: &[&[&str]]) {
        let sources = files
            .iter()
            .map(|(path, text)| Source::new(*path, *text).unwrap());
        let found = group(sources.collect(), &BTreeMap::new());
        let paths = |set: &Scripts| -> Vec<String> {
            set.sources
                .iter()
                .map(|source| source.path().to_owned())
                .collect()
        };
        let found: Vec<Vec<String>> = found.iter().map(paths).collect();
        assert_eq!(found, expected);
    }

    const A: &str = "CREATE TABLE a (id int);";
    const B: &str = "create table if not exists \"public\".\"b\" (id int);";

    #[test]
    fn folders_of_migrations_are_one_database_each() {
        check(
            &[
                ("prisma/migrations/20240101_init/migration.sql", A),
                (
                    "prisma/migrations/20240201_more/migration.sql",
                    "ALTER TABLE a ADD b int;",
                ),
                ("diesel/migrations/2024-01-01-000000_x/up.sql", A),
                (
                    "diesel/migrations/2024-01-01-000000_x/down.sql",
                    "DROP TABLE a;",
                ),
                ("fly/V2__b.sql", B),
                ("fly/V1__a.sql", A),
                ("go/1_a.up.sql", A),
                ("go/1_a.down.sql", "DROP TABLE a"),
            ],
            &[
                &["diesel/migrations/2024-01-01-000000_x/up.sql"],
                &["fly/V1__a.sql", "fly/V2__b.sql"],
                &["go/1_a.up.sql"],
                &[
                    "prisma/migrations/20240101_init/migration.sql",
                    "prisma/migrations/20240201_more/migration.sql",
                ],
            ],
        );
    }

    #[test]
    fn scripts_of_a_folder_belong_together_unless_they_repeat_a_table() {
        check(
            &[
                ("db/keys.sql", "ALTER TABLE ONLY a ADD PRIMARY KEY (id);"),
                ("db/schema.sql", A),
                ("db/other.sql", B),
                ("db/part.sql", "CREATE TABLE c (a int REFERENCES a (id));"),
                ("db/again.sql", A),
                ("db/query.sql", "SELECT * FROM a;"),
                ("db/seed.sql", "INSERT INTO a VALUES (1);"),
            ],
            &[
                &["db/again.sql", "db/part.sql", "db/keys.sql"],
                &["db/other.sql"],
                &["db/schema.sql"],
            ],
        );
    }

    #[test]
    fn created_tables_are_found_in_any_spelling() {
        let text = "CREATE TABLE A(x int); create unlogged  table\n b\n(x);CREATE TABLE `c`.`d` (;\
                    -- created table x\nALTER TABLE e; create table [f](";
        let found: Vec<String> = names_after(text, Some("create"), "table")
            .into_iter()
            .collect();
        assert_eq!(found, ["a", "b", "d", "f"]);
    }
}
