//! Knows Active Record's words for types, and its usual names.

use super::super::types::Row;

/// What Active Record's own words become.
pub(super) const TYPES: &[Row] = &[
    ("string", ["character varying", "varchar(255)", "varchar"]),
    ("text", ["text", "text", "text"]),
    ("integer", ["integer", "int", "integer"]),
    ("bigint", ["bigint", "bigint", "bigint"]),
    ("serial", ["integer", "int", "integer"]),
    ("bigserial", ["bigint", "bigint", "bigint"]),
    ("primary_key", ["bigint", "bigint", "integer"]),
    ("float", ["double precision", "float", "float"]),
    ("decimal", ["numeric", "decimal", "decimal"]),
    ("numeric", ["numeric", "decimal", "decimal"]),
    ("datetime", ["timestamp", "datetime", "datetime"]),
    ("timestamp", ["timestamp", "timestamp", "datetime"]),
    ("timestamptz", ["timestamptz", "timestamp", "datetime"]),
    ("time", ["time", "time", "time"]),
    ("date", ["date", "date", "date"]),
    ("binary", ["bytea", "blob", "blob"]),
    ("blob", ["bytea", "blob", "blob"]),
    ("boolean", ["boolean", "tinyint(1)", "boolean"]),
    ("uuid", ["uuid", "uuid", "uuid"]),
    ("json", ["json", "json", "json"]),
    ("jsonb", ["jsonb", "json", "json"]),
    ("virtual", ["", "", ""]),
    ("unsigned_integer", ["integer", "int unsigned", "integer"]),
    ("unsigned_bigint", ["bigint", "bigint unsigned", "bigint"]),
    ("tinytext", ["text", "tinytext", "text"]),
    ("mediumtext", ["text", "mediumtext", "text"]),
    ("longtext", ["text", "longtext", "text"]),
    ("tinyint", ["smallint", "tinyint", "tinyint"]),
    ("bit", ["bit", "bit", "bit"]),
    ("bit_varying", ["bit varying", "bit", "bit"]),
];

/// The usual endings of English; Rails' own list of exceptions is longer.
pub(super) fn singular(table: &str) -> String {
    let name = table.rsplit('.').next().unwrap_or(table);
    let endings = [
        ("people", "person"),
        ("children", "child"),
        ("statuses", "status"),
        ("ies", "y"),
        ("sses", "ss"),
        ("shes", "sh"),
        ("ches", "ch"),
        ("xes", "x"),
        ("ses", "se"),
        ("ss", "ss"),
        ("us", "us"),
        ("s", ""),
    ];
    for (many, one) in endings {
        if let Some(stem) = name.strip_suffix(many) {
            return format!("{stem}{one}");
        }
    }
    name.to_owned()
}

/// The same the other way.
pub(in crate::orm) fn plural(name: &str) -> String {
    let is_vowel = |c: char| "aeiou".contains(c);
    if let Some(stem) = name.strip_suffix('y')
        && !stem.ends_with(is_vowel)
    {
        return format!("{stem}ies");
    }
    let hisses = ["s", "x", "z", "ch", "sh"]
        .iter()
        .any(|end| name.ends_with(end));
    match name {
        "person" => "people".to_owned(),
        "child" => "children".to_owned(),
        _ if hisses => format!("{name}es"),
        _ => format!("{name}s"),
    }
}
