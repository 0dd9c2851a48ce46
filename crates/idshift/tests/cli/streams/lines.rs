//! Lines of input of every kind, good and bad.

use crate::run::{OLD_ID, run, run_with};

const ULID: &str = "01KACP8XZKEHWVS7TGZXQACHQH";

#[test]
fn line_ends_spaces_and_empty_lines_mean_nothing_around_ids() {
    let input = format!("{OLD_ID}\r\n\n  \n\t{OLD_ID}  \r\n\r\n{OLD_ID}");
    let out = run_with(&["id", "convert", "--to", "ulid", "-"], input).fine();
    assert_eq!(out, format!("{ULID}\n").repeat(3));
}

#[test]
fn input_is_read_without_being_asked_for_when_it_is_no_terminal() {
    assert_eq!(
        run_with(&["id", "convert", "-t", "ulid"], OLD_ID).fine(),
        format!("{ULID}\n")
    );
    assert_eq!(run(&["id", "convert", "-t", "ulid"]).fine(), "");
}

#[test]
fn a_bad_line_is_named_and_the_others_go_on() {
    let input = format!("{OLD_ID}\n\n\"{OLD_ID}\"\n{OLD_ID}\n");
    let ran = run_with(&["id", "convert", "--to", "ulid", "-"], input);
    assert_eq!(ran.out, format!("{ULID}\n{ULID}\n"));
    let err = ran.refused();
    let lines: Vec<&str> = err.lines().collect();
    assert_eq!(lines.len(), 3, "{err}");
    assert!(lines[0].starts_with("line 3: failed to read"), "{err}");
    assert_eq!(
        lines[1],
        "hint: leave out the quotes and commas around the id"
    );
    assert_eq!(lines[2], "error: 1 of 3 ids refused");
}

#[test]
fn bytes_that_are_no_text_are_refused_in_their_place() {
    let input = [
        OLD_ID.as_bytes(),
        b"\n019a\xff\xfe\n\0\n",
        OLD_ID.as_bytes(),
    ]
    .concat();
    let ran = run_with(&["id", "inspect", "-"], input);
    assert_eq!(ran.out.lines().count(), 2);
    let err = ran.refused();
    assert!(err.contains("line 2: byte 4 is not UTF-8\n"), "{err}");
    assert!(err.contains("line 3: failed to read `\\x00`"), "{err}");
    assert!(err.ends_with("error: 2 of 4 ids refused\n"), "{err}");
}

#[test]
fn a_line_of_a_megabyte_is_refused_and_passed_over() {
    let long = "x".repeat(1 << 20);
    let input = format!("{OLD_ID}\n{long}\n{OLD_ID}\n{long}");
    for command in ["inspect", "trace"] {
        let ran = run_with(&["id", command, "-"], &input);
        assert_eq!(ran.out.lines().count(), 2);
        let err = ran.refused();
        assert!(
            err.contains("line 2: longer than 65536 bytes\nhint: "),
            "{err}"
        );
        assert!(err.contains("line 4: longer than 65536 bytes\n"), "{err}");
        assert!(err.len() < 300, "{err}");
    }
}

#[test]
fn refusals_are_objects_in_their_place_among_the_results() {
    let input = format!("{OLD_ID}\n'{OLD_ID}\n\n\u{fc}\n");
    let ran = run_with(&["id", "convert", "--to", "ulid", "--json", "-"], input);
    let lines = ran.json();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["output"], ULID);
    assert_eq!(lines[1]["line"], 2);
    assert_eq!(lines[1]["error"]["code"], "not_an_id");
    assert_eq!(lines[1]["error"]["position"], 0);
    assert!(
        lines[1]["error"]["hint"]
            .as_str()
            .unwrap()
            .contains("quotes")
    );
    assert_eq!(lines[2]["line"], 4);
    assert_eq!(ran.refused(), "error: 2 of 3 ids refused\n");
}

#[test]
fn arguments_and_input_may_be_mixed_but_input_is_read_once() {
    let out = run_with(
        &["id", "convert", "-t", "int", "0x1", "-", "0x4"],
        "0x2\n0x3\n",
    )
    .fine();
    assert_eq!(out, "1\n2\n3\n4\n");
    // Before anything is answered.
    let err = run_with(&["id", "convert", "-t", "int", "-", "0x4", "-"], "0x1\n").misused();
    assert!(err.contains("error: `-` is given twice\nhint: "), "{err}");
}

#[test]
fn a_bad_argument_is_named_and_the_others_go_on() {
    let ran = run(&["id", "convert", "-t", "int", "0x1", "nonsense", "0x3"]);
    assert_eq!(ran.out, "1\n3\n");
    let err = ran.refused();
    assert!(err.starts_with("error: failed to read `nonsense`"), "{err}");
    assert!(err.ends_with("error: 1 of 3 ids refused\n"), "{err}");
    let ran = run(&["id", "convert", "-t", "int", "--json", "0x1", "nonsense"]);
    assert_eq!(ran.json()[1]["argument"], 2);
    // A single one needs no count.
    assert_eq!(
        run(&["id", "convert", "-t", "int", "nonsense"])
            .refused()
            .lines()
            .count(),
        1
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_key_or_an_id() {
    let canonical = |input: &str| run_with(&["id", "canonical", "dns", "-q"], input).fine();
    assert_eq!(canonical("\u{feff}key\n"), canonical("key\n"));
    assert_ne!(canonical("a\n\u{feff}key\n"), canonical("a\nkey\n"));
    for command in [&["id", "inspect"][..], &["id", "convert", "-t", "ulid"]] {
        let input = format!("\u{feff}{OLD_ID}\n");
        assert_eq!(
            run_with(command, input).fine(),
            run_with(command, OLD_ID).fine()
        );
    }
}

#[test]
fn utf_16_is_refused_as_a_whole() {
    for mark in [b"\xff\xfe", b"\xfe\xff"] {
        let input = [&mark[..], b"k\0e\0y\0\n\0k\0\n\0"].concat();
        let ran = run_with(&["id", "canonical", "dns", "-q"], input);
        assert_eq!(ran.out, "");
        let err = ran.refused();
        assert!(err.contains("is UTF-16, not UTF-8\nhint: "), "{err}");
    }
}

#[test]
fn a_carriage_return_at_the_end_of_a_key_without_a_line_feed_is_kept() {
    let canonical = |input: &str| run_with(&["id", "canonical", "dns", "-q"], input).fine();
    assert_ne!(canonical("key\r"), canonical("key"));
    assert_eq!(canonical("key\r\n"), canonical("key"));
}
