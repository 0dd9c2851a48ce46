//! The drawing of a single id.

use crate::run::{OLD_ID, command, run};

#[test]
fn a_version_7_is_drawn_field_by_field() {
    let out = run(&["id", "inspect", OLD_ID]).fine();
    // The age grows; everything else stays.
    let kept: Vec<&str> = out
        .lines()
        .filter(|line| !line.starts_with("age"))
        .collect();
    let expected = "\
kind    UUID version 7
time    2025-11-18T23:54:49.715Z
local   2025-11-18 23:54:49.715 UTC

019a9964-77f3-7479-bc9f-50ff6ea646f1
1─────────────23───456──────────────
┌───┬────────────┬────────┬──────────────────┬─────────────────────────────────┐
│   │ field      │ bits   │ value            │ meaning                         │
├───┼────────────┼────────┼──────────────────┼─────────────────────────────────┤
│ 1 │ unix_ts_ms │ 0-47   │ 0x019a996477f3   │ 1763510089715 ms since 1970     │
│ 2 │ version    │ 48-51  │ 0111             │ version 7                       │
│ 3 │ sub_ms     │ 52-63  │ 010001111001     │ 1145/4096 of the ms: 279.5 µs * │
│ 4 │ variant    │ 64-65  │ 10               │ variant of RFC 9562             │
│ 5 │ counter    │ 66-71  │ 111100           │ 60 of 64 in that step *         │
│ 6 │ random     │ 72-127 │ 0x9f50ff6ea646f1 │ random                          │
└───┴────────────┴────────┴──────────────────┴─────────────────────────────────┘
* as AnalyticsBot and `idshift id new` make them; PostgreSQL 18 has the sub_ms and no counter; with
other makers these bits may be random or a longer counter";
    assert_eq!(kept.join("\n"), expected);
    assert!(out.contains("\nage     "), "{out}");
}

#[test]
fn another_form_is_drawn_as_the_id_that_it_is() {
    for text in [
        "urn:uuid:019A9964-77F3-7479-BC9F-50FF6EA646F1",
        "{019a9964-77f3-7479-bc9f-50ff6ea646f1}",
        "user_01kacp8xzkehwvs7tgzxqachqh",
    ] {
        let out = run(&["id", "inspect", text]).fine();
        assert!(out.contains(&format!("\nUUID    {OLD_ID}\n")), "{out}");
        assert!(out.contains(&format!("\n{OLD_ID}\n1──")), "{out}");
    }
}

#[test]
fn an_address_in_an_id_is_pointed_out() {
    let out = run(&["id", "inspect", "c232ab00-9414-11ec-b3c8-000c294f8e35"]).fine();
    assert!(out.contains("MAC address 00:0c:29:4f:8e:35"), "{out}");
    assert!(
        out.contains("whoever sees the id learns which machine made it"),
        "{out}"
    );
    let out = run(&["id", "inspect", "c232ab00-9414-11ec-b3c8-9f6bdeced846"]).fine();
    assert!(!out.contains("MAC"), "{out}");
}

#[test]
fn what_is_nothing_is_refused() {
    let err = run(&["id", "inspect", "019a9964-77f3-7479-bc9f-50ff6ea6z6f1"]).refused();
    assert!(err.contains("as a UUID: byte 32 is `z`"), "{err}");
    assert!(
        run(&["id", "inspect", ""])
            .refused()
            .starts_with("error: failed to read ``")
    );
}

#[test]
fn what_is_not_told_of_a_time_is_said_or_left_out() {
    let out = run(&["id", "inspect", "ffffffff-ffff-7fff-bfff-ffffffffffff"]).fine();
    for name in ["local", "age  "] {
        let line = format!("\n{name}   not told: the calendar ends with the year 9999\n");
        assert!(out.contains(&line), "{out}");
    }
    let mut command = command(&["id", "inspect", OLD_ID]);
    let output = command.env("TZ", "Foo/Bar").output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("\nage "), "{out}");
    assert!(!out.contains("\nlocal "), "{out}");
}
