//! The table of kinds as records for programs.

use serde_json::{Map, Value};

use super::Topic;
use crate::markdown::{self, Block, Text};

/// The column that names the kind in each table.
const NAME: &str = "id";

/// One record for each kind, from all the tables of `docs/guide/table.md` that name kinds.
pub(super) fn all() -> Vec<Map<String, Value>> {
    let mut kinds: Vec<Map<String, Value>> = Vec::new();
    for block in markdown::blocks(Topic::Table.page()) {
        let Block::Table { header, rows } = block else {
            continue;
        };
        for record in records(&header, &rows) {
            let Some(name) = record.get(NAME) else {
                continue;
            };
            match kinds.iter_mut().find(|kind| kind.get(NAME) == Some(name)) {
                Some(kind) => kind.extend(record),
                None => kinds.push(record),
            }
        }
    }
    kinds
}

/// The rows of a table as records: column to text.
pub(super) fn records(header: &[Text], rows: &[Vec<Text>]) -> Vec<Map<String, Value>> {
    let record = |row: &Vec<Text>| {
        let cells = row.iter().map(|cell| Value::from(cell.plain()));
        header.iter().map(Text::plain).zip(cells).collect()
    };
    rows.iter().map(record).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_says_everything() {
        let kinds = all();
        let names: Vec<&Value> = kinds.iter().map(|kind| &kind[NAME]).collect();
        let expected = [
            "UUIDv7",
            "UUIDv4",
            "UUIDv5",
            "ULID",
            "NanoID",
            "KSUID",
            "auto-increment",
            "Snowflake",
        ];
        assert_eq!(names, expected);
        for kind in &kinds {
            assert_eq!(kind.len(), 12, "{kind:?}");
        }
    }
}
