//! How many events projects send in a day.

use event::ProjectId;

use super::Database;
use super::rows::Columns;
use crate::Error;
use crate::usage::{EVENTS_MAX, Usage};

const DOING: &str = "count usage";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[COUNT_USAGE];

/// Adds in one transaction, which is one statement, and returns the totals.
pub(crate) async fn count_usage(
    database: &Database,
    usage: Usage,
) -> Result<Vec<(ProjectId, u64)>, Error> {
    let values: [&(dyn tokio_postgres::types::ToSql + Sync); 5] = [
        &usage.day,
        &usage.first_day_kept,
        &usage.project_ids,
        &usage.events,
        &EVENTS_MAX,
    ];
    let rows = database
        .reader(DOING)
        .await?
        .query(COUNT_USAGE, &values)
        .await?;
    let mut totals = Vec::with_capacity(rows.len());
    for row in &rows {
        let columns = Columns::of(row, DOING, "project_usage");
        let events: i64 = columns.get("events")?;
        totals.push((columns.get("project_id")?, events.unsigned_abs()));
    }
    totals.sort_unstable();
    Ok(totals)
}

const COUNT_USAGE: &str = "-- registry.count_usage
    WITH named AS (
        SELECT a.project_id, a.events
        FROM unnest($3::uuid[], $4::bigint[]) AS a (project_id, events)
        WHERE EXISTS (SELECT 1 FROM analytics_projects p WHERE p.id = a.project_id)
    ),
    forgotten AS (
        DELETE FROM project_usage u
        USING named n
        WHERE u.project_id = n.project_id AND u.day < date '1970-01-01' + $2::integer
    )
    INSERT INTO project_usage AS u (project_id, day, events)
    SELECT n.project_id, date '1970-01-01' + $1::integer, n.events FROM named n
    -- The same order of locks in every call.
    ORDER BY n.project_id
    ON CONFLICT (project_id, day) DO UPDATE
        SET events = least(u.events + excluded.events, $5::bigint)
    RETURNING u.project_id, u.events";
