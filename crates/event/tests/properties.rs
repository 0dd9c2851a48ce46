//! What holds for every document, not only for those that somebody thought of.

use event::{
    Checked, Draft, Limits, ProjectId, Received, Rejection, Source, check, elements, members,
    parse_time, sanitise,
};
use ids::{Timestamp, Uuid};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// Numbers that every JSON reader reads alike.
fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<i16>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON has no NaN, and zero loses its sign", |x| x
                .is_normal())
            .prop_map(Value::from),
    ]
}

/// Any text without U+0000.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z$_]{0,8}",
        "[^\\x00]{0,12}",
        "[\"\\\\/\\x01-\\x1f\\x7f]{0,4}"
    ]
}

/// Documents without any of the features that are replaced.
fn plain_document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(),
        words().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((words(), inner), 0..6)
                .prop_map(|members| Value::from(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// JSON text as no serialiser would write it: repeated keys, any escape, any number, any spacing.
fn wild_text() -> impl Strategy<Value = String> {
    let string = vec(
        prop_oneof![
            "[a-c]",
            "\\\\u[0-9a-fA-F]{4}",
            "\\\\u[dD][89a-fA-F][0-9a-f]{2}",
            Just("\\u0000".to_owned()),
            "\\\\[\"\\\\/bfnrt]",
            "[é😀\u{7f}\u{2028}\u{fffe}]",
        ],
        0..4,
    )
    .prop_map(|parts| format!("\"{}\"", parts.concat()));
    let number = "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?";
    let leaf = prop_oneof!["(true|false|null)", number, string.clone(),];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        let space = "[ \\t\\r\\n]{0,2}";
        let member = (string.clone(), space, inner.clone())
            .prop_map(|(key, space, value)| format!("{key}{space}:{space}{value}{space}"));
        prop_oneof![
            vec(inner, 0..5).prop_map(|items| format!("[{}]", items.join(" ,"))),
            vec(member, 0..5).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

/// An event with every field that is known and one that is not.
fn event_text() -> impl Strategy<Value = String> {
    (wild_text(), wild_text()).prop_map(|(value, other)| {
        format!(
            r#"{{"event":"a","userId":"u" , "anonymous_id":7,"timestamp":1795329704,"sent_at":null,
            "writeKey":"k","uuid":"m","properties":{{"p":{value}}},"context":{{}},
            "extra":{other},"é":[]}}"#
        )
    })
}

/// JSON text with a few bytes of it overwritten, left out or put in.
fn mutated(text: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        any::<u8>(),
        prop::sample::select(b"\",:}]0\\\x0c ".as_slice())
    ];
    let edit = (any::<prop::sample::Index>(), 0..3_u8, byte);
    (text, vec(edit, 0..4)).prop_map(|(text, edits)| {
        let mut bytes = text.into_bytes();
        for (at, kind, byte) in edits {
            let at = at.index(bytes.len() + 1);
            match kind {
                0 => bytes.insert(at, byte),
                1 if at < bytes.len() => bytes[at] = byte,
                _ if at < bytes.len() => {
                    bytes.remove(at);
                }
                _ => {}
            }
        }
        bytes
    })
}

/// Equal as documents: numbers by value, whether they were written as integers or not.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || ((a.is_f64() || b.is_f64()) && a.as_f64() == b.as_f64())
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let found = |(key, a): (&String, &Value)| b.get(key).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(found)
        }
        _ => one == other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_plain_document_stays_what_it_is(document in plain_document(), pretty: bool) {
        let text = if pretty { format!("{document:#}") } else { document.to_string() };
        let found = sanitise(text.as_bytes(), &Limits::DEFAULT).expect("within the limits");
        prop_assert!(!found.changed, "{}", text);
        let read: Value = serde_json::from_str(found.json.as_str()).expect("valid JSON");
        prop_assert!(same(&read, &document), "{} became {}", text, found.json);
    }

    #[test]
    fn reading_the_result_again_changes_nothing(text in wild_text()) {
        let Ok(once) = sanitise(text.as_bytes(), &Limits::DEFAULT) else {
            return Err(TestCaseError::reject("a number may be too long"));
        };
        let twice = sanitise(once.json.as_str().as_bytes(), &Limits::DEFAULT).expect("its own");
        prop_assert_eq!(&twice.json, &once.json, "{}", text);
        prop_assert!(!twice.changed, "{}", text);
        let _: Value = serde_json::from_str(once.json.as_str()).expect("valid for `Value`");
        let raw: &RawValue = serde_json::from_str(once.json.as_str()).expect("valid, raw");
        prop_assert_eq!(raw.get(), once.json.as_str());
    }

    #[test]
    fn it_takes_what_is_json_and_nothing_else(bytes in mutated(wild_text())) {
        // `RawValue` checks syntax and judges neither numbers nor surrogates; it does not check
        // the bytes that it skips for UTF-8.
        let oracle = serde_json::from_slice::<&RawValue>(&bytes).is_ok();
        let expected = oracle && core::str::from_utf8(&bytes).is_ok();
        let found = sanitise(&bytes, &Limits::NONE);
        prop_assert_eq!(found.is_ok(), expected, "{:?}", found);
    }

    #[test]
    fn a_taken_event_was_json(bytes in mutated(event_text())) {
        // An event is cut into pieces that are judged one by one: together they judge all of it.
        let json = serde_json::from_slice::<&RawValue>(&bytes).is_ok();
        let taken = take(&bytes, &Limits::DEFAULT).is_ok();
        prop_assert!(json || !taken, "{}", String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn spacing_and_order_make_no_difference(document in plain_document()) {
        let forwards = sanitise(document.to_string().as_bytes(), &Limits::DEFAULT);
        let backwards = reversed(&document);
        let backwards = sanitise(backwards.as_bytes(), &Limits::DEFAULT);
        prop_assert_eq!(forwards, backwards);
    }

    #[test]
    fn nothing_panics_on_any_bytes(
        bytes in prop_oneof![vec(any::<u8>(), 0..200), mutated(wild_text())],
    ) {
        let event = [b"{\"event\":\"x\",\"properties\":".as_slice(), &bytes, b"}"].concat();
        let limits = Limits { event_bytes_max: 180, depth_max: 4, keys_max: 6, ..Limits::DEFAULT };
        for input in [&bytes, &event] {
            everything(input, &limits);
            everything(input, &Limits::DEFAULT);
        }
    }
}

/// `document` with the members of each object in reverse, and with spaces.
fn reversed(document: &Value) -> String {
    match document {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(reversed).collect();
            format!("[ {} ]", items.join("\n,"))
        }
        Value::Object(members) => {
            let member = |(key, value): (&String, _)| {
                format!("{} :\t{}", Value::from(key.as_str()), reversed(value))
            };
            let members: Vec<_> = members.iter().rev().map(member).collect();
            format!("{{ {} }}", members.join(" , "))
        }
        leaf => leaf.to_string(),
    }
}

