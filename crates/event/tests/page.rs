//! `docs/events.md` says what the program does: every row of its tables is tried.

use std::path::Path;

use event::{Code, Limits, sanitise};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/events.md");
    std::fs::read_to_string(path).expect("the page is part of the project")
}

/// The rows of the table under a heading, without its head, as cells.
fn table<'a>(page: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let section = page
        .split("\n## ")
        .find_map(|section| section.strip_prefix(heading));
    let rows = section
        .expect(heading)
        .lines()
        .filter(|line| line.starts_with('|'));
    rows.skip(2)
        .map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// The bytes of a code span, in which `⟨00⟩` is a byte; times what follows it.
fn input(cell: &str) -> Vec<u8> {
    let (span, times) = cell.rsplit_once(" × ").unwrap_or((cell, "1"));
    let span = span
        .strip_prefix('`')
        .and_then(|span| span.strip_suffix('`'));
    let mut bytes = Vec::new();
    for (at, piece) in span.expect(cell).split('⟨').enumerate() {
        if at == 0 {
            bytes.extend(piece.bytes());
            continue;
        }
        let (byte, rest) = piece.split_once('⟩').expect(cell);
        bytes.push(u8::from_str_radix(byte, 16).expect(cell));
        bytes.extend(rest.bytes());
    }
    bytes.repeat(times.parse().expect(cell))
}

#[test]
fn each_unusual_input_becomes_what_the_page_says() {
    let page = page();
    let rows = table(&page, "JSON\n");
    assert!(rows.len() >= 40, "the table was found: {} rows", rows.len());
    for row in rows {
        let [_, example, expected, why] = row[..] else {
            panic!("four cells: {row:?}");
        };
        let outcome = match sanitise(&input(example), &Limits::DEFAULT) {
            Ok(found) if found.changed => format!("`{}`, changed", found.json),
            Ok(found) => format!("`{}`", found.json),
            Err(fault) => format!("refused, `{}` at byte {}", fault.code, fault.position),
        };
        assert_eq!(outcome, expected, "{example}");
        assert!(!why.is_empty(), "{example}");
    }
}

#[test]
fn the_limits_are_those_of_the_program() {
    let Limits {
        body_wire_bytes_max,
        body_bytes_max,
        batch_events_max,
        event_bytes_max,
        depth_max,
        keys_max,
        key_bytes_max,
        name_chars_max,
        string_bytes_max,
        number_bytes_max,
        id_bytes_max,
        timestamp_bytes_max,
        user_agent_bytes_max,
        rejection_input_bytes_max,
    } = Limits::default();
    let expected = [
        ("body_wire_bytes_max", body_wire_bytes_max),
        ("body_bytes_max", body_bytes_max),
        ("batch_events_max", batch_events_max),
        ("event_bytes_max", event_bytes_max),
        ("depth_max", depth_max),
        ("keys_max", keys_max),
        ("key_bytes_max", key_bytes_max),
        ("name_chars_max", name_chars_max),
        ("string_bytes_max", string_bytes_max),
        ("number_bytes_max", number_bytes_max),
        ("id_bytes_max", id_bytes_max),
        ("timestamp_bytes_max", timestamp_bytes_max),
        ("user_agent_bytes_max", user_agent_bytes_max),
        ("rejection_input_bytes_max", rejection_input_bytes_max),
    ];
    let page = page();
    let rows = table(&page, "Limits\n");
    let found: Vec<(&str, usize)> = rows
        .iter()
        .map(|row| (row[0].trim_matches('`'), row[1].parse().expect("a number")))
        .collect();
    assert_eq!(found, expected);
    for row in rows.iter().filter(|row| row[2].starts_with('`')) {
        assert!(Code::parse(row[2].trim_matches('`')).is_some(), "{row:?}");
    }
}

#[test]
fn the_codes_are_those_of_the_program() {
    let page = page();
    let rows = table(&page, "Refusals\n");
    let found: Vec<_> = rows
        .iter()
        .map(|row| Code::parse(row[0].trim_matches('`')))
        .collect();
    let expected: Vec<_> = Code::ALL.iter().copied().map(Some).collect();
    assert_eq!(found, expected);
}

#[test]
fn each_field_name_of_the_page_is_read() {
    let page = page();
    let fields = table(&page, "Fields\n");
    assert_eq!(fields.len(), 8);
    for row in fields {
        for name in row[1].split(", ").map(|name| name.trim_matches('`')) {
            let value = match name {
                "properties" | "context" => r#"{"a":1}"#,
                _ => "1795329704",
            };
            let text = format!("{{\"{name}\":{value}}}");
            let draft = event::Draft::read(0, text.as_bytes(), &Limits::DEFAULT).expect("an event");
            let slots = [
                draft.event_name,
                draft.user_id,
                draft.anonymous_id,
                draft.timestamp,
                draft.sent_at,
                draft.client_id,
                draft.properties,
                draft.context,
            ];
            let found: Vec<_> = slots.into_iter().flatten().collect();
            assert_eq!(found.len(), 1, "{name} is known");
            assert_eq!((found[0].name, found[0].json), (name, value));
            assert!(draft.extra.is_empty());
        }
    }
}
