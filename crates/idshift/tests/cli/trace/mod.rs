//! `idshift id trace`.

use crate::run::{OLD_ID, run, run_with};

const HEADER: &str = "00-019a996477f37479bc9f50ff6ea646f1-b7ad6b7169203331-03";

#[test]
fn a_new_trace_is_a_new_id_with_both_flags() {
    let ran = run(&["id", "trace", "--new", "--json"]);
    let trace = &ran.json()[0];
    let id = trace["id"].as_str().unwrap();
    assert_eq!(id.as_bytes()[14], b'7');
    assert_eq!(trace["trace_id"], id.replace('-', ""));
    let (trace_id, span_id) = (trace["trace_id"].as_str(), trace["span_id"].as_str());
    let header = format!("00-{}-{}-03", trace_id.unwrap(), span_id.unwrap());
    assert_eq!(trace["traceparent"], header);
    assert_eq!(trace["sampled"], true);
    assert_eq!(trace["random"], true);
}

#[test]
fn the_random_flag_is_set_only_for_what_is_known_to_be_random() {
    let header = |arguments: &[&str]| {
        let ran = run(&[&["id", "trace", "--json"][..], arguments].concat());
        ran.json()[0]["traceparent"].as_str().unwrap().to_owned()
    };
    assert!(header(&[OLD_ID]).ends_with("-01"));
    assert!(header(&["--random", OLD_ID]).ends_with("-03"));
    assert!(header(&["--random", "--unsampled", OLD_ID]).ends_with("-02"));
    assert!(header(&["--unsampled", OLD_ID]).ends_with("-00"));
    assert!(header(&["919108f7-52d1-4320-9bac-f847db4148a8"]).ends_with("-03"));
    assert!(header(&["2ed6657d-e927-568b-95e1-2665a8aea6a2"]).ends_with("-01"));
    assert!(header(&["--mixed", OLD_ID]).ends_with("-03"));
}

#[test]
fn a_header_is_taken_apart() {
    let out = run(&["id", "trace", HEADER]).fine();
    let expected = "\
id           019a9964-77f3-7479-bc9f-50ff6ea646f1
time         2025-11-18T23:54:49.715Z
trace id     019a996477f37479bc9f50ff6ea646f1
span id      b7ad6b7169203331
flags        sampled, random
traceparent  00-019a996477f37479bc9f50ff6ea646f1-b7ad6b7169203331-03
";
    assert_eq!(out, expected);
    let out = run(&["id", "trace", &HEADER.replace("-03", "-00")]).fine();
    assert!(out.contains("\nflags        none\n"), "{out}");
}

#[test]
fn the_flags_of_a_header_are_changed_on_request() {
    let header = |arguments: &[&str], flags: &str| {
        let header = HEADER.replace("-03", flags);
        let arguments = [&["id", "trace", "--json"][..], arguments, &[&header]].concat();
        let text = run(&arguments).json()[0]["traceparent"].to_string();
        text.trim_matches('"')[HEADER.len() - 3..].to_owned()
    };
    assert_eq!(header(&["--random"], "-01"), "-03");
    assert_eq!(header(&["--unsampled"], "-03"), "-02");
    assert_eq!(header(&["--random", "--unsampled"], "-01"), "-02");
    assert_eq!(header(&[], "-00"), "-00");
}

#[test]
fn mixing_is_undone_from_the_header() {
    let mixed = run(&["id", "trace", "--mixed", "--json", OLD_ID]).json()[0].clone();
    assert_ne!(mixed["trace_id"], OLD_ID.replace('-', ""));
    let header = mixed["traceparent"].as_str().unwrap();
    assert_eq!(
        run(&["id", "trace", "--mixed", "--json", header]).json()[0]["id"],
        OLD_ID
    );
}

#[test]
fn several_get_a_line_each_with_spans_of_their_own() {
    let out = run_with(
        &["id", "trace", "-"],
        format!("{OLD_ID}\n{OLD_ID}\n{HEADER}\n"),
    )
    .fine();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[2], format!("{HEADER}  {OLD_ID}"));
    assert!(lines[0].ends_with(&format!("  {OLD_ID}")));
    assert_ne!(lines[0], lines[1]);
}

#[test]
fn what_is_no_trace_is_refused() {
    let err = run(&["id", "trace", "00000000-0000-0000-0000-000000000000"]).refused();
    assert!(err.contains("trace id of zeroes"), "{err}");
    let err = run(&["id", "trace", &HEADER.to_uppercase()]).refused();
    assert!(err.contains("as a traceparent: byte 6 is `A`"), "{err}");
    let err = run(&[
        "id",
        "trace",
        &HEADER.replace("b7ad6b7169203331", "0000000000000000"),
    ]);
    assert!(err.refused().contains("not all zero"));
    assert!(
        run(&["id", "trace", "xyz"])
            .refused()
            .contains("as an identifier")
    );
}
