//! Finds `MAX(id) + 1` in SQL, which in programs stands in strings.

use std::ops::Range;

use super::names;

/// What may stand between `MAX(id)` and `+ 1`: brackets and the zero of `COALESCE(MAX(id), 0)`.
const BETWEEN_BYTES_MAX: usize = 24;
/// The longest name of a column, with its quotes and its table.
const NAME_BYTES_MAX: usize = 96;
/// Words of statements that set a counter of the database to its greatest value, which is right.
const SETTERS: &[&str] = &["setval", "restart", "auto_increment", "sqlite_sequence"];

/// The bytes of the first `MAX(id) + 1` in a statement, and the column.
pub(super) fn max_plus_one(statement: &str) -> Option<(Range<usize>, &str)> {
    if !statement.contains('+') {
        return None;
    }
    let lower = statement.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower.get(from..)?.find("max") {
        let start = from + found;
        from = start + "max".len();
        if let Some((end, name)) = plus_one(statement, from)
            && is_number_of_row(name)
            && !SETTERS.iter().any(|word| lower.contains(word))
        {
            return Some((start..end, name));
        }
    }
    None
}

/// The end of `(name) + 1` at a place, and the name.
fn plus_one(statement: &str, at: usize) -> Option<(usize, &str)> {
    let rest = statement.get(at..)?;
    let inner = rest.trim_start().strip_prefix('(')?;
    let start = statement.len() - inner.len();
    let window = inner.len().min(NAME_BYTES_MAX);
    let close = inner.as_bytes()[..window]
        .iter()
        .position(|byte| *byte == b')')?;
    let name = inner.get(..close)?;
    let mut end = start + close + 1;
    let most = statement.len().min(end + BETWEEN_BYTES_MAX);
    let bytes = statement.as_bytes();
    while end < most
        && matches!(
            bytes[end],
            b' ' | b'\n' | b'\t' | b'\r' | b',' | b'0' | b')'
        )
    {
        end += 1;
    }
    let behind = statement.get(end..)?.strip_prefix('+')?.trim_start();
    let more = behind.strip_prefix('1')?;
    let ends = !more.starts_with(|it: char| it.is_alphanumeric() || it == '.');
    ends.then_some((statement.len() - more.len(), column(name)))
}

/// The column in `t."id"` or `CAST(id AS INTEGER`.
fn column(name: &str) -> &str {
    let name = name.rsplit('(').next().unwrap_or(name).trim();
    let name = name.split_ascii_whitespace().next().unwrap_or(name);
    let name = name.rsplit('.').next().unwrap_or(name);
    name.trim_matches(['"', '`', '[', ']', '\'', '\\'])
}

/// Whether a column numbers rows, and not the versions or the places of something.
fn is_number_of_row(name: &str) -> bool {
    let words = names::words(name);
    let last = words.last().map_or("", String::as_str);
    names::is_key(name) || matches!(last, "number" | "num" | "no" | "nr")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_id_plus_one_is_found() {
        let cases = [
            ("SELECT MAX(id) + 1 FROM t", Some("MAX(id) + 1")),
            (
                "select coalesce(max(t.\"userId\"), 0)+1",
                Some("max(t.\"userId\"), 0)+1"),
            ),
            (
                "SELECT IFNULL(MAX( order_no ),0) + 1",
                Some("MAX( order_no ),0) + 1"),
            ),
            (
                "SELECT MAX(CAST(id AS INT)) + 1",
                Some("MAX(CAST(id AS INT)) + 1"),
            ),
            ("SELECT MAX(position) + 1 FROM t", None),
            ("SELECT MAX(version)+1, id FROM t", None),
            ("SELECT setval('s', (SELECT MAX(id) + 1 FROM t))", None),
            ("SELECT MAX(id) + 10 FROM t", None),
            ("SELECT MAX(id) FROM t", None),
            ("maximum + 1", None),
        ];
        for (statement, expected) in cases {
            let found = max_plus_one(statement).map(|(range, _)| &statement[range]);
            assert_eq!(found, expected, "{statement}");
        }
    }
}
