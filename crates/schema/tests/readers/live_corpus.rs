//! Real scripts: the picture of the text, of the database that ran it, and of that database's dump
//! are one.

use std::path::{Path, PathBuf};
use std::process::Command;

use schema::{Dialect, Source, live, sql};

use crate::facts::difference;
use crate::live::{open, picture};

/// Beside the checkout, if anywhere.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/sql");

/// Runs a program of PostgreSQL; None if it failed.
fn run(program: &str, url: &str, options: &[&str]) -> Option<Vec<u8>> {
    let output = Command::new(program).args(options).arg(url).output();
    let output = output.unwrap_or_else(|error| panic!("start `{program}`: {error}"));
    output.status.success().then_some(output.stdout)
}

fn scripts() -> Option<Vec<PathBuf>> {
    let entries = std::fs::read_dir(FOLDER).ok()?;
    let paths = entries.map(|entry| entry.expect("the folder is there").path());
    let mut paths: Vec<PathBuf> = paths
        .filter(|it| it.extension() == Some("sql".as_ref()))
        .collect();
    paths.sort();
    Some(paths)
}

fn source(path: &Path) -> Source {
    let bytes = std::fs::read(path).expect("the file is there");
    Source::new(path.display().to_string(), bytes).expect("the file is short")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_its_database_and_its_dump_are_one_picture() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let Some(scripts) = scripts() else {
        eprintln!("SKIPPED: no scripts in `{FOLDER}`");
        return;
    };
    let mut loaded = 0;
    let mut wrong = Vec::new();
    for path in scripts {
        let database = server.database("live_corpus").unwrap();
        let url = database.url();
        let file = format!("--file={}", path.display());
        let options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", &file];
        if run("psql", &url, &options).is_none() {
            continue;
        }
        loaded += 1;
        let mut client = open(&url).await;
        let live = live::read(&mut client, &live::Options::default())
            .await
            .unwrap();
        assert_eq!(live.problems, [], "{}", path.display());
        let text = sql::read(Dialect::PostgreSql, &[source(&path)]);
        let dump = run("pg_dump", &url, &["--schema-only"]).expect("it can be dumped");
        let dump = Source::new("dump.sql", dump).unwrap();
        let dumped = sql::read(Dialect::PostgreSql, &[dump]);
        for (kind, read) in [("script", text), ("dump", dumped)] {
            let lines = difference(&read, &live);
            wrong.extend(
                lines
                    .iter()
                    .map(|line| format!("{kind} {}: {line}", path.display())),
            );
        }
    }
    assert!(wrong.is_empty(), "of {loaded}:\n{}", wrong.join("\n"));
    assert!(loaded > 0, "no script loads");
}

/// The comparison sees one column more, one default less and another type.
#[tokio::test]
async fn a_database_that_is_no_longer_the_script_is_told_apart() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let database = server.database("live_control").unwrap();
    let script = "CREATE TABLE a (id serial PRIMARY KEY, b int DEFAULT 1, c text);";
    let text = sql::read(
        Dialect::PostgreSql,
        &[Source::new("a.sql", script).unwrap()],
    );
    let client = open(&database.url()).await;
    client.batch_execute(script).await.unwrap();
    assert_eq!(difference(&text, &picture(&database.url()).await), [""; 0]);
    let changed = "ALTER TABLE a ALTER b DROP DEFAULT, ALTER c TYPE varchar(9), ADD d int";
    client.batch_execute(changed).await.unwrap();
    assert_eq!(difference(&text, &picture(&database.url()).await).len(), 5);
}
