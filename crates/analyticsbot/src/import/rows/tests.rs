//! Rows of any bytes, and the events in them.

use std::io::Cursor;

use super::*;

fn rows(input: &[u8], limits: &Limits) -> anyhow::Result<Rows> {
    let bytes = Box::new(Cursor::new(input.to_vec()));
    Rows::open(bytes, input, limits, &Renames::default())
}

#[track_caller]
fn check(input: &[u8], expected: &[(u64, Result<&str, &str>)]) {
    let limits = Limits {
        event_bytes_max: 64,
        ..Limits::DEFAULT
    };
    let mut rows = rows(input, &limits).expect("a header");
    for (line, event) in expected {
        let piece = rows.next().unwrap().expect("a row");
        assert_eq!(piece.place.line + 1, *line);
        match piece.json {
            Ok(json) => assert_eq!(Ok(str::from_utf8(&json).unwrap()), *event),
            Err(reject) => assert_eq!((Err(reject.code), reject.line), (*event, *line)),
        }
    }
    assert!(rows.next().unwrap().is_none());
    assert_eq!(rows.place().offset, input.len() as u64);
}

#[test]
fn a_row_is_an_event() {
    check(
        b"event,user_id,plan,seats,ok,zip\r\na,7,pro,3,true,007\n\nb,,,-1.50,TRUE,1e5\n",
        &[
            (
                2,
                Ok(concat!(
                    r#"{"event":"a","user_id":"7","#,
                    r#""properties":{"plan":"pro","seats":3,"ok":true,"zip":"007"}}"#
                )),
            ),
            (
                4,
                Ok(r#"{"event":"b","properties":{"seats":-1.50,"ok":"TRUE","zip":"1e5"}}"#),
            ),
        ],
    );
}

#[test]
fn quotes_delimiters_and_lines_within_a_cell() {
    check(
        b"\xef\xbb\xbfevent;note\r\n\"a;b\";\"say \"\"x\"\"\nand y\"\r\nc;d",
        &[
            (
                2,
                Ok(r#"{"event":"a;b","properties":{"note":"say \"x\"\nand y"}}"#),
            ),
            (4, Ok(r#"{"event":"c","properties":{"note":"d"}}"#)),
        ],
    );
    check(
        b"event\ta,b\tc\nx\t1\t2\n",
        &[(2, Ok(r#"{"event":"x","properties":{"a,b":1,"c":2}}"#))],
    );
}

#[test]
fn documents_are_objects_and_cannot_break_out() {
    check(
        b"event|properties|properties.b|context\na|{\"a\":[1]}|2|{}\n",
        &[(2, Ok(r#"{"event":"a","properties":{"a":[1],"b":2}}"#))],
    );
    check(
        b"event|properties|b\na|{\"a\":1},\"user_id\":{\"x\":1}|2\nb|[1]|2\n",
        &[
            (
                2,
                Ok(r#"{"event":"a","properties":"{\"a\":1},\"user_id\":{\"x\":1}"}"#),
            ),
            (3, Ok(r#"{"event":"b","properties":"[1]"}"#)),
        ],
    );
}

#[test]
fn a_bad_row_does_not_spoil_its_neighbours() {
    let long = "x".repeat(10_000);
    let text = format!("event,b\na\nb,1,2\n{long},1\nc,~\nok,1\n\"never closed,{long}\n");
    // The one byte that is no UTF-8, which a text of Rust cannot hold.
    let bytes: Vec<u8> = text
        .bytes()
        .map(|byte| if byte == b'~' { 0xff } else { byte })
        .collect();
    check(
        &bytes,
        &[
            (2, Err("invalid_row")),
            (3, Err("invalid_row")),
            (4, Err("event_too_large")),
            (5, Err("invalid_utf8")),
            (6, Ok(r#"{"event":"ok","properties":{"b":1}}"#)),
            (7, Err("event_too_large")),
        ],
    );
}

#[test]
fn a_header_must_name_each_column_once() {
    for bad in ["", "event,,b\n", "event,b,b\n", "event,\u{a0}\n"] {
        assert!(rows(bad.as_bytes(), &Limits::DEFAULT).is_err(), "{bad:?}");
    }
    assert!(rows(b"event,\xff\n", &Limits::DEFAULT).is_err());
}

#[test]
fn rows_go_on_where_they_were_left() {
    let text = b"event,n\na,1\n\"b\nc\",2\n\nd,3\n";
    let mut first = rows(text, &Limits::DEFAULT).unwrap();
    for _ in 0..2 {
        first.next().unwrap();
    }
    let place = first.place();
    let mut second = rows(text, &Limits::DEFAULT).unwrap();
    assert!(second.skip_to(place).unwrap());
    let piece = second.next().unwrap().unwrap();
    assert_eq!(piece.place.line + 1, 6);
    assert_eq!(
        piece.json.unwrap(),
        br#"{"event":"d","properties":{"n":3}}"#
    );
    assert!(
        !rows(text, &Limits::DEFAULT)
            .unwrap()
            .skip_to(Place {
                offset: 99,
                line: 9
            })
            .unwrap()
    );
}
