//! An exported Parquet file taken apart by the format's documentation, without the code that wrote
//! it, gives what the same export gives as NDJSON.

mod thrift;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;

use flate2::read::GzDecoder;
use ids::{Timestamp, Uuid};
use serde_json::Value;

use self::thrift::{Thrift, varint};
use crate::run::{Rig, numbered, sqlite};

const PEOPLE: &str = r#"
{"event":"b","anonymous_id":"anna","messageId":"m1","properties":{"n":"x"}}
{"event":"c","timestamp":"1970-01-02T00:00:00Z","properties":{"n":[null]}}
{"event":"a","user_id":"Ü","timestamp":"2024-01-02T03:04:05.678901Z","context":{"x":1.50}}
"#;

type Row = BTreeMap<String, String>;

/// A column of the schema.
struct Column {
    name: String,
    physical: i64,
    optional: bool,
    /// The number of the logical type.
    logical: i64,
}

fn rows_of(file: &[u8]) -> Vec<Row> {
    assert!(file.starts_with(b"PAR1") && file.ends_with(b"PAR1"));
    let (rest, tail) = file.split_at(file.len() - 8);
    let length = u32::from_le_bytes(tail[..4].try_into().unwrap()) as usize;
    let mut footer = &rest[rest.len() - length..];
    let meta = Thrift::read(&mut footer);
    assert!(footer.is_empty(), "the length of the metadata fits");
    let columns = schema(meta.field(2).list());
    let mut rows = Vec::new();
    for group in meta.field(4).list() {
        let mut of_group = vec![Row::new(); group.field(3).size()];
        let mut bytes = 0;
        for (column, chunk) in columns.iter().zip(group.field(1).list()) {
            let chunk = chunk.field(3);
            assert_eq!(chunk.field(3).list()[0].text(), column.name);
            assert_eq!(chunk.field(1).int(), column.physical);
            let values = chunk_of(file, column, chunk);
            assert_eq!(values.len(), of_group.len());
            check_statistics(column, chunk, &values);
            bytes += chunk.field(7).size();
            for (row, value) in of_group.iter_mut().zip(values) {
                row.extend(value.map(|value| (column.name.clone(), value)));
            }
        }
        assert_eq!(group.field(6).size(), bytes);
        rows.append(&mut of_group);
    }
    assert_eq!(meta.field(3).size(), rows.len());
    rows
}

fn schema(elements: &[Thrift]) -> Vec<Column> {
    assert_eq!(elements[0].field(5).size(), elements.len() - 1);
    let column = |element: &Thrift| {
        let Thrift::Struct(logical) = element.field(10) else {
            panic!("a logical type is a struct");
        };
        Column {
            name: element.field(4).text().to_owned(),
            physical: element.field(1).int(),
            optional: element.field(3).int() == 1,
            logical: *logical.keys().next().expect("it is one of many"),
        }
    };
    elements[1..].iter().map(column).collect()
}

/// The values of a column chunk, as NDJSON would have them.
fn chunk_of(file: &[u8], column: &Column, chunk: &Thrift) -> Vec<Option<String>> {
    assert_eq!(chunk.field(4).int(), 2, "gzip");
    let start = chunk.field(9).size();
    let mut bytes = &file[start..start + chunk.field(7).size()];
    let (mut values, mut plain_bytes) = (Vec::new(), 0);
    while !bytes.is_empty() {
        let before = bytes.len();
        let header = Thrift::read(&mut bytes);
        plain_bytes += before - bytes.len() + header.field(2).size();
        let (page, rest) = bytes.split_at(header.field(3).size());
        bytes = rest;
        let mut plain = Vec::new();
        GzDecoder::new(page).read_to_end(&mut plain).unwrap();
        assert_eq!(plain.len(), header.field(2).size());
        let rows = header.field(5).field(1).size();
        values.append(&mut page_of(&plain, column, rows));
    }
    assert_eq!(plain_bytes, chunk.field(6).size());
    assert_eq!(values.len(), chunk.field(5).size());
    values
}

fn page_of(mut plain: &[u8], column: &Column, rows: usize) -> Vec<Option<String>> {
    let present = if column.optional {
        let length = u32::from_le_bytes(plain[..4].try_into().unwrap()) as usize;
        let levels = levels(&plain[4..4 + length], rows);
        plain = &plain[4 + length..];
        levels
    } else {
        vec![true; rows]
    };
    let values = present
        .iter()
        .map(|there| there.then(|| value(&mut plain, column)));
    let values = values.collect();
    assert!(plain.is_empty(), "the values fill the page");
    values
}

