//! The same for programs.

use crate::run::{OLD_ID, run, run_with};

#[test]
fn an_object_holds_the_fields_without_a_gap() {
    let ran = run(&["id", "inspect", "--json", OLD_ID]);
    let found = &ran.json()[0];
    assert_eq!(found["input"], OLD_ID);
    assert_eq!(found["kind"], "UUID version 7");
    assert_eq!(found["uuid"], OLD_ID);
    assert_eq!(found["time"], "2025-11-18T23:54:49.715Z");
    assert_eq!(found["unix_ms"], 1_763_510_089_715_i64);
    let fields = found["fields"].as_array().unwrap();
    let mut next = 0;
    for field in fields {
        assert_eq!(field["first_bit"], next);
        next += field["bits"].as_u64().unwrap();
    }
    assert_eq!((fields.len(), next), (6, 128));
    assert_eq!(fields[5]["name"], "random");
    assert_eq!(fields[5]["value"], "0x9f50ff6ea646f1");
}

#[test]
fn what_an_id_does_not_have_is_null_or_left_out() {
    let input = "919108f7-52d1-4320-9bac-f847db4148a8\nV1StGXR8_Z5jdHi6B-myT\n\
                 user_01kacp8xzkehwvs7tgzxqachqh\n";
    let found = run_with(&["id", "inspect", "--json"], input).json();
    assert!(found[0]["time"].is_null());
    assert!(found[0].get("prefix").is_none());
    assert!(found[1].get("uuid").is_none());
    assert_eq!(found[1]["fields"].as_array().unwrap().len(), 0);
    assert_eq!(found[2]["prefix"], "user");
    assert_eq!(found[2]["uuid"], OLD_ID);
}
