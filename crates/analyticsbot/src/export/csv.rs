//! CSV: one row for each event, safe to open in a spreadsheet.

use std::borrow::Cow;
use std::io::{self, Write};

use event::{Event, members};

use super::columns::{COLUMNS, Column, Value, find};
use crate::event_json::time;
use crate::refusal::Refusal;

/// Characters with which a spreadsheet begins a formula.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Writes rows.
pub(super) struct Csv {
    cells: Vec<Cell>,
    /// Cells are written as they are, formulas too.
    raw: bool,
    /// A row in the making.
    row: Vec<u8>,
}

/// Where the cells of a column come from.
#[derive(Clone, Debug)]
enum Cell {
    Of(Column),
    /// Below the properties: the keys, joined by points.
    Property(String),
    /// Below the context.
    InContext(String),
}

impl Csv {
    /// With the columns of these names, or all that an event has.
    ///
    /// # Errors
    /// A name that is no column.
    pub(super) fn new(names: &[String], raw: bool) -> Result<Self, Refusal> {
        let all = || COLUMNS.into_iter().map(Cell::Of).collect();
        let cells = names
            .iter()
            .map(|name| Cell::parse(name))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            cells: if names.is_empty() { all() } else { cells },
            raw,
            row: Vec::new(),
        })
    }

    /// Writes the names of the columns.
    pub(super) fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let names: Vec<_> = self.cells.iter().map(Cell::name).collect();
        self.write(out, names.into_iter().map(Some))
    }

    /// Writes one event.
    pub(super) fn event(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        let cells: Vec<_> = self.cells.iter().map(|cell| cell.text(event)).collect();
        self.write(out, cells.into_iter())
    }

    fn write<'a>(
        &mut self,
        out: &mut dyn Write,
        cells: impl Iterator<Item = Option<Cow<'a, str>>>,
    ) -> io::Result<()> {
        self.row.clear();
        for (index, cell) in cells.enumerate() {
            if index > 0 {
                self.row.push(b',');
            }
            let cell = cell.unwrap_or_default();
            let cell = if self.raw { cell } else { harmless(cell) };
            quote(&cell, &mut self.row);
        }
        self.row.push(b'\n');
        out.write_all(&self.row)
    }
}

impl Cell {
    fn parse(name: &str) -> Result<Self, Refusal> {
        if let Some(path) = name.strip_prefix("properties.") {
            return Ok(Self::Property(path.to_owned()));
        }
        if let Some(path) = name.strip_prefix("context.") {
            return Ok(Self::InContext(path.to_owned()));
        }
        find(name).map(Self::Of).ok_or_else(|| {
            let names: Vec<_> = COLUMNS.iter().map(|column| column.name).collect();
            let names = names.join(", ");
            Refusal::usage(format!("`{name}` is not a column")).hint(format!(
                "the columns are {names}; of a property, properties.NAME"
            ))
        })
    }

    fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Of(column) => column.name.into(),
            Self::Property(path) => format!("properties.{path}").into(),
            Self::InContext(path) => format!("context.{path}").into(),
        }
    }

    fn text<'a>(&self, event: &'a Event) -> Option<Cow<'a, str>> {
        match self {
            Self::Of(column) => (column.value)(event).map(|value| match value {
                Value::Id(id) => id.to_string().into(),
                Value::Time(moment) => time(moment).into(),
                Value::Text(text) => text,
                Value::Json(json) => json.into(),
            }),
            Self::Property(path) => within(event.properties.as_str(), path),
            Self::InContext(path) => within(event.context.as_ref()?.as_str(), path),
        }
    }
}

