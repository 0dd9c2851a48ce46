//! Keys of several parts.

use crate::run::{OLD_ID, run, run_with};

fn of(parts: &[&str]) -> String {
    run(&[&["id", "canonical", "--parts", OLD_ID][..], parts].concat()).fine()
}

#[test]
fn the_border_between_parts_counts() {
    let ids = [
        of(&["a", "bc"]),
        of(&["ab", "c"]),
        of(&["abc"]),
        of(&["a", "bc", ""]),
    ];
    for (at, id) in ids.iter().enumerate() {
        assert!(!ids[..at].contains(id), "{ids:?}");
    }
    assert_eq!(of(&["a", "bc"]), ids[0]);
    assert_ne!(
        of(&["abc"]),
        run(&["id", "canonical", OLD_ID, "abc"]).fine()
    );
}

#[test]
fn lines_have_their_parts_between_tabs() {
    let out = run_with(
        &["id", "canonical", "--parts", OLD_ID, "-"],
        "a\tbc\nab\tc\n",
    )
    .fine();
    assert_eq!(out, [of(&["a", "bc"]), of(&["ab", "c"])].concat());
    assert_eq!(
        run_with(&["id", "canonical", "--parts", OLD_ID], "a\tbc").fine(),
        { of(&["a", "bc"]) }
    );
}

#[test]
fn programs_get_the_parts() {
    let ran = run(&["id", "canonical", "--parts", "--json", OLD_ID, "a", "bc"]);
    assert_eq!(ran.json()[0]["parts"], serde_json::json!(["a", "bc"]));
}

#[test]
fn what_makes_no_key_is_refused() {
    let err = run(&["id", "canonical", "--parts", OLD_ID, "a", "-"]).misused();
    assert!(err.contains("`-` stands alone\nhint: "), "{err}");
    assert!(
        run(&["id", "canonical", "--parts", OLD_ID, ""])
            .refused()
            .contains("is empty")
    );
    let err = run(&["id", "canonical", "--parts", "--sha256", OLD_ID, "a"]).misused();
    assert!(err.contains("cannot be used with"), "{err}");
}
