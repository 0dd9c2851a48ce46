//! Reads names as SQL writes them, and makes the names that PostgreSQL gives unnamed constraints.

use crate::{Dialect, Name};

/// The parts of a dotted name, unquoted; unquoted parts in the case that the dialect keeps.
pub(super) fn parts(dialect: Dialect, text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (part, tail) = part(dialect, rest);
        parts.push(part);
        rest = tail
            .trim_start()
            .strip_prefix('.')
            .unwrap_or_default()
            .trim_start();
    }
    parts
}

/// The first part, and what follows it.
fn part(dialect: Dialect, text: &str) -> (String, &str) {
    let close = match text.as_bytes().first() {
        Some(b'"') => '"',
        Some(b'`') => '`',
        Some(b'[') => ']',
        // Also reads `'name'`, which MySQL and SQLite take for a name in places.
        Some(b'\'') => '\'',
        _ => {
            let end = text
                .find(['.', ' ', '\n', '\t', '\r', '('])
                .unwrap_or(text.len());
            let (word, rest) = text.split_at(end);
            return (folded(dialect, word), rest);
        }
    };
    let mut name = String::new();
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character != close {
            name.push(character);
        } else if characters.peek().is_some_and(|(_, next)| *next == close) {
            characters.next();
            name.push(close);
        } else {
            return (name, &text[at + close.len_utf8()..]);
        }
    }
    (name, "")
}

fn folded(dialect: Dialect, word: &str) -> String {
    match dialect {
        Dialect::PostgreSql | Dialect::CockroachDb => word.to_lowercase(),
        _ => word.to_owned(),
    }
}

/// A column's or constraint's name: the last part.
pub(super) fn identifier(dialect: Dialect, text: &str) -> String {
    parts(dialect, text).pop().unwrap_or_default()
}

/// A table's or type's name, with the namespace that the text gives it.
pub(super) fn name(dialect: Dialect, text: &str) -> Name {
    of_parts(parts(dialect, text))
}

pub(super) fn of_parts(mut parts: Vec<String>) -> Name {
    let name = parts.pop().unwrap_or_default();
    let schema = parts.pop();
    Name { schema, name }
}

/// In a picture the default namespace is not named: `public` in PostgreSQL, `main` in SQLite.
pub(super) fn settled(dialect: Dialect, name: Name) -> Name {
    let schema = name
        .schema
        .filter(|schema| Some(schema.as_str()) != default_schema(dialect));
    Name { schema, ..name }
}

/// The namespace that names without one are in.
pub(super) fn default_schema(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::PostgreSql | Dialect::CockroachDb => Some("public"),
        Dialect::Sqlite => Some("main"),
        Dialect::SqlServer => Some("dbo"),
        _ => None,
    }
}

/// PostgreSQL cuts names to this many bytes.
const NAME_BYTES_MAX: usize = 63;

/// The name that PostgreSQL gives a constraint, index or sequence of the table over the columns,
/// `table_columns_label`, cut to length and numbered until it is free.
pub(super) fn made(
    table: &str,
    columns: &[&str],
    label: &str,
    is_taken: impl Fn(&str) -> bool,
) -> String {
    let columns = columns.join("_");
    let mut number = 0_u32;
    loop {
        let label = match number {
            0 => label.to_owned(),
            number => format!("{label}{number}"),
        };
        let name = joined(table, &columns, &label);
        if !is_taken(&name) {
            return name;
        }
        number += 1;
    }
}

/// Cuts the longer of table and columns until all fits, as `makeObjectName` does.
fn joined(table: &str, columns: &str, label: &str) -> String {
    let separators = if columns.is_empty() { 1 } else { 2 };
    let room = NAME_BYTES_MAX.saturating_sub(label.len() + separators);
    let (mut first, mut second) = (table.len(), columns.len());
    while first + second > room {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    let (table, columns) = (cut(table, first), cut(columns, second));
    if columns.is_empty() {
        format!("{table}_{label}")
    } else {
        format!("{table}_{columns}_{label}")
    }
}

/// So many bytes, and no half characters.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unquoted_and_folded() {
        let postgres = |text| parts(Dialect::PostgreSql, text);
        assert_eq!(postgres("Public.\"User\"\"s\""), ["public", "User\"s"]);
        assert_eq!(postgres(" a . b "), ["a", "b"]);
        assert_eq!(parts(Dialect::MySql, "`a.b`.C"), ["a.b", "C"]);
        assert_eq!(parts(Dialect::Sqlite, "[a]"), ["a"]);
        assert_eq!(postgres("\"open"), ["open"]);
        let settled = |text| settled(Dialect::PostgreSql, name(Dialect::PostgreSql, text));
        assert_eq!(settled("public.a"), Name::new("a"));
        assert_eq!(settled("x.a").to_string(), "x.a");
    }

    #[test]
    fn made_names_fit_and_are_free() {
        let free = |_: &str| false;
        assert_eq!(made("t", &["a", "b"], "key", free), "t_a_b_key");
        assert_eq!(made("t", &[], "pkey", free), "t_pkey");
        assert_eq!(
            made("t", &["a"], "fkey", |name| name == "t_a_fkey"),
            "t_a_fkey1"
        );
        let long = made(&"t".repeat(60), &["column_name"], "fkey", free);
        assert_eq!(long, format!("{}_column_name_fkey", "t".repeat(46)));
        assert_eq!(long.len(), 63);
    }
}
