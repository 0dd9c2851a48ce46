//! Reads the indexes that no constraint brings with it.

use tokio_postgres::{Row, Transaction};

use super::{Error, NOWHERE, Reader, failed};
use crate::{Index, IndexPart};

const DOING: &str = "the indexes";

/// The method that an index has unless it says otherwise.
const METHOD_USUAL: &str = "btree";

pub(super) async fn read(transaction: &Transaction<'_>, reader: &mut Reader) -> Result<(), Error> {
    let rows = transaction.query(INDEXES, &[&reader.oids()]).await;
    for row in rows.map_err(failed(DOING))? {
        let table: u32 = row.try_get(0).map_err(failed(DOING))?;
        let index = index(&row)?;
        if let Some(&place) = reader.places.get(&table) {
            reader.schema.tables[place].indexes.push(index);
        }
    }
    Ok(())
}

fn index(row: &Row) -> Result<Index, Error> {
    let names: Vec<Option<String>> = row.try_get(5).map_err(failed(DOING))?;
    let expressions: Vec<String> = row.try_get(6).map_err(failed(DOING))?;
    let parts = names.into_iter().zip(expressions);
    let parts = parts.map(|(name, expression)| match name {
        Some(name) => IndexPart::Column(name),
        None => IndexPart::Expression(expression),
    });
    let method: String = row.try_get(3).map_err(failed(DOING))?;
    Ok(Index {
        name: Some(row.try_get(1).map_err(failed(DOING))?),
        parts: parts.collect(),
        unique: row.try_get(2).map_err(failed(DOING))?,
        method: Some(method).filter(|it| it != METHOD_USUAL),
        predicate: row.try_get(4).map_err(failed(DOING))?,
        span: NOWHERE,
    })
}

const INDEXES: &str = "-- live.indexes
    SELECT
        i.indrelid,
        c.relname::text,
        -- One whose building failed forbids nothing that can be relied on.
        i.indisunique AND i.indisvalid,
        m.amname::text,
        pg_get_expr(i.indpred, i.indrelid),
        ARRAY(
            SELECT a.attname::text
            FROM generate_series(1, i.indnkeyatts) AS part
            LEFT JOIN pg_attribute a
                ON a.attrelid = i.indrelid AND a.attnum = i.indkey[part - 1] AND a.attnum <> 0
            ORDER BY part
        ),
        ARRAY(
            SELECT pg_get_indexdef(i.indexrelid, part, true)
            FROM generate_series(1, i.indnkeyatts) AS part
            ORDER BY part
        )
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_am m ON m.oid = c.relam
    WHERE i.indrelid = ANY ($1)
        AND NOT EXISTS (
            SELECT FROM pg_constraint k
            WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
        )
    ORDER BY i.indexrelid";
