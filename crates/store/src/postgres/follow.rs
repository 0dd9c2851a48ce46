//! Events in the order of commits, up to the oldest transaction that is still open.
//!
//! An event's position is the number of its transaction. Numbers are given when a transaction first
//! writes, so a later number may commit first: reading "everything up to the newest number seen"
//! skips what commits late. `pg_snapshot_xmin` is the number below which every transaction has
//! ended (PostgreSQL 13, section "Transaction ID and Snapshot Information Functions"); nothing can
//! appear below it any more, so a cursor may pass what is below it, and only that.

use event::Event;
use tokio_postgres::Row;

use super::Database;
use super::lease::Lease;
use super::rows::{self, Columns};
use crate::page::rows as count;
use crate::{Cursor, Error, Followed, Scope};

const DOING: &str = "follow events";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[HEAD, SCAN_END, FOLLOW];

/// The place below the oldest open transaction.
pub(crate) async fn head(database: &Database) -> Result<Cursor, Error> {
    head_now(&mut database.reader(DOING).await?).await
}

/// The events behind a cursor.
pub(crate) async fn follow(
    database: &Database,
    scope: Scope,
    after: Cursor,
    limit: usize,
) -> Result<Followed, Error> {
    let config = database.config();
    let limit = limit.min(config.page_rows_max);
    let mut lease = database.reader(DOING).await?;
    // First the head, then the rows: the second statement sees everything below the first's head.
    let head = head_now(&mut lease).await?;
    if after >= head || limit == 0 {
        return Ok(Followed {
            events: Vec::new(),
            cursor: after,
        });
    }
    let (project_id, end) = match scope {
        Scope::Everything => (None, head),
        Scope::Project(id) => {
            let end = scan_end(&mut lease, (after, head), config.scan_rows_max).await?;
            (Some(id), end.unwrap_or(head))
        }
    };
    let values: [&(dyn tokio_postgres::types::ToSql + Sync); 6] = [
        &after.position,
        &after.ordinal,
        &end.position,
        &end.ordinal,
        &project_id,
        &count(limit),
    ];
    let rows = lease.query(FOLLOW, &values).await?;
    let cursor = match rows.last() {
        Some(row) if rows.len() == limit => cursor_of(row)?,
        _ => end,
    };
    let events = rows.iter().map(|row| rows::event(row, DOING));
    Ok(Followed {
        events: events.collect::<Result<Vec<Event>, _>>()?,
        cursor,
    })
}

async fn head_now(lease: &mut Lease<'_>) -> Result<Cursor, Error> {
    let row = lease.query_one(HEAD, &[]).await?;
    let row = row.ok_or_else(|| Error::Corrupt {
        doing: DOING,
        table: "journal_state",
        column: "position_offset".to_owned(),
        row: "1".to_owned(),
    })?;
    let position: i64 = Columns::of(&row, DOING, "journal_state").get("horizon")?;
    // The last place before the horizon.
    Ok(Cursor {
        position: position - 1,
        ordinal: i32::MAX,
    })
}

async fn scan_end(
    lease: &mut Lease<'_>,
    (after, head): (Cursor, Cursor),
    scan: usize,
) -> Result<Option<Cursor>, Error> {
    let skipped = count(scan.saturating_sub(1));
    let values: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
        [&after.position, &after.ordinal, &head.position, &skipped];
    let row = lease.query_one(SCAN_END, &values).await?;
    row.as_ref().map(cursor_of).transpose()
}

fn cursor_of(row: &Row) -> Result<Cursor, Error> {
    let columns = Columns::of(row, DOING, "events");
    Ok(Cursor {
        position: columns.get("commit_position")?,
        ordinal: columns.get("commit_ordinal")?,
    })
}

const HEAD: &str = "-- journal.head
    SELECT position_offset + pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon
    FROM journal_state WHERE only_row = 1";

const SCAN_END: &str = "-- journal.scan_end
    SELECT commit_position, commit_ordinal FROM events
    WHERE (commit_position, commit_ordinal) > ($1, $2) AND commit_position <= $3
    ORDER BY commit_position, commit_ordinal
    LIMIT 1 OFFSET $4";

const FOLLOW: &str = "-- journal.follow
    SELECT
        commit_position, commit_ordinal, id, project_id, event_name, user_id, anonymous_id,
        timestamp, received_at, original_timestamp, properties::text AS properties,
        context::text AS context, user_agent, ip_address, canonical_id, source
    FROM events
    WHERE (commit_position, commit_ordinal) > ($1, $2)
        AND (commit_position, commit_ordinal) <= ($3, $4)
        AND ($5::uuid IS NULL OR project_id = $5)
    ORDER BY commit_position, commit_ordinal
    LIMIT $6";
