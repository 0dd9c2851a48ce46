//! Reads a type as SQL writes it.

use super::names;
use crate::{Dialect, Name, Span, Type, TypeKind};

/// What a type's text means: its arguments, brackets, and a name known or the user's own.
pub(crate) fn read(dialect: Dialect, text: &str, span: Span) -> Type {
    let written = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (base, list) = without_brackets(&written);
    let (head, arguments, tail) = cut_arguments(base);
    let arguments: Vec<&str> = arguments.split(',').map(str::trim).collect();
    let arguments = if arguments == [""] {
        Vec::new()
    } else {
        arguments
    };
    let full = format!("{head} {}", tail.trim()).trim().to_owned();
    let lower = full.to_ascii_lowercase();
    let unqualified = lower.strip_prefix("pg_catalog.").unwrap_or(&lower);
    if dialect == Dialect::PostgreSql && unqualified.trim_start_matches("pg_catalog.") == "\"char\""
    {
        // Not `char`: one byte, of the catalog's own.
        let own = Type::of_user(Name::new("\"char\""), TypeKind::Other, span);
        return own.declared_as(written);
    }
    let (unqualified, arguments) = as_float(dialect, unqualified, arguments);
    let simple = plain(dialect, unqualified);
    let known = Type::new(dialect, &simple, &arguments, span);
    let is_synonym = known.name != simple;
    let mut found =
        if known.kind == TypeKind::Other && !is_synonym && is_user_type(dialect, unqualified, head)
        {
            let mut own = Type::of_user(
                names::settled(dialect, names::name(dialect, head)),
                TypeKind::Other,
                span,
            );
            own.arguments = arguments.into_iter().map(str::to_owned).collect();
            own
        } else {
            known
        };
    if found.name == "character" && found.arguments.is_empty() && unqualified == "bpchar" {
        found.kind = TypeKind::Text {
            length: None,
            fixed: false,
        };
    }
    found.list = list;
    found.declared_as(written)
}

/// `float(24)` is a synonym by its precision.
fn as_float<'a>(
    dialect: Dialect,
    name: &'a str,
    arguments: Vec<&'a str>,
) -> (&'a str, Vec<&'a str>) {
    let bits = arguments.first().and_then(|text| text.parse::<u8>().ok());
    match bits.filter(|_| dialect == Dialect::PostgreSql && name == "float") {
        Some(..=24) => ("real", Vec::new()),
        Some(_) => ("double precision", Vec::new()),
        None => (name, arguments),
    }
}

/// PostgreSQL's own types that are none of the kinds that matter keep their plain name.
fn is_user_type(dialect: Dialect, bare: &str, head: &str) -> bool {
    dialect == Dialect::PostgreSql && !bare.contains(' ') || head.contains('"')
}

/// Drops what says nothing about what is stored: `ZEROFILL`, `SIGNED`, character sets.
fn plain(dialect: Dialect, bare: &str) -> String {
    let bare = bare.trim_matches('"').trim_matches('`');
    let mut words: Vec<&str> = bare.split(' ').collect();
    if dialect == Dialect::MySql {
        let end = words
            .iter()
            .position(|it| matches!(*it, "character" | "charset" | "collate"));
        words.truncate(end.filter(|at| *at > 0).unwrap_or(words.len()));
        words.retain(|it| !matches!(*it, "zerofill" | "signed"));
    }
    if words.last() == Some(&"array") && words.len() > 1 {
        words.pop();
    }
    let joined = words.join(" ");
    // `timestamp with time zone` is a name, `timestamp without time zone` its plain form.
    match joined.as_str() {
        "national character varying" | "nchar varying" => "character varying".to_owned(),
        _ => joined,
    }
}

/// `text[][3]` and `text ARRAY` are arrays of `text`.
fn without_brackets(text: &str) -> (&str, bool) {
    let mut base = text;
    while let Some(open) = base.strip_suffix(']').and_then(|inner| inner.rfind('[')) {
        // SQLite quotes names with brackets.
        if open == 0 {
            break;
        }
        base = base[..open].trim_end();
    }
    let lower = base.to_ascii_lowercase();
    match lower.strip_suffix(" array") {
        Some(without) => (&base[..without.len()], true),
        None => (base, base.len() < text.len()),
    }
}

/// `timestamp`, `3`, `with time zone` of `timestamp(3) with time zone`.
fn cut_arguments(text: &str) -> (&str, &str, &str) {
    let open = text.find('(');
    let close = text.rfind(')');
    match (open, close) {
        (Some(open), Some(close)) if open < close => (
            text[..open].trim_end(),
            &text[open + 1..close],
            &text[close + 1..],
        ),
        _ => (text, "", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dialect: Dialect, text: &str, expected: &str) {
        let found = read(dialect, text, Span::new(0, 0, 0));
        let mut shown = found.user_name().to_string();
        if !found.arguments.is_empty() {
            shown.push_str(&["(", &found.arguments.join(","), ")"].concat());
        }
        shown.push_str(if found.list { "[]" } else { "" });
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn types_are_read_as_the_catalog_prints_them() {
        let cases = [
            ("INT", "integer"),
            ("pg_catalog.int8", "bigint"),
            ("varchar( 36 )", "character varying(36)"),
            ("character  varying (5) []", "character varying(5)[]"),
            ("timestamp(3) with time zone", "timestamp with time zone(3)"),
            ("TIMESTAMPTZ", "timestamp with time zone"),
            ("numeric(10,2)", "numeric(10,2)"),
            ("double precision", "double precision"),
            ("\"Role\"", "Role"),
            ("public.\"The Role\"", "The Role"),
            ("auth.Role[]", "auth.role[]"),
            ("public.citext", "citext"),
            ("text ARRAY", "text[]"),
            ("varbit(3)", "bit varying(3)"),
            ("float(10)", "real"),
            ("\"char\"", "\"char\""),
            ("integer[3][3]", "integer[]"),
            ("geometry(Point,4326)", "geometry(Point,4326)"),
        ];
        for (text, expected) in cases {
            check(Dialect::PostgreSql, text, expected);
        }
        check(
            Dialect::MySql,
            "BIGINT(20) UNSIGNED ZEROFILL",
            "bigint unsigned(20)",
        );
        check(
            Dialect::MySql,
            "varchar(36) CHARACTER SET utf8",
            "varchar(36)",
        );
        check(Dialect::Sqlite, "INTEGER", "integer");
        check(Dialect::Sqlite, "", "");
    }
}
