//! The doors over a PostgreSQL server: every operation is one statement, or several of which each
//! may be the last; none holds a transaction open while it waits for us.

mod adopt;
mod append;
mod copy;
mod dump;
mod examine;
mod fault;
mod follow;
mod lease;
mod load;
mod look;
mod migrate;
mod moment;
mod refuse;
mod registry;
mod rows;
mod scan;
mod server;
mod usage;
mod watch;

use connect::Target;
use deadpool_postgres::Pool;
use ids::Timestamp;
use tokio::sync::Semaphore;

use crate::full::Full;
use crate::{Config, Error};
use lease::Lease;
use server::Sorting;

pub(crate) use append::{append, ready};
pub(crate) use dump::dump_store;
pub(crate) use examine::examine;
pub(crate) use follow::{follow, head};
pub(crate) use load::{Loaded, load};
pub(crate) use look::{event, events};
pub(crate) use refuse::{refusals, reject};
pub(crate) use registry::{
    census, change_project, create_key, create_project, key_of, keys, project, projects,
    put_provider, revoke_key,
};
pub(crate) use scan::scan;
pub(crate) use usage::count_usage;

/// Connections to one database.
pub(crate) struct Database {
    config: Config,
    full: Full,
    /// For connections outside the pools.
    target: Target,
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
        let target = server::target(url, config)?;
        let mut connection = server::connect(&target, config).await?;
        server::check(&connection).await?;
        migrate::migrate(&mut connection, crate::migrations::ALL, now).await?;
        let writers = config.postgres.writers.max(1);
        let others = config.postgres.connections_max.max(1);
        Ok(Self {
            writers: server::pool(&target, config, (writers, Sorting::Free))?,
            others: server::pool(&target, config, (others, Sorting::Avoided))?,
            writes: Semaphore::new(config.waiting_max),
            reads: Semaphore::new(config.waiting_max),
            config: config.clone(),
            full: Full::default(),
            target,
        })
    }

    pub(crate) const fn full(&self) -> &Full {
        &self.full
    }

    pub(crate) const fn config(&self) -> &Config {
        &self.config
    }

    /// A connection for appending: a group of events waits for the group before it, not for a page
    /// that somebody reads.
    async fn writer(&self, doing: &'static str) -> Result<Lease<'_>, Error> {
        Lease::take(
            (&self.writers, &self.target.place),
            &self.writes,
            (doing, self.config.postgres.answer_wait),
        )
        .await
    }

    /// A connection for everything else.
    async fn reader(&self, doing: &'static str) -> Result<Lease<'_>, Error> {
        Lease::take(
            (&self.others, &self.target.place),
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
        adopt::STATEMENTS,
        append::STATEMENTS,
        copy::STATEMENTS,
        examine::STATEMENTS,
        follow::STATEMENTS,
        look::STATEMENTS,
        migrate::STATEMENTS,
        refuse::STATEMENTS,
        registry::STATEMENTS,
        scan::STATEMENTS,
        server::STATEMENTS,
        usage::STATEMENTS,
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
