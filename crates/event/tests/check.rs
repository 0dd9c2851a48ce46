//! From a client's event to the event that is stored, or to the refusal.

use std::net::{IpAddr, Ipv4Addr};

use event::{
    Checked, Code, Correction, Draft, Limits, Notes, ProjectId, Received, Rejection, Source, check,
    client_event_id,
};
use ids::{Timestamp, Uuid};

const RECEIVED_MS: i64 = 1_795_329_704_170; // 2026-11-22T06:41:44.170Z
const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));

fn project() -> ProjectId {
    ProjectId::from_uuid(Uuid::from_u128(7))
}

fn run_with(text: &str, limits: &Limits) -> Result<Checked, Rejection> {
    let received = Received {
        at: Timestamp::from_unix_ns(i128::from(RECEIVED_MS) * 1_000_000 + 987_654),
        ip: Some(ADDRESS),
        user_agent: Some("agent/1.0"),
        source: Source::Key(Uuid::MAX),
    };
    // Without a client's time the clock has gone on a little.
    let now = Timestamp::from_unix_ms(RECEIVED_MS + 3);
    let make_id = |time: Option<Timestamp>| Uuid::at(time.unwrap_or(now));
    check(
        &Draft::read(0, text.as_bytes(), limits)?,
        project(),
        &received,
        limits,
        make_id,
    )
}

fn run(text: &str) -> Checked {
    run_with(text, &Limits::DEFAULT).unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"))
}

#[test]
fn an_event_with_everything() {
    let text = r#" {"event": "Signed Up", "user_id": "u1", "anonymous_id": "a1",
        "timestamp": "2026-11-22T06:41:40Z", "messageId": "m1", "properties": {"b": 1, "a": [true]},
        "context": {"locale": "de"} } "#;
    let Checked { event, notes } = run(text);
    assert_eq!(event.name.as_str(), "Signed Up");
    assert_eq!(event.user_id.as_deref(), Some("u1"));
    assert_eq!(event.anonymous_id.as_deref(), Some("a1"));
    assert_eq!(event.timestamp.to_string(), "2026-11-22T06:41:40.000Z");
    assert_eq!(
        event.id.timestamp(),
        Some(event.timestamp),
        "the id is the time index"
    );
    assert_eq!(event.received_at.to_string(), "2026-11-22T06:41:44.170987Z");
    assert_eq!(event.original_timestamp, None);
    assert_eq!(event.properties.as_str(), r#"{"a":[true],"b":1}"#);
    assert_eq!(
        event.context.expect("a context").as_str(),
        r#"{"locale":"de"}"#
    );
    assert_eq!(event.user_agent.as_deref(), Some("agent/1.0"));
    assert_eq!(event.ip_address, Some(ADDRESS));
    assert_eq!(event.canonical_id, Some(client_event_id(project(), "m1")));
    assert_eq!(
        (event.project_id, event.source),
        (project(), Source::Key(Uuid::MAX))
    );
    let untouched = Notes {
        sanitised: false,
        extra_fields: 0,
        time: Correction::None,
        sent_at_ignored: false,
    };
    assert_eq!(notes, untouched);
}

