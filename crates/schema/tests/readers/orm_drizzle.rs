use schema::orm::drizzle;
use schema::{Schema, Source};

use crate::render::render;

fn read(files: &[(&str, &str)]) -> Schema {
    let sources = files.iter().map(|(path, text)| Source::new(*path, *text));
    let sources: Result<Vec<_>, _> = sources.collect();
    drizzle::read(&sources.expect("they are short"))
}

const POSTGRES: &str = r#"{"version": "7", "dialect": "postgresql", "prevId": "x", "tables": {
  "public.users": {"name": "users", "schema": "", "columns": {
    "id": {"name": "id", "type": "serial", "primaryKey": true, "notNull": true},
    "uid": {"name": "uid", "type": "uuid", "primaryKey": false, "notNull": true,
      "default": "gen_random_uuid()"},
    "n": {"name": "n", "type": "integer", "primaryKey": false, "notNull": true,
      "identity": {"type": "always", "name": "n_seq"}}},
    "indexes": {"i": {"name": "i", "columns": [{"expression": "uid", "isExpression": false},
      {"expression": "lower(x)", "isExpression": true}], "isUnique": true, "method": "btree"}},
    "foreignKeys": {}, "compositePrimaryKeys": {},
    "uniqueConstraints": {"u": {"name": "u", "columns": ["uid"]}}},
  "s.links": {"name": "links", "schema": "s", "columns": {
    "a": {"name": "a", "type": "integer", "primaryKey": false, "notNull": true},
    "b": {"name": "b", "type": "varchar(36)", "primaryKey": false, "notNull": false}},
    "foreignKeys": {"f": {"name": "f", "tableFrom": "links", "tableTo": "users",
      "columnsFrom": ["a"], "columnsTo": ["id"], "onDelete": "cascade", "onUpdate": "no action"}},
    "compositePrimaryKeys": {"p": {"name": "p", "columns": ["a", "b"]}}}},
  "enums": {"public.mood": {"name": "mood", "schema": "public", "values": ["sad", "ok"]}}}"#;

#[test]
fn the_newest_snapshot_is_the_schema() {
    let schema = read(&[
        ("meta/0010_snapshot.json", POSTGRES),
        (
            "meta/0009_snapshot.json",
            "{\"tables\": {\"old\": {\"name\": \"old\"}}}",
        ),
        ("meta/_journal.json", "{}"),
    ]);
    assert_eq!(
        render(&schema),
        "users\n  id integer = Serial\n  uid uuid = uuid Some(4)\n  \
         n integer = Identity { always: true }\n  key (id)\n  unique (uid) u\n  \
         unique index (uid, `lower(x)`) i\n\
         s.links\n  a integer\n  b character varying(36)\n  key (a, b) p\n  \
         (a) -> users(id) on delete Cascade f\nenum mood: sad, ok\n\
         sequence users_id_seq of users.id Implied\nsequence users_n_seq of users.n Implied\n"
    );
    assert!(schema.problems.is_empty(), "{:#?}", schema.problems);
    let id = &schema.tables[0].columns[0];
    assert_eq!(&POSTGRES[id.data_type.span.range()], "\"serial\"");
}

#[test]
fn counters_of_other_databases_are_flags() {
    let text = r#"{"dialect": "mysql", "tables": {"a": {"name": "a", "columns": {
      "id": {"name": "id", "type": "int", "notNull": true, "autoincrement": true}},
      "compositePrimaryKeys": {"a_id": {"name": "a_id", "columns": ["id"]}}}}}"#;
    let schema = read(&[("meta/0000_snapshot.json", text)]);
    assert_eq!(
        render(&schema),
        "a\n  id int = Autoincrement\n  key (id) a_id\n"
    );
}

#[test]
fn a_form_that_is_not_known_is_reported() {
    let schema = read(&[(
        "meta/0000_snapshot.json",
        "{\"version\": \"8\", \"ddl\": []}",
    )]);
    assert!(schema.tables.is_empty());
    assert_eq!(schema.problems.len(), 1);
    let broken = read(&[("meta/0000_snapshot.json", "{\"tables\": {\"a\": {")]);
    assert!(!broken.problems.is_empty());
}
