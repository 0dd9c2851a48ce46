//! Tells from its first words what a statement is about.

use super::split::{PieceKind, split};
use crate::Dialect;

/// What a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A table or an index: the grammar of the dialect reads it.
    Table,
    /// Something else of the picture, in a form that all dialects share.
    Object,
    /// A program that may hold statements.
    Script,
    /// Rows, rights, routines: nothing of the picture.
    NoEffect,
    /// Nothing that is known.
    Unknown,
}

/// Statements whose first word says that the picture stays as it is.
const WITHOUT_EFFECT: [&str; 52] = [
    "INSERT",
    "UPDATE",
    "DELETE",
    "REPLACE",
    "MERGE",
    "COPY",
    "TRUNCATE",
    "WITH",
    "VALUES",
    "TABLE",
    "GRANT",
    "REVOKE",
    "COMMENT",
    "BEGIN",
    "START",
    "COMMIT",
    "END",
    "ROLLBACK",
    "ABORT",
    "SAVEPOINT",
    "RELEASE",
    "LOCK",
    "UNLOCK",
    "ANALYZE",
    "VACUUM",
    "REINDEX",
    "CLUSTER",
    "REFRESH",
    "EXPLAIN",
    "SHOW",
    "RESET",
    "DISCARD",
    "NOTIFY",
    "LISTEN",
    "UNLISTEN",
    "DECLARE",
    "FETCH",
    "CLOSE",
    "MOVE",
    "PREPARE",
    "DEALLOCATE",
    "CHECKPOINT",
    "LOAD",
    "SECURITY",
    "REASSIGN",
    "PRAGMA",
    "ATTACH",
    "DETACH",
    "OPTIMIZE",
    "FLUSH",
    "USE",
    "IMPORT",
];

/// Words between `CREATE` and what is created.
const MODIFIERS: [&str; 16] = [
    "OR",
    "REPLACE",
    "GLOBAL",
    "LOCAL",
    "TEMP",
    "TEMPORARY",
    "UNLOGGED",
    "FOREIGN",
    "UNIQUE",
    "FULLTEXT",
    "SPATIAL",
    "RECURSIVE",
    "MATERIALIZED",
    "CONCURRENTLY",
    "VIRTUAL",
    "CLUSTERED",
];

pub(super) fn classify(dialect: Dialect, words: &[String]) -> Class {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some((first, rest)) = words.split_first() else {
        return Class::Unknown;
    };
    match *first {
        "CREATE" => created(rest),
        "ALTER" => match rest {
            ["TABLE", ..] | ["FOREIGN", "TABLE", ..] => Class::Table,
            [
                "SEQUENCE" | "TYPE" | "DOMAIN" | "INDEX" | "VIEW" | "MATERIALIZED" | "SCHEMA",
                ..,
            ] => Class::Object,
            _ => Class::NoEffect,
        },
        "DROP" => match rest.iter().find(|word| !MODIFIERS.contains(word)) {
            Some(&("TABLE" | "VIEW" | "INDEX" | "SEQUENCE" | "TYPE" | "DOMAIN" | "SCHEMA")) => {
                Class::Object
            }
            _ => Class::NoEffect,
        },
        "SELECT" | "SET" => Class::Object,
        "RENAME" if dialect == Dialect::MySql => Class::Object,
        "DO" | "CALL" | "EXECUTE" => Class::Script,
        word if WITHOUT_EFFECT.contains(&word) => Class::NoEffect,
        _ => Class::Unknown,
    }
}

fn created(rest: &[&str]) -> Class {
    let what = rest.iter().find(|word| !MODIFIERS.contains(word));
    match what {
        Some(&("TABLE" | "INDEX")) => Class::Table,
        Some(&("VIEW" | "SEQUENCE" | "TYPE" | "DOMAIN")) => Class::Object,
        // MySQL says who defines a view and how it is merged before it says that it is a view.
        Some(&("ALGORITHM" | "DEFINER" | "SQL")) if rest.contains(&"VIEW") => Class::Object,
        Some(_) => Class::NoEffect,
        None => Class::Unknown,
    }
}

