//! The doors over a PostgreSQL server: every operation is one statement, or several of which each
//! may be the last; none holds a transaction open while it waits for us.

mod append;
mod fault;
mod follow;
mod lease;
mod look;
mod migrate;
mod moment;
mod refuse;
mod registry;
mod rows;
mod server;

use deadpool_postgres::Pool;
use ids::Timestamp;
use tokio::sync::Semaphore;

use crate::{Config, Error};
use lease::Lease;

pub(crate) use append::{append, ready};
pub(crate) use follow::{follow, head};
pub(crate) use look::{event, events};
pub(crate) use refuse::{refusals, reject};
pub(crate) use registry::{
    census, change_project, create_key, create_project, key_of, keys, project, projects,
    put_provider, revoke_key,
};

/// Connections to one database.
pub(crate) struct Database {
    config: Config,
    writers: Pool,
    others: Pool,
    /// Writes under way or waiting.
    writes: Semaphore,
    /// Reads under way or waiting.
    reads: Semaphore,
}

impl std::fmt::Debug for Database {
    /// Without the pools, whose settings may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl Database {
    pub(crate) async fn open(url: &str, config: &Config, now: Timestamp) -> Result<Self, Error> {
        let settings = server::settings(url, config)?;
        let mut connection = server::connect(&settings, config).await?;
        server::check(&connection).await?;
        migrate::migrate(&mut connection, crate::migrations::ALL, now).await?;
        Ok(Self {
            writers: server::pool(&settings, config, config.postgres.writers.max(1))?,
            others: server::pool(&settings, config, config.postgres.connections_max.max(1))?,
            writes: Semaphore::new(config.waiting_max),
            reads: Semaphore::new(config.waiting_max),
            config: config.clone(),
        })
    }

    pub(crate) const fn config(&self) -> &Config {
        &self.config
    }

    /// A connection for appending: a group of events waits for the group before it, not for a page
    /// that somebody reads.
    async fn writer(&self, doing: &'static str) -> Result<Lease<'_>, Error> {
        Lease::take(
            &self.writers,
            &self.writes,
            (doing, self.config.postgres.answer_wait),
        )
        .await
    }

    /// A connection for everything else.
    async fn reader(&self, doing: &'static str) -> Result<Lease<'_>, Error> {
        Lease::take(
            &self.others,
            &self.reads,
            (doing, self.config.postgres.answer_wait),
        )
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every statement of this backend, by file.
    const STATEMENTS: &[&[&str]] = &[
        append::STATEMENTS,
        follow::STATEMENTS,
        look::STATEMENTS,
        migrate::STATEMENTS,
        refuse::STATEMENTS,
        registry::STATEMENTS,
        server::STATEMENTS,
    ];

    #[tokio::test]
    async fn every_statement_is_prepared_by_the_database() {
        let Some(server) = testkit::postgres_or_skip() else {
            return;
        };
        let database = server.database("store_statements").unwrap();
        let config = Config::default();
        let store = Database::open(&database.url(), &config, Timestamp::from_unix_ms(0)).await;
        let store = store.unwrap();
        let client = store.others.get().await.unwrap();
        for statement in STATEMENTS.iter().copied().flatten() {
            if let Err(error) = client.prepare(statement).await {
                panic!("{error:?}\n{statement}");
            }
        }
    }

    #[test]
    fn every_statement_is_listed_and_named() {
        crate::backend::check_statements("postgres", STATEMENTS);
    }
}
