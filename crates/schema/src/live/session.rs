//! Begins the transaction in which everything is read, and tells what kind of server it is.

use std::time::Duration;

use tokio_postgres::{Client, IsolationLevel, Transaction};

use super::{Error, Options, failed};
use crate::{Dialect, Schema};

/// The oldest version whose catalog has every column that is asked for.
const VERSION_MIN: i32 = 130_000;

/// A transaction that sees one moment, changes nothing and waits for nobody for long.
pub(super) async fn begin<'a>(
    client: &'a mut Client,
    options: &Options,
) -> Result<Transaction<'a>, Error> {
    let doing = "the settings";
    let transaction = client
        .build_transaction()
        .read_only(true)
        .isolation_level(IsolationLevel::RepeatableRead)
        .start()
        .await
        .map_err(failed(doing))?;
    // Zero would mean no limit.
    let ms = |time: Duration| time.as_millis().clamp(1, 1 << 30).to_string();
    transaction
        .execute(
            LIMITS,
            &[&ms(options.statement_time), &ms(options.lock_wait)],
        )
        .await
        .map_err(failed(doing))?;
    Ok(transaction)
}

const LIMITS: &str = "-- live.limits
    SELECT
        set_config('statement_timeout', $1, true),
        set_config('lock_timeout', $2, true),
        -- So that every name outside the catalog is printed with its namespace.
        set_config('search_path', 'pg_catalog', true),
        -- A policy that hides rows makes a sample fail, instead of telling of the rest in silence.
        set_config('row_security', 'off', true),
        set_config('jit', 'off', true)";

/// An empty picture of the database.
pub(super) async fn database(transaction: &Transaction<'_>) -> Result<Schema, Error> {
    let doing = "the version";
    let row = transaction
        .query_one(SERVER, &[])
        .await
        .map_err(failed(doing))?;
    let name: String = row.try_get(0).map_err(failed(doing))?;
    let version: i32 = row.try_get(1).map_err(failed(doing))?;
    let server: String = row.try_get(2).map_err(failed(doing))?;
    if version < VERSION_MIN {
        return Err(Error::Refused {
            why: format!("PostgreSQL `{}` is too old", version / 10_000),
            hint: "version 13 or later is needed; a dump of its schema can be read as a file",
        });
    }
    let dialect = if server.contains("CockroachDB") {
        Dialect::CockroachDb
    } else {
        Dialect::PostgreSql
    };
    Ok(Schema::new(dialect, vec![format!("postgresql:{name}")]))
}

const SERVER: &str = "-- live.server
    SELECT
        current_database()::text,
        current_setting('server_version_num')::integer,
        version()";
