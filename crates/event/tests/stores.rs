//! Every accepted document is stored by PostgreSQL and SQLite, and answered alike by both.

use event::{Json, Limits, sanitise};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;

/// Documents that some store refuses, cuts or bends if they are stored as they come.
const HOSTILE: &[&str] = &[
    r#"{"nul":"a\u0000b","nul\u0000":1}"#,
    r#"{"lone":"\ud800","low":"\udc00x","pair":"\ud83d\ude00","\udfff":0}"#,
    r#"{"a":1,"a":2,"b":{"c":1,"c":2}}"#,
    r#"{"big":1e400,"bigger":1e130000,"huge":1e200000,"tiny":1e-400,"less":-1e999999999}"#,
    r#"{"i":12345678901234567890123,"u":18446744073709551615,"l":9223372036854775807}"#,
    r#"{"m":-9223372036854775808,"n":-9223372036854775809,"p":9007199254740993}"#,
    r#"{"zero":-0,"point":-0.0,"exp":-0e5,"plus":0e9}"#,
    r#"{"e":1e2,"f":1.50,"g":1.50e1,"h":1e-7,"i":6.02e23,"j":1.7976931348623157e308}"#,
    r#"{"k":5e-324,"l":2.2250738585072014e-308,"m":0.30000000000000004,"n":12345678.901234567}"#,
    r#"{"":"empty","n.b":"dot","a\"b":"quote","c\\d":"backslash","$":"dollar","[0]":"index"}"#,
    r#"{" ":1,"\n":2,"\u001f":3,"é":4,"😀":5,"'":6,"?":7,"%":8,"*":9,"\u0023":10,"\u007f":11}"#,
    r#"{"text":"\b\f\n\r\t\u0001\u001f\u007f\u2028\ufffe\uffff\/\"\\"}"#,
    r#"{"t":true,"f":false,"z":null,"o":{"b":[1,{"a":[]}],"a":{}},"x":[[[]]]}"#,
    "\u{feff} {\"bom\" : 1 } ",
    "{}",
];

fn sanitised(text: &str) -> Option<Json> {
    Some(sanitise(text.as_bytes(), &Limits::DEFAULT).ok()?.json)
}

/// The hostile documents, the deepest and the widest that are allowed, and generated ones.
fn documents() -> Vec<Json> {
    let hostile = HOSTILE.iter().map(|text| sanitised(text).expect(text));
    let deep = format!("{}{}", "{\"a\":".repeat(31), "{}") + &"}".repeat(31);
    let wide: Vec<_> = (0..512).map(|at| format!("\"{at}\":{at}")).collect();
    let long = format!("{{\"{}\":\"{}\"}}", "k".repeat(255), "x".repeat(32 << 10));
    let edges = [deep, format!("{{{}}}", wide.join(",")), long];
    let edges = edges.map(|text| sanitised(&text).expect("within the limits"));

    let string =
        "(\\\\u[0-9a-f]{4}|\\\\ud[89a-f][0-9a-f]{2}|\\\\[\"\\\\/bfnrt]|[ -!#-\\[\\]-~]|[é😀]){0,6}";
    let number = "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?";
    let string = string.prop_map(|text| format!("\"{text}\""));
    let value = prop_oneof![
        string.clone(),
        number.prop_map(String::from),
        "(true|null|\\[1,\\{\\}\\])"
    ];
    let member = (string, value).prop_map(|(key, value)| format!("{key}:{value}"));
    let object =
        prop::collection::vec(member, 0..8).prop_map(|all| format!("{{{}}}", all.join(",")));
    let mut runner = TestRunner::deterministic();
    let mut generated = Vec::new();
    while generated.len() < 1000 {
        let text = object.new_tree(&mut runner).expect("a document").current();
        generated.extend(sanitised(&text));
    }
    hostile.chain(edges).chain(generated).collect()
}

/// Each top-level key of a document with its value as text: a string's own text, else JSON, read
/// again; None for null.
type Answers = Vec<(String, Option<String>)>;

fn keys(json: &Json) -> Vec<String> {
    let document: Value = serde_json::from_str(json.as_str()).expect("valid JSON");
    document
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect()
}

/// A text that a store gave for a value that is no string.
fn read_again(text: &str) -> String {
    Json::from_stored(text).expect("valid JSON").into_string()
}

