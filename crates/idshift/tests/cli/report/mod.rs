//! `idshift migrate report`: what it says of a real database before, between and after.

use std::fs;
use std::path::Path;

use postgres::{Client, NoTls};
use serde_json::Value;

use crate::run::{Ran, command, run_in};

struct Site {
    folder: tempfile::TempDir,
    _client: Client,
    _database: testkit::Database<'static>,
}

const ROWS: &str = "
    INSERT INTO customers (email) SELECT 'c' || n FROM generate_series(1, 500) n;
    INSERT INTO orders (customer_id, placed)
        SELECT 1 + n % 500, '2024-01-01'::timestamp + n * interval '1 minute'
        FROM generate_series(1, 2000) n;
    ANALYZE;";

impl Site {
    fn new(name: &str) -> Option<Self> {
        let server = testkit::postgres_or_skip()?;
        let database = server.database(name).expect("a database");
        let mut client = Client::connect(&database.url(), NoTls).expect("a connection");
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/prisma-shop");
        let schema = fs::read_to_string(example.join("schema.sql")).expect("a part of the project");
        client.batch_execute(&schema).expect("two tables");
        client.batch_execute(ROWS).expect("rows");
        let folder = tempfile::tempdir().expect("a system has temporary folders");
        fs::write(folder.path().join("url"), database.url()).expect("the folder is ours");
        Some(Self {
            folder,
            _client: client,
            _database: database,
        })
    }

    fn migrate(&self, arguments: &[&str]) -> Ran {
        let whole = [&["migrate"], arguments, &["--database-file", "url"]].concat();
        run_in(command(&whole).current_dir(self.folder.path()))
    }

    #[track_caller]
    fn done(&self, arguments: &[&str]) -> String {
        let ran = self.migrate(arguments);
        assert_eq!(ran.status, 0, "{arguments:?}: {}{}", ran.out, ran.err);
        ran.out
    }

    #[track_caller]
    fn facts(&self, arguments: &[&str]) -> Value {
        let out = self.done(&[&["report", "--json"], arguments].concat());
        serde_json::from_str(&out).expect("one object")
    }

    fn plan(&self) {
        self.done(&["plan", "--all-auto-increment", "--output", "plan.toml"]);
    }
}

/// The bytes of an index on the old and on the new columns.
fn index(facts: &Value, name: &str) -> (Option<u64>, Option<u64>) {
    let tables = facts["tables"].as_array().expect("tables");
    let mut all = tables
        .iter()
        .flat_map(|table| table["indexes"].as_array().expect("indexes"));
    let found = all.find(|index| index["name"] == name).expect("the index");
    (found["old_bytes"].as_u64(), found["new_bytes"].as_u64())
}

fn times(facts: &Value) -> usize {
    let steps = facts["steps"].as_array().expect("steps");
    steps
        .iter()
        .filter(|step| step["done_at"].is_string())
        .count()
}

#[test]
fn every_stage_has_its_report() {
    let Some(site) = Site::new("cli_report") else {
        return;
    };
    let none = site.migrate(&["report"]).refused();
    assert!(
        none.contains("there is no journal") && none.contains("hint: "),
        "{none}"
    );
    site.plan();
    planned(&site);
    site.done(&["apply", "plan.toml"]);
    let new_bytes = ready(&site);
    site.done(&["cutover", "--yes"]);
    swapped(&site, new_bytes);
    site.done(&["contract", "--yes"]);
    contracted(&site);
}

fn planned(site: &Site) {
    let facts = site.facts(&["plan.toml"]);
    assert_eq!((&facts["stage"], times(&facts)), (&"planned".into(), 0));
    assert_eq!(facts["tables"][1]["rows_now"], 2000);
    let (old, new) = index(&facts, "orders_pkey");
    assert!(old.is_some() && new.is_none(), "{old:?} {new:?}");
    let text = site.done(&["report", "plan.toml"]);
    assert!(
        text.contains("Nothing was written; there is nothing to take back."),
        "{text}"
    );
}

