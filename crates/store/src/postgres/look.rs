//! One event, and pages of events.

use event::{Event, ProjectId};
use ids::Uuid;

use super::Database;
use super::lease::Lease;
use super::moment::Moment;
use super::rows::{self, Columns};
use crate::page::{Bounds, next_page, rows as count};
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
    let row = database
        .reader(DOING)
        .await?
        .query_one(EVENT, &[&project_id, &id])
        .await?;
    row.map(|row| rows::event(&row, DOING)).transpose()
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
    let bounds = Bounds::of(&filter, cut);
    let mut lease = database.reader(DOING).await?;
    let floor = if bounds.all_match {
        None
    } else {
        scan_end(
            &mut lease,
            project_id,
            (bounds.lower, bounds.upper),
            config.scan_rows_max,
        )
        .await?
    };
    let values: [&(dyn tokio_postgres::types::ToSql + Sync); 8] = [
        &project_id,
        &floor.unwrap_or(bounds.lower),
        &bounds.upper,
        &filter.user,
        &filter.name,
        &Moment(bounds.from),
        &Moment(bounds.to),
        &count(limit),
    ];
    let rows = lease.query(EVENTS, &values).await?;
    let events: Vec<_> = rows
        .iter()
        .map(|row| rows::event(row, DOING))
        .collect::<Result<_, _>>()?;
    let ids: Vec<_> = events.iter().map(|event| event.id).collect();
    Ok(EventPage {
        next: next_page(&ids, limit, floor),
        events,
    })
}

/// The last row that a page looks at, if it would look at so many. `span` is ids.
async fn scan_end(
    lease: &mut Lease<'_>,
    project_id: ProjectId,
    span: (Uuid, Uuid),
    rows_max: usize,
) -> Result<Option<Uuid>, Error> {
    let skipped = count(rows_max.saturating_sub(1));
    let row = lease
        .query_one(SCAN_FLOOR, &[&project_id, &span.0, &span.1, &skipped])
        .await?;
    row.map(|row| Columns::of(&row, DOING, "events").get("id"))
        .transpose()
}

const EVENT: &str = "-- journal.event
    SELECT
        id, project_id, event_name, user_id, anonymous_id, timestamp, received_at,
        original_timestamp, properties::text AS properties, context::text AS context, user_agent,
        ip_address, canonical_id, source
    FROM events
    WHERE project_id = $1 AND id = $2";

const SCAN_FLOOR: &str = "-- journal.scan_floor
    SELECT id FROM events
    WHERE project_id = $1 AND id >= $2 AND id < $3
    ORDER BY id DESC
    LIMIT 1 OFFSET $4";

const EVENTS: &str = "-- journal.events
    SELECT
        id, project_id, event_name, user_id, anonymous_id, timestamp, received_at,
        original_timestamp, properties::text AS properties, context::text AS context, user_agent,
        ip_address, canonical_id, source
    FROM events
    WHERE project_id = $1 AND id >= $2 AND id < $3
        AND ($4::text IS NULL OR user_id = $4 OR anonymous_id = $4)
        AND ($5::text IS NULL OR event_name = $5)
        AND timestamp >= $6 AND timestamp < $7
    ORDER BY id DESC
    LIMIT $8";