/// The answer that is right, by a third reader.
fn expected(json: &Json) -> Answers {
    let members = event::members(json.as_str().as_bytes()).expect("an object");
    let members = members.map(|member| {
        let (key, value) = member.expect("canonical");
        let key = serde_json::from_slice(key).expect("a string");
        let value = match value.first() {
            Some(b'"') => Some(serde_json::from_slice(value).expect("a string")),
            Some(b'n') => None,
            _ => Some(String::from_utf8(value.to_vec()).expect("UTF-8")),
        };
        (key, value)
    });
    let mut answers: Answers = members.collect();
    answers.sort();
    answers
}

/// The document as it is read back; the text and the type of the value of each key.
const POSTGRESQL: &str = "
    SELECT p::text,
           ARRAY(SELECT p ->> key FROM unnest($2::text[]) AS key),
           ARRAY(SELECT jsonb_typeof(p -> key) FROM unnest($2::text[]) AS key)
    FROM (SELECT $1::text::jsonb AS p) AS t";

/// The text of the value at a path. `->` gives a number as it was written, where `->>` would make
/// a REAL of 15 digits of it.
const SQLITE: &str = "
    SELECT CASE json_type(p, ?2)
               WHEN 'text' THEN p ->> ?2
               WHEN 'null' THEN NULL
               ELSE p -> ?2
           END
    FROM t WHERE p = ?1";

#[test]
fn postgresql_answers_what_was_sent() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let database = server.database("event_stores").expect("a database");
    let mut client = postgres::Client::connect(&database.url(), postgres::NoTls).expect("a server");
    let statement = client.prepare(POSTGRESQL).expect("a statement");
    for json in documents() {
        let (text, keys) = (json.as_str(), keys(&json));
        let row = client.query_one(&statement, &[&text, &keys]).expect(text);
        let (stored, values): (String, Vec<Option<String>>) = (row.get(0), row.get(1));
        let types: Vec<String> = row.get(2);
        assert_eq!(
            Json::from_stored(&stored).as_ref(),
            Ok(&json),
            "what is read is what was stored"
        );
        let canonical = |(value, kind): (Option<String>, &String)| match kind.as_str() {
            "object" | "array" => value.map(|text| read_again(&text)),
            _ => value,
        };
        let values = values.into_iter().zip(&types).map(canonical);
        let mut answers: Answers = keys.into_iter().zip(values).collect();
        answers.sort();
        assert_eq!(answers, expected(&json), "{json}");
    }
}

#[test]
fn sqlite_answers_what_was_sent() {
    let database = rusqlite::Connection::open_in_memory().expect("a database");
    database
        .execute("CREATE TABLE t (p TEXT)", ())
        .expect("a table");
    for json in documents() {
        let text = json.as_str();
        database.execute("DELETE FROM t", ()).expect("empty");
        database
            .execute("INSERT INTO t VALUES (json(?1))", [text])
            .expect(text);
        let mut query = database.prepare(SQLITE).expect("a statement");
        let answer = |key: String| {
            let path = format!("$.{}", Value::from(key.as_str()));
            let value = query.query_row((text, path), |row| row.get(0)).expect(text);
            (key, value)
        };
        let mut answers: Answers = keys(&json).into_iter().map(answer).collect();
        answers.sort();
        assert_eq!(answers, expected(&json), "{json}");
    }
}

#[test]
fn the_raw_documents_are_hostile_indeed() {
    // If the stores agreed on them, nothing above would show that they are made to.
    let database = rusqlite::Connection::open_in_memory().expect("a database");
    let first: i64 = database
        .query_row("SELECT ?1 ->> '$.a'", [r#"{"a":1,"a":2}"#], |row| {
            row.get(0)
        })
        .expect("SQLite takes a repeated key");
    assert_eq!(
        first, 1,
        "SQLite answers with the first, jsonb with the last"
    );
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let database = server.database("event_raw").expect("a database");
    let mut client = postgres::Client::connect(&database.url(), postgres::NoTls).expect("a server");
    for raw in [r#""\u0000""#, r#""\ud800""#, "1e200000", "\u{feff}1"] {
        let stored = client.query_one("SELECT $1::text::jsonb::text", &[&raw]);
        assert!(stored.is_err(), "{raw}");
    }
}