#[test]
fn an_event_with_nothing_but_a_name() {
    let event =
        run(r#"{"event":"x","user_id":"","anonymousId":null,"messageId":"","properties":null}"#)
            .event;
    assert_eq!(
        (event.user_id, event.anonymous_id, event.canonical_id),
        (None, None, None)
    );
    assert_eq!((event.properties.as_str(), event.context), ("{}", None));
    assert_eq!(
        event.timestamp,
        Timestamp::from_unix_ms(RECEIVED_MS + 3),
        "the id's own moment"
    );
    assert_eq!(event.id.timestamp(), Some(event.timestamp));
    assert_eq!(
        run(r#"{"event":"x","properties":[ ],"context":[]}"#)
            .event
            .context,
        None
    );
}

#[test]
fn the_most_telling_name_counts() {
    let name = |text: &str| run(text).event.name.as_str().to_owned();
    assert_eq!(
        name(r#"{"type":"d","name":"c","event":"b","event_name":"a"}"#),
        "a"
    );
    assert_eq!(name(r#"{"type":"track","event":"b","name":"c"}"#), "b");
    assert_eq!(name(r#"{"type":"page","name":"Home"}"#), "page");
    assert_eq!(name(r#"{"type":"identify","event":null}"#), "identify");
    assert_eq!(name(r#"{"type":"button","name":"clicked"}"#), "clicked");
    assert_eq!(name(r#"{"type":"button"}"#), "button");
    assert_eq!(name(r#"{"\u0065vent":"a\u0062"}"#), "ab");
    assert_eq!(
        name(r#"{"event":"a","event":"b"}"#),
        "b",
        "the last of a repeated field"
    );
}

#[test]
fn fields_of_unknown_names_are_kept() {
    let context = |text: &str| {
        let Checked { event, notes } = run(text);
        (
            event.context.expect("a context").into_string(),
            notes.extra_fields,
        )
    };
    assert_eq!(
        context(r#"{"event":"a","plan":"pro","traits":{"z":1,"email":"x"},"none":null}"#),
        (
            r#"{"$extra":{"none":null,"plan":"pro","traits":{"z":1,"email":"x"}}}"#.to_owned(),
            3
        )
    );
    assert_eq!(
        context(
            r#"{"event":"a","userId":"u","distinct_id":"d","context":{"zz":1,"longer":2},"x":3}"#
        ),
        (
            r#"{"zz":1,"$extra":{"x":3,"distinct_id":"d"},"longer":2}"#.to_owned(),
            2
        )
    );
    // A repeated field is data as well, unless it repeats what does not count.
    let text = r#"{"event":"a","event":"b","event":"c"}"#;
    assert_eq!(context(text), (r#"{"$extra":{"event":"b"}}"#.to_owned(), 2));
    assert!(run(text).notes.sanitised);
    // The client's own `$extra` gives way, and that is told.
    let text = r#"{"event":"a","context":{"$extra":1},"x":3}"#;
    assert_eq!(context(text), (r#"{"$extra":{"x":3}}"#.to_owned(), 1));
    assert!(run(text).notes.sanitised);
    // Exported and sent again, it stays.
    assert_eq!(
        context(r#"{"event":"a","context":{"$extra":{"x":3}}}"#),
        (r#"{"$extra":{"x":3}}"#.to_owned(), 0)
    );
}

#[test]
fn credentials_are_never_stored() {
    let Checked { event, notes } =
        run(r#"{"event":"a","writeKey":"k","write_key":"k","api_key":"k"}"#);
    assert_eq!((event.context, notes.extra_fields), (None, 0));
    // What is no text is no key of ours.
    assert_eq!(run(r#"{"event":"a","api_key":7}"#).notes.extra_fields, 1);
    let refusal = run_with(r#"{"writeKey":"secret"}"#, &Limits::DEFAULT).expect_err("no name");
    assert_eq!(refusal.input, r#"{"writeKey":"***"}"#);
}

#[test]
fn ids_may_be_integers_of_any_size() {
    let id = |json: &str| {
        run(&format!("{{\"event\":\"a\",\"userId\":{json}}}"))
            .event
            .user_id
    };
    assert_eq!(id("42").as_deref(), Some("42"));
    assert_eq!(
        id("12345678901234567890123").as_deref(),
        Some("12345678901234567890123")
    );
    assert_eq!(
        id(r#""a\u0000\ud800""#).as_deref(),
        Some("a\u{fffd}\u{fffd}")
    );
    let event = run(r#"{"event":"a","uuid":7}"#).event;
    assert_eq!(event.canonical_id, Some(client_event_id(project(), "7")));
}

#[test]
fn the_clients_clock_is_corrected_and_the_original_kept() {
    let Checked { event, notes } = run(
        r#"{"event":"a","timestamp":"2026-11-22T05:41:40Z","sentAt":"2026-11-22T05:41:44.170Z"}"#,
    );
    assert_eq!(event.timestamp.to_string(), "2026-11-22T06:41:40.000987Z");
    assert_eq!(
        event.id.unix_ms(),
        u64::try_from(event.timestamp.unix_ms()).ok()
    );
    assert_eq!(
        event.original_timestamp.as_deref(),
        Some("2026-11-22T05:41:40Z")
    );
    assert_eq!(notes.time, Correction::Skew);

    let Checked { event, notes } = run(r#"{"event":"a","time":1.5e18,"sent_at":"yesterday"}"#);
    assert_eq!(event.timestamp.to_string(), "2017-07-14T02:40:00.000Z");
    assert!(notes.sent_at_ignored && event.original_timestamp.is_none());

    let Checked { event, notes } = run(r#"{"event":"a","time":12}"#);
    assert_eq!(event.timestamp, event::EARLIEST);
    assert_eq!(event.original_timestamp.as_deref(), Some("12"));
    assert_eq!(notes.time, Correction::Clamped);
}

fn refused(text: &str, code: Code, field: Option<&str>, message: &str) {
    let refusal = run_with(text, &Limits::DEFAULT).expect_err(text);
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        (code, field),
        "{text}"
    );
    assert_eq!(refusal.message, message, "{text}");
    assert!(
        text.starts_with(&refusal.input) && !refusal.input.is_empty(),
        "{text}"
    );
}

#[test]
fn a_refusal_says_what_and_where() {
    use Code::*;
    refused(
        "[1]",
        NotAnObject,
        None,
        "found `[`, expected `{` at byte 0",
    );
    refused(
        r#"{"event":"a""#,
        InvalidJson,
        None,
        "found the end of the text, expected `,` or `}` at byte 12",
    );
    refused("{}", MissingName, Some("event"), "the event has no name");
    refused(
        r#"{"event":" "}"#,
        MissingName,
        Some("event"),
        "the event's name is blank",
    );
    refused(
        r#"{"type":"track"}"#,
        MissingName,
        Some("event"),
        "the event has no name",
    );
    refused(
        r#"{"name":7}"#,
        InvalidType,
        Some("name"),
        "`7` is not a string",
    );
    refused(
        r#"{"event":"a\nb"}"#,
        InvalidName,
        Some("event"),
        "the name `a\\nb` holds a control character",
    );
    refused(
        r#"{"event":"a" x}"#,
        InvalidJson,
        Some("event"),
        "found ` `, expected the end of the field",
    );
}

#[test]
fn a_refusal_shows_the_value_that_does_not_fit() {
    use Code::*;
    refused(
        r#"{"event":"a","userId":{}}"#,
        InvalidType,
        Some("userId"),
        "`{}` is not a string or an integer",
    );
    refused(
        r#"{"event":"a","userId":1.5}"#,
        InvalidType,
        Some("userId"),
        "`1.5` is not a string or an integer",
    );
    refused(
        r#"{"event":"a","time":true}"#,
        InvalidType,
        Some("time"),
        "`true` is not a string or a number",
    );
    refused(
        r#"{"event":"a","time":"2026-11-22T06:41:44"}"#,
        InvalidTimestamp,
        Some("time"),
        "`\"2026-11-22T06:41:44\"` is not RFC 3339 with an offset, such as \
         `2026-11-22T06:41:44Z`, nor Unix time",
    );
    refused(
        r#"{"event":"a","properties":"x"}"#,
        NotAnObject,
        Some("properties"),
        "`\"x\"` is not an object",
    );
    refused(
        r#"{"event":"a","sentAt":nope}"#,
        InvalidJson,
        Some("sentAt"),
        "found `n`, expected a value",
    );
    refused(
        r#"{"event":"a","api_key":nope}"#,
        InvalidJson,
        Some("api_key"),
        "found `n`, expected a value",
    );
    refused(
        r#"{"event":"a","properties":{"items":[{"price":+1}]}}"#,
        InvalidJson,
        Some("properties/items/0/price"),
        "found `+`, expected a value at byte 45",
    );
    refused(
        r#"{"event":"a","plan":{"x":nope}}"#,
        InvalidJson,
        Some("plan/x"),
        "found `n`, expected a value",
    );
}

/// Small enough for texts that a reader can count.
const SMALL: Limits = Limits {
    name_chars_max: 3,
    id_bytes_max: 4,
    timestamp_bytes_max: 20,
    keys_max: 4,
    depth_max: 3,
    event_bytes_max: 90,
    user_agent_bytes_max: 5,
    rejection_input_bytes_max: 8,
    ..Limits::DEFAULT
};

/// The code with which an event is refused under [`SMALL`] limits.
fn code(text: &str) -> Option<Code> {
    run_with(text, &SMALL).err().map(|refusal| refusal.code)
}

#[test]
fn each_limit_of_a_field_holds_at_its_edge() {
    for (within, beyond, expected) in [
        (
            r#"{"event":"grö"}"#,
            r#"{"event":"größ"}"#,
            Code::NameTooLong,
        ),
        (
            r#"{"event":"a","userId":"grö"}"#,
            r#"{"event":"a","userId":"größ"}"#,
            Code::IdTooLong,
        ),
        (
            r#"{"event":"a","uuid":1234}"#,
            r#"{"event":"a","uuid":12345}"#,
            Code::IdTooLong,
        ),
        (
            r#"{"event":"a","time":"2026-11-22T06:41:44Z"}"#,
            r#"{"event":"a","time":"2026-11-22T06:41:44.1Z"}"#,
            Code::InvalidTimestamp,
        ),
        (
            r#"{"event":"a","properties":{"a":[[]]}}"#,
            r#"{"event":"a","properties":{"a":[[[]]]}}"#,
            Code::TooDeep,
        ),
        // The context is around it.
        (
            r#"{"event":"a","x":[]}"#,
            r#"{"event":"a","x":[[]]}"#,
            Code::TooDeep,
        ),
    ] {
        assert_eq!(
            (code(within), code(beyond)),
            (None, Some(expected)),
            "{beyond}"
        );
    }
    let event = run_with(r#"{"event":"a"}"#, &SMALL).expect("small").event;
    assert_eq!(event.user_agent.as_deref(), Some("agent"));
    let refusal = run_with(r#"{"größe":"a"}"#, &SMALL).expect_err("no name");
    assert_eq!(refusal.input, r#"{"größ"#);
}

#[test]
fn properties_and_context_share_their_limits() {
    let four = r#"{"event":"a","properties":{"a":1,"b":2},"context":{"c":3,"d":4}}"#;
    let five = r#"{"event":"a","properties":{"a":1,"b":2},"context":{"c":3,"d":4,"e":5}}"#;
    assert_eq!((code(four), code(five)), (None, Some(Code::TooManyKeys)));
    let fields = r#"{"a":1,"b":2,"c":3,"d":4,"event":"a"}"#;
    let refusal = Draft::read(0, fields.as_bytes(), &SMALL).expect_err("not read to its end");
    assert_eq!(refusal.code, Code::TooManyKeys);
    // Fields of unknown names count as the keys that they become.
    let four = r#"{"event":"a","context":{"a":1},"x":1,"y":2}"#;
    let five = r#"{"event":"a","context":{"a":1,"b":2},"x":1,"y":2}"#;
    assert_eq!((code(four), code(five)), (None, Some(Code::TooManyKeys)));

    let ninety = format!("{{\"event\":\"{}\"}}", " ".repeat(78));
    assert_eq!((ninety.len(), code(&ninety)), (90, Some(Code::NameTooLong)));
    assert_eq!(code(&(ninety + " ")), Some(Code::EventTooLarge));
    // Written out, this number is longer than the event may be.
    let long = r#"{"event":"a","properties":{"a":1e99}}"#;
    assert_eq!(code(long), Some(Code::EventTooLarge));
    let one = r#"{"event":"a","context":{"b":1e40}}"#;
    let both = r#"{"event":"a","properties":{"a":1e40},"context":{"b":1e40}}"#;
    assert_eq!((code(one), code(both)), (None, Some(Code::EventTooLarge)));
}

#[test]
fn a_generator_that_fails_is_no_fault_of_the_event() {
    let limits = Limits::DEFAULT;
    let draft = Draft::read(3, br#"{"event":"a"}"#, &limits).expect("an event");
    let received = Received {
        at: Timestamp::from_unix_ms(RECEIVED_MS),
        ip: None,
        user_agent: None,
        source: Source::Import,
    };
    let failing = |_| Err(ids::Error::Time { unix_ms: -1 });
    let refusal = check(&draft, project(), &received, &limits, failing).expect_err("no id");
    assert_eq!((refusal.index, refusal.code), (3, Code::NoId));
}
