//! Brings the schema of a database up to date, under a lock that all our processes share.

use ids::Timestamp;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Transaction};

use super::adopt;
use super::fault::fault;
use super::moment::Moment;
use crate::migrations::{Applied, Dialect, Migration, pending};
use crate::{Digest, Error};

const DOING: &str = "migrate the store";

/// The advisory lock: any number that no other program is likely to use; this is
/// `ANBTschm`.
const LOCK: i64 = i64::from_be_bytes(*b"ANBTschm");

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[TAKE_LOCK, IS_THERE, APPLIED, NOTE, REBASE];

/// Applies what is missing. All steps are one transaction: it is done or it is not.
pub(super) async fn migrate(
    client: &mut Client,
    known: &[Migration],
    now: Timestamp,
) -> Result<(), Error> {
    let transaction = client.transaction().await.map_err(fault(DOING))?;
    // Until the end of the transaction, whatever becomes of this process.
    transaction
        .query_one(TAKE_LOCK, &[&LOCK])
        .await
        .map_err(fault(DOING))?;
    let rows = applied(&transaction).await?;
    let moved = match rows[..] {
        [] => adopt::make_room(&transaction).await?,
        [..] => None,
    };
    for step in pending(known, Dialect::Postgres, &rows)? {
        transaction
            .batch_execute(step.postgres)
            .await
            .map_err(fault(DOING))?;
        let version = i32::try_from(step.version).expect("versions are counted by hand");
        let digest = step.digest(Dialect::Postgres);
        transaction
            .execute(NOTE, &[&version, &step.name, &&digest[..], &Moment(now)])
            .await
            .map_err(fault(DOING))?;
        // Between the first step, which makes the tables, and later ones, which may change them.
        if let (1, Some(moved)) = (step.version, &moved) {
            adopt::fill(&transaction, moved).await?;
        }
    }
    transaction
        .execute(REBASE, &[])
        .await
        .map_err(fault(DOING))?;
    transaction.commit().await.map_err(fault(DOING))
}

pub(super) async fn applied(transaction: &Transaction<'_>) -> Result<Vec<Applied>, Error> {
    let row = transaction
        .query_one(IS_THERE, &[])
        .await
        .map_err(fault(DOING))?;
    if !row.try_get::<_, bool>(0).map_err(fault(DOING))? {
        return Ok(Vec::new());
    }
    let rows = transaction.query(APPLIED, &[]).await.map_err(|error| {
        if error.code() != Some(&SqlState::UNDEFINED_COLUMN) {
            return fault(DOING)(error);
        }
        Error::Refused {
            why: "the table `schema_migrations` is another program's".to_owned(),
            hint: "create a database for AnalyticsBot, or name a schema of its own with \
                   `?options=-csearch_path%3Dname`"
                .to_owned(),
        }
    })?;
    rows.iter()
        .map(|row| {
            let version: i32 = row.try_get(0).map_err(fault(DOING))?;
            let digest: &[u8] = row.try_get(1).map_err(fault(DOING))?;
            let version = u32::try_from(version).map_err(|_| corrupt("version", &version))?;
            let digest = Digest::try_from(digest).map_err(|_| corrupt("digest", &version))?;
            Ok(Applied { version, digest })
        })
        .collect()
}

fn corrupt(column: &str, row: &impl ToString) -> Error {
    Error::Corrupt {
        doing: DOING,
        table: "schema_migrations",
        column: column.to_owned(),
        row: row.to_string(),
    }
}

const TAKE_LOCK: &str = "-- migrate.lock
    SELECT pg_advisory_xact_lock($1)";

const IS_THERE: &str = "-- migrate.is_there
    SELECT to_regclass('schema_migrations') IS NOT NULL";

const APPLIED: &str = "-- migrate.applied
    SELECT version, digest FROM schema_migrations ORDER BY version";

const NOTE: &str = "-- migrate.note
    INSERT INTO schema_migrations (version, name, digest, applied_at)
    VALUES ($1, $2, $3, $4)";

// A committed position is always below the next transaction's number plus the offset, unless the
// rows come from another server: then new events would be stored before old ones, and whoever
// follows would never see them. The offset is moved so that this server counts on where that one
// ended. Old rows stay as they are, so kept cursors stay valid.
pub(super) const REBASE: &str = "-- journal.rebase
    UPDATE journal_state
    SET position_offset = newest.position + 1
        - pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    FROM (SELECT max(commit_position) AS position FROM events) AS newest
    WHERE newest.position
        >= position_offset + pg_snapshot_xmax(pg_current_snapshot())::text::bigint";
