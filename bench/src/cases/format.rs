//! Sixteen bytes to text: on the stack, and as a `String`.

use std::hint::black_box;

use uuid_simd::{AsOut as _, AsciiCase};

use crate::case::{Case, Role};
use crate::harness::Table;
use crate::inputs::random_bytes;

const COLUMNS: &[&str] = &["result"];

pub(super) fn tables() -> Vec<Table> {
    vec![
        Table {
            key: "format",
            title: "Format, hyphenated, on the stack",
            columns: COLUMNS,
            cases: stack(),
        },
        Table {
            key: "to-string",
            title: "Format, to_string",
            columns: COLUMNS,
            cases: string(),
        },
    ]
}

fn stack() -> Vec<Case> {
    let (ours, plain, simd, fast, seven) = (
        random_bytes(),
        random_bytes(),
        random_bytes(),
        random_bytes(),
        random_bytes(),
    );
    vec![
        Case::new("ids hyphenated", move |at| {
            ids::Uuid::from_bytes(*ours.get(at)).hyphenated()
        })
        .role(Role::Ours)
        .notes(&["36 bytes"]),
        Case::new("uuid encode_lower", move |at| {
            let mut out = [0; 36];
            uuid::Uuid::from_bytes(*plain.get(at))
                .hyphenated()
                .encode_lower(&mut out);
            black_box(&out);
        })
        .role(Role::Rival)
        .notes(&["36 bytes"]),
        Case::new("uuid-simd format_hyphenated", move |at| {
            let mut out = [0; 36];
            black_box(uuid_simd::format_hyphenated(
                simd.get(at),
                out.as_out(),
                AsciiCase::Lower,
            ));
        })
        .role(Role::Rival)
        .notes(&["36 bytes"]),
        Case::new("fast-uuid-v7 format_uuid", move |at| {
            fast_uuid_v7::format_uuid(u128::from_be_bytes(*fast.get(at)))
        })
        .role(Role::Rival)
        .notes(&["36 bytes"]),
        Case::new("uuid7 encode", move |at| {
            uuid7::Uuid::from(*seven.get(at)).encode()
        })
        .role(Role::Rival)
        .notes(&["36 bytes"]),
    ]
}

fn string() -> Vec<Case> {
    const STRING: &[&str] = &["String"];
    let (ours, plain, seven) = (random_bytes(), random_bytes(), random_bytes());
    vec![
        Case::new("ids to_string", move |at| {
            ids::Uuid::from_bytes(*ours.get(at)).to_string()
        })
        .role(Role::Ours)
        .notes(STRING),
        Case::new("uuid to_string", move |at| {
            uuid::Uuid::from_bytes(*plain.get(at)).to_string()
        })
        .role(Role::Rival)
        .notes(STRING),
        Case::new("uuid7 to_string", move |at| {
            uuid7::Uuid::from(*seven.get(at)).to_string()
        })
        .role(Role::Rival)
        .notes(STRING),
    ]
}
