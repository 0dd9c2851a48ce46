//! Reads how many bytes each table has on disk.

use tokio_postgres::Transaction;

use super::{Error, Reader, failed, said, tables};
use crate::ProblemKind;

const DOING: &str = "the sizes";

/// The server opens each table for its size, and may have to wait for somebody who changes it: then
/// the picture stays without sizes. The savepoint keeps the rest.
pub(super) async fn read(
    transaction: &mut Transaction<'_>,
    reader: &mut Reader,
) -> Result<(), Error> {
    let savepoint = transaction.savepoint("sizes").await;
    let savepoint = savepoint.map_err(failed(DOING))?;
    let rows = savepoint.query(SIZES, &[&reader.oids()]).await;
    savepoint.rollback().await.map_err(failed(DOING))?;
    let rows = match rows {
        Ok(rows) => rows,
        Err(error) => {
            let why = said(&error).ok_or_else(|| failed(DOING)(error))?;
            reader.note(
                ProblemKind::Denied,
                format!("read the tables' sizes: {why}"),
            );
            return Ok(());
        }
    };
    let mut sizes = vec![None; reader.tables.len()];
    for row in rows {
        let oid: u32 = row.try_get(0).map_err(failed(DOING))?;
        let bytes: Option<i64> = row.try_get(1).map_err(failed(DOING))?;
        if let Some(&place) = reader.places.get(&oid) {
            sizes[place] = bytes.and_then(|bytes| u64::try_from(bytes).ok());
        }
    }
    let totals = tables::totals(&reader.tables, |at| sizes[at]);
    for (table, bytes) in reader.schema.tables.iter_mut().zip(totals) {
        table.bytes = bytes;
    }
    Ok(())
}

const SIZES: &str = "-- live.sizes
    SELECT oid, pg_total_relation_size(oid) FROM unnest($1::oid[]) AS t (oid)";
