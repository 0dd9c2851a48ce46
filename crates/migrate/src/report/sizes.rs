//! Tables, columns and indexes as they are now, beside what the plan says of them.

use serde::Serialize;
use tokio_postgres::Client;

use crate::Error;
use crate::name::qualified;
use crate::plan::Table;

/// A table before and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableFacts {
    /// Schema and name.
    pub name: String,
    /// Rows when the plan was made, estimated.
    pub rows_before: u64,
    /// Rows now, estimated; none if the table is gone or was never analysed.
    pub rows_now: Option<u64>,
    /// Bytes with indexes when the plan was made.
    pub bytes_before: u64,
    /// Bytes with indexes now, of old and new columns together until `contract`.
    pub bytes_now: Option<u64>,
    /// The columns that move.
    pub columns: Vec<ColumnFacts>,
    /// The indexes that contain them.
    pub indexes: Vec<IndexFacts>,
}

/// A column before and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnFacts {
    /// Its name.
    pub name: String,
    /// Its type when the plan was made.
    pub from: String,
    /// Its type now; none if it is gone.
    pub now: Option<String>,
}

/// The old index and the new one; none where it is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IndexFacts {
    /// The name that both have in their time.
    pub name: String,
    /// Bytes of the one on the old columns.
    pub old_bytes: Option<u64>,
    /// Bytes of the one on the new columns.
    pub new_bytes: Option<u64>,
}

/// `alone`: without a journal, an index under its own name is all there is.
pub(super) async fn table(
    client: &Client,
    table: &Table,
    alone: bool,
    swapped: bool,
) -> Result<TableFacts, Error> {
    let mut columns = Vec::new();
    for column in &table.columns {
        columns.push(ColumnFacts {
            name: column.name.clone(),
            from: column.from.clone(),
            now: type_of(client, table, &column.name).await?,
        });
    }
    let is_new = swapped || (alone && columns.iter().all(|it| it.now.as_deref() == Some("uuid")));
    let mut indexes = Vec::new();
    for index in &table.indexes {
        let (old, new) = match (alone, is_new) {
            (true, true) => (None, Some(&index.name)),
            (true, false) => (Some(&index.name), None),
            (false, true) => (Some(&index.old), Some(&index.name)),
            (false, false) => (Some(&index.name), Some(&index.new)),
        };
        indexes.push(IndexFacts {
            name: index.name.clone(),
            old_bytes: bytes_of(client, table, old).await?,
            new_bytes: bytes_of(client, table, new).await?,
        });
    }
    let sql = "-- report.table
        SELECT pg_total_relation_size(c.oid), c.reltuples::float8
        FROM pg_class c WHERE c.oid = to_regclass($1)";
    let name = table.name.to_string();
    let doing = Error::database(format!("ask how large {name} is"));
    let row = client.query_opt(sql, &[&name]).await.map_err(doing)?;
    let bytes = row.as_ref().map(|row| row.get::<_, i64>(0).unsigned_abs());
    // -1 for a table that was never analysed.
    let rows = row
        .map(|row| row.get::<_, f64>(1))
        .filter(|rows| *rows >= 0.0);
    Ok(TableFacts {
        name,
        rows_before: table.rows,
        rows_now: rows.map(whole),
        bytes_before: table.bytes,
        bytes_now: bytes,
        columns,
        indexes,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an estimate that is no less than zero; beyond 2^64 it stops there"
)]
fn whole(rows: f64) -> u64 {
    rows as u64
}

async fn type_of(client: &Client, table: &Table, column: &str) -> Result<Option<String>, Error> {
    let sql = "-- report.column
        SELECT format_type(atttypid, atttypmod) FROM pg_attribute
        WHERE attrelid = to_regclass($1) AND attname = $2 AND NOT attisdropped";
    let name = table.name.to_string();
    let doing = Error::database(format!("ask for the type of `{column}`"));
    let row = client
        .query_opt(sql, &[&name, &column])
        .await
        .map_err(doing)?;
    Ok(row.map(|row| row.get(0)))
}

async fn bytes_of(
    client: &Client,
    table: &Table,
    index: Option<&String>,
) -> Result<Option<u64>, Error> {
    let Some(index) = index else { return Ok(None) };
    let sql = "-- report.index
        SELECT pg_relation_size(to_regclass($1))";
    let name = qualified(&table.name.schema, index);
    let doing = Error::database(format!("ask how large {name} is"));
    let row = client.query_one(sql, &[&name]).await.map_err(doing)?;
    Ok(row.get::<_, Option<i64>>(0).map(i64::unsigned_abs))
}
