//! Keeps the newest refusals of each project.

use std::collections::BTreeSet;

use event::ProjectId;
use ids::Uuid;
use rusqlite::{Connection, TransactionBehavior, params};

use super::Database;
use super::fault::fault;
use super::rows;
use crate::page::{next_page, rows as count};
use crate::records::storable;
use crate::time::to_us;
use crate::{Cut, Error, Refusal, RefusalPage};

const DOING: &str = "keep refusals";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[REFUSE, FORGET, REFUSALS];

/// Stores refusals in one transaction and forgets the oldest beyond the limit.
pub(crate) async fn reject(database: &Database, refusals: Vec<Refusal>) -> Result<usize, Error> {
    let kept = database.config().refusals_kept_max;
    let job = move |connection: &mut Connection| {
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(fault(DOING))?;
        let stored = store(&transaction, &refusals).map_err(fault(DOING))?;
        let projects: BTreeSet<_> = refusals.iter().map(|refusal| refusal.project_id).collect();
        for project_id in projects {
            transaction
                .prepare_cached(FORGET)
                .and_then(|mut statement| statement.execute(params![project_id, count(kept)]))
                .map_err(fault(DOING))?;
        }
        transaction.commit().map_err(fault(DOING))?;
        Ok(stored)
    };
    database.write(DOING, job).await
}

fn store(connection: &Connection, refusals: &[Refusal]) -> rusqlite::Result<usize> {
    let mut statement = connection.prepare_cached(REFUSE)?;
    let mut stored = 0;
    for refusal in refusals {
        let rejection = &refusal.rejection;
        stored += statement.execute(params![
            refusal.project_id,
            refusal.id,
            to_us(refusal.received_at),
            refusal.source.to_string(),
            i64::try_from(rejection.index).unwrap_or(i64::MAX),
            rejection.code.as_str(),
            rejection.field.as_deref().map(storable),
            storable(&rejection.message),
            storable(&rejection.input),
        ])?;
    }
    Ok(stored)
}

/// A page of a project's refusals, newest first.
pub(crate) async fn refusals(
    database: &Database,
    project_id: ProjectId,
    cut: Cut,
) -> Result<RefusalPage, Error> {
    let doing = "read refusals";
    let limit = cut.limit.min(database.config().page_rows_max);
    let job = move |connection: &mut Connection| {
        let mut statement = connection.prepare_cached(REFUSALS).map_err(fault(doing))?;
        let before = cut.before.unwrap_or(Uuid::MAX);
        let mut found = statement
            .query(params![project_id, before, count(limit)])
            .map_err(fault(doing))?;
        let mut refusals = Vec::new();
        while let Some(row) = found.next().map_err(fault(doing))? {
            refusals.push(rows::refusal(row, doing)?);
        }
        let ids: Vec<_> = refusals.iter().map(|refusal| refusal.id).collect();
        Ok(RefusalPage {
            next: next_page(&ids, limit, None),
            refusals,
        })
    };
    database.read(doing, job).await
}

const REFUSE: &str = "-- journal.refuse
    INSERT INTO rejections (
        project_id, id, received_at, source, input_index, code, field, message, input
    )
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
    WHERE EXISTS (SELECT 1 FROM analytics_projects WHERE id = ?1)
    ON CONFLICT DO NOTHING";

const FORGET: &str = "-- journal.forget
    DELETE FROM rejections
    WHERE project_id = ?1
        -- The newest of those beyond the limit; nothing is less than NULL.
        AND id <= (
            SELECT id FROM rejections
            WHERE project_id = ?1
            ORDER BY id DESC
            LIMIT 1 OFFSET ?2
        )";

const REFUSALS: &str = "-- journal.refusals
    SELECT id, project_id, received_at, source, input_index, code, field, message, input
    FROM rejections
    WHERE project_id = ?1 AND id < ?2
    ORDER BY id DESC
    LIMIT ?3";