fn levels(mut bytes: &[u8], rows: usize) -> Vec<bool> {
    let mut levels = Vec::new();
    while !bytes.is_empty() {
        let head = varint(&mut bytes);
        let count = usize::try_from(head >> 1).unwrap();
        if head & 1 == 0 {
            levels.extend(vec![bytes[0] == 1; count]);
            bytes = &bytes[1..];
        } else {
            let (bits, rest) = bytes.split_at(count);
            levels.extend((0..count * 8).map(|at| bits[at / 8] >> (at % 8) & 1 == 1));
            bytes = rest;
        }
    }
    assert!(levels.len() >= rows && levels.len() < rows + 8);
    levels.truncate(rows);
    levels
}

fn value(plain: &mut &[u8], column: &Column) -> String {
    let length = match column.physical {
        2 => 8,
        7 => 16,
        6 => {
            let (length, rest) = plain.split_at(4);
            *plain = rest;
            u32::from_le_bytes(length.try_into().unwrap()) as usize
        }
        other => panic!("no column has the type {other}"),
    };
    let (bytes, rest) = plain.split_at(length);
    *plain = rest;
    match (column.physical, column.logical) {
        (2, 8) => moment(i64::from_le_bytes(bytes.try_into().unwrap())),
        (7, 14) => Uuid::from_bytes(bytes.try_into().unwrap()).to_string(),
        (6, 1 | 12) => str::from_utf8(bytes).unwrap().to_owned(),
        other => panic!("{} has the types {other:?}", column.name),
    }
}

/// With six digits, as NDJSON has it.
fn moment(us: i64) -> String {
    let text = Timestamp::from_unix_ns(i128::from(us) * 1000).to_string();
    let (whole, fraction) = text.trim_end_matches('Z').split_once('.').unwrap();
    format!("{whole}.{fraction:0<6}Z")
}

fn check_statistics(column: &Column, chunk: &Thrift, values: &[Option<String>]) {
    let statistics = chunk.field(12);
    let nulls = values.iter().filter(|value| value.is_none()).count();
    assert_eq!(statistics.field(3).size(), nulls, "{}", column.name);
    // The texts of both kinds are ordered as their values are.
    let mut there: Vec<_> = values.iter().flatten().collect();
    there.sort();
    let bounds = statistics.get(6).zip(statistics.get(5));
    assert_eq!(
        bounds.is_some(),
        column.physical != 6 && !there.is_empty(),
        "{}",
        column.name
    );
    if let Some((mut least, mut most)) = bounds.map(|(min, max)| (min.bytes(), max.bytes())) {
        assert_eq!(Some(&&value(&mut least, column)), there.first());
        assert_eq!(Some(&&value(&mut most, column)), there.last());
    }
}

/// What NDJSON says of the same events, each member as text.
fn expected(rig: &Rig) -> Vec<Row> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let row = |line: &String| {
        let Value::Object(members) = serde_json::from_str(line).unwrap() else {
            panic!("each line is an object");
        };
        members
            .iter()
            .map(|(name, value)| (name.clone(), text(value)))
            .collect()
    };
    rig.exported().iter().map(row).collect()
}

#[test]
fn a_parquet_file_holds_the_same_events() {
    let rig = sqlite();
    rig.run_with(&["import", "-", "--project", "shop"], PEOPLE)
        .fine();
    rig.run_with(&["import", "-", "--project", "shop"], numbered(2_000))
        .fine();
    rig.run(&["export", "-o", "events.parquet"]).fine();
    let mut found = rows_of(&fs::read(rig.path("events.parquet")).unwrap());
    let mut expected = expected(&rig);
    assert_eq!(found.len(), 2_003);
    for row in found.iter_mut().chain(&mut expected) {
        // A parser of the test prints numbers its own way; that they are kept to the byte is seen
        // where exports are imported.
        for name in ["properties", "context"] {
            let parse = |text: &mut String| {
                let value: Value = serde_json::from_str(text).unwrap();
                *text = value.to_string();
            };
            row.get_mut(name).map(parse);
        }
    }
    assert!(found == expected);
}

#[test]
fn no_events_are_a_file_too() {
    let rig = sqlite();
    rig.run(&["export", "-o", "events.parquet"]).fine();
    assert_eq!(
        rows_of(&fs::read(rig.path("events.parquet")).unwrap()),
        Vec::<Row>::new()
    );
}
