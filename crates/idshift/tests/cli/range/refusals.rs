//! Ranges that hold nothing or are none.

use crate::run::run;

#[test]
fn an_empty_range_is_refused() {
    for to in ["2026-11-22", "2026-11-21", "2026-11-22T00:00:00.000Z"] {
        let err = run(&["id", "range", "2026-11-22", to]).misused();
        assert!(err.starts_with("error: no id lies between"), "{err}");
        assert!(err.contains("\nhint: FROM is before TO"), "{err}");
    }
}

#[test]
fn one_moment_is_no_range() {
    let err = run(&["id", "range", "2026-11-22T10:00Z"]).misused();
    assert!(
        err.contains("only a whole day may stand alone\nhint: "),
        "{err}"
    );
}

#[test]
fn lengths_and_bounds_do_not_mix() {
    let err = run(&["id", "range", "2026-11-22", "--last", "24h"]).misused();
    assert!(err.contains("cannot be used with"), "{err}");
    assert!(
        run(&["id", "range", "--last", "-24h"])
            .misused()
            .contains("--last")
    );
    assert!(
        run(&["id", "range", "--last", "soon"])
            .misused()
            .contains("length of time")
    );
}

#[test]
fn times_that_no_id_holds_are_refused() {
    let err = run(&["id", "range", "1960-01-01", "1960-01-02"]).refused();
    assert!(err.contains("since 1970 into an id"), "{err}");
}

#[test]
fn a_column_with_an_empty_part_is_refused() {
    for column in ["", ".", "a.", "a..b", "\"\""] {
        let err = run(&["id", "range", "2026-11-22", "--column", column]).misused();
        assert!(err.contains("--column"), "{err}");
    }
}

#[test]
fn less_than_a_millisecond_is_told_from_a_wrong_order() {
    let whole = "hint: an id's time is a whole millisecond";
    for arguments in [
        &["2026-11-22T00:00:00.0001Z", "2026-11-22T00:00:00.0009Z"][..],
        &["--last", "1ns"],
    ] {
        let mut arguments = [&["id", "range"][..], arguments].concat();
        let ran = run(&arguments);
        // One nanosecond may hold the border between two milliseconds.
        if arguments.pop() == Some("1ns") && ran.status == 0 {
            continue;
        }
        let err = ran.misused();
        assert!(err.contains(whole), "{err}");
    }
}

#[test]
fn a_range_that_the_clocks_skipped_says_so() {
    let skipped = |arguments: &[&str], time: &str| {
        let err = run(&[&["id", "range"][..], arguments].concat()).misused();
        let hint = format!("hint: the clocks of that zone skipped `{time}`\n");
        assert!(err.ends_with(&hint), "{err}");
    };
    skipped(
        &[
            "2026-03-29 02:30",
            "2026-03-29 03:30",
            "--tz",
            "Europe/Berlin",
        ],
        "2026-03-29T02:30:00",
    );
    skipped(
        &["2011-12-30", "--tz", "Pacific/Apia"],
        "2011-12-30T00:00:00",
    );
}
