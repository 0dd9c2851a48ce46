//! The bounds and the condition.

use crate::run::run;

#[test]
fn a_day_is_drawn_with_both_times_and_the_condition() {
    let out = run(&["id", "range", "2026-11-22"]).fine();
    let expected = "\
┌────────┬──────────────────────────────────────┬─────────────────────────────┐
│        │ id                                   │ time                        │
├────────┼──────────────────────────────────────┼─────────────────────────────┤
│ from   │ 01a2008d-7400-7000-8000-000000000000 │ 2026-11-22T00:00:00.000Z    │
│        │                                      │ 2026-11-22 00:00:00.000 UTC │
│ before │ 01a205b3-d000-7000-8000-000000000000 │ 2026-11-23T00:00:00.000Z    │
│        │                                      │ 2026-11-23 00:00:00.000 UTC │
└────────┴──────────────────────────────────────┴─────────────────────────────┘
id >= '01a2008d-7400-7000-8000-000000000000' AND id < '01a205b3-d000-7000-8000-000000000000'
";
    assert_eq!(out, expected);
    assert_eq!(
        run(&["id", "range", "2026-11-22", "2026-11-23"]).fine(),
        expected
    );
}

#[test]
fn programs_get_the_same() {
    let ran = run(&[
        "id",
        "range",
        "--json",
        "2026-11-22",
        "--column",
        "events.id",
    ]);
    let range = &ran.json()[0];
    assert_eq!(range["from"], "2026-11-22T00:00:00.000Z");
    assert_eq!(range["to"], "2026-11-23T00:00:00.000Z");
    assert_eq!(range["first_id"], "01a2008d-7400-7000-8000-000000000000");
    assert_eq!(range["end_id"], "01a205b3-d000-7000-8000-000000000000");
    assert_eq!(
        range["sql"],
        "events.id >= '01a2008d-7400-7000-8000-000000000000' AND \
         events.id < '01a205b3-d000-7000-8000-000000000000'"
    );
}

#[test]
fn an_id_made_at_the_bounds_lies_inside_at_the_first_and_outside_at_the_last() {
    let ran = run(&["id", "range", "--json", "2026-11-22"]);
    let [first, end] = ["first_id", "end_id"].map(|name| ran.json()[0][name].to_string());
    let made = |at| format!("\"{}\"", run(&["id", "new", "--at", at]).fine().trim_end());
    assert!(made("2026-11-21T23:59:59.999Z") < first);
    assert!(made("2026-11-22") >= first);
    assert!(made("2026-11-22T23:59:59.999999Z") < end);
    assert!(made("2026-11-23") >= end);
}

#[test]
fn a_zone_moves_the_day_and_is_shown() {
    let arguments = ["id", "range", "2026-03-29", "--tz", "Europe/Berlin"];
    let out = run(&arguments).fine();
    assert!(out.contains("2026-03-28T23:00:00.000Z"), "{out}");
    // The night in which clocks go forward: 23 hours.
    assert!(out.contains("2026-03-29T22:00:00.000Z"), "{out}");
    assert!(out.contains("2026-03-30 00:00:00.000 CEST"), "{out}");
}

#[test]
fn the_last_hours_hold_what_was_just_made() {
    let id = format!("\"{}\"", run(&["id", "new"]).fine().trim_end());
    let ran = run(&["id", "range", "--json", "--last", "24h"]);
    let range = &ran.json()[0];
    let (first, end) = (range["first_id"].to_string(), range["end_id"].to_string());
    assert!(first < id, "{first} {id}");
    assert!(id < end || id[..14] == end[..14], "{id} {end}");
    let ms = |name: &str| {
        let id = range[name].as_str().unwrap();
        run(&["id", "inspect", "--json", id]).json()[0]["unix_ms"]
            .as_i64()
            .unwrap()
    };
    assert_eq!(ms("end_id") - ms("first_id"), 24 * 3_600_000);
}

#[test]
fn a_column_is_quoted_where_it_has_to_be() {
    let sql = |column| {
        let ran = run(&["id", "range", "--json", "2026-11-22", "--column", column]);
        ran.json()[0]["sql"].as_str().unwrap().to_owned()
    };
    assert!(sql("eventId").starts_with("\"eventId\" >= '"));
    assert!(sql("user").starts_with("\"user\" >= '"));
    assert!(sql("orders.order").starts_with("orders.\"order\" >= '"));
    assert!(sql("x = 1 OR id").starts_with("\"x = 1 OR id\" >= '"));
}

#[test]
fn the_last_days_of_the_calendar_have_ids() {
    for day in ["9999-12-30", "9999-12-31"] {
        let ran = run(&["id", "range", "--json", day]);
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert_eq!(ran.json()[0]["from"], format!("{day}T00:00:00.000Z"));
    }
}