/// Gives `input` to all that reads a client's bytes, and holds what comes back to its promises.
fn everything(input: &[u8], limits: &Limits) {
    if let Ok(found) = sanitise(input, limits) {
        assert!(
            found.json.as_str().len() <= limits.event_bytes_max && found.keys <= limits.keys_max
        );
    }
    for piece in elements(input).into_iter().flatten().flatten() {
        assert!(piece.len() < input.len());
    }
    assert!(members(input).into_iter().flatten().count() <= input.len() + 1);
    let _: Option<Timestamp> = parse_time(&String::from_utf8_lossy(input));
    match take(input, limits) {
        Ok(checked) => {
            let event = checked.event;
            assert!(event.properties.is_object());
            assert!(event.context.is_none_or(|context| context.is_object()));
        }
        Err(refusal) => {
            assert_eq!(refusal.index, 7);
            assert!(refusal.input.len() <= limits.rejection_input_bytes_max);
            let told = [Some(refusal.message), refusal.field, Some(refusal.input)];
            assert!(told.iter().flatten().all(|text| !text.contains('\0')));
        }
    }
}

/// Reads and checks one event, the seventh of its request.
fn take(input: &[u8], limits: &Limits) -> Result<Checked, Rejection> {
    let received = Received {
        at: Timestamp::from_unix_ms(1_795_329_704_170),
        ip: None,
        user_agent: Some("agent"),
        source: Source::Import,
    };
    let project = ProjectId::from_uuid(Uuid::NIL);
    let make_id = |_: Option<Timestamp>| Ok(Uuid::MAX);
    let draft = Draft::read(7, input, limits)?;
    check(&draft, project, &received, limits, make_id)
}
