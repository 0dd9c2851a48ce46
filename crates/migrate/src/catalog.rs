//! The part of the catalog that a key change must know exactly: columns, keys, indexes, by number.
//!
//! `schema`'s picture is for reading and reporting; here every fact is needed that a statement is
//! later built from, and nothing may be guessed.

mod columns;
mod foreign_keys;
mod indexes;

use std::collections::BTreeMap;

use tokio_postgres::Client;

use crate::Error;
use crate::census::Name;

pub(crate) use columns::Column;
pub(crate) use foreign_keys::ForeignKey;
pub(crate) use indexes::{Index, Member};

/// All tables of a database that are not the system's.
#[derive(Debug)]
pub(crate) struct Catalog {
    /// `server_version_num`.
    pub(crate) server: i32,
    /// The server's clock, RFC 3339 in UTC with microseconds.
    pub(crate) now: String,
    /// By `pg_class.oid`.
    pub(crate) tables: BTreeMap<u32, Table>,
    pub(crate) foreign_keys: Vec<ForeignKey>,
    /// Whether this database takes part in a subscription.
    pub(crate) subscribed: bool,
}

/// One ordinary or partitioned table.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: Name,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    /// By `attnum`.
    pub(crate) columns: BTreeMap<i16, Column>,
    pub(crate) indexes: Vec<Index>,
}

impl Table {
    pub(crate) fn column_named(&self, name: &str) -> Option<(i16, &Column)> {
        let mut columns = self.columns.iter();
        let (number, column) = columns.find(|(_, column)| column.name == name)?;
        Some((*number, column))
    }

    pub(crate) fn primary_key(&self) -> Option<&Index> {
        self.indexes.iter().find(|index| index.primary)
    }

    pub(crate) fn names(&self, numbers: &[i16]) -> Vec<String> {
        numbers
            .iter()
            .map(|number| self.columns[number].name.clone())
            .collect()
    }
}

/// Reads everything within one snapshot; the client must not be in a transaction.
pub(crate) async fn read(client: &Client) -> Result<Catalog, Error> {
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
                 SET LOCAL search_path = pg_catalog";
    let doing = || Error::database("read the catalog");
    client.batch_execute(begin).await.map_err(doing())?;
    let read = read_all(client).await;
    client.batch_execute("COMMIT").await.map_err(doing())?;
    read.map_err(doing())
}

async fn read_all(client: &Client) -> Result<Catalog, tokio_postgres::Error> {
    let row = client
        .query_one(
            "-- catalog.server
            SELECT current_setting('server_version_num')::int,
                   to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
                   EXISTS (SELECT FROM pg_subscription_rel)",
            &[],
        )
        .await?;
    let mut tables = tables(client).await?;
    for (table, number, column) in columns::read(client).await? {
        if let Some(table) = tables.get_mut(&table) {
            table.columns.insert(number, column);
        }
    }
    for (table, index) in indexes::read(client).await? {
        if let Some(table) = tables.get_mut(&table) {
            table.indexes.push(index);
        }
    }
    Ok(Catalog {
        server: row.get(0),
        now: row.get(1),
        subscribed: row.get(2),
        tables,
        foreign_keys: foreign_keys::read(client).await?,
    })
}

async fn tables(client: &Client) -> Result<BTreeMap<u32, Table>, tokio_postgres::Error> {
    let rows = client
        .query(
            "-- catalog.tables
            SELECT c.oid, n.nspname, c.relname, greatest(c.reltuples, 0)::bigint,
                   pg_total_relation_size(c.oid)
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p')
              AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'idshift')
              AND n.nspname !~ '^pg_(toast|temp)'",
            &[],
        )
        .await?;
    let table = |row: &tokio_postgres::Row| Table {
        name: Name::new(row.get::<_, String>(1), row.get::<_, String>(2)),
        rows: row.get::<_, i64>(3).unsigned_abs(),
        bytes: row.get::<_, i64>(4).unsigned_abs(),
        columns: BTreeMap::new(),
        indexes: Vec::new(),
    };
    Ok(rows.iter().map(|row| (row.get(0), table(row))).collect())
}
