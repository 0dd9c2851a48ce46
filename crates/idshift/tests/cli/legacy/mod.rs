//! `examples/legacy-analyticsbot`: the schema, its SQL and its loader say the same, and the audit
//! finds in it what it is there for.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use audit::{Context, Drawn, Policy, Severity};
use postgres::{Client, NoTls};
use schema::{Dialect, Schema, Source, Table};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/legacy-analyticsbot")
}

fn text(name: &str) -> String {
    fs::read_to_string(folder().join(name)).expect("the example is a part of the project")
}

fn source(name: &str) -> Vec<Source> {
    vec![Source::new(name, text(name)).expect("it is short")]
}

fn prisma() -> (Schema, Vec<Source>) {
    let sources = source("prisma/schema.prisma");
    (schema::prisma::read(&sources), sources)
}

/// A table's columns, with whether they may be NULL and whether they count; and its references.
fn told(table: &Table) -> (BTreeMap<&str, (bool, bool)>, Vec<String>) {
    let columns = table.columns.iter().map(|column| {
        let name = column.name.as_str();
        (name, (column.nullable, column.is_sequential()))
    });
    let mut references: Vec<String> = table
        .references
        .iter()
        .map(|reference| format!("{:?} -> {}", reference.columns, reference.table.name))
        .collect();
    references.sort();
    (columns.collect(), references)
}

#[test]
fn the_two_schemas_say_the_same() {
    let (prisma, _) = prisma();
    let sql = schema::sql::read(Dialect::PostgreSql, &source("legacy.sql"));
    assert_eq!((&prisma.problems, &sql.problems), (&vec![], &vec![]));
    let tables = |schema: &Schema| -> Vec<String> {
        let mut names: Vec<String> = schema
            .tables
            .iter()
            .map(|it| it.name.name.clone())
            .collect();
        names.sort();
        names
    };
    let names = [
        "analytics_projects",
        "event_queue",
        "events",
        "provider_configs",
    ];
    assert_eq!(tables(&prisma), names);
    assert_eq!(tables(&sql), names);
    for table in &prisma.tables {
        let same = sql
            .tables
            .iter()
            .find(|it| it.name.name == table.name.name)
            .unwrap();
        assert_eq!(told(table), told(same), "{}", table.name.name);
    }
}

#[test]
fn the_audit_finds_three_critical_keys_and_the_two_references_to_them() {
    let (schema, sources) = prisma();
    let drawn = [Drawn { schema, sources }];
    let policy = Policy::default();
    let report = audit::audit(&Context::new(&drawn, &policy));
    let critical: Vec<(&str, &str)> = report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Critical)
        .map(|finding| (finding.rule, finding.object.as_str()))
        .collect();
    let expected = [
        ("auto-increment-key", "events.id"),
        ("auto-increment-key", "provider_configs.id"),
        ("auto-increment-key", "event_queue.id"),
    ];
    assert_eq!(critical, expected);
    let mut consequences: Vec<(&str, &str)> = report
        .findings
        .iter()
        .filter(|finding| finding.rule == "reference-to-auto-increment")
        .filter_map(|finding| Some((finding.object.as_str(), finding.caused_by.as_deref()?)))
        .collect();
    consequences.sort_unstable();
    let expected = [
        ("event_queue.event_id", "events.id"),
        ("event_queue.provider_id", "provider_configs.id"),
    ];
    assert_eq!(consequences, expected);
}

/// Rows of one load: numbers that say that the hard cases are in it.
const CENSUS: &str = "
    SELECT (SELECT count(*) FROM events),
           (SELECT count(*) FROM events WHERE created_at IS NULL),
           (SELECT max(id) - count(*) FROM events),
           (SELECT count(*) FROM (SELECT created_at < lag(created_at) OVER (ORDER BY id) AS back
                                  FROM events) pairs WHERE back),
           (SELECT count(DISTINCT project_id) FROM events),
           (SELECT count(*) FROM event_queue q JOIN events e ON e.id = q.event_id
            JOIN provider_configs p ON p.id = q.provider_id AND p.project_id = e.project_id),
           (SELECT count(*) FROM event_queue),
           (SELECT count(*) FROM pending_deliveries),
           (SELECT md5(string_agg(e::text, '' ORDER BY id)) FROM events e)";

fn load(server: &testkit::Postgres, rows: u32) -> (Vec<i64>, String) {
    let database = server.database("legacy").expect("a database");
    let mut client = Client::connect(&database.url(), NoTls).expect("a connection");
    client
        .batch_execute(&text("legacy.sql"))
        .expect("a statement that runs");
    client
        .batch_execute(&format!("SET legacy.rows = {rows}; SET timezone = 'UTC'"))
        .expect("a statement that runs");
    client
        .batch_execute(&text("load.sql"))
        .expect("a statement that runs");
    let row = client
        .query_one(CENSUS, &[])
        .expect("a statement that runs");
    let next: i64 = client
        .query_one("SELECT nextval('events_id_seq') - max(id) FROM events", &[])
        .expect("a statement that runs")
        .get(0);
    assert_eq!(next, 1, "the sequence goes on where the keys end");
    ((0..8).map(|at| row.get(at)).collect(), row.get(8))
}

#[test]
fn the_loader_makes_the_rows_that_make_a_migration_hard() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let (numbers, digest) = load(server, 5000);
    let [
        events,
        untimed,
        gaps,
        back,
        projects,
        sound,
        deliveries,
        pending,
    ] = numbers[..]
    else {
        panic!("{numbers:?}");
    };
    assert_eq!((events, untimed, gaps, projects), (5000, 50, 5, 15));
    assert!(back > 20, "{back} rows are older than their neighbour");
    assert_eq!(
        sound, deliveries,
        "each delivery is to a provider of the event's project"
    );
    assert!(
        deliveries > 500 && (1..deliveries).contains(&pending),
        "{deliveries}, {pending}"
    );
    assert_eq!(
        load(server, 5000).1,
        digest,
        "the same number gives the same rows"
    );
    // The control: another number gives others.
    assert_ne!(load(server, 4999).1, digest);
}
