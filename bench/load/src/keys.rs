//! Fills tables that differ in one column, in turns, and reads what each has cost PostgreSQL.

mod fill;
mod report;

use std::time::{Duration, Instant};

use postgres::{Client, NoTls};

use crate::Result;
use crate::sample::median;
use fill::{CONTENDERS, Contender, Group};

/// Turns that each table takes.
const TURNS: u64 = 20;
/// The columns are compared over fewer rows than the keys: they have no index that grows.
const COLUMN_SHARE: u64 = 4;

/// What came of all tables.
pub struct Outcome {
    rows: u64,
    filled: Vec<Filled>,
}

/// What one table has cost.
struct Filled {
    contender: Contender,
    rows: u64,
    turns: Vec<Duration>,
    log_bytes: u64,
    index_bytes: u64,
    heap_bytes: u64,
}

impl Filled {
    /// The median turn's rate.
    fn rows_per_second(&self) -> f64 {
        let rows = self.rows as f64 / self.turns.len().max(1) as f64;
        let rates = self.turns.iter().map(|time| rows / time.as_secs_f64());
        median(rates.collect()).unwrap_or(f64::NAN)
    }

    fn per_row(&self, bytes: u64) -> f64 {
        bytes as f64 / self.rows.max(1) as f64
    }
}

/// Fills every table with so many rows, on a throwaway server with PostgreSQL's own settings.
///
/// # Errors
///
/// If there is no PostgreSQL, or it refuses something.
pub fn measure(rows: u64) -> Result<Outcome> {
    let server = testkit::Postgres::start()?;
    let mut filled = Vec::new();
    for group in [Group::Key, Group::Column] {
        let database = server.database("keys")?;
        let mut client = Client::connect(&database.url(), NoTls)?;
        let share = match group {
            Group::Key => 1,
            Group::Column => COLUMN_SHARE,
        };
        eprintln!("{}: {} rows in each table", group.title(), rows / share);
        filled.extend(measure_group(&mut client, group, rows / share)?);
    }
    Ok(Outcome { rows, filled })
}

fn measure_group(client: &mut Client, group: Group, rows: u64) -> Result<Vec<Filled>> {
    let of_group = |contender: &Contender| contender.group == group;
    let mut tables = Vec::new();
    for contender in CONTENDERS.into_iter().filter(of_group) {
        client.batch_execute(&contender.create())?;
        tables.push(Filled {
            contender,
            rows: 0,
            turns: Vec::new(),
            log_bytes: 0,
            index_bytes: 0,
            heap_bytes: 0,
        });
    }
    client.batch_execute("CHECKPOINT")?;
    for _ in 0..TURNS {
        for table in &mut tables {
            let log_before = log_position(client)?;
            let begun = Instant::now();
            table.contender.fill(client, table.rows, rows / TURNS)?;
            table.turns.push(begun.elapsed());
            table.log_bytes += log_position(client)? - log_before;
            table.rows += rows / TURNS;
        }
    }
    for table in &mut tables {
        let name = table.contender.table;
        let sizes = client.query_one(
            "SELECT pg_indexes_size($1::text::regclass), pg_relation_size($1::text::regclass)",
            &[&name],
        )?;
        table.index_bytes = u64::try_from(sizes.get::<_, i64>(0))?;
        table.heap_bytes = u64::try_from(sizes.get::<_, i64>(1))?;
    }
    Ok(tables)
}

/// Bytes of write-ahead log that the server has ever written.
fn log_position(client: &mut Client) -> Result<u64> {
    let sql = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint";
    Ok(u64::try_from(client.query_one(sql, &[])?.get::<_, i64>(0))?)
}