/// The value under `path` in a JSON object: text as it is, all else as JSON; null is none. A key
/// that holds points itself comes before keys within each other.
fn within<'a>(object: &'a str, path: &str) -> Option<Cow<'a, str>> {
    let value_of = |name: &str| {
        let mut members = members(object.as_bytes()).ok()?.map_while(Result::ok);
        let named = |key: &[u8]| serde_json::from_slice::<String>(key).is_ok_and(|key| key == name);
        members
            .find(|(key, _)| named(key))
            .and_then(|(_, value)| str::from_utf8(value).ok())
    };
    if let Some(value) = value_of(path) {
        return match value {
            "null" => None,
            text if text.starts_with('"') => serde_json::from_str(text).ok().map(Cow::Owned),
            other => Some(other.into()),
        };
    }
    let steps = path
        .match_indices('.')
        .map(|(at, _)| (&path[..at], &path[at + 1..]));
    steps
        .into_iter()
        .find_map(|(name, rest)| within(value_of(name)?, rest))
}

/// A cell that no spreadsheet takes for a formula: an apostrophe before what begins like one, at
/// the beginning of the cell and of each line in it, behind spaces too. A number is none.
fn harmless(cell: Cow<'_, str>) -> Cow<'_, str> {
    let begins_one = |line: &str| {
        let blank = |c: char| c.is_whitespace() && !FORMULA_STARTS.contains(&c);
        line.trim_start_matches(blank).starts_with(FORMULA_STARTS)
    };
    let is_number = serde_json::from_str::<serde_json::Number>(&cell).is_ok();
    if is_number || !cell.split('\n').any(begins_one) {
        return cell;
    }
    let guarded = |line| {
        if begins_one(line) {
            format!("'{line}")
        } else {
            line.to_owned()
        }
    };
    cell.split('\n')
        .map(guarded)
        .collect::<Vec<_>>()
        .join("\n")
        .into()
}

/// RFC 4180: in quotes where it needs them.
fn quote(cell: &str, row: &mut Vec<u8>) {
    let needs = |byte: u8| matches!(byte, b',' | b'"' | b'\n' | b'\r' | b';' | b'\t');
    let padded = cell.starts_with(' ') || cell.ends_with(' ');
    if !padded && !cell.bytes().any(needs) {
        row.extend_from_slice(cell.as_bytes());
        return;
    }
    row.push(b'"');
    for byte in cell.bytes() {
        if byte == b'"' {
            row.push(b'"');
        }
        row.push(byte);
    }
    row.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_disarmed() {
        let check = |cell: &str, expected: &str| {
            assert_eq!(harmless(cell.into()), expected, "{cell:?}");
        };
        check("=1+1", "'=1+1");
        check("+49 30 1", "'+49 30 1");
        check("@x", "'@x");
        check("-x", "'-x");
        check("\t=1", "'\t=1");
        check("\r=1", "'\r=1");
        check("  =1", "'  =1");
        check("\u{a0}\u{3000}=1", "'\u{a0}\u{3000}=1");
        check("a\n=1\nb", "a\n'=1\nb");
        check("a\r\n =1", "a\r\n' =1");
        check("a=1", "a=1");
        check("", "");
        // Numbers are what they are; what only begins like one is not.
        check("-1.5", "-1.5");
        check("-1+1", "'-1+1");
        check("{\"a\":\"=1\"}", "{\"a\":\"=1\"}");
    }

    #[test]
    fn a_cell_is_quoted_where_it_needs_quotes() {
        let check = |cell: &str, expected: &str| {
            let mut row = Vec::new();
            quote(cell, &mut row);
            assert_eq!(String::from_utf8(row).unwrap(), expected);
        };
        check("a b", "a b");
        check("", "");
        check("a,b", "\"a,b\"");
        check("say \"x\"", "\"say \"\"x\"\"\"");
        check("a\nb", "\"a\nb\"");
        check(" a", "\" a\"");
    }

    #[test]
    fn a_path_finds_what_is_within() {
        let object = r#"{"a":{"b":{"c":1}},"a.b":"x","n":null,"t":"=\u0041","l":[1,2]}"#;
        let check = |path: &str, expected: Option<&str>| {
            assert_eq!(within(object, path).as_deref(), expected, "{path}");
        };
        check("a.b", Some("x"));
        check("a.b.c", Some("1"));
        check("a", Some(r#"{"b":{"c":1}}"#));
        check("t", Some("=A"));
        check("l", Some("[1,2]"));
        check("n", None);
        check("l.0", None);
        check("z", None);
        check("a.z", None);
    }
}
