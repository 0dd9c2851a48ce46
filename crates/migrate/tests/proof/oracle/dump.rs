//! Compares two schemas as `pg_dump` prints them, where the types of keys may differ.

use std::collections::BTreeMap;

use super::picture::{Picture, quoted};

/// Entries by their headings.
type Entries = BTreeMap<String, Vec<String>>;

/// An error with the first entries that differ in more than the types of keys.
pub(super) fn equal_but_keys(before: &str, after: &str, picture: &Picture) -> Result<(), String> {
    let (was, is) = (
        entries(before, picture, &OLD),
        entries(after, picture, &["uuid"]),
    );
    let mut faults = Vec::new();
    for (heading, lines) in &was {
        match is.get(heading) {
            None => faults.push(format!("schema: gone: {heading}: {lines:?}\n")),
            Some(now) if now != lines => {
                let changed = difference(&lines.join("\n"), &now.join("\n"));
                faults.push(format!("schema: changed: {heading}:\n{changed}"));
            }
            Some(_) => {}
        }
    }
    for (heading, lines) in is.iter().filter(|(heading, _)| !was.contains_key(*heading)) {
        faults.push(format!("schema: new: {heading}: {lines:?}\n"));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.concat())
    }
}

/// Lines that only one of two texts has.
pub(crate) fn difference(before: &str, after: &str) -> String {
    let (was, is): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let gone = was
        .iter()
        .filter(|line| !is.contains(line))
        .map(|line| format!("- {line}\n"));
    let come = is
        .iter()
        .filter(|line| !was.contains(line))
        .map(|line| format!("+ {line}\n"));
    let lines: Vec<String> = gone.chain(come).take(20).collect();
    if lines.is_empty() {
        "the same lines in another order\n".to_owned()
    } else {
        lines.concat()
    }
}

/// How the types of keys begin before a migration.
const OLD: [&str; 7] = [
    "integer",
    "bigint",
    "smallint",
    "uuid",
    "text",
    "character",
    "public.",
];

fn entries(dump: &str, picture: &Picture, kinds: &[&str]) -> Entries {
    let mut entries = Entries::new();
    for entry in dump.split("\n--\n-- Name: ").skip(1) {
        let (heading, body) = entry.split_once('\n').unwrap_or((entry, ""));
        if is_of_a_key(heading, picture) {
            continue;
        }
        let lines = body.lines().map(str::trim_end).filter(|line| {
            !line.is_empty() && !line.starts_with("--") && !line.starts_with("SET default_")
        });
        let mut lines: Vec<String> = lines
            .map(|line| line.trim_end_matches(',').to_owned())
            .collect();
        // A successor stands at the end of its table.
        if heading.contains("; Type: TABLE;") {
            let keys = keys_of(heading, picture);
            lines = lines
                .iter()
                .map(|line| without_type(line, &keys, kinds))
                .collect();
            lines.sort();
        }
        // A view that groups by a key is printed with the types of its columns first.
        for kind in ["integer", "bigint", "smallint", "uuid"] {
            let from = format!("NULL::{kind} AS ");
            lines = lines
                .iter()
                .map(|line| line.replace(&from, "NULL::key AS "))
                .collect();
        }
        // These list columns by their places.
        if heading.contains("; Type: STATISTICS;") || heading.contains("; Type: PUBLICATION TABLE;")
        {
            let text = lines.join(" ").replace([',', '(', ')', ';'], " ");
            let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            words.sort();
            lines = words;
        }
        entries.entry(heading.to_owned()).or_default().extend(lines);
    }
    entries
}

/// Sequences and defaults of keys: they go with the old column.
fn is_of_a_key(heading: &str, picture: &Picture) -> bool {
    let sequence = picture.sequences.iter().any(|(schema, name)| {
        let of_schema = heading.contains(&format!("; Schema: {schema};"));
        let named = [
            name.clone(),
            format!("SEQUENCE {name}"),
            format!("SEQUENCE {}", quoted(name)),
        ];
        of_schema
            && named
                .iter()
                .any(|name| heading.starts_with(&format!("{name}; Type: ")))
    });
    sequence
        || heading.contains("; Type: DEFAULT;") && {
            picture.tables.iter().any(|table| {
                table
                    .columns
                    .iter()
                    .filter(|column| column.moves)
                    .any(|column| {
                        heading.starts_with(&format!("{} {}; Type:", table.name, column.name))
                            && heading.contains(&format!("; Schema: {};", table.schema))
                    })
            })
        }
}

/// Keys of the table that an entry makes.
fn keys_of(heading: &str, picture: &Picture) -> Vec<String> {
    let of = picture.tables.iter().filter(|table| {
        heading.starts_with(&format!(
            "{}; Type: TABLE; Schema: {};",
            table.name, table.schema
        ))
    });
    let columns = of
        .flat_map(|table| &table.columns)
        .filter(|column| column.moves);
    columns.map(|column| column.name.clone()).collect()
}

/// A column's line, where it is a key without its type and default.
fn without_type(line: &str, keys: &[String], kinds: &[&str]) -> String {
    let start = line.trim_start();
    for key in keys {
        for name in [key.clone(), quoted(key)] {
            let Some(rest) = start.strip_prefix(&format!("{name} ")) else {
                continue;
            };
            if kinds.iter().any(|kind| rest.starts_with(kind)) {
                let required = if rest.ends_with("NOT NULL") {
                    " NOT NULL"
                } else {
                    ""
                };
                return format!("    {name} key{required}");
            }
        }
    }
    line.to_owned()
}
