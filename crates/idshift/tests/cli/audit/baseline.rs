//! Findings that are known, by a baseline or by a comment.

use super::{USERS, audit, folder, write};

const ORDERS: &str = "CREATE TABLE orders (id serial PRIMARY KEY, total int);\n";

#[test]
fn only_new_findings_fail() {
    let folder = folder(&[("a.sql", USERS)]);
    let path = folder.path();
    let out = audit(path, &["--write-baseline", "known.json"]).fine();
    assert!(out.contains("known from now on"), "{out}");
    let out = audit(path, &["--baseline", "known.json"]).fine();
    assert!(
        out.contains("no new findings") && out.contains("known to the baseline"),
        "{out}"
    );
    // Lines move, and the baseline does not mind.
    write(path, "a.sql", &format!("-- a comment\n\n{USERS}"));
    audit(path, &["--baseline", "known.json"]).fine();
    write(path, "b.sql", ORDERS);
    let ran = audit(path, &["--baseline", "known.json"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.out.contains("`orders.id`") && !ran.out.contains("`users.id` is"),
        "{}",
        ran.out
    );
    write(
        path,
        "a.sql",
        "CREATE TABLE users (id uuid PRIMARY KEY, name text);",
    );
    std::fs::remove_file(path.join("b.sql")).unwrap();
    let out = audit(path, &["--baseline", "known.json", "--verbose"]).fine();
    assert!(out.contains("stale: auto-increment-key users.id"), "{out}");
}

#[test]
fn a_file_that_is_no_baseline_is_refused() {
    let folder = folder(&[("a.sql", USERS), ("x.json", "{}")]);
    let err = audit(folder.path(), &["--baseline", "x.json"]).misused();
    assert!(err.contains("as a baseline"), "{err}");
}

#[test]
fn a_comment_suppresses_with_a_reason_in_every_language() {
    let prisma = "datasource db {\n  provider = \"postgresql\"\n}\nmodel A {\n  \
        // idshift-ignore auto-increment-key, key-of-32-bits: counted by law\n  \
        id Int @id @default(autoincrement())\n  x String\n}\n";
    let sql = "CREATE TABLE b (\n  id serial PRIMARY KEY, \
        -- idshift-ignore auto-increment-key, key-of-32-bits: counted by law\n  x text\n);\n";
    let folder = folder(&[("a.prisma", prisma), ("b.sql", sql)]);
    let path = folder.path();
    let out = audit(path, &["--verbose"]).fine();
    assert!(out.contains("findings suppressed by comments"), "{out}");
    assert!(
        out.contains("suppressed: auto-increment-key A.id: counted by law"),
        "{out}"
    );
    assert!(
        out.contains("suppressed: auto-increment-key b.id: counted by law"),
        "{out}"
    );
    write(path, "b.sql", &sql.replace(": counted by law", ""));
    let ran = audit(path, &["b.sql"]);
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("medium[suppression]"), "{}", ran.out);
}
