//! What only a file can do: fill up, fail, be somebody else's.

use std::process::Command;

use store::{Config, Cursor, Error, Scope, Store};

use crate::follow::follow_all;
use crate::rig::{self, at, event_at, json, project, store_all};

#[tokio::test]
async fn another_programs_file_is_refused_and_left_alone() {
    let rig = rig::sqlite();
    rig.change("CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES ('soup');")
        .await;
    let error = Store::open(&rig.location, &rig.config, at(0))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error}");
    assert_eq!(rig.number("SELECT count(*) FROM sqlite_schema").await, 1);
    let store::Location::Sqlite(path) = &rig.location else {
        unreachable!()
    };
    std::fs::write(
        path,
        "this is not a database, but a text of some length".repeat(100),
    )
    .unwrap();
    let error = Store::open(&rig.location, &rig.config, at(0))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Corrupt { .. }), "{error}");
}

#[tokio::test]
async fn a_full_file_takes_nothing_until_there_is_space() {
    let rig = rig::sqlite();
    let mut config = rig.config.clone();
    config.sqlite.file_bytes_max = 1 << 20;
    let store = rig.open_with(&config).await;
    let project_id = project(&store, "a").await;
    let large = json(&format!(r#"{{"text":"{}"}}"#, "x".repeat(30_000)));
    let mut stored = Vec::new();
    let error = loop {
        let event = event::Event {
            properties: large.clone(),
            ..event_at(project_id, 0)
        };
        match store.journal().append(vec![event.clone()]).await {
            Ok(_) => stored.push(event.id),
            Err(error) => break error,
        }
        assert!(stored.len() < 1_000, "the limit is not kept");
    };
    assert!(matches!(error, Error::Full { .. }), "{error}");
    assert!(error.nothing_was_stored() && error.hint().is_some());
    assert!(stored.len() > 10);
    let journal = store.journal();
    assert_eq!(
        follow_all(&rig, &journal, Scope::Everything, 100).await,
        stored,
        "reads go on"
    );
    // Space returns: by itself, on the same handle.
    rig.change("DELETE FROM events WHERE commit_position <= 5")
        .await;
    store_all(&store, &[event_at(project_id, 1)]).await;
    journal.ready().await.unwrap();
}

/// Appends some megabytes and returns how large the write-ahead log has become.
async fn log_bytes(wal_bytes: usize) -> u64 {
    let rig = rig::sqlite();
    let mut config = rig.config.clone();
    config.sqlite.wal_bytes = wal_bytes;
    let store = rig.open_with(&config).await;
    let project_id = project(&store, "a").await;
    let large = json(&format!(r#"{{"text":"{}"}}"#, "x".repeat(30_000)));
    for us in 0..400 {
        let event = event::Event {
            properties: large.clone(),
            ..event_at(project_id, us)
        };
        store_all(&store, &[event]).await;
    }
    let store::Location::Sqlite(path) = &rig.location else {
        unreachable!()
    };
    let log = path.with_extension("db-wal");
    std::fs::metadata(log).unwrap().len()
}

/// Under a writer that never rests, which is when a log can grow for ever.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_begun_again_under_load() {
    let bounded = log_bytes(512 << 10).await;
    assert!(bounded < 6 << 20, "`{bounded}` bytes of log");
    // The control: without checkpoints it holds all that was written.
    let unbounded = log_bytes(1 << 30).await;
    assert!(unbounded > 12 << 20, "`{unbounded}` bytes of log");
}

/// A limit on the size of files makes the operating system fail a write, as a broken disk does.
#[test]
fn after_a_failed_write_nothing_is_written_through_the_same_handle() {
    let rig = rig::sqlite();
    let store::Location::Sqlite(path) = &rig.location else {
        unreachable!()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let store = runtime.block_on(rig.open());
    let project_id = runtime.block_on(project(&store, "a"));
    drop(store);
    // 600 blocks of 512 bytes or 1 KiB, depending on the shell; the signal must not end it.
    let script = r#"trap '' XFSZ; ulimit -f 600; exec "$@""#;
    let mut child = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args([
            "sqlite_only::writer_on_a_failing_disk",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let line = format!("{} {project_id}\n", path.display());
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), line.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    let stored: i64 = said
        .lines()
        .find_map(|line| line.split_once("stored ")?.1.parse().ok())
        .unwrap_or_else(|| panic!("no count in: {said}"));
    // Every acknowledged event is there, none of the failed one, and the file is sound.
    let store = runtime.block_on(rig.open());
    let found = runtime.block_on(follow_all(&rig, &store.journal(), Scope::Everything, 100));
    assert_eq!(i64::try_from(found.len()).unwrap(), stored);
    runtime.block_on(store_all(&store, &[event_at(project_id, 0)]));
    let connection = rusqlite::Connection::open(path).unwrap();
    let sound: String = connection
        .query_row("PRAGMA integrity_check", (), |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
}

/// Not a check: the process whose disk fails.
#[tokio::test]
#[ignore = "started by `after_a_failed_write_nothing_is_written_through_the_same_handle`"]
async fn writer_on_a_failing_disk() {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    let Some((path, project_id)) = line.trim().split_once(' ') else {
        return;
    };
    let project_id = event::ProjectId::parse(project_id).unwrap();
    let location = store::Location::Sqlite(path.into());
    let store = Store::open(&location, &Config::default(), at(0))
        .await
        .unwrap();
    let journal = store.journal();
    let large = json(&format!(r#"{{"text":"{}"}}"#, "x".repeat(30_000)));
    let mut stored = 0;
    let error = loop {
        let event = event::Event {
            properties: large.clone(),
            ..event_at(project_id, 0)
        };
        match journal.append(vec![event]).await {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
        assert!(stored < 1_000, "the disk did not fail");
    };
    assert!(matches!(error, Error::Unavailable { .. }), "{error}");
    assert!(!error.nothing_was_stored(), "unknown");
    // A small one would fit; it must not be tried.
    let error = journal
        .append(vec![event_at(project_id, 0)])
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("an earlier write failed"),
        "{error}"
    );
    journal.ready().await.unwrap_err();
    let found = journal
        .follow(Scope::Everything, Cursor::START, 1_000)
        .await
        .unwrap();
    assert_eq!(found.events.len(), stored, "reads go on");
    std::io::Write::write_all(
        &mut std::io::stdout(),
        format!("\nstored {stored}\n").as_bytes(),
    )
    .unwrap();
}
