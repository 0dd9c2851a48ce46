//! Stores a batch of events through `COPY`, which takes half of what `INSERT` takes of the server's
//! processor: rows go into a page together and into the log as one record.

use std::collections::{HashMap, HashSet};
use std::pin::pin;

use bytes::BytesMut;
use event::{Event, Json, ProjectId};
use ids::Uuid;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{IsNull, ToSql, Type, accepts, to_sql_checked};
use tokio_postgres::{Error as Fault, Row};

use super::lease::{Lease, Session};
use super::moment::Moment;
use crate::{Error, Outcome};

/// Below this the three round trips that `COPY` needs more than `INSERT` outweigh what it saves: in
/// `cargo xtask bench collect`, batches of some 30 and 130 events were stored at 0.81 and 0.87 of
/// the rate of `INSERT`, those of some 600 at 1.6 times it.
const EVENTS_MIN: usize = 300;

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[COPY, BEGIN, QUEUE];

/// Whether `COPY` can store these events: it knows no `ON CONFLICT`, so that a batch in which a
/// client names an event, which may be a repeat, is not for it.
pub(super) fn suits(events: &[(usize, &Event)]) -> bool {
    events.len() >= EVENTS_MIN && events.iter().all(|(_, event)| event.canonical_id.is_none())
}

/// Stores all events in one transaction; the outcome of each by its place.
///
/// None, and nothing stored, if one of the ids is taken.
pub(super) async fn copy(
    lease: &mut Lease<'_>,
    events: &[(usize, &Event)],
) -> Result<Option<HashMap<usize, Outcome>>, Error> {
    let stored = lease.transaction(async |session| store(session, events).await);
    match stored.await {
        Ok(takers) => Ok(Some(outcomes(events, &takers))),
        Err(Error::Conflict { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn outcomes(events: &[(usize, &Event)], takers: &Takers) -> HashMap<usize, Outcome> {
    let outcome = |event: &Event| {
        if takers.projects.contains(&event.project_id) {
            Outcome::Stored(event.id)
        } else {
            Outcome::NoProject
        }
    };
    let pairs = events.iter();
    pairs
        .map(|(index, event)| (*index, outcome(event)))
        .collect()
}

/// What the transaction found at its beginning.
struct Takers {
    /// Its position in the order of commits.
    position: i64,
    /// The projects that take events.
    projects: HashSet<ProjectId>,
    /// Whether any of them has a provider to deliver to.
    has_providers: bool,
}

async fn store(session: &Session<'_>, events: &[(usize, &Event)]) -> Result<Takers, Fault> {
    let projects: HashSet<_> = events.iter().map(|(_, event)| event.project_id).collect();
    let projects: Vec<_> = projects.into_iter().collect();
    let takers = takers(&session.begin(BEGIN, &[&projects]).await?)?;
    let taken = || {
        let events = events.iter().map(|(_, event)| *event);
        events.filter(|event| takers.projects.contains(&event.project_id))
    };
    write(session, takers.position, taken()).await?;
    if takers.has_providers {
        let of = |id: fn(&Event) -> Uuid| taken().map(id).collect::<Vec<_>>();
        let project_ids: Vec<_> = taken().map(|event| event.project_id).collect();
        let received: Vec<_> = taken().map(|event| Moment(event.received_at)).collect();
        let values: [&(dyn ToSql + Sync); 3] = [&project_ids, &of(|event| event.id), &received];
        session.query(QUEUE, &values).await?;
    }
    Ok(takers)
}

fn takers(rows: &[Row]) -> Result<Takers, Fault> {
    let mut takers = Takers {
        position: 0,
        projects: HashSet::new(),
        has_providers: false,
    };
    for row in rows {
        takers.position = row.try_get(0)?;
        takers
            .projects
            .extend(row.try_get::<_, Option<ProjectId>>(1)?);
        takers.has_providers |= row.try_get::<_, bool>(2)?;
    }
    Ok(takers)
}

async fn write(
    session: &Session<'_>,
    position: i64,
    events: impl Iterator<Item = &Event>,
) -> Result<(), Fault> {
    let sink = session.copy_in(COPY).await?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &TYPES));
    for (event, ordinal) in events.zip(1_i32..) {
        let row: [&(dyn ToSql + Sync); 15] = [
            &event.project_id,
            &event.id,
            &position,
            &ordinal,
            &event.name.as_str(),
            &event.user_id.as_deref(),
            &event.anonymous_id.as_deref(),
            &Moment(event.timestamp),
            &Moment(event.received_at),
            &event.original_timestamp.as_deref(),
            &Document(&event.properties),
            &event.context.as_ref().map(Document),
            &event.user_agent.as_deref(),
            &event.ip_address,
            &event.source.to_string(),
        ];
        writer.as_mut().write(&row).await?;
    }
    writer.finish().await.map(drop)
}

/// A document in the form in which `COPY` takes `jsonb`: the form's version, then the text.
#[derive(Debug)]
struct Document<'a>(&'a Json);

impl ToSql for Document<'_> {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(&[1]);
        out.extend_from_slice(self.0.as_str().as_bytes());
        Ok(IsNull::No)
    }

    accepts!(JSONB);
    to_sql_checked!();
}

/// Of the columns in [`COPY`], in its order.
const TYPES: [Type; 15] = [
    Type::UUID,
    Type::UUID,
    Type::INT8,
    Type::INT4,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TIMESTAMPTZ,
    Type::TIMESTAMPTZ,
    Type::TEXT,
    Type::JSONB,
    Type::JSONB,
    Type::TEXT,
    Type::INET,
    Type::TEXT,
];

const COPY: &str = "-- journal.copy
    COPY events (
        project_id, id, commit_position, commit_ordinal, event_name, user_id, anonymous_id,
        timestamp, received_at, original_timestamp, properties, context, user_agent, ip_address,
        source
    ) FROM STDIN (FORMAT binary)";

/// A row for each project that takes events; one without a project if none does.
const BEGIN: &str = "-- journal.begin
    SELECT
        s.position_offset + pg_current_xact_id()::text::bigint,
        p.id,
        EXISTS (SELECT 1 FROM provider_configs c WHERE c.project_id = p.id AND c.enabled)
    FROM journal_state s
    LEFT JOIN analytics_projects p ON p.id = ANY ($1::uuid[]) AND p.archived_at IS NULL";

const QUEUE: &str = "-- journal.queue
    INSERT INTO event_queue (project_id, event_id, provider_id, created_at)
    SELECT a.project_id, a.event_id, c.id, a.received_at
    FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS a (project_id, event_id, received_at)
    JOIN provider_configs c ON c.project_id = a.project_id AND c.enabled";
