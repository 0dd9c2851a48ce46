//! One event, and pages of events.

use event::{Event, ProjectId};
use ids::Uuid;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::Database;
use super::fault::fault;
use super::rows;
use crate::page::{Bounds, next_page, rows as count};
use crate::time::to_us;
use crate::{Cut, Error, EventFilter, EventPage};

const DOING: &str = "read events";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[EVENT, SCAN_FLOOR, EVENTS];

/// One event of a project.
pub(crate) async fn event(
    database: &Database,
    project_id: ProjectId,
    id: Uuid,
) -> Result<Option<Event>, Error> {
    let job = move |connection: &mut Connection| {
        let mut statement = connection.prepare_cached(EVENT).map_err(fault(DOING))?;
        let mut found = statement
            .query(params![project_id, id])
            .map_err(fault(DOING))?;
        let row = found.next().map_err(fault(DOING))?;
        row.map(|row| rows::event(row, DOING)).transpose()
    };
    database.read(DOING, job).await
}

/// A page of a project's events, newest first.
pub(crate) async fn events(
    database: &Database,
    project_id: ProjectId,
    filter: EventFilter,
    cut: Cut,
) -> Result<EventPage, Error> {
    let config = database.config();
    let limit = cut.limit.min(config.page_rows_max);
    let skipped = count(config.scan_rows_max.saturating_sub(1));
    let job = move |connection: &mut Connection| {
        let bounds = Bounds::of(&filter, cut);
        let transaction = connection.transaction().map_err(fault(DOING))?;
        let floor: Option<Uuid> = if bounds.all_match {
            None
        } else {
            let mut statement = transaction
                .prepare_cached(SCAN_FLOOR)
                .map_err(fault(DOING))?;
            let span = params![project_id, bounds.lower, bounds.upper, skipped];
            let found = statement.query_row(span, |row| row.get(0)).optional();
            found.map_err(fault(DOING))?
        };
        let mut statement = transaction.prepare_cached(EVENTS).map_err(fault(DOING))?;
        let mut found = statement
            .query(params![
                project_id,
                floor.unwrap_or(bounds.lower),
                bounds.upper,
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
            next: next_page(&ids, limit, floor),
            events,
        })
    };
    database.read(DOING, job).await
}

const EVENT: &str = "-- journal.event
    SELECT
        id, project_id, event_name, user_id, anonymous_id, timestamp, received_at,
        original_timestamp, properties, context, user_agent, ip_address, canonical_id, source
    FROM events
    WHERE project_id = ?1 AND id = ?2";

const SCAN_FLOOR: &str = "-- journal.scan_floor
    SELECT id FROM events
    WHERE project_id = ?1 AND id >= ?2 AND id < ?3
    ORDER BY id DESC
    LIMIT 1 OFFSET ?4";

const EVENTS: &str = "-- journal.events
    SELECT
        id, project_id, event_name, user_id, anonymous_id, timestamp, received_at,
        original_timestamp, properties, context, user_agent, ip_address, canonical_id, source
    FROM events
    WHERE project_id = ?1 AND id >= ?2 AND id < ?3
        AND (?4 IS NULL OR user_id = ?4 OR anonymous_id = ?4)
        AND (?5 IS NULL OR event_name = ?5)
        AND timestamp >= ?6 AND timestamp < ?7
    ORDER BY id DESC
    LIMIT ?8";
