//! Events in the order of commits. SQLite has one writer at a time, in whatever process, and it
//! holds the lock from before it reads the last position until its commit: positions are
//! commit order.

use event::Event;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::Database;
use super::fault::fault;
use super::rows;
use crate::page::rows as count;
use crate::{Cursor, Error, Followed, Scope};

const DOING: &str = "follow events";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[HEAD, SCAN_END, FOLLOW];

/// The newest position.
pub(crate) async fn head(database: &Database) -> Result<Cursor, Error> {
    database
        .read(DOING, |connection| head_now(connection))
        .await
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
    let span = Span {
        scope,
        after,
        limit,
        scan: config.scan_rows_max,
    };
    database
        .read(DOING, move |connection| follow_now(connection, span))
        .await
}

#[derive(Clone, Copy)]
struct Span {
    scope: Scope,
    after: Cursor,
    limit: usize,
    scan: usize,
}

fn follow_now(connection: &mut Connection, span: Span) -> Result<Followed, Error> {
    // One state of the database for all three statements.
    let transaction = connection.transaction().map_err(fault(DOING))?;
    let head = head_now(&transaction)?;
    if span.after >= head || span.limit == 0 {
        return Ok(Followed {
            events: Vec::new(),
            cursor: span.after,
        });
    }
    let end = match span.scope {
        Scope::Everything => head,
        Scope::Project(_) => scan_end(&transaction, span)?.unwrap_or(head),
    };
    let events = rows_of(&transaction, span, end)?;
    let cursor = match events.last() {
        Some((position, _)) if events.len() == span.limit => at(*position),
        _ => end,
    };
    Ok(Followed {
        events: events.into_iter().map(|(_, event)| event).collect(),
        cursor,
    })
}

const fn at(position: i64) -> Cursor {
    Cursor {
        position,
        ordinal: 0,
    }
}

fn head_now(connection: &Connection) -> Result<Cursor, Error> {
    connection
        .prepare_cached(HEAD)
        .and_then(|mut statement| statement.query_row((), |row| row.get(0)))
        .map(at)
        .map_err(fault(DOING))
}

fn scan_end(connection: &Connection, span: Span) -> Result<Option<Cursor>, Error> {
    connection
        .prepare_cached(SCAN_END)
        .and_then(|mut statement| {
            let bounds = params![span.after.position, count(span.scan.saturating_sub(1))];
            statement.query_row(bounds, |row| row.get(0)).optional()
        })
        .map(|position| position.map(at))
        .map_err(fault(DOING))
}

fn rows_of(connection: &Connection, span: Span, end: Cursor) -> Result<Vec<(i64, Event)>, Error> {
    let project_id = match span.scope {
        Scope::Project(id) => Some(id),
        Scope::Everything => None,
    };
    let mut statement = connection.prepare_cached(FOLLOW).map_err(fault(DOING))?;
    let bounds = params![
        span.after.position,
        end.position,
        project_id,
        count(span.limit)
    ];
    let mut found = statement.query(bounds).map_err(fault(DOING))?;
    let mut events = Vec::new();
    while let Some(row) = found.next().map_err(fault(DOING))? {
        let position = row.get("commit_position").map_err(fault(DOING))?;
        events.push((position, rows::event(row, DOING)?));
    }
    Ok(events)
}

const HEAD: &str = "-- journal.head
    SELECT last_position FROM journal_state WHERE only_row = 1";

const SCAN_END: &str = "-- journal.scan_end
    SELECT commit_position FROM events
    WHERE commit_position > ?1
    ORDER BY commit_position
    LIMIT 1 OFFSET ?2";

const FOLLOW: &str = "-- journal.follow
    SELECT
        commit_position, id, project_id, event_name, user_id, anonymous_id, timestamp,
        received_at, original_timestamp, properties, context, user_agent, ip_address,
        canonical_id, source
    -- Not indexed: in the order of the table, whatever the statistics say.
    FROM events NOT INDEXED
    WHERE commit_position > ?1 AND commit_position <= ?2 AND (?3 IS NULL OR project_id = ?3)
    ORDER BY commit_position
    LIMIT ?4";
