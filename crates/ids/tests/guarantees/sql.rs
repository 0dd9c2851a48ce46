//! Columns: what is written is read back, and the databases sort as the ids do.

use ids::{Entity, Id, Uuid};
use rusqlite::Connection;

struct Project;

impl Entity for Project {
    const PREFIX: &str = "project";
}

/// Out of order on purpose, with both ends of the range.
fn samples() -> Vec<Uuid> {
    let mut ids = ids::v7s(100).expect("within the limit");
    ids.reverse();
    ids.extend([Uuid::MAX, Uuid::NIL, Uuid::new_v4().expect("entropy")]);
    ids.extend([1, 1 << 63, 1 << 64, 1 << 127].map(Uuid::from_u128));
    ids
}

fn sorted(mut ids: Vec<Uuid>) -> Vec<Uuid> {
    ids.sort_unstable();
    ids
}

#[test]
fn sqlite_stores_16_bytes_and_sorts_them_as_ids() -> rusqlite::Result<()> {
    let db = Connection::open_in_memory()?;
    db.execute_batch("CREATE TABLE t (id BLOB PRIMARY KEY CHECK (length(id) = 16)) WITHOUT ROWID")?;
    for id in samples() {
        db.execute("INSERT INTO t VALUES (?1)", [id])?;
    }
    let mut query = db.prepare("SELECT id FROM t ORDER BY id")?;
    let read: rusqlite::Result<Vec<Uuid>> = query.query_map([], |row| row.get(0))?.collect();
    assert_eq!(read?, sorted(samples_of(&db)?));
    let id = Id::<Project>::now_v7();
    let read: Id<Project> = db.query_row("SELECT ?1", [id], |row| row.get(0))?;
    assert_eq!(read, id);
    Ok(())
}

fn samples_of(db: &Connection) -> rusqlite::Result<Vec<Uuid>> {
    let mut query = db.prepare("SELECT hex(id) FROM t")?;
    let texts: rusqlite::Result<Vec<String>> = query.query_map([], |row| row.get(0))?.collect();
    Ok(texts?
        .iter()
        .map(|text| Uuid::parse(text).expect("hex() gives the simple form"))
        .collect())
}

#[test]
fn sqlite_columns_that_hold_no_id_are_refused() -> rusqlite::Result<()> {
    let db = Connection::open_in_memory()?;
    for sql in [
        "SELECT x'00'",
        "SELECT 7",
        "SELECT NULL",
        "SELECT hex(randomblob(16))",
    ] {
        assert!(
            db.query_row(sql, [], |row| row.get::<_, Uuid>(0)).is_err(),
            "{sql}"
        );
    }
    Ok(())
}

#[test]
fn postgresql_reads_writes_and_sorts_them_as_ids() -> Result<(), Box<dyn std::error::Error>> {
    let Some(server) = testkit::postgres_or_skip() else {
        return Ok(());
    };
    let database = server.database("ids")?;
    let mut db = postgres::Client::connect(&database.url(), postgres::NoTls)?;
    db.batch_execute("CREATE TABLE t (id uuid PRIMARY KEY)")?;
    let ids = samples();
    let insert = db.prepare("INSERT INTO t VALUES ($1)")?;
    for id in &ids {
        db.execute(&insert, &[id])?;
    }
    let rows = db.query("SELECT id, id::text AS text FROM t ORDER BY t.id", &[])?;
    let read: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(read, sorted(ids));
    for row in &rows {
        assert_eq!(row.get::<_, String>(1), row.get::<_, Uuid>(0).to_string());
    }
    let id = Id::<Project>::now_v7();
    let read: Id<Project> = db.query_one("SELECT $1::uuid", &[&id])?.get(0);
    assert_eq!(read, id);
    assert!(
        db.query_one("SELECT 'x'::text", &[])?
            .try_get::<_, Uuid>(0)
            .is_err()
    );
    Ok(())
}
