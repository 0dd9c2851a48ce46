//! Exit status, and what is said when there is nothing to say.

use super::{GOOD, USERS, audit, folder};

#[test]
fn the_status_tells_how_it_went() {
    let folder = folder(&[("users.sql", USERS), ("good/notes.sql", GOOD)]);
    let check = |arguments: &[&str], expected: i32| {
        let ran = audit(folder.path(), arguments);
        assert_eq!(
            ran.status, expected,
            "{arguments:?}\n{}{}",
            ran.out, ran.err
        );
    };
    check(&[], 1);
    check(&["good"], 0);
    check(&["--fail-on", "critical"], 1);
    check(&["--fail-on", "never"], 0);
    check(&["--skip", "auto-increment-key"], 0);
    check(&["--rule", "missing-key", "--fail-on", "info"], 0);
    check(&["--fail-on", "worse"], 2);
    check(&["--rule", "no-such-rule"], 2);
    check(&["--baseline", "absent.json"], 2);
    check(&["--config", "absent.toml"], 2);
    check(&["--also", "pdf=x"], 2);
    check(&["absent"], 3);
    check(&["users.sql", "absent"], 3);
    check(&["--database", "nonsense://x"], 2);
    check(&["--database", "postgres://u:secret@127.0.0.1:1/x"], 3);
}

#[test]
fn a_misspelt_rule_is_told_the_nearest() {
    let folder = folder(&[("a.sql", USERS)]);
    let err = audit(folder.path(), &["--rule", "auto-increment-keys"]).misused();
    assert!(err.contains("did you mean `auto-increment-key`?"), "{err}");
}

#[test]
fn nothing_to_read_is_no_success() {
    let folder = folder(&[("README.md", "x"), (".hidden/a.sql", USERS)]);
    let ran = audit(folder.path(), &[]);
    assert_eq!(ran.status, 3);
    assert!(
        ran.err.contains("failed to find anything to audit in `.`"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("hint: "), "{}", ran.err);
    let json = audit(folder.path(), &["--json"]).json();
    assert_eq!(json[0]["error"]["code"], "unread");
}

#[test]
fn a_file_that_is_not_understood_is_no_success() {
    let folder = folder(&[
        ("a.sql", "CREATE TABLE ((("),
        ("b.prisma", "\0\0model A {}"),
    ]);
    let ran = audit(folder.path(), &[]);
    assert_eq!(ran.status, 3, "{}{}", ran.out, ran.err);
    for path in ["a.sql", "b.prisma"] {
        assert!(
            ran.err.contains(&format!("failed to read `{path}`")),
            "{}",
            ran.err
        );
    }
    assert!(!ran.out.contains("passed"), "{}", ran.out);
}

#[test]
fn a_password_is_never_shown() {
    let folder = folder(&[
        ("a.sql", USERS),
        ("url", "postgres://u:secret@127.0.0.1:1/x\n"),
    ]);
    for arguments in [
        &["--database", "postgres://u:secret@127.0.0.1:1/x"][..],
        &[
            "--database",
            "postgres://u:secret@127.0.0.1:1/x?sslmode=nonsense",
        ],
        &["--database", "host=127.0.0.1 password=secret port=x"],
        &["--database-file", "url", "--json"],
    ] {
        let ran = audit(folder.path(), arguments);
        assert!(ran.status >= 2, "{arguments:?}");
        let said = format!("{}{}", ran.out, ran.err);
        assert!(!said.contains("secret"), "{said}");
        assert!(!said.is_empty());
    }
}
