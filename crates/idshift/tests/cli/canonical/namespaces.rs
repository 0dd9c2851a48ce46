//! The namespaces by name and by id, and what is said about them.

use crate::run::{OLD_ID, run};

#[test]
fn names_stand_for_the_ids_that_they_always_had() {
    for (name, id) in [
        ("user", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("project", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"),
        ("event", "6ba7b812-9dad-11d1-80b4-00c04fd430c8"),
        ("provider", "6ba7b813-9dad-11d1-80b4-00c04fd430c8"),
        ("dns", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("url", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"),
        ("oid", "6ba7b812-9dad-11d1-80b4-00c04fd430c8"),
        ("x500", "6ba7b814-9dad-11d1-80b4-00c04fd430c8"),
    ] {
        let by_name = run(&["id", "canonical", "--quiet", name, "key"]).fine();
        assert_eq!(
            by_name,
            run(&["id", "canonical", "--quiet", id, "key"]).fine(),
            "{name}"
        );
    }
}

#[test]
fn reserved_and_discouraged_ones_are_warned_of() {
    let warning = |name| {
        let ran = run(&["id", "canonical", name, "key"]);
        assert_eq!((ran.status, ran.out.len()), (0, 37));
        ran.err
    };
    assert!(warning("user").starts_with("warning: RFC 9562 reserves the namespace `user` for dom"));
    assert!(warning("project").contains("for URLs"));
    assert!(warning("event").contains("for object identifiers"));
    assert!(warning("provider").contains("RFC 9562 says not to use\nhint: "));
    assert!(warning("6ba7b813-9dad-11d1-80b4-00c04fd430c8").contains("not to use"));
    // Used for what they are there for, and one's own.
    for name in ["dns", "url", "oid", "x500", OLD_ID] {
        assert_eq!(warning(name), "");
    }
}

#[test]
fn what_names_no_namespace_is_refused() {
    let err = run(&["id", "canonical", "customer", "key"]).misused();
    assert!(err.contains("user, project, event, provider, dns"), "{err}");
}
