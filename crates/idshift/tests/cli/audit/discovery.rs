//! What is found by itself, and what is passed by.

use super::{GOOD, USERS, audit, folder, write};

const PRISMA: &str = "datasource db {\n  provider = \"postgresql\"\n}\n\
    model User {\n  id Int @id @default(autoincrement())\n  name String\n  @@map(\"users\")\n}\n";

/// What `--format json` says about the databases: title, reader and what covers it.
fn databases(folder: &std::path::Path, arguments: &[&str]) -> Vec<String> {
    let mut all = vec!["--format", "json", "--fail-on", "never"];
    all.extend(arguments);
    let out = audit(folder, &all).fine();
    let report: serde_json::Value = serde_json::from_str(&out).expect("the report is JSON");
    let list = report["databases"].as_array();
    let list = list.into_iter().flatten();
    list.map(|it| {
        let covered = it["covered_by"].as_str().unwrap_or("-");
        let text = |key: &str| it[key].as_str().unwrap_or("?").to_owned();
        format!(
            "{} {} {} {covered}",
            text("title"),
            text("reader"),
            text("dialect")
        )
    })
    .collect()
}

#[test]
fn schemas_migrations_and_scripts_are_found_by_themselves() {
    let folder = folder(&[
        ("api/prisma/schema.prisma", PRISMA),
        (
            "web/migrations/001_a.up.sql",
            "CREATE TABLE `a` (id INT AUTO_INCREMENT PRIMARY KEY)",
        ),
        ("web/migrations/001_a.down.sql", "DROP TABLE a"),
        ("db/schema.sql", GOOD),
    ]);
    assert_eq!(
        databases(folder.path(), &[]),
        [
            "api/prisma/schema.prisma Prisma PostgreSQL -",
            "web/migrations/001_a.up.sql SQL migrations MySQL -",
            "db/schema.sql SQL PostgreSQL -",
        ]
    );
}

#[test]
fn a_schema_and_its_migrations_are_told_once() {
    let folder = folder(&[
        ("prisma/schema.prisma", PRISMA),
        ("prisma/migrations/1_init/migration.sql", USERS),
        (
            "prisma/migrations/migration_lock.toml",
            "provider = \"postgresql\"",
        ),
    ]);
    let path = folder.path();
    let expected = [
        "prisma/schema.prisma Prisma PostgreSQL -",
        "prisma/migrations/1_init/migration.sql SQL migrations PostgreSQL prisma/schema.prisma",
    ];
    assert_eq!(databases(path, &[]), expected);
    let out = audit(path, &["--rule", "auto-increment-key"]).out;
    assert_eq!(
        out.matches("critical[auto-increment-key]").count(),
        1,
        "{out}"
    );
    assert!(out.contains("describes the same tables as"), "{out}");
    // A control: two projects of a monorepo are two databases.
    write(path, "other/package.json", "{}");
    write(path, "other/migrations/1.sql", USERS);
    write(path, "package.json", "{}");
    write(path, "third/package.json", "{}");
    write(path, "third/prisma/schema.prisma", PRISMA);
    let found = databases(path, &["other", "third"]);
    assert!(found.iter().all(|line| line.ends_with(" -")), "{found:?}");
}

#[test]
fn what_is_ignored_is_read_only_if_it_is_named() {
    let folder = folder(&[
        ("a.sql", GOOD),
        (".gitignore", "ignored/\n"),
        ("ignored/b.sql", USERS),
        ("node_modules/x/c.sql", USERS),
        ("tests/d.sql", USERS),
        (".hidden/e.sql", USERS),
        ("old/f.sql", USERS),
        ("idshift.toml", "[paths]\nexclude = [\"old/\"]\n"),
    ]);
    let path = folder.path();
    assert_eq!(databases(path, &[]), ["a.sql SQL PostgreSQL -"]);
    for named in ["ignored", "node_modules/x", "tests", ".hidden/e.sql"] {
        assert_eq!(databases(path, &[named]).len(), 1, "{named}");
    }
    let out = audit(path, &["--verbose"]).out;
    assert!(
        out.contains("folders of tests were not read, unless named: tests"),
        "{out}"
    );
    assert!(
        out.contains("folders of foreign code were not read: node_modules"),
        "{out}"
    );
    assert!(out.contains("that the configuration excludes"), "{out}");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_do_not_loop() {
    let folder = folder(&[("a.sql", GOOD)]);
    std::os::unix::fs::symlink(".", folder.path().join("loop")).unwrap();
    std::os::unix::fs::symlink("a.sql", folder.path().join("b.sql")).unwrap();
    assert_eq!(databases(folder.path(), &[]), ["a.sql SQL PostgreSQL -"]);
    assert_eq!(
        databases(folder.path(), &["b.sql"]),
        ["b.sql SQL PostgreSQL -"]
    );
}

#[test]
fn a_configuration_decides_for_everything_below_it() {
    let folder = folder(&[
        ("a/b/users.sql", USERS),
        (
            "idshift.toml",
            "[rules]\nauto-increment-key = { severity = \"off\", reason = \"old\" }\n",
        ),
    ]);
    let out = audit(folder.path(), &["a/b"]).fine();
    assert!(
        out.contains("1 finding of auto-increment-key, turned off: old"),
        "{out}"
    );
    write(folder.path(), "idshift.toml", "[rulse]\n");
    let err = audit(folder.path(), &["a/b"]).misused();
    assert!(err.contains("did you mean `rules`?"), "{err}");
}
