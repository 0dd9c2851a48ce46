//! A throwaway server starts, keeps databases apart, and is gone afterwards, however it ended.

#![expect(
    clippy::unwrap_used,
    reason = "clippy sees no test in the functions that tests share"
)]

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use postgres::{Client, NoTls};
use testkit::{Crash, Postgres};

fn connect(url: &str) -> Client {
    Client::connect(url, NoTls).unwrap()
}

fn show(client: &mut Client, setting: &str) -> String {
    client
        .query_one(&format!("SHOW {setting}"), &[])
        .unwrap()
        .get(0)
}

/// The temporary folder: the one above the data directory.
fn folder(client: &mut Client) -> PathBuf {
    Path::new(&show(client, "data_directory"))
        .parent()
        .unwrap()
        .to_owned()
}

fn is_listening(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "another process's end sends no signal"
)]
fn pause() {
    std::thread::sleep(Duration::from_millis(20));
}

#[test]
fn it_answers_with_the_version_that_it_was_started_from() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let mut client = connect(&server.url());
    let version: String = client.query_one("SELECT version()", &[]).unwrap().get(0);
    assert!(
        version.starts_with(&format!("PostgreSQL {}", server.version())),
        "{version}"
    );
    assert_eq!(show(&mut client, "fsync"), "on");
    assert_eq!(show(&mut client, "listen_addresses"), "127.0.0.1");
}

#[test]
fn two_databases_are_separate() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let first = server.database("separate").unwrap();
    let second = server.database("separate").unwrap();
    connect(&first.url())
        .batch_execute("CREATE TABLE only_here (id uuid PRIMARY KEY)")
        .unwrap();
    let count = |url: &str| -> i64 {
        let sql = "SELECT count(*) FROM pg_tables WHERE tablename = 'only_here'";
        connect(url).query_one(sql, &[]).unwrap().get(0)
    };
    assert_eq!(count(&first.url()), 1);
    assert_eq!(count(&second.url()), 0);
}

#[test]
fn a_database_goes_with_its_value_even_while_somebody_is_connected() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let database = server.database("dropped").unwrap();
    let name = database.name().to_owned();
    let _left_open = connect(&database.url());
    drop(database);
    let sql = "SELECT count(*) FROM pg_database WHERE datname = $1";
    let left: i64 = connect(&server.url())
        .query_one(sql, &[&name])
        .unwrap()
        .get(0);
    assert_eq!(left, 0);
}

#[test]
fn dropping_the_server_ends_it_and_removes_its_folder() {
    if testkit::postgres_or_skip().is_none() {
        return;
    }
    let server = Postgres::options().setting("fsync", "off").start().unwrap();
    let mut client = connect(&server.url());
    assert_eq!(show(&mut client, "fsync"), "off");
    let (folder, port) = (folder(&mut client), server.port());
    assert!(folder.is_dir() && is_listening(port));
    drop(server);
    assert!(!is_listening(port));
    assert!(!folder.exists());
}

#[test]
fn a_panic_ends_the_server_too() {
    if testkit::postgres_or_skip().is_none() {
        return;
    }
    let seen = std::sync::Mutex::new(None);
    let result = std::panic::catch_unwind(|| {
        let server = Postgres::options().setting("fsync", "off").start().unwrap();
        *seen.lock().unwrap() = Some((folder(&mut connect(&server.url())), server.port()));
        panic!("as a failing assertion would");
    });
    assert!(result.is_err());
    let (folder, port) = seen.into_inner().unwrap().unwrap();
    assert!(!is_listening(port));
    assert!(!folder.exists());
}

#[test]
fn a_setting_that_the_server_refuses_is_reported_in_its_words() {
    if testkit::postgres_or_skip().is_none() {
        return;
    }
    let error = Postgres::options()
        .setting("fsync", "perhaps")
        .start()
        .unwrap_err();
    assert!(
        error.to_string().contains("requires a Boolean value"),
        "{error}"
    );
}

#[test]
fn killing_the_owner_ends_the_server_and_removes_its_folder() {
    if testkit::postgres_or_skip().is_none() {
        return;
    }
    let mut owner = Command::new(env!("CARGO_BIN_EXE_throwaway-postgres"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(owner.stdout.take().unwrap())
        .read_line(&mut url)
        .unwrap();
    let mut client = connect(url.trim());
    let folder = folder(&mut client);
    let port: u16 = show(&mut client, "port").parse().unwrap();
    assert!(folder.is_dir() && is_listening(port));

    // SIGKILL: no destructor runs.
    owner.kill().unwrap();
    owner.wait().unwrap();

    for _ in 0..1_000 {
        if !folder.exists() && !is_listening(port) {
            return;
        }
        pause();
    }
    panic!(
        "20 s after its owner was killed, a server is still there: {}",
        folder.display()
    );
}

#[test]
fn what_was_committed_outlives_a_crash() {
    if testkit::postgres_or_skip().is_none() {
        return;
    }
    let mut server = Postgres::start().unwrap();
    connect(&server.url())
        .batch_execute("CREATE TABLE kept (n integer)")
        .unwrap();
    for (rows, how) in [(1, Crash::Immediate), (2, Crash::Killed)] {
        let mut client = connect(&server.url());
        client.execute("INSERT INTO kept VALUES (1)", &[]).unwrap();
        server.crash(how).unwrap();
        assert!(client.execute("INSERT INTO kept VALUES (1)", &[]).is_err());
        server.restart().unwrap();
        let row = connect(&server.url()).query_one("SELECT count(*) FROM kept", &[]);
        assert_eq!(row.unwrap().get::<_, i64>(0), rows, "{how:?}");
    }
}

#[test]
fn a_paused_server_answers_when_it_goes_on() {
    if testkit::postgres_or_skip().is_none() {
        return;
    }
    let mut server = Postgres::start().unwrap();
    let mut client = connect(&server.url());
    let paused = server.pause().unwrap();
    let (answered, answer) = sync_channel(1);
    let asking = std::thread::spawn(move || {
        client.execute("SELECT 1", &[]).unwrap();
        answered.send(()).unwrap();
    });
    assert!(answer.recv_timeout(Duration::from_millis(300)).is_err());
    drop(paused);
    answer.recv().unwrap();
    asking.join().unwrap();
}
