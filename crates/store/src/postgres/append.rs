//! Stores a batch of events with their deliveries.

use std::collections::HashMap;
use std::net::IpAddr;

use event::{Event, ProjectId};
use ids::Uuid;
use tokio_postgres::Row;

use super::Database;
use super::copy;
use super::fault::fault;
use super::lease::Lease;
use super::moment::Moment;
use crate::batch::Batch;
use crate::{Error, Outcome};

const DOING: &str = "append events";

/// How often to look again for the first of a duplicate that was erased in between.
const ATTEMPTS_MAX: usize = 3;

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[APPEND, FIND_FIRSTS, READY];

/// Appends a batch in one transaction: through `COPY` where that is possible and worth it, and else
/// with one statement.
pub(crate) async fn append(database: &Database, batch: Batch) -> Result<Vec<Outcome>, Error> {
    let mut lease = database.writer(DOING).await?;
    let mut left: Vec<_> = batch.firsts().collect();
    let mut outcomes = HashMap::new();
    if copy::suits(&left)
        && let Some(copied) = copy::copy(&mut lease, &left).await?
    {
        let copied = batch.outcomes(&copied);
        return Ok(copied.expect("all or nothing is copied"));
    }
    for _ in 0..ATTEMPTS_MAX {
        append_once(&mut lease, &left, &mut outcomes).await?;
        left.retain(|(index, _)| !outcomes.contains_key(index));
        if left.is_empty() {
            let outcomes = batch.outcomes(&outcomes);
            return Ok(outcomes.expect("every first was given an outcome above"));
        }
    }
    // Some may be stored: what this kind of error says. Repeating the batch is safe.
    let why = "events were erased while their duplicates came in".to_owned();
    Err(Error::Unavailable { doing: DOING, why })
}

/// Gives an outcome to every event, but for duplicates whose first has gone since.
async fn append_once(
    lease: &mut Lease<'_>,
    events: &[(usize, &Event)],
    outcomes: &mut HashMap<usize, Outcome>,
) -> Result<(), Error> {
    let rows = lease.query(APPEND, &Arrays::of(events).values()).await?;
    for row in &rows {
        let (place, id) = place_and_id(row)?;
        if let (Some((index, _)), Some(id)) = (events.get(place), id) {
            outcomes.insert(*index, Outcome::Stored(id));
        }
    }
    let known: Vec<_> = events
        .iter()
        .filter(|(index, _)| !outcomes.contains_key(index))
        .copied()
        .collect();
    if known.is_empty() {
        return Ok(());
    }
    // A statement of its own sees what was committed while the first one waited for it.
    let arrays = Arrays::of(&known);
    let keys = [
        &arrays.project_id as &(dyn tokio_postgres::types::ToSql + Sync),
        &arrays.id,
        &arrays.canonical_id,
        &arrays.ordinal,
    ];
    for row in &lease.query(FIND_FIRSTS, &keys).await? {
        let (place, id) = place_and_id(row)?;
        let takes_events: bool = row.try_get(2).map_err(fault(DOING))?;
        let outcome = match id {
            _ if !takes_events => Outcome::NoProject,
            Some(id) => Outcome::Duplicate(id),
            None => continue,
        };
        if let Some((index, _)) = known.get(place) {
            outcomes.insert(*index, outcome);
        }
    }
    Ok(())
}

/// The place in the arrays, from 0, and an id.
fn place_and_id(row: &Row) -> Result<(usize, Option<Uuid>), Error> {
    let ordinal: i32 = row.try_get(0).map_err(fault(DOING))?;
    let id = row.try_get(1).map_err(fault(DOING))?;
    Ok((usize::try_from(ordinal - 1).unwrap_or(usize::MAX), id))
}

/// The columns of a batch.
struct Arrays<'a> {
    project_id: Vec<ProjectId>,
    id: Vec<Uuid>,
    /// The place in the batch, from 1.
    ordinal: Vec<i32>,
    name: Vec<&'a str>,
    user_id: Vec<Option<&'a str>>,
    anonymous_id: Vec<Option<&'a str>>,
    timestamp: Vec<Moment>,
    received_at: Vec<Moment>,
    original_timestamp: Vec<Option<&'a str>>,
    properties: Vec<&'a str>,
    context: Vec<Option<&'a str>>,
    user_agent: Vec<Option<&'a str>>,
    ip_address: Vec<Option<IpAddr>>,
    canonical_id: Vec<Option<Uuid>>,
    source: Vec<String>,
}

