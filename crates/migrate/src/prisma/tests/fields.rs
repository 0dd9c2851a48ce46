//! One field of each kind.

use super::super::{Goal, KeyDefault, rewrite};
use super::{DATASOURCE, forward, plan, sources, texts_of};

fn model(field: &str) -> String {
    format!("{DATASOURCE}model T {{\n  {field}\n  other Int @default(1)\n}}\n")
}

fn line(text: &str) -> &str {
    text.lines().nth(4).expect("a field").trim_start()
}

/// Where the field goes, and that it comes back byte by byte with the backup.
#[track_caller]
fn check(column: &str, default: KeyDefault, field: &str, expected: &str) {
    let plan = plan(&[column]);
    let old = model(field);
    let (new, _) = forward(&plan, &[&old], default);
    assert_eq!(line(&new[0]), expected, "{field}");
    let backups = sources(&[&old]);
    let back = rewrite(&plan, &sources(&[&new[0]]), Goal::Back(&backups)).expect("back");
    assert_eq!(texts_of(&back, &[&new[0]])[0], old, "back from {expected}");
}

#[test]
fn keys_become_uuids_and_come_back() {
    let cases = [
        (
            "id Int @id @default(autoincrement())",
            "id String @id @default(uuid(7)) @db.Uuid",
        ),
        (
            "id BigInt @id @default(autoincrement()) // key",
            "id String @id @default(uuid(7)) @db.Uuid // key",
        ),
        (
            "id Int @id @default(autoincrement()) @db.SmallInt",
            "id String @id @default(uuid(7)) @db.Uuid",
        ),
        (
            "id Int @id @db.Integer @default(autoincrement())",
            "id String @id @db.Uuid @default(uuid(7))",
        ),
        (
            "id Int @id @default(dbgenerated(\"nextval('s')\"))",
            "id String @id @default(uuid(7)) @db.Uuid",
        ),
        (
            "id Int @id(map: \"t_key\") @default(sequence(start: 5))",
            "id String @id(map: \"t_key\") @default(uuid(7)) @db.Uuid",
        ),
        (
            "key Int @id @default(autoincrement()) @map(\"id\")",
            "key String @id @default(uuid(7)) @map(\"id\") @db.Uuid",
        ),
        // The application made them, and goes on.
        ("id Int @id", "id String @id @db.Uuid"),
        (
            "id    Int    @id\t@unique",
            "id    String    @id\t@unique @db.Uuid",
        ),
        (
            "id String @id @default(uuid()) @db.Uuid",
            "id String @id @default(uuid(7)) @db.Uuid",
        ),
        (
            "id Int @id @default(\n    autoincrement()\n  )",
            "id String @id @default(uuid(7)) @db.Uuid",
        ),
        ("id Unsupported(\"int4\") @id", "id String @id @db.Uuid"),
    ];
    for (field, expected) in cases {
        check("T.id issued", KeyDefault::Uuid7, field, expected);
    }
}

#[test]
fn references_lose_defaults_and_keep_everything_else() {
    let cases = [
        ("id Int", "id String @db.Uuid"),
        ("id Int?", "id String? @db.Uuid"),
        (
            "id BigInt? @unique @db.BigInt",
            "id String? @unique @db.Uuid",
        ),
        (
            "id Int @default(1) @map(\"id\")",
            "id String @map(\"id\") @db.Uuid",
        ),
        ("id Int[]", "id String[] @db.Uuid"),
        (
            "id Int /* why */ @unique",
            "id String /* why */ @unique @db.Uuid",
        ),
    ];
    for (field, expected) in cases {
        check("T.id reference", KeyDefault::Uuid7, field, expected);
    }
}

#[test]
fn text_that_holds_uuids_keeps_its_maker() {
    let cases = [
        (
            "id String @id @default(uuid())",
            "id String @id @default(uuid()) @db.Uuid",
        ),
        ("id String @id @db.Char(36)", "id String @id @db.Uuid"),
        (
            "id String @id @default(cuid()) @db.VarChar(36)",
            "id String @id @default(uuid(7)) @db.Uuid",
        ),
    ];
    for (field, expected) in cases {
        check("T.id cast text", KeyDefault::Uuid7, field, expected);
    }
}

#[test]
fn the_application_may_make_the_keys() {
    let field = "id Int @id @default(autoincrement())";
    check(
        "T.id issued",
        KeyDefault::None,
        field,
        "id String @id @db.Uuid",
    );
}

#[test]
fn a_default_of_the_plan_is_the_databases() {
    let mut plan = plan(&["T.id issued"]);
    plan.tables[0].columns[0].default = Some("f('\"a\\b\"')".to_owned());
    let old = model("id Int @id @default(autoincrement())");
    let (new, _) = forward(&plan, &[&old], KeyDefault::Uuid7);
    let expected = r#"id String @id @default(dbgenerated("f('\"a\\b\"')")) @db.Uuid"#;
    assert_eq!(line(&new[0]), expected);
}

#[test]
fn without_a_backup_the_plan_says_what_was() {
    let cases = [
        (
            "T.id issued smallint",
            "id Int @id @default(autoincrement()) @db.SmallInt",
        ),
        ("T.id issued", "id Int @id @default(autoincrement())"),
        (
            "T.id issued bigint",
            "id BigInt @id @default(autoincrement())",
        ),
        ("T.id mint", "id Int @id"),
        ("T.id cast text", "id String @id @default(uuid(7))"),
        (
            "T.id cast character varying(40)",
            "id String @id @default(uuid(7)) @db.VarChar(40)",
        ),
        ("T.id mint uuid", "id String @id @default(uuid(7)) @db.Uuid"),
    ];
    for (column, expected) in cases {
        let old = model("id String @id @default(uuid(7)) @db.Uuid");
        let back = rewrite(&plan(&[column]), &sources(&[&old]), Goal::Back(&[])).expect("back");
        assert_eq!(line(&texts_of(&back, &[&old])[0]), expected, "{column}");
    }
}
