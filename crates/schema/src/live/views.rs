//! Reads views: their columns, and the queries behind them.

use tokio_postgres::Transaction;

use super::names::name;
use super::{Error, NOWHERE, Reader, columns, failed, said};
use crate::{ProblemKind, View};

const DOING: &str = "the views";

pub(super) async fn read(
    transaction: &mut Transaction<'_>,
    reader: &mut Reader,
) -> Result<(), Error> {
    let mut oids = Vec::<u32>::new();
    let rows = transaction.query(VIEWS, &[&reader.namespaces]).await;
    for row in rows.map_err(failed(DOING))? {
        let text = |index| row.try_get::<_, String>(index).map_err(failed(DOING));
        oids.push(row.try_get(0).map_err(failed(DOING))?);
        reader.schema.views.push(View {
            name: name(text(1)?, text(2)?),
            model: None,
            materialized: text(3)? == "m",
            columns: Vec::new(),
            query: None,
            span: NOWHERE,
        });
    }
    let rows = transaction.query(COLUMNS, &[&oids]).await;
    for row in rows.map_err(failed(DOING))? {
        let oid: u32 = row.try_get(0).map_err(failed(DOING))?;
        let column = columns::column(&row)?;
        if let Ok(place) = oids.binary_search(&oid) {
            reader.schema.views[place].columns.push(column);
        }
    }
    queries(transaction, reader, &oids).await
}

/// To print a query, the server locks what the query reads, as a reader of it would. Who holds
/// such a table for long is not waited for: the views stay without their queries. The savepoint
/// lets the locks go at once.
async fn queries(
    transaction: &mut Transaction<'_>,
    reader: &mut Reader,
    oids: &[u32],
) -> Result<(), Error> {
    if oids.is_empty() {
        return Ok(());
    }
    let savepoint = transaction.savepoint("views").await;
    let savepoint = savepoint.map_err(failed(DOING))?;
    let rows = savepoint.query(QUERIES, &[&oids]).await;
    savepoint.rollback().await.map_err(failed(DOING))?;
    match rows {
        Ok(rows) => {
            for (row, view) in rows.iter().zip(&mut reader.schema.views) {
                view.query = row.try_get(0).map_err(failed(DOING))?;
            }
        }
        Err(error) => {
            let why = said(&error).ok_or_else(|| failed(DOING)(error))?;
            let message = format!("read the queries of {} views: {why}", oids.len());
            reader.note(ProblemKind::Denied, message);
        }
    }
    Ok(())
}

const VIEWS: &str = "-- live.views
    SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm')
        AND c.relpersistence <> 't'
        AND c.relnamespace = ANY ($1)
        AND NOT EXISTS (
            SELECT FROM pg_depend d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
        )
    ORDER BY c.oid";

const COLUMNS: &str = "-- live.view_columns
    SELECT
        a.attrelid,
        a.attname::text,
        format_type(a.atttypid, a.atttypmod),
        a.attnotnull,
        NULL::text,
        a.attidentity::text,
        a.attgenerated::text,
        false
    FROM pg_attribute a
    WHERE a.attrelid = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum";

const QUERIES: &str = "-- live.view_queries
    SELECT pg_get_viewdef(view) FROM unnest($1::oid[]) AS view ORDER BY view";