/// Gives the bytes of the new index.
fn ready(site: &Site) -> Option<u64> {
    let facts = site.facts(&[]);
    assert_eq!(facts["stage"], "forward");
    let (old, new) = index(&facts, "orders_pkey");
    assert!(old.is_some() && new.is_some(), "{old:?} {new:?}");
    let text = site.done(&["report"]);
    assert!(text.contains("The cut-over is still to come."), "{text}");
    new
}

fn swapped(site: &Site, new_bytes: Option<u64>) {
    let facts = site.facts(&[]);
    let steps = facts["steps"].as_array().expect("steps");
    assert_eq!(
        (&facts["stage"], times(&facts)),
        (&"swapped".into(), steps.len())
    );
    assert_eq!(
        index(&facts, "orders_pkey").1,
        new_bytes,
        "the index is the same one"
    );
    assert_eq!(facts["tables"][1]["columns"][0]["now"], "uuid");
    let filled: u64 = steps.iter().filter_map(|step| step["rows"].as_u64()).sum();
    assert_eq!(filled, 2500);
    let cutover = steps.iter().find(|step| step["cutover"] == true);
    let held = cutover.expect("one")["held_seconds"]
        .as_f64()
        .expect("the journal has it");
    assert!((0.0..5.0).contains(&held), "{held}");
    site.done(&["report", "--output", "swapped.md"]);
    let kept = fs::read_to_string(site.folder.path().join("swapped.md")).expect("written");
    for part in [
        "- [x] The new columns have the names",
        "- [ ] The old columns are dropped",
    ] {
        assert!(kept.contains(part), "{part}: {kept}");
    }
}

fn contracted(site: &Site) {
    let facts = site.facts(&["plan.toml"]);
    assert_eq!((&facts["stage"], times(&facts)), (&"contracted".into(), 0));
    let (old, new) = index(&facts, "orders_pkey");
    assert!(old.is_none() && new.is_some(), "{old:?} {new:?}");
    let text = site.done(&["report", "plan.toml"]);
    assert!(
        text.contains("Their times are not known: there is no journal."),
        "{text}"
    );
    assert!(text.contains("- [x] The old columns are dropped"), "{text}");
}

#[test]
fn a_measurement_writes_to_a_table_of_its_own_and_leaves_nothing() {
    let Some(site) = Site::new("cli_measure") else {
        return;
    };
    site.plan();
    let facts = site.facts(&["plan.toml", "--measure", "5000"]);
    let measured = facts["measured"].as_array().expect("a list");
    let bytes = |key: &str| {
        let found = measured.iter().find(|it| it["key"] == key).expect("a kind");
        assert_eq!(found["rows"], 5000);
        assert!(found["took"].as_f64().expect("seconds") > 0.0);
        found["index_bytes"].as_u64().expect("bytes")
    };
    let (bigint, v7, v4) = (bytes("bigint"), bytes("UUIDv7"), bytes("UUIDv4"));
    assert!(bigint < v7 && v7 < v4, "{bigint} {v7} {v4}");
    let text = site.done(&["report", "plan.toml", "--measure", "1000"]);
    assert!(text.contains("| UUIDv7 | "), "{text}");
    for rows in ["0", "1000001"] {
        let ran = site.migrate(&["report", "plan.toml", "--measure", rows]);
        assert_eq!(ran.status, 2, "{rows}: {}", ran.err);
    }
}

#[test]
fn the_page_names_the_sections_that_there_are() {
    let Some(site) = Site::new("cli_sections") else {
        return;
    };
    site.plan();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/idshift/migrate-report.md");
    let page = fs::read_to_string(page).expect("the page is a part of the project");
    let table = page
        .split("| section | holds |")
        .nth(1)
        .expect("a table of sections");
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let named: Vec<&str> = rows
        .filter_map(|row| row.split('|').nth(1))
        .map(str::trim)
        .collect();
    let text = site.done(&["report", "plan.toml"]);
    let found: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    assert_eq!(named, found);
}
