//! Text to sixteen bytes, in each of the four forms.

use uuid_simd::UuidExt as _;

use crate::case::{Case, Role};
use crate::harness::Table;
use crate::inputs::texts;

const COLUMNS: &[&str] = &["accepts"];
/// Hyphenated, simple, braced, URN; each in any case.
const ANY: &[&str] = &["any form"];
const ONE: &[&str] = &["this form only"];
const LOWER_URN: &[&str] = &["URN in lower case only"];

const VALID: &str = "the inputs are valid";

pub(super) fn tables() -> Vec<Table> {
    vec![
        Table {
            key: "parse",
            title: "Parse, hyphenated",
            columns: COLUMNS,
            cases: hyphenated(),
        },
        Table {
            key: "parse-simple",
            title: "Parse, simple (32 digits)",
            columns: COLUMNS,
            cases: simple(),
        },
        Table {
            key: "parse-braced",
            title: "Parse, braced",
            columns: COLUMNS,
            cases: any_form(|id| id.braced().to_string()),
        },
        Table {
            key: "parse-urn",
            title: "Parse, URN",
            columns: COLUMNS,
            cases: any_form(|id| id.urn().to_string()),
        },
    ]
}

fn hyphenated() -> Vec<Case> {
    let text = |id: uuid::Uuid| id.hyphenated().to_string();
    let mut cases = any_form(text);
    let (strict, bytes, simd, seven) = (texts(text), texts(text), texts(text), texts(text));
    cases.extend([
        Case::new("ids Uuid::parse_strict", move |at| {
            ids::Uuid::parse_strict(strict.get(at)).expect(VALID)
        })
        .role(Role::Ours)
        .notes(ONE),
        Case::new("uuid try_parse_ascii", move |at| {
            uuid::Uuid::try_parse_ascii(bytes.get(at).as_bytes()).expect(VALID)
        })
        .notes(ANY),
        Case::new("uuid-simd parse_hyphenated", move |at| {
            uuid::Uuid::parse_hyphenated(simd.get(at)).expect(VALID)
        })
        .notes(ONE),
        Case::new("uuid7 parse", move |at| {
            seven.get(at).parse::<uuid7::Uuid>().expect(VALID)
        })
        .notes(ANY),
    ]);
    cases
}

fn simple() -> Vec<Case> {
    let text = |id: uuid::Uuid| id.simple().to_string();
    let simd = texts(text);
    let mut cases = any_form(text);
    let only = Case::new("uuid-simd parse_simple", move |at| {
        uuid::Uuid::parse_simple(simd.get(at)).expect(VALID)
    });
    cases.push(only.notes(ONE));
    cases
}

/// The calls that take any form; ours and the two rivals.
fn any_form(text: fn(uuid::Uuid) -> String) -> Vec<Case> {
    let (ours, plain, simd) = (texts(text), texts(text), texts(text));
    vec![
        Case::new("ids Uuid::parse", move |at| {
            ids::Uuid::parse(ours.get(at)).expect(VALID)
        })
        .role(Role::Ours)
        .notes(ANY),
        Case::new("uuid parse_str", move |at| {
            uuid::Uuid::parse_str(plain.get(at)).expect(VALID)
        })
        .role(Role::Rival)
        .notes(ANY),
        Case::new("uuid-simd parse", move |at| {
            uuid::Uuid::parse(simd.get(at)).expect(VALID)
        })
        .role(Role::Rival)
        .notes(LOWER_URN),
    ]
}
