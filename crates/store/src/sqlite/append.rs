//! Stores a batch of events with their deliveries.

use std::collections::HashMap;
use std::sync::Arc;

use event::{Event, ProjectId};
use ids::Uuid;
use rusqlite::{CachedStatement, Connection, TransactionBehavior, params};

use super::Database;
use super::fault::fault;
use super::health::Health;
use crate::batch::Batch;
use crate::time::to_us;
use crate::{Error, Outcome};

const DOING: &str = "append events";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    PROJECT,
    PROVIDERS,
    LAST_POSITION,
    STORE,
    FIND_FIRST,
    QUEUE,
    MOVE_POSITION,
    READY,
];

/// Appends a batch in one transaction.
pub(crate) async fn append(database: &Database, batch: Batch) -> Result<Vec<Outcome>, Error> {
    let health = Arc::clone(&database.health);
    let job = move |connection: &mut Connection| append_now(connection, &batch, &health);
    database.write(DOING, job).await
}

fn append_now(
    connection: &mut Connection,
    batch: &Batch,
    health: &Health,
) -> Result<Vec<Outcome>, Error> {
    // Immediate: the lock is had before anything is read, so that nothing read can be outdated.
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(fault(DOING))?;
    let before: i64 = transaction
        .prepare_cached(LAST_POSITION)
        .and_then(|mut statement| statement.query_row((), |row| row.get(0)))
        .map_err(fault(DOING))?;
    let mut appender = Appender::over(&transaction, before)?;
    let mut outcomes = HashMap::new();
    for (index, event) in batch.firsts() {
        outcomes.insert(index, appender.append(event)?);
    }
    let after = appender.position;
    drop(appender);
    if after > before {
        transaction
            .prepare_cached(MOVE_POSITION)
            .and_then(|mut statement| statement.execute([after]))
            .map_err(fault(DOING))?;
    }
    transaction.commit().map_err(fault(DOING))?;
    health.acknowledge(after);
    let outcomes = batch.outcomes(&outcomes);
    Ok(outcomes.expect("every first was given an outcome above"))
}

/// What stays the same from event to event of one transaction.
struct Appender<'a> {
    connection: &'a Connection,
    store: CachedStatement<'a>,
    queue: CachedStatement<'a>,
    /// Of each project met so far, the enabled providers. None if it takes no events.
    providers: HashMap<ProjectId, Option<Vec<Uuid>>>,
    position: i64,
}

impl<'a> Appender<'a> {
    fn over(connection: &'a Connection, position: i64) -> Result<Self, Error> {
        let prepare = |statement| connection.prepare_cached(statement).map_err(fault(DOING));
        Ok(Self {
            connection,
            store: prepare(STORE)?,
            queue: prepare(QUEUE)?,
            providers: HashMap::new(),
            position,
        })
    }

    fn append(&mut self, event: &Event) -> Result<Outcome, Error> {
        if !self.providers.contains_key(&event.project_id) {
            let providers = self.providers_of(event.project_id).map_err(fault(DOING))?;
            self.providers.insert(event.project_id, providers);
        }
        let Some(Some(providers)) = self.providers.get(&event.project_id) else {
            return Ok(Outcome::NoProject);
        };
        if !store(&mut self.store, event, self.position + 1).map_err(fault(DOING))? {
            return self
                .first_of(event)
                .map(Outcome::Duplicate)
                .map_err(fault(DOING));
        }
        self.position += 1;
        for provider in providers {
            self.queue
                .execute(params![
                    event.project_id,
                    event.id,
                    provider,
                    to_us(event.received_at)
                ])
                .map_err(fault(DOING))?;
        }
        Ok(Outcome::Stored(event.id))
    }

    fn providers_of(&self, project_id: ProjectId) -> rusqlite::Result<Option<Vec<Uuid>>> {
        let mut project = self.connection.prepare_cached(PROJECT)?;
        if !project.exists([project_id])? {
            return Ok(None);
        }
        let mut providers = self.connection.prepare_cached(PROVIDERS)?;
        let rows = providers.query_map([project_id], |row| row.get(0))?;
        rows.collect::<Result<_, _>>().map(Some)
    }

    fn first_of(&self, event: &Event) -> rusqlite::Result<Uuid> {
        self.connection.prepare_cached(FIND_FIRST)?.query_row(
            params![event.project_id, event.canonical_id, event.id],
            |row| row.get(0),
        )
    }
}

/// False if the event is there already.
fn store(
    statement: &mut CachedStatement<'_>,
    event: &Event,
    position: i64,
) -> rusqlite::Result<bool> {
    let rows = statement.execute(params![
        event.project_id,
        event.id,
        position,
        event.name.as_str(),
        event.user_id,
        event.anonymous_id,
        to_us(event.timestamp),
        to_us(event.received_at),
        event.original_timestamp,
        event.properties.as_str(),
        event.context.as_ref().map(event::Json::as_str),
        event.user_agent,
        event.ip_address.map(|address| address.to_string()),
        event.canonical_id,
        event.source.to_string(),
    ])?;
    Ok(rows == 1)
}

/// Commits something small, so that a disk that is full or gone shows itself.
pub(crate) async fn ready(database: &Database) -> Result<(), Error> {
    let doing = "commit a probe";
    let job = move |connection: &mut Connection| {
        let rows = connection
            .prepare_cached(READY)
            .and_then(|mut probe| probe.execute(()))
            .map_err(fault(doing))?;
        if rows == 1 {
            return Ok(());
        }
        Err(Error::Corrupt {
            doing,
            table: "journal_state",
            column: "only_row".to_owned(),
            row: String::new(),
        })
    };
    database.write(doing, job).await
}

const PROJECT: &str = "-- journal.project
    SELECT 1 FROM analytics_projects WHERE id = ?1 AND archived_at IS NULL";

const PROVIDERS: &str = "-- journal.providers
    SELECT id FROM provider_configs WHERE project_id = ?1 AND enabled = 1";

pub(super) const LAST_POSITION: &str = "-- journal.last_position
    SELECT last_position FROM journal_state WHERE only_row = 1";

const STORE: &str = "-- journal.store
    INSERT INTO events (
        project_id, id, commit_position, event_name, user_id, anonymous_id, timestamp,
        received_at, original_timestamp, properties, context, user_agent, ip_address,
        canonical_id, source
    ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
    -- Of the unique values only; a CHECK that fails still fails.
    ON CONFLICT DO NOTHING";

const FIND_FIRST: &str = "-- journal.find_first
    SELECT id FROM events
    WHERE project_id = ?1 AND (canonical_id = ?2 OR id = ?3)
    -- The client's own id decides before ours.
    ORDER BY canonical_id IS ?2 DESC
    LIMIT 1";

const QUEUE: &str = "-- journal.queue
    INSERT INTO event_queue (project_id, event_id, provider_id, created_at)
    VALUES (?1, ?2, ?3, ?4)";

const MOVE_POSITION: &str = "-- journal.move_position
    UPDATE journal_state SET last_position = ?1 WHERE only_row = 1";

pub(super) const READY: &str = "-- journal.ready
    UPDATE journal_state
    -- Another value each time: SQLite writes no page that has not changed.
    SET probes = (probes + 1) % 1000000000
    WHERE only_row = 1";
