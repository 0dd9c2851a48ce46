//! Measures what keys of three kinds cost on this server, in a temporary table of its own.

use std::time::Duration;

use ids::Uuid;
use serde::Serialize;
use tokio::time::Instant;
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;

use crate::Error;

/// More rows than this are not written for a figure.
pub const MEASURE_ROWS_MAX: u32 = 1_000_000;

/// Rows of one statement.
pub(super) const BATCH_ROWS: u32 = 1_000;

/// How often each kind is measured.
const ROUNDS: u32 = 3;

/// What one kind of key cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Measured {
    /// `bigint`, `UUIDv7` or `UUIDv4`.
    pub key: &'static str,
    /// Rows that were written.
    pub rows: u32,
    /// How long the statements took.
    #[serde(serialize_with = "seconds")]
    pub took: Duration,
    /// Bytes of the primary key's index afterwards.
    pub index_bytes: u64,
}

fn seconds<S: serde::Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(took.as_secs_f64())
}

impl Measured {
    /// Rows a second.
    #[must_use]
    pub fn rows_per_second(&self) -> f64 {
        f64::from(self.rows) / self.took.as_secs_f64().max(f64::EPSILON)
    }
}

/// The three kinds in turn, some rounds of them; of each the fastest round counts, as the slower
/// ones say more of what else the machine did.
pub(super) async fn measure(client: &Client, rows: u32) -> Result<Vec<Measured>, Error> {
    let mut measured: Vec<Measured> = Vec::new();
    for _ in 0..ROUNDS {
        for key in ["bigint", "UUIDv7", "UUIDv4"] {
            let found = one(client, key, rows).await?;
            match measured.iter_mut().find(|it| it.key == key) {
                Some(best) if best.took <= found.took => {}
                Some(best) => *best = found,
                None => measured.push(found),
            }
        }
    }
    Ok(measured)
}

async fn one(client: &Client, key: &'static str, rows: u32) -> Result<Measured, Error> {
    let doing = || Error::database(format!("measure keys of kind `{key}`"));
    let kind = if key == "bigint" { "bigint" } else { "uuid" };
    let create = format!(
        "CREATE TEMPORARY TABLE idshift_measure (key {kind} PRIMARY KEY, filler text NOT NULL)"
    );
    client.batch_execute(&create).await.map_err(doing())?;
    let sql = format!(
        "-- report.measure
        INSERT INTO pg_temp.idshift_measure
        SELECT key, repeat('x', 100) FROM unnest($1::{kind}[]) AS key"
    );
    let insert = client.prepare(&sql).await.map_err(doing())?;
    let mut took = Duration::ZERO;
    let mut done = 0;
    while done < rows {
        let batch = BATCH_ROWS.min(rows - done);
        let keys = keys(key, done, batch)?;
        let start = Instant::now();
        client.execute(&insert, &[&*keys]).await.map_err(doing())?;
        took += start.elapsed();
        done += batch;
    }
    let size = "SELECT pg_relation_size('pg_temp.idshift_measure_pkey'::regclass)";
    let row = client.query_one(size, &[]).await.map_err(doing())?;
    let index_bytes = row.get::<_, i64>(0).unsigned_abs();
    client
        .batch_execute("DROP TABLE pg_temp.idshift_measure")
        .await
        .map_err(doing())?;
    Ok(Measured {
        key,
        rows,
        took,
        index_bytes,
    })
}

/// The next keys of a kind, made before the clock runs.
fn keys(key: &str, done: u32, batch: u32) -> Result<Box<dyn ToSql + Sync + Send>, Error> {
    let count = usize::try_from(batch).expect("a batch is some thousand rows");
    Ok(match key {
        "bigint" => Box::new((done..done + batch).map(i64::from).collect::<Vec<i64>>()),
        "UUIDv7" => Box::new(ids::v7s(count)?),
        _ => {
            let random: Result<Vec<Uuid>, _> = (0..batch).map(|_| Uuid::new_v4()).collect();
            Box::new(random?)
        }
    })
}
