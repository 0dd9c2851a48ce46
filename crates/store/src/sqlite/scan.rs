//! Pages of events, oldest first.

use event::ProjectId;
use ids::Uuid;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::Database;
use super::fault::fault;
use super::rows;
use crate::page::{Bounds, next_page, rows as count};
use crate::time::to_us;
use crate::{Error, EventFilter, EventPage};

const DOING: &str = "read events";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[SCAN_CEILING, SCAN];

/// A page of a project's events behind an id.
pub(crate) async fn scan(
    database: &Database,
    project_id: ProjectId,
    (filter, after): (EventFilter, Option<Uuid>),
    limit: usize,
) -> Result<EventPage, Error> {
    let config = database.config();
    let limit = limit.min(config.page_rows_max);
    let skipped = count(config.scan_rows_max.saturating_sub(1));
    let job = move |connection: &mut Connection| {
        let bounds = Bounds::behind(&filter, after);
        let transaction = connection.transaction().map_err(fault(DOING))?;
        let ceiling: Option<Uuid> = if bounds.all_match {
            None
        } else {
            let mut statement = transaction
                .prepare_cached(SCAN_CEILING)
                .map_err(fault(DOING))?;
            let span = params![project_id, bounds.lower, bounds.upper, skipped];
            let found = statement.query_row(span, |row| row.get(0)).optional();
            found.map_err(fault(DOING))?
        };
        let mut statement = transaction.prepare_cached(SCAN).map_err(fault(DOING))?;
        let mut found = statement
            .query(params![
                project_id,
                bounds.lower,
                ceiling.unwrap_or(bounds.upper),
                filter.user,
                filter.name,
                to_us(bounds.from),
                to_us(bounds.to),
                count(limit),
            ])
            .map_err(fault(DOING))?;
        let mut events = Vec::new();
        while let Some(row) = found.next().map_err(fault(DOING))? {
            events.push(rows::event(row, DOING)?);
        }
        let ids: Vec<_> = events.iter().map(|event| event.id).collect();
        Ok(EventPage {
            next: next_page(&ids, limit, ceiling),
            events,
        })
    };
    database.read(DOING, job).await
}

const SCAN_CEILING: &str = "-- journal.scan_ceiling
    SELECT id FROM events
    WHERE project_id = ?1 AND id > ?2 AND id <= ?3
    ORDER BY id
    LIMIT 1 OFFSET ?4";

const SCAN: &str = "-- journal.scan
    SELECT
        id, project_id, event_name, user_id, anonymous_id, timestamp, received_at,
        original_timestamp, properties, context, user_agent, ip_address, canonical_id, source
    FROM events
    WHERE project_id = ?1 AND id > ?2 AND id <= ?3
        AND (?4 IS NULL OR user_id = ?4 OR anonymous_id = ?4)
        AND (?5 IS NULL OR event_name = ?5)
        AND timestamp >= ?6 AND timestamp < ?7
    ORDER BY id
    LIMIT ?8";
