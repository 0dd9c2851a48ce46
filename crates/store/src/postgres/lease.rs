//! A connection for the time of one operation, given up if it does not answer.

use std::time::Duration;

use deadpool_postgres::{Client, Pool};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

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
        let doing = self.doing;
        let gone = |why: &str| Error::Unavailable {
            doing,
            why: why.to_owned(),
        };
        let client = self
            .client
            .as_ref()
            .ok_or_else(|| gone("its connection was given up"))?;
        let work = async {
            let prepared = client.prepare_cached(statement).await?;
            client.query(&prepared, values).await
        };
        let result = match tokio::time::timeout(self.answer_wait, work).await {
            Ok(result) => result.map_err(fault(doing)),
            Err(_) => Err(gone("the server did not answer in time")),
        };
        if matches!(
            result,
            Err(Error::Unavailable { .. } | Error::Failed { .. })
        ) && let Some(client) = self.client.take()
        {
            // Whatever state the session is in, nobody else shall have it.
            drop(Client::take(client));
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
