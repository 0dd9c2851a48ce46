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
    assert!(
        run(&["id", "range", "2026-11-22", "--column", ""])
            .misused()
            .contains("--column")
    );
}

#[test]
fn times_that_no_id_holds_are_refused() {
    let err = run(&["id", "range", "1960-01-01", "1960-01-02"]).refused();
    assert!(err.contains("since 1970 into an id"), "{err}");
}
