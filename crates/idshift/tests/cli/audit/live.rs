//! A live database, alone and beside the files that describe it.

use postgres::{Client, NoTls};
use serde_json::Value;

use super::{audit, folder};

/// Two tables with rows: one that the file describes too, one that only the database has.
const TABLES: &str = "CREATE TABLE users (id serial PRIMARY KEY, name text);
    INSERT INTO users (name) SELECT 'x' FROM generate_series(1, 1000);
    CREATE TABLE extras (id serial PRIMARY KEY, note text);
    ANALYZE;";

const FILE: &str = "CREATE TABLE users (id serial PRIMARY KEY, name text);\n\
    CREATE TABLE notes (id uuid PRIMARY KEY, body text);\n";

#[test]
fn a_database_adds_its_figures_to_what_the_files_say() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let database = server.database("audit").expect("a database");
    let mut client = Client::connect(&database.url(), NoTls).expect("a connection");
    client.batch_execute(TABLES).expect("two tables");
    let folder = folder(&[("schema.sql", FILE), ("url", &database.url())]);
    let rule = ["--rule", "auto-increment-key", "--json"];
    let run = |more: &[&str]| {
        let arguments = [&rule[..], &["--database-file", "url"], more].concat();
        let ran = audit(folder.path(), &arguments);
        assert_eq!(ran.status, 1, "{}", ran.err);
        let report: Value = serde_json::from_str(&ran.out).expect("the report is JSON");
        let findings = report["findings"].as_array().cloned().unwrap_or_default();
        let mut told: Vec<(String, String)> = findings
            .iter()
            .map(|it| {
                let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
                (text(&it["object"]), text(&it["primary"]["path"]))
            })
            .collect();
        told.sort();
        (told, report)
    };
    // Alone: both tables, without a line of any file.
    let (told, report) = run(&[]);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        report["findings"]
            .as_array()
            .is_some_and(|list| list.iter().all(|it| it["primary"]["line"] == 0))
    );
    // Beside the file: the shared table once, at the file.
    let (told, report) = run(&["schema.sql"]);
    let paths: Vec<&str> = told.iter().map(|(_, path)| path.as_str()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(
        paths.iter().filter(|path| **path == "schema.sql").count(),
        1,
        "{told:?}"
    );
    assert!(
        report["summary"]["told_once"].as_u64() > Some(0),
        "{report}"
    );
}
