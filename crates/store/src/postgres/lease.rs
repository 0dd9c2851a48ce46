//! A connection for the time of one operation, given up if it does not answer.

use std::time::Duration;

use bytes::Bytes;
use deadpool_postgres::{Client, Pool};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_postgres::types::ToSql;
use tokio_postgres::{CopyInSink, Row};

use super::fault::{fault, no_connection};
use crate::Error;

/// Parameters of a statement.
pub(super) type Values<'v> = &'v [&'v (dyn ToSql + Sync)];

/// A connection out of a pool.
pub(super) struct Lease<'a> {
    /// None once the connection was given up.
    client: Option<Client>,
    doing: &'static str,
    answer_wait: Duration,
    _permit: SemaphorePermit<'a>,
}

impl<'a> Lease<'a> {
    /// Waits for a connection, unless too many are waiting already.
    pub(super) async fn take(
        (pool, place): (&Pool, &str),
        permits: &'a Semaphore,
        (doing, answer_wait): (&'static str, Duration),
    ) -> Result<Self, Error> {
        let permit = permits.try_acquire().map_err(|_| Error::Busy {
            doing,
            why: "`waiting_max` operations are waiting".to_owned(),
        })?;
        let client = pool
            .get()
            .await
            .map_err(|error| no_connection(doing, place, &error))?;
        Ok(Self {
            client: Some(client),
            doing,
            answer_wait,
            _permit: permit,
        })
    }

    /// Runs a statement, prepared once for each connection, and returns its rows.
    pub(super) async fn query(
        &mut self,
        statement: &'static str,
        values: Values<'_>,
    ) -> Result<Vec<Row>, Error> {
        self.run(async |session| session.query(statement, values).await)
            .await
    }

    /// Does work that [begins](Session::begin) a transaction, and commits it.
    pub(super) async fn transaction<T>(
        &mut self,
        work: impl AsyncFnOnce(&Session<'_>) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, Error> {
        self.run(async |session| {
            let done = work(session).await;
            let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
            let ended = session.client.batch_execute(end).await;
            done.and_then(|value| ended.map(|()| value))
        })
        .await
    }

    /// Works on the session within the time for an answer. A session in an unknown state is never
    /// handed out again: not after an error that says nothing of it, not if the work is dropped
    /// half way.
    async fn run<T>(
        &mut self,
        work: impl AsyncFnOnce(&Session<'_>) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, Error> {
        let doing = self.doing;
        let gone = |why: &str| Error::Unavailable {
            doing,
            why: why.to_owned(),
        };
        let client = self.client.take();
        let client = client.ok_or_else(|| gone("its connection was given up"))?;
        let mut held = Held(Some(client));
        let session = Session {
            client: held.0.as_ref().expect("put in one line above"),
        };
        let result = match tokio::time::timeout(self.answer_wait, work(&session)).await {
            Ok(result) => result.map_err(fault(doing)),
            Err(_) => Err(gone("the server did not answer in time")),
        };
        let is_unclear = matches!(
            result,
            Err(Error::Unavailable { .. } | Error::Failed { .. })
        );
        if !is_unclear {
            self.client = held.0.take();
        }
        result
    }

    /// Runs a statement that returns at most one row.
    pub(super) async fn query_one(
        &mut self,
        statement: &'static str,
        values: Values<'_>,
    ) -> Result<Option<Row>, Error> {
        self.query(statement, values)
            .await
            .map(|rows| rows.into_iter().next())
    }
}

/// A connection of which nobody knows what was done in its session, until it is taken out again.
struct Held(Option<Client>);

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            // Out of the pool's hands, which closes it.
            drop(Client::take(client));
        }
    }
}

/// The session of a lease, while something is done in it.
pub(super) struct Session<'a> {
    client: &'a Client,
}

impl Session<'_> {
    /// Begins to fill a table, with a statement that is prepared once for each connection.
    pub(super) async fn copy_in(
        &self,
        statement: &'static str,
    ) -> Result<CopyInSink<Bytes>, tokio_postgres::Error> {
        let prepared = self.client.prepare_cached(statement).await?;
        self.client.copy_in(&prepared).await
    }

    /// Runs a statement, prepared once for each connection, and returns its rows.
    pub(super) async fn query(
        &self,
        statement: &'static str,
        values: Values<'_>,
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        let prepared = self.client.prepare_cached(statement).await?;
        self.client.query(&prepared, values).await
    }

    /// Begins a transaction with a statement, both in one round trip.
    pub(super) async fn begin(
        &self,
        statement: &'static str,
        values: Values<'_>,
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        let prepared = self.client.prepare_cached(statement).await?;
        // Sent in the order in which they are first polled, which is this one.
        let begin = self.client.batch_execute("BEGIN");
        tokio::try_join!(biased; begin, self.client.query(&prepared, values)).map(|((), rows)| rows)
    }
}
