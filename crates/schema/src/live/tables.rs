//! Reads which tables there are, and what the server believes of their rows.

use std::collections::HashMap;

use tokio_postgres::Transaction;

use super::names::name;
use super::{Error, NOWHERE, Reader, failed};
use crate::Table;

/// What the catalog knows of a table beside its picture.
pub(super) struct Place {
    pub(super) oid: u32,
    pub(super) kind: Kind,
    /// The table that it is a partition of.
    pub(super) parent: Option<u32>,
    /// Rows, if they were ever counted.
    pub(super) rows: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Ordinary,
    Partitioned,
    Foreign,
}

/// Tables, in the order in which they were made.
pub(super) async fn read(transaction: &Transaction<'_>, reader: &mut Reader) -> Result<(), Error> {
    let doing = "the tables";
    let rows = transaction.query(TABLES, &[&reader.namespaces]).await;
    for row in rows.map_err(failed(doing))? {
        let text = |index| row.try_get::<_, String>(index).map_err(failed(doing));
        let oid = row.try_get(0).map_err(failed(doing))?;
        let kind = match text(3)?.as_str() {
            "p" => Kind::Partitioned,
            "f" => Kind::Foreign,
            _ => Kind::Ordinary,
        };
        let counted: Option<i64> = row.try_get(5).map_err(failed(doing))?;
        reader.places.insert(oid, reader.tables.len());
        reader.tables.push(Place {
            oid,
            kind,
            parent: row.try_get(4).map_err(failed(doing))?,
            rows: counted.and_then(|rows| u64::try_from(rows).ok()),
        });
        let table = Table::new(name(text(1)?, text(2)?), NOWHERE);
        reader.schema.tables.push(table);
    }
    for (at, place) in reader.tables.iter().enumerate() {
        let parent = place.parent.and_then(|oid| reader.places.get(&oid));
        let parent = parent.map(|parent| reader.schema.tables[*parent].name.clone());
        reader.schema.tables[at].partition_of = parent;
    }
    let totals = totals(&reader.tables, |at| reader.tables[at].rows);
    for (table, rows) in reader.schema.tables.iter_mut().zip(totals) {
        table.rows_estimate = rows;
    }
    Ok(())
}

/// A figure of each table; of a partitioned one, the sum over its partitions, if all are known.
pub(super) fn totals(places: &[Place], of: impl Fn(usize) -> Option<u64>) -> Vec<Option<u64>> {
    let numbers = places.iter().enumerate().map(|(at, place)| (place.oid, at));
    let numbers: HashMap<u32, usize> = numbers.collect();
    let parent = |place: &Place| numbers.get(&place.parent?).copied();
    let parents: Vec<Option<usize>> = places.iter().map(parent).collect();
    let own = |(at, place): (usize, &Place)| match place.kind {
        Kind::Partitioned => Some(0),
        _ => of(at),
    };
    let mut totals: Vec<Option<u64>> = places.iter().enumerate().map(own).collect();
    for leaf in 0..places.len() {
        if places[leaf].kind == Kind::Partitioned {
            continue;
        }
        let figure = totals[leaf];
        let mut above = parents[leaf];
        // A table is no ancestor of itself; if a catalog said so, this ends all the same.
        for _ in 0..places.len() {
            let Some(parent) = above else { break };
            totals[parent] = totals[parent].zip(figure).map(|(sum, more)| sum + more);
            above = parents[parent];
        }
    }
    totals
}

const TABLES: &str = "-- live.tables
    SELECT
        c.oid,
        n.nspname::text,
        c.relname::text,
        c.relkind::text,
        CASE WHEN c.relispartition THEN (
            SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = c.oid LIMIT 1
        ) END,
        CASE
            -- Analysed at least once. Before version 14, 0 rows on 0 pages may mean never.
            WHEN c.reltuples > 0 OR c.reltuples = 0 AND c.relpages > 0 THEN c.reltuples::bigint
            -- Else what the server's own bookkeeping of writes says.
            ELSE nullif(pg_stat_get_live_tuples(c.oid), 0)
        END
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f')
        AND c.relpersistence <> 't'
        AND c.relnamespace = ANY ($1)
        AND NOT EXISTS (
            SELECT FROM pg_depend d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
        )
    ORDER BY c.oid";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partitioned_table_has_what_its_partitions_have() {
        let place = |oid, kind, parent| Place {
            oid,
            kind,
            parent,
            rows: None,
        };
        let places = [
            place(1, Kind::Partitioned, None),
            place(2, Kind::Partitioned, Some(1)),
            place(3, Kind::Ordinary, Some(2)),
            place(4, Kind::Foreign, Some(1)),
            place(5, Kind::Ordinary, None),
        ];
        let of = |figures: [Option<u64>; 5]| totals(&places, |at| figures[at]);
        let some = |figures: [u64; 5]| figures.map(Some).to_vec();
        let known = of([None, None, Some(5), Some(7), Some(9)]);
        assert_eq!(known, some([12, 5, 5, 7, 9]));
        let partly = of([Some(1), Some(1), None, Some(7), None]);
        assert_eq!(partly, [None, None, None, Some(7), None]);
    }
}
