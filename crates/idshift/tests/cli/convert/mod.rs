//! `idshift id convert`.

use crate::run::{OLD_ID, run, run_with};

const FORMS: [(&str, &str); 12] = [
    ("hyphenated", OLD_ID),
    ("simple", "019a996477f37479bc9f50ff6ea646f1"),
    ("braced", "{019a9964-77f3-7479-bc9f-50ff6ea646f1}"),
    ("urn", "urn:uuid:019a9964-77f3-7479-bc9f-50ff6ea646f1"),
    ("upper", "019A9964-77F3-7479-BC9F-50FF6EA646F1"),
    ("ulid", "01KACP8XZKEHWVS7TGZXQACHQH"),
    ("typeid:user", "user_01kacp8xzkehwvs7tgzxqachqh"),
    ("typeid:", "01kacp8xzkehwvs7tgzxqachqh"),
    ("int", "2131952880607924642772261902655833841"),
    ("hex", "0x019a996477f37479bc9f50ff6ea646f1"),
    ("base64", "AZqZZHfzdHm8n1D/bqZG8Q=="),
    ("base64url", "AZqZZHfzdHm8n1D_bqZG8Q"),
];

#[test]
fn every_form_becomes_every_other() {
    let input = FORMS.map(|(_, text)| text).join("\n");
    for (format, text) in FORMS {
        let out = run_with(&["id", "convert", "--to", format, "-"], &input).fine();
        assert_eq!(out, format!("{text}\n").repeat(FORMS.len()), "{format}");
    }
}

#[test]
fn a_form_that_is_named_is_not_guessed() {
    let digits = "01900000000000000000000000000000";
    let guessed = run(&["id", "convert", "--to", "simple", digits]).fine();
    assert_eq!(guessed, format!("{digits}\n"));
    let number = run(&["id", "convert", "--to", "int", "--from", "int", digits]).fine();
    assert_eq!(number.trim_end(), digits.trim_start_matches('0'));
    let err = run(&["id", "convert", "--to", "int", "--from", "ulid", OLD_ID]).refused();
    assert!(err.contains("as a ULID"), "{err}");
}

#[test]
fn ids_of_another_size_are_refused_by_name() {
    for (text, kind) in [
        ("0ujtsYcgvSTl8PAuAdqWYSMnLOv", "a KSUID"),
        ("507f1f77bcf86cd799439011", "an ObjectId"),
        ("V1StGXR8_Z5jdHi6B-myT", "a NanoID"),
    ] {
        let err = run(&["id", "convert", "--to", "ulid", text]).refused();
        assert!(err.contains(&format!("is {kind},")), "{err}");
    }
}

#[test]
fn an_overlong_ulid_is_refused() {
    let err = run(&["id", "convert", "--to", "hex", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ"]).refused();
    assert!(err.contains("as a ULID: byte 0 is `8`"), "{err}");
}

#[test]
fn programs_get_both_sides() {
    let ran = run(&["id", "convert", "--json", "--to", "ulid", OLD_ID]);
    assert_eq!(ran.json()[0]["input"], OLD_ID);
    assert_eq!(ran.json()[0]["output"], "01KACP8XZKEHWVS7TGZXQACHQH");
}

#[test]
fn a_long_stream_comes_out_whole_and_in_order() {
    let ids = run(&["id", "new", "-n", "100000"]).fine();
    let ulids = run_with(&["id", "convert", "--to", "ulid", "-"], &ids).fine();
    let back = run_with(&["id", "convert", "--to", "hyphenated", "-"], &ulids).fine();
    assert!(back == ids, "100,000 ids come back as they were");
}
