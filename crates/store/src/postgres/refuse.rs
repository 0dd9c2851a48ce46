//! Keeps the newest refusals of each project.

use std::borrow::Cow;
use std::collections::BTreeSet;

use event::ProjectId;
use ids::Uuid;

use super::Database;
use super::moment::Moment;
use super::rows;
use crate::page::{next_page, rows as count};
use crate::records::storable;
use crate::{Cut, Error, Refusal, RefusalPage};

const DOING: &str = "keep refusals";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[REFUSE, FORGET, REFUSALS];

/// Stores refusals, then forgets the oldest beyond the limit. If the second is not reached, the
/// next call does it.
pub(crate) async fn reject(database: &Database, refusals: Vec<Refusal>) -> Result<usize, Error> {
    fn column<'a, T>(refusals: &'a [Refusal], of: impl Fn(&'a Refusal) -> T) -> Vec<T> {
        refusals.iter().map(of).collect()
    }
    let text = |refusal: &Refusal| refusal.source.to_string();
    let project_ids: Vec<ProjectId> = column(&refusals, |refusal| refusal.project_id);
    let values: [&(dyn tokio_postgres::types::ToSql + Sync); 9] = [
        &project_ids,
        &column(&refusals, |refusal| refusal.id),
        &column(&refusals, |refusal| Moment(refusal.received_at)),
        &column(&refusals, text),
        &column(&refusals, |refusal| {
            i32::try_from(refusal.rejection.index).unwrap_or(i32::MAX)
        }),
        &column(&refusals, |refusal| refusal.rejection.code.as_str()),
        &column(&refusals, |refusal| {
            refusal.rejection.field.as_deref().map(storable)
        }),
        &column(&refusals, |refusal| -> Cow<'_, str> {
            storable(&refusal.rejection.message)
        }),
        &column(&refusals, |refusal| storable(&refusal.rejection.input)),
    ];
    let mut lease = database.reader(DOING).await?;
    let stored = lease.query(REFUSE, &values).await?.len();
    let projects: Vec<_> = project_ids
        .iter()
        .copied()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    lease
        .query(
            FORGET,
            &[&projects, &count(database.config().refusals_kept_max)],
        )
        .await?;
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
    let before = cut.before.unwrap_or(Uuid::MAX);
    let mut lease = database.reader(doing).await?;
    let rows = lease
        .query(REFUSALS, &[&project_id, &before, &count(limit)])
        .await?;
    let refusals: Vec<_> = rows
        .iter()
        .map(|row| rows::refusal(row, doing))
        .collect::<Result<_, _>>()?;
    let ids: Vec<_> = refusals.iter().map(|refusal| refusal.id).collect();
    Ok(RefusalPage {
        next: next_page(&ids, limit, None),
        refusals,
    })
}

const REFUSE: &str = "-- journal.refuse
    INSERT INTO rejections (
        project_id, id, received_at, source, input_index, code, field, message, input
    )
    SELECT
        a.project_id, a.id, a.received_at, a.source, a.input_index, a.code, a.field, a.message,
        a.input
    FROM unnest(
        $1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::integer[], $6::text[],
        $7::text[], $8::text[], $9::text[]
    ) AS a (project_id, id, received_at, source, input_index, code, field, message, input)
    WHERE EXISTS (SELECT 1 FROM analytics_projects p WHERE p.id = a.project_id)
    -- As in journal.append: the same order of locks in every batch.
    ORDER BY a.project_id, a.id
    ON CONFLICT DO NOTHING
    RETURNING id";

const FORGET: &str = "-- journal.forget
    DELETE FROM rejections r
    USING unnest($1::uuid[]) AS a (project_id)
    WHERE r.project_id = a.project_id
        -- The newest of those beyond the limit; nothing is less than NULL.
        AND r.id <= (
            SELECT beyond.id FROM rejections beyond
            WHERE beyond.project_id = a.project_id
            ORDER BY beyond.id DESC
            LIMIT 1 OFFSET $2
        )";

const REFUSALS: &str = "-- journal.refusals
    SELECT id, project_id, received_at, source, input_index, code, field, message, input
    FROM rejections
    WHERE project_id = $1 AND id < $2
    ORDER BY id DESC
    LIMIT $3";