impl<'a> Arrays<'a> {
    fn of(events: &[(usize, &'a Event)]) -> Self {
        fn column<'a, T>(events: &[(usize, &'a Event)], of: impl Fn(&'a Event) -> T) -> Vec<T> {
            events.iter().map(|(_, event)| of(event)).collect()
        }
        Self {
            project_id: column(events, |event| event.project_id),
            id: column(events, |event| event.id),
            ordinal: (1..).take(events.len()).collect(),
            name: column(events, |event| event.name.as_str()),
            user_id: column(events, |event| event.user_id.as_deref()),
            anonymous_id: column(events, |event| event.anonymous_id.as_deref()),
            timestamp: column(events, |event| Moment(event.timestamp)),
            received_at: column(events, |event| Moment(event.received_at)),
            original_timestamp: column(events, |event| event.original_timestamp.as_deref()),
            properties: column(events, |event| event.properties.as_str()),
            context: column(events, |event| {
                event.context.as_ref().map(event::Json::as_str)
            }),
            user_agent: column(events, |event| event.user_agent.as_deref()),
            ip_address: column(events, |event| event.ip_address),
            canonical_id: column(events, |event| event.canonical_id),
            source: column(events, |event| event.source.to_string()),
        }
    }

    fn values(&self) -> [&(dyn tokio_postgres::types::ToSql + Sync); 15] {
        [
            &self.project_id,
            &self.id,
            &self.canonical_id,
            &self.ordinal,
            &self.name,
            &self.user_id,
            &self.anonymous_id,
            &self.timestamp,
            &self.received_at,
            &self.original_timestamp,
            &self.properties,
            &self.context,
            &self.user_agent,
            &self.ip_address,
            &self.source,
        ]
    }
}

/// Commits something small, so that a disk that is full or gone shows itself.
pub(crate) async fn ready(database: &Database) -> Result<(), Error> {
    let doing = "commit a probe";
    let row = database.writer(doing).await?.query_one(READY, &[]).await?;
    row.map(drop).ok_or_else(|| Error::Corrupt {
        doing,
        table: "journal_state",
        column: "only_row".to_owned(),
        row: String::new(),
    })
}

const APPEND: &str = "-- journal.append
    WITH arrived AS (
        SELECT
            a.project_id, a.id, a.canonical_id, a.ordinal, a.event_name, a.user_id,
            a.anonymous_id, a.timestamp, a.received_at, a.original_timestamp, a.properties,
            a.context, a.user_agent, a.ip_address, a.source
        FROM unnest(
            $1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::text[], $6::text[], $7::text[],
            $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::text[],
            $13::text[], $14::inet[], $15::text[]
        ) AS a (
            project_id, id, canonical_id, ordinal, event_name, user_id, anonymous_id, timestamp,
            received_at, original_timestamp, properties, context, user_agent, ip_address, source
        )
        WHERE EXISTS (
            SELECT 1 FROM analytics_projects p WHERE p.id = a.project_id AND p.archived_at IS NULL
        )
    ),
    stored AS (
        INSERT INTO events (
            project_id, id, commit_position, commit_ordinal, event_name, user_id, anonymous_id,
            timestamp, received_at, original_timestamp, properties, context, user_agent,
            ip_address, canonical_id, source
        )
        SELECT
            a.project_id, a.id, s.position_offset + pg_current_xact_id()::text::bigint, a.ordinal,
            a.event_name, a.user_id, a.anonymous_id, a.timestamp, a.received_at,
            a.original_timestamp, a.properties::jsonb, a.context::jsonb, a.user_agent,
            a.ip_address, a.canonical_id, a.source
        FROM arrived a
        CROSS JOIN journal_state s
        -- Two batches with the same duplicates wait for each other's rows in the same order, so
        -- that neither waits for one that waits for it.
        ORDER BY a.project_id, a.canonical_id, a.id
        -- Whichever value is taken: the id, or the client's own id.
        ON CONFLICT DO NOTHING
        RETURNING project_id, id, commit_ordinal, received_at
    ),
    queued AS (
        INSERT INTO event_queue (project_id, event_id, provider_id, created_at)
        SELECT s.project_id, s.id, c.id, s.received_at
        FROM stored s
        JOIN provider_configs c ON c.project_id = s.project_id AND c.enabled
    )
    SELECT commit_ordinal, id FROM stored";

const FIND_FIRSTS: &str = "-- journal.find_firsts
    SELECT a.ordinal, first.id, p.id IS NOT NULL
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[])
        AS a (project_id, id, canonical_id, ordinal)
    LEFT JOIN analytics_projects p ON p.id = a.project_id AND p.archived_at IS NULL
    LEFT JOIN LATERAL (
        SELECT e.id FROM events e
        WHERE e.project_id = a.project_id AND (e.canonical_id = a.canonical_id OR e.id = a.id)
        -- The client's own id decides before ours.
        ORDER BY e.canonical_id IS NOT DISTINCT FROM a.canonical_id DESC
        LIMIT 1
    ) AS first ON true";

const READY: &str = "-- journal.ready
    UPDATE journal_state
    SET probes = (probes + 1) % 1000000000
    WHERE only_row = 1
    RETURNING only_row";
