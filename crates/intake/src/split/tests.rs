use proptest::prelude::*;

use super::*;

fn found(text: &str) -> (Shape, Vec<&str>) {
    let found =
        split(text.as_bytes(), &Limits::DEFAULT).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    let inputs = found
        .inputs
        .into_iter()
        .map(|input| core::str::from_utf8(input).unwrap());
    (found.shape, inputs.collect())
}

fn check(text: &str, shape: Shape, inputs: &[&str]) {
    assert_eq!(found(text), (shape, inputs.to_vec()), "{text}");
}

fn check_refused(text: &str, code: Code, message: &str) {
    let refusal = split(text.as_bytes(), &Limits::DEFAULT).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.message.as_str()),
        (code, message),
        "{text}"
    );
    assert_eq!((refusal.index, refusal.input.as_str()), (0, text));
}

#[test]
fn one_object_is_one_input() {
    for text in [
        "{}",
        r#"{"event":"a"}"#,
        "{\"event\":\n\"a\"\n}",
        r#"{"event":oops}"#,
    ] {
        check(text, Shape::One, &[text]);
        check(&format!("\u{feff} {text}\r\n"), Shape::One, &[text]);
    }
    // Has a name: an event with a property of its own, not a batch.
    let own = r#"{"event":"Baked","batch":[1,2]}"#;
    check(own, Shape::One, &[own]);
}

#[test]
fn elements_of_an_array_are_inputs() {
    check("[]", Shape::Several, &[]);
    check("[{}]", Shape::Several, &["{}"]);
    check(
        "\u{feff}[ {} ,\n oops , {\"a\":2]]",
        Shape::Several,
        &["{}", "oops", "{\"a\":2]"],
    );
}

#[test]
fn a_batch_object_holds_inputs_and_what_they_share() {
    check(r#"{"batch":[]}"#, Shape::Several, &[]);
    check(
        r#"{"writeKey":"k","batch":[{"a":1}, 2],"type":"x"}"#,
        Shape::Several,
        &["{\"a\":1}", "2"],
    );
    check(r#"{"batch":[1],"batch":[2]}"#, Shape::Several, &["2"]);
    let text = br#"{"batch":[{"event":"a"},{"event":"b","sentAt":"2","context":{}}],
        "sent_at":"1","context":{"app":1}}"#;
    let inputs = split(text, &Limits::DEFAULT).unwrap();
    let drafts: Vec<_> = drafts(&inputs, &Limits::DEFAULT)
        .map(Result::unwrap)
        .collect();
    let of = |draft: &Draft<'_>| {
        let json = |field: Option<Field<'_>>| field.unwrap().json.to_owned();
        (draft.index, json(draft.sent_at), json(draft.context))
    };
    assert_eq!(
        of(&drafts[0]),
        (0, "\"1\"".to_owned(), "{\"app\":1}".to_owned())
    );
    assert_eq!(of(&drafts[1]), (1, "\"2\"".to_owned(), "{}".to_owned()));
}

#[test]
fn lines_are_inputs_where_they_are_no_document() {
    check(
        "{\"event\":\"a\"}\n\r\n {} \r\n",
        Shape::Several,
        &["{\"event\":\"a\"}", "{}"],
    );
    check("oops\n{}", Shape::Several, &["oops", "{}"]);
    check(
        "[1]\n{}\n{\"a\":",
        Shape::Several,
        &["[1]", "{}", "{\"a\":"],
    );
    check(
        "{\"a\":\"\n{}\n{}",
        Shape::Several,
        &["{\"a\":\"", "{}", "{}"],
    );
    check(
        "{}\n{\"a\": [}\n{}",
        Shape::Several,
        &["{}", "{\"a\": [}", "{}"],
    );
}

#[test]
fn a_document_that_does_not_end_well_is_not_lines() {
    let cut_off = "found the end of the text, expected `,` or `]`";
    check_refused(
        "[\n{\"a\":1}\n",
        Code::InvalidJson,
        &format!("{cut_off} at byte 10"),
    );
    check_refused(
        "[\n{\"a\":1},\n{\"b\":2}",
        Code::InvalidJson,
        &format!("{cut_off} at byte 18"),
    );
    check_refused(
        "{\"batch\":[\n{\"a\":1},\n{\"b\":2}\n",
        Code::InvalidJson,
        "found the end of the text, expected `,` or `}` at byte 27",
    );
}

#[test]
fn borders_that_cannot_be_told_refuse_the_whole() {
    check_refused("", Code::InvalidJson, "the body is empty");
    check_refused(" \n", Code::InvalidJson, "the body is empty");
    let begins = "the body begins with `event=a&b=1`: neither JSON nor a compression that is known";
    check_refused("event=a&b=1", Code::InvalidJson, begins);
    check_refused(
        "[1,2",
        Code::InvalidJson,
        "found the end of the text, expected `,` or `]` at byte 4",
    );
    check_refused(
        "{\"a\":1} {}",
        Code::InvalidJson,
        "found `{`, expected the end of the text at byte 8",
    );
    check_refused(
        "[1}]",
        Code::InvalidJson,
        "found `}`, expected `,` or `]` at byte 2",
    );
    check_refused(
        "{\"batch\":[1}}",
        Code::InvalidJson,
        "found `}`, expected `,` or `]` at byte 11",
    );
    let refusal = split(br#"{"batch":{"a":1}}"#, &Limits::DEFAULT).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        (Code::InvalidType, Some("batch"))
    );
}

#[test]
fn more_inputs_than_the_limit_are_refused_in_every_shape() {
    let limits = Limits {
        batch_events_max: 3,
        ..Limits::DEFAULT
    };
    for (begin, between, end) in [("[", ",", "]"), ("{\"batch\":[", ",", "]}"), ("", "\n", "")] {
        let text = |count| format!("{begin}{}{end}", vec!["{}"; count].join(between));
        let taken = split(text(3).as_bytes(), &limits).map(|inputs| inputs.inputs.len());
        assert_eq!(taken, Ok(3));
        let refused = split(text(4).as_bytes(), &limits).unwrap_err();
        assert_eq!(refused.code, Code::BatchTooLarge);
        assert_eq!(
            refused.message,
            "the request has more than 3 events, which is the limit"
        );
    }
    let many = format!("[{}]", "0,".repeat(4 << 20));
    assert_eq!(
        split(many.as_bytes(), &limits).unwrap_err().code,
        Code::BatchTooLarge
    );
}

#[test]
fn the_write_key_is_found_wherever_clients_put_it() {
    let check = |text: &str, key| assert_eq!(write_key(text.as_bytes()), key, "{text}");
    check(r#"{"batch":[{}],"writeKey":"wk_1"}"#, Some("wk_1"));
    check(r#"{"event":"a","api_key":"wk_2"}"#, Some("wk_2"));
    check(
        r#"[{"write_key":"wk_3"},{"write_key":"wk_4"}]"#,
        Some("wk_3"),
    );
    check("{\"write_key\":\"wk_5\"}\n{}", Some("wk_5"));
    for none in [
        "",
        "[]",
        "x",
        r#"{"writeKey":1}"#,
        r#"{"writeKey":"a\"b"}"#,
        r#"{"writeKey":""}"#,
    ] {
        check(none, None);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_split_or_refused(bytes in "(\\[|\\{|\\}|\\]|\"|,|:|\n|batch|1|\\\\){0,40}") {
        match split(bytes.as_bytes(), &Limits::DEFAULT) {
            Ok(inputs) => prop_assert!(inputs.shape == Shape::Several || inputs.inputs.len() == 1),
            Err(refusal) => prop_assert!(!refusal.message.is_empty()),
        }
    }
}
