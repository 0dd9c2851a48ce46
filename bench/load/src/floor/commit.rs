//! One commit for each event, straight into the server's own table: what grouping saves.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ids::Uuid;
use postgres::NoTls;
use rusqlite::Connection;

use crate::Result;
use crate::sample::Sample;

const SQLITE_SCHEMA: &str =
    include_str!("../../../../crates/store/migrations/sqlite/0001_projects_and_events.sql");
const POSTGRES_SCHEMA: &str =
    include_str!("../../../../crates/store/migrations/postgres/0001_projects_and_events.sql");

const PROPERTIES: &str = r#"{"path":"/pricing/annual","plan":"team","order":"A-000000000042","seats":3,"referrer":"https://news.example.org/item/38211"}"#;
const NAME: &str = "Checkout Viewed";
const USER: &str = "user-00004711";

/// A file with the server's tables, durable as the server's is, and nobody else in it.
pub struct Sqlite {
    connection: Connection,
    project_id: Uuid,
    count: i64,
}

impl Sqlite {
    /// # Errors
    ///
    /// If the file cannot be made.
    pub fn open(folder: &Path) -> Result<Self> {
        let connection = Connection::open(folder.join("commit-floor.db"))?;
        connection.query_row("PRAGMA journal_mode = WAL", (), |_| Ok(()))?;
        connection.execute_batch("PRAGMA synchronous = FULL")?;
        connection.execute_batch(SQLITE_SCHEMA)?;
        Ok(Self {
            connection,
            project_id: Uuid::now_v7(),
            count: 0,
        })
    }

    /// Commits one event after the other.
    ///
    /// # Errors
    ///
    /// If the store refuses one.
    pub fn measure(&mut self, time: Duration) -> Result<Sample> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO events (project_id, id, commit_position, event_name, user_id, timestamp,
                 received_at, properties, source)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, 'key')",
        )?;
        measure(time, || {
            self.count += 1;
            let (id, now) = (Uuid::now_v7(), unix_us());
            insert.execute((self.project_id, id, self.count, NAME, USER, now, PROPERTIES))?;
            Ok(())
        })
    }
}

/// A database with the server's tables and one connection.
pub struct Postgres {
    client: postgres::Client,
    insert: postgres::Statement,
    project_id: Uuid,
    count: i64,
}

impl Postgres {
    /// # Errors
    ///
    /// If the server refuses.
    pub fn open(url: &str) -> Result<Self> {
        let mut client = postgres::Client::connect(url, NoTls)?;
        client.batch_execute(POSTGRES_SCHEMA)?;
        let insert = client.prepare(
            "INSERT INTO events (project_id, id, commit_position, commit_ordinal, event_name,
                 user_id, timestamp, received_at, properties, source)
             VALUES ($1, $2, $3, 1, $4, $5, $6, $6, $7::text::jsonb, 'key')",
        )?;
        Ok(Self {
            client,
            insert,
            project_id: Uuid::now_v7(),
            count: 0,
        })
    }

    /// Commits one event after the other.
    ///
    /// # Errors
    ///
    /// If the server refuses one.
    pub fn measure(&mut self, time: Duration) -> Result<Sample> {
        measure(time, || {
            self.count += 1;
            let (id, now) = (Uuid::now_v7(), SystemTime::now());
            let row: [&(dyn postgres::types::ToSql + Sync); 7] = [
                &self.project_id,
                &id,
                &self.count,
                &NAME,
                &USER,
                &now,
                &PROPERTIES,
            ];
            self.client.execute(&self.insert, &row)?;
            Ok(())
        })
    }
}

fn measure(time: Duration, mut commit: impl FnMut() -> Result<()>) -> Result<Sample> {
    let mut sample = Sample::new()?;
    let start = Instant::now();
    while start.elapsed() < time {
        let begun = Instant::now();
        commit()?;
        sample.record(begun.elapsed());
        sample.events += 1;
    }
    sample.time = start.elapsed();
    Ok(sample)
}

fn unix_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| i64::try_from(time.as_micros()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_writes_rows_that_the_servers_table_takes() {
        let folder = tempfile::tempdir().unwrap();
        let mut floor = Sqlite::open(folder.path()).unwrap();
        let sample = floor.measure(Duration::from_millis(30)).unwrap();
        let rows = floor
            .connection
            .query_row("SELECT count(*) FROM events", (), |row| row.get(0));
        assert_eq!(rows, Ok(i64::try_from(sample.events).unwrap()));
        assert!(sample.events > 0);
    }
}
