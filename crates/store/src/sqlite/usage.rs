//! How many events projects send in a day.

use event::ProjectId;
use rusqlite::{Connection, TransactionBehavior, params};

use super::Database;
use super::fault::fault;
use crate::Error;
use crate::usage::{EVENTS_MAX, Usage};

const DOING: &str = "count usage";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[COUNT_USAGE, FORGET_USAGE];

/// Adds in one transaction, and returns the totals.
pub(crate) async fn count_usage(
    database: &Database,
    usage: Usage,
) -> Result<Vec<(ProjectId, u64)>, Error> {
    let job = move |connection: &mut Connection| {
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(fault(DOING))?;
        let totals = count(&transaction, &usage).map_err(fault(DOING))?;
        transaction.commit().map_err(fault(DOING))?;
        Ok(totals)
    };
    database.write(DOING, job).await
}

fn count(connection: &Connection, usage: &Usage) -> rusqlite::Result<Vec<(ProjectId, u64)>> {
    let mut add = connection.prepare_cached(COUNT_USAGE)?;
    let mut forget = connection.prepare_cached(FORGET_USAGE)?;
    let mut totals = Vec::with_capacity(usage.project_ids.len());
    for (project_id, events) in usage.project_ids.iter().zip(&usage.events) {
        forget.execute(params![project_id, usage.first_day_kept])?;
        let row = params![project_id, usage.day, events, EVENTS_MAX];
        let mut found = add.query(row)?;
        // To the end: a statement left before it is undone.
        while let Some(row) = found.next()? {
            let total: i64 = row.get(0)?;
            totals.push((*project_id, total.unsigned_abs()));
        }
    }
    Ok(totals)
}

const COUNT_USAGE: &str = "-- registry.count_usage
    INSERT INTO project_usage (project_id, day, events)
    SELECT ?1, ?2, ?3
    WHERE EXISTS (SELECT 1 FROM analytics_projects WHERE id = ?1)
    ON CONFLICT (project_id, day) DO UPDATE SET events = min(events + excluded.events, ?4)
    RETURNING events";

const FORGET_USAGE: &str = "-- registry.forget_usage
    DELETE FROM project_usage WHERE project_id = ?1 AND day < ?2";