/// What a program may do to a schema.
pub(crate) fn may_change_schema(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let words: Vec<&str> = upper.split_whitespace().collect();
    let verbs = ["CREATE", "ALTER", "DROP", "RENAME"];
    words.iter().any(|word| {
        verbs
            .iter()
            .any(|verb| word.trim_start_matches(['\'', '(', '"']) == *verb)
    }) || upper.contains("EXECUTE")
}

/// Where the statements are in `DO $$ BEGIN statements; EXCEPTION WHEN ... END $$`, if that is all
/// that the program holds.
pub(super) fn plain_body(text: &str) -> Option<(usize, usize)> {
    let open = text.find('$')?;
    let tag = open + text[open + 1..].find('$')? + 2;
    let delimiter = &text[open..tag];
    let close = text.rfind(delimiter).filter(|close| *close >= tag)?;
    let body = &text[tag..close];
    let begin = tag + find_word(body, "BEGIN")?;
    if !text[tag..begin].trim().is_empty() {
        return None;
    }
    let start = begin + "BEGIN".len();
    let rest = &text[start..close];
    let end = find_word(rest, "EXCEPTION").or_else(|| rest.to_ascii_uppercase().rfind("END"))?;
    let is_plain = split(Dialect::PostgreSql, &rest[..end])
        .iter()
        .all(|piece| {
            let PieceKind::Statement(statement) = &piece.kind else {
                return matches!(piece.kind, PieceKind::Blank);
            };
            let first = statement.words.first().map(String::as_str);
            matches!(
                first,
                Some("CREATE" | "ALTER" | "DROP" | "COMMENT" | "GRANT" | "NULL")
            )
        });
    is_plain.then_some((start, start + end))
}

/// Where a word begins, without regard to case.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let is_part =
        |byte: Option<&u8>| byte.is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'_');
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(window) = bytes.get(from..from + word.len()) {
        let alone = !is_part(from.checked_sub(1).and_then(|at| bytes.get(at)))
            && !is_part(bytes.get(from + word.len()));
        if alone && window.eq_ignore_ascii_case(word.as_bytes()) {
            return Some(from);
        }
        from += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_words_tell() {
        let cases = [
            ("CREATE UNLOGGED TABLE IF NOT EXISTS A", Class::Table),
            ("CREATE UNIQUE INDEX CONCURRENTLY I", Class::Table),
            ("CREATE OR REPLACE FUNCTION F", Class::NoEffect),
            ("CREATE MATERIALIZED VIEW V", Class::Object),
            ("DROP TABLE A", Class::Object),
            ("DROP FUNCTION F", Class::NoEffect),
            ("ALTER DEFAULT PRIVILEGES", Class::NoEffect),
            ("INSERT INTO A", Class::NoEffect),
            ("DO", Class::Script),
            ("CREATE", Class::Unknown),
            ("FROB", Class::Unknown),
        ];
        for (text, expected) in cases {
            let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            assert_eq!(classify(Dialect::PostgreSql, &words), expected, "{text}");
        }
        assert_eq!(classify(Dialect::MySql, &[]), Class::Unknown);
    }

    #[test]
    fn a_guarded_statement_is_found_in_its_program() {
        let text = "DO $$ BEGIN\n ALTER TABLE a ADD b int;\nEXCEPTION WHEN duplicate_column THEN \
                    null;\nEND $$";
        let (start, end) = plain_body(text).unwrap();
        assert_eq!(text[start..end].trim(), "ALTER TABLE a ADD b int;");
        assert_eq!(
            plain_body("DO $$ BEGIN IF x THEN DROP TABLE a; END IF; END $$"),
            None
        );
        assert_eq!(
            plain_body("DO $$ DECLARE r int; BEGIN CREATE TABLE a(); END $$"),
            None
        );
        assert_eq!(plain_body("DO 'x'"), None);
        assert!(may_change_schema("DO $$ BEGIN EXECUTE 'x'; END $$"));
        assert!(!may_change_schema("DO $$ BEGIN PERFORM 1; END $$"));
    }
}
