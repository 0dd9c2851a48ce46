use schema::orm::rails;
use schema::{Confidence, Schema, Source};

use crate::render::{problems, render};

fn read(text: &str) -> Schema {
    rails::read(&[Source::new("db/schema.rb", text).expect("it is short")])
}

fn check(text: &str, expected: &str) {
    let schema = read(text);
    assert_eq!(render(&schema), expected, "{text}");
    assert_eq!(problems(&schema, &[text]), Vec::<String>::new());
}

#[test]
fn a_table_without_a_word_about_its_key_counts() {
    check(
        "ActiveRecord::Schema[7.1].define(version: 2024_01_02_030405) do\n  \
         enable_extension \"plpgsql\"\n\n  \
         create_table \"authors\", force: :cascade do |t|\n    \
         t.string \"name\", limit: 80, default: \"\", null: false\n    \
         t.datetime \"created_at\", precision: nil, null: false\n    \
         t.jsonb \"settings\", default: {}, null: false\n    \
         t.string \"tags\", array: true\n    \
         t.index [\"name\"], name: \"index_authors_on_name\", unique: true\n    \
         t.index \"lower((name)::text)\", name: \"lowered\", where: \"(name IS NOT NULL)\"\n  \
         end\n\n  \
         create_table \"books\", id: :uuid, default: -> { \"gen_random_uuid()\" }, \
         force: :cascade do |t|\n    \
         t.bigint \"author_id\", null: false\n    \
         t.decimal \"price\", precision: 10, scale: 2\n  end\n\n  \
         add_foreign_key \"books\", \"authors\", on_delete: :cascade\nend\n",
        "authors\n  id bigint = Serial\n  name character varying(80) = \"\"\n  \
         created_at timestamp without time zone\n  settings jsonb = \"{}\"\n  \
         tags character varying[]?\n  key (id)\n  \
         unique index (name) index_authors_on_name\n  \
         index (`lower((name)::text)`) lowered where (name IS NOT NULL)\n\
         books\n  id uuid = uuid Some(4)\n  author_id bigint\n  price numeric(10,2)?\n  \
         key (id)\n  (author_id) -> authors(id) on delete Cascade\n\
         sequence authors_id_seq of authors.id Implied\n",
    );
}

#[test]
fn keys_of_every_form() {
    check(
        "ActiveRecord::Schema.define(version: 2020_01_01_000000) do\n\
         create_table \"a\", id: :integer, force: :cascade do |t|\nend\n\
         create_table \"b\", id: false, force: :cascade do |t|\n  t.integer \"x\"\nend\n\
         create_table \"c\", primary_key: [\"x\", \"y\"], force: :cascade do |t|\n  \
         t.bigint \"x\", null: false\n  t.bigint \"y\", null: false\nend\n\
         create_table \"d\", primary_key: \"code\", id: :string, force: :cascade do |t|\nend\n\
         create_table \"e\", id: { type: :string, limit: 36 }, force: :cascade do |t|\nend\n\
         create_table \"f\", id: :bigint, default: nil, force: :cascade do |t|\nend\n\
         create_table \"g\", force: true do |t|\nend\n\
         end\n",
        "a\n  id integer = Autoincrement\n  key (id)\nb\n  x integer?\n\
         c\n  x bigint\n  y bigint\n  key (x, y)\n\
         d\n  code character varying\n  key (code)\n\
         e\n  id character varying(36)\n  key (id)\n\
         f\n  id bigint\n  key (id)\n\
         g\n  id integer = Autoincrement\n  key (id)\n",
    );
}

#[test]
fn views_triggers_and_enums_have_their_places() {
    check(
        "ActiveRecord::Schema[7.0].define(version: 1) do\n  \
         create_enum \"state\", [\"on\", \"off\"]\n  \
         create_table \"a\", force: :cascade do |t|\n    \
         t.enum \"state\", default: \"on\", null: false, enum_type: \"state\"\n    \
         t.virtual \"full\", type: :text, as: \"x || y\", stored: true\n    \
         t.check_constraint \"x > 0\", name: \"positive\"\n  end\n  \
         create_view \"v\", materialized: true, sql_definition: <<-SQL\n      \
         SELECT 'create_table \"z\"' FROM a;\n  SQL\n  \
         create_trigger :t, sql_definition: <<-\\SQL\n      CREATE TRIGGER t\n  SQL\nend\n",
        "a\n  id bigint = Autoincrement\n  state state = \"on\"\n  full text? computed\n  \
         key (id)\nmaterialized view v\nenum state: on, off\n",
    );
}

#[test]
fn what_is_not_understood_is_reported_with_its_place() {
    let text = "ActiveRecord::Schema[7.0].define(version: 1) do\n  make_tea \"x\"\n  \
                create_table \"a\", force: :cascade do |t|\n    oops\n  end\n  \
                create_table name do |t|\n  end\nend\n";
    let schema = read(text);
    assert_eq!(schema.tables.len(), 1);
    assert_eq!(schema.tables[0].confidence, Confidence::High);
    assert_eq!(
        problems(&schema, &[text]),
        [
            "2 \"make_tea \\\"x\\\"\" read `make_tea \"x\"`: it is no statement of a schema.rb",
            "4 \"oops\" read `oops`: it is no line of a table",
            "6 \"create_table name do |t|\\n  end\" read `create_table name do |t|`: the table has \
             no plain name",
        ]
    );
}

#[test]
fn positions_are_those_of_the_file() {
    let text = "create_table \"a\" do |t|\n  t.uuid \"é\", default: -> { \"uuidv7()\" }\nend\n";
    let schema = read(text);
    let column = &schema.tables[0].columns[1];
    assert_eq!(&text[column.name_span.range()], "\"é\"");
    let default = column.default.as_ref().unwrap();
    assert_eq!(&text[default.span.range()], "-> { \"uuidv7()\" }");
    assert!(text[column.span.range()].starts_with("t.uuid"));
}
