//! Takes over the tables of the versions before this schema had numbers, once their keys are UUIDs.
//!
//! The old tables move to a schema of their own, [`PLACE`], with their indexes, triggers and views;
//! their rows are copied into the new tables. Nothing of the old is changed or dropped.

mod shape;

use tokio_postgres::Transaction;

use super::dump::without_limits;
use super::fault::fault;
use crate::Error;
use shape::{Column, Found};

const DOING: &str = "take over the tables of an earlier version";

/// Where the old tables are kept.
const PLACE: &str = "analyticsbot_legacy";

/// What [`fill`] does.
const FILL: &str = include_str!("../../migrations/postgres_legacy.sql");

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[LOOK, STRAY];

/// Old tables that were moved out of the way of the new ones.
pub(super) struct Moved(());

/// Moves the old tables out of the way. None if there are none.
///
/// # Errors
///
/// [`Error::Refused`] if they are somebody else's, or not ready to be taken over.
pub(super) async fn make_room(transaction: &Transaction<'_>) -> Result<Option<Moved>, Error> {
    let rows = transaction.query(LOOK, &[&&shape::TABLES[..]]).await;
    let columns: Vec<Column> = rows
        .map_err(fault(DOING))?
        .iter()
        .map(|row| {
            let text = |index| row.try_get::<_, String>(index).map_err(fault(DOING));
            Ok(Column {
                table: text(0)?,
                name: text(1)?,
                kind: text(2)?,
            })
        })
        .collect::<Result<_, Error>>()?;
    match shape::of(&columns) {
        Found::Nothing => return Ok(None),
        Found::Legacy => {}
        Found::Stranger(why) => {
            let hint = "create a database for AnalyticsBot, or name a schema of its own with \
                        `?options=-csearch_path%3Dname`";
            return refuse(why, hint);
        }
        Found::IntegerKeys(table) => {
            let why = format!("the table `{table}` of an earlier version has integer keys");
            let hint = "move them to UUIDs first: `idshift migrate plan --all-auto-increment \
                        --database URL` begins";
            return refuse(why, hint);
        }
        Found::Underway(table) => {
            let why = format!("the keys of the table `{table}` are being moved to UUIDs");
            return refuse(why, "end that first: `idshift migrate contract`");
        }
    }
    without_limits(DOING, transaction).await?;
    let stray = transaction.query_one(STRAY, &[]).await;
    let stray: i64 = stray.and_then(|row| row.try_get(0)).map_err(fault(DOING))?;
    if stray > 0 {
        let why = format!("{stray} rows of `events` belong to no project of `analytics_projects`");
        return refuse(why, "add their projects, or delete those events");
    }
    let orders = shape::TABLES.map(|table| format!("ALTER TABLE {table} SET SCHEMA {PLACE};"));
    let orders = format!("CREATE SCHEMA {PLACE}; {}", orders.concat());
    transaction
        .batch_execute(&orders)
        .await
        .map_err(fault(DOING))?;
    Ok(Some(Moved(())))
}

/// Copies the rows of the old tables into the new ones, which are those of the first version.
pub(super) async fn fill(transaction: &Transaction<'_>, _moved: &Moved) -> Result<(), Error> {
    transaction.batch_execute(FILL).await.map_err(fault(DOING))
}

fn refuse<T>(why: String, hint: &str) -> Result<T, Error> {
    Err(Error::Refused {
        why,
        hint: hint.to_owned(),
    })
}

const LOOK: &str = "-- adopt.look
    SELECT t.name, a.attname::text, format_type(a.atttypid, NULL)
    FROM unnest($1::text[]) AS t (name)
    JOIN pg_attribute a ON a.attrelid = to_regclass(t.name) AND a.attnum > 0
    WHERE NOT a.attisdropped
    ORDER BY t.name, a.attnum";

const STRAY: &str = "-- adopt.stray
    SELECT count(e.id)
    FROM events e
    WHERE NOT EXISTS (SELECT 1 FROM analytics_projects p WHERE p.id = e.project_id::uuid)";
