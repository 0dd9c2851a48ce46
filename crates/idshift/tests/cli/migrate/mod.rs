//! `idshift migrate`: a whole migration on the command line.

use std::fs;

use postgres::{Client, NoTls};
use serde_json::Value;

use crate::run::{Ran, command, run_in};

const TABLES: &str = "
    CREATE TABLE users (id serial PRIMARY KEY, name text, created_at timestamptz DEFAULT now());
    CREATE TABLE notes (id bigserial PRIMARY KEY, user_id integer NOT NULL REFERENCES users);
    CREATE VIEW names AS SELECT id, name FROM users;
    INSERT INTO users (name) SELECT 'u' || n FROM generate_series(1, 100) n;
    INSERT INTO notes (user_id) SELECT 1 + n % 100 FROM generate_series(1, 300) n;
    ANALYZE;";

/// A database with rows, and a folder with its URL in a file.
struct Site {
    folder: tempfile::TempDir,
    client: Client,
    _database: testkit::Database<'static>,
}

impl Site {
    fn new() -> Option<Self> {
        let server = testkit::postgres_or_skip()?;
        let database = server.database("cli_migrate").expect("a database");
        let mut client = Client::connect(&database.url(), NoTls).expect("a connection");
        client.batch_execute(TABLES).expect("two tables");
        let folder = tempfile::tempdir().expect("a system has temporary folders");
        fs::write(folder.path().join("url"), database.url()).expect("the folder is ours");
        Some(Self {
            folder,
            client,
            _database: database,
        })
    }

    fn migrate(&self, arguments: &[&str]) -> Ran {
        let mut whole = vec!["migrate"];
        whole.extend_from_slice(arguments);
        if arguments[0] != "sql" {
            whole.extend(["--database-file", "url"]);
        }
        run_in(command(&whole).current_dir(self.folder.path()))
    }

    /// Runs a command that must end well.
    fn done(&self, arguments: &[&str]) -> String {
        let ran = self.migrate(arguments);
        assert_eq!(ran.status, 0, "{arguments:?}: {}{}", ran.out, ran.err);
        ran.out
    }
}

#[test]
fn from_the_plan_to_the_contraction() {
    let Some(mut site) = Site::new() else { return };
    let said = site.done(&["plan", "--all-auto-increment", "--output", "plan.toml"]);
    assert!(said.contains("2 tables, about 400 rows"), "{said}");
    site.done(&["sql", "plan.toml", "--output", "steps"]);
    let files = fs::read_dir(site.folder.path().join("steps"))
        .expect("a folder")
        .count();
    assert!(files > 30, "{files}");

    site.done(&["apply", "plan.toml"]);
    let ran = site.migrate(&["cutover"]);
    assert_eq!(ran.status, 2, "nobody was asked: {}", ran.err);
    site.done(&["pause"]);
    let status: Value = serde_json::from_str(&site.done(&["status", "--json"])).expect("JSON");
    assert_eq!(
        (&status["state"], &status["paused"]),
        (&"forward".into(), &true.into())
    );
    site.done(&["resume"]);
    let checks = site.done(&["verify"]);
    assert!(
        checks.contains("fine") && !checks.contains("FAILED"),
        "{checks}"
    );

    let done: Value =
        serde_json::from_str(&site.done(&["cutover", "--yes", "--json"])).expect("JSON");
    assert!(done["cutover_ms"].as_f64() > Some(0.0), "{done}");
    let pair: Value =
        serde_json::from_str(&site.done(&["lookup", "users", "42", "--json"])).expect("JSON");
    let new = pair["new"].as_str().expect("a new key");
    assert!(site.done(&["lookup", "users", new]).starts_with("42 "));
    let row = site
        .client
        .query_one("SELECT name FROM names WHERE id::text = $1", &[&new]);
    assert_eq!(row.expect("the view").get::<_, String>(0), "u42");

    site.done(&["contract", "--keep-lookup", "--yes"]);
    assert!(site.done(&["lookup", "users", new]).starts_with("42 "));
    assert_eq!(site.done(&["status"]), "no migration is under way\n");
    let ran = site.migrate(&["rollback", "--yes"]);
    assert_eq!(ran.status, 1, "{}", ran.out);
    assert!(ran.err.contains("hint: "), "{}", ran.err);
}

#[test]
fn what_stands_in_the_way_is_named_and_nothing_is_written() {
    let Some(mut site) = Site::new() else { return };
    let parts =
        "CREATE TABLE parts (id serial, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)";
    site.client.batch_execute(parts).expect("a table");
    let ran = site.migrate(&["plan", "--table", "parts,nowhere", "--output", "plan.toml"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("nowhere"), "{}", ran.err);
    let ran = site.migrate(&["plan", "--table", "parts", "--json"]);
    assert_eq!(ran.status, 1, "{}", ran.out);
    let said: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(said["refused"][0]["object"], "table public.parts", "{said}");
    assert!(!site.folder.path().join("plan.toml").exists());
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'idshift'";
    let row = site.client.query_one(schemas, &[]).expect("the catalog");
    assert_eq!(row.get::<_, i64>(0), 0);
}

#[test]
fn a_plan_that_no_longer_fits_is_refused() {
    let Some(mut site) = Site::new() else { return };
    site.done(&["plan", "--table", "users", "--output", "plan.toml"]);
    site.client
        .batch_execute("ALTER TABLE users ADD COLUMN more int")
        .expect("a column");
    let ran = site.migrate(&["apply", "plan.toml"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.err.contains("the tables changed") && ran.err.contains("hint: "),
        "{}",
        ran.err
    );
    fs::write(
        site.folder.path().join("plan.toml"),
        "format = 1\nwhat = 2\n",
    )
    .expect("written");
    let ran = site.migrate(&["apply", "plan.toml"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("failed to read the plan"), "{}", ran.err);
}
