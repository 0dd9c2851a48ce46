//! The doors over one SQLite file: one writing thread, some reading threads, one that checkpoints.

mod append;
mod checkpoint;
mod fault;
mod file;
mod follow;
mod look;
mod migrate;
mod refuse;
mod registry;
mod rows;
mod workers;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ids::Timestamp;
use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::{Config, Error};
use checkpoint::Checkpointer;
use fault::fault;
use workers::Workers;

pub(crate) use append::{append, ready};
pub(crate) use follow::{follow, head};
pub(crate) use look::{event, events};
pub(crate) use refuse::{refusals, reject};
pub(crate) use registry::{
    census, change_project, create_key, create_project, key_of, keys, project, projects,
    put_provider, revoke_key,
};

/// An open file. Dropping it waits for the writes that were begun.
///
/// The fields are in the order in which they must be dropped: the writer's connection is closed
/// last, because closing the last one moves the log into the file.
#[derive(Debug)]
pub(crate) struct Database {
    config: Config,
    /// Set by the first write that the disk failed, and never cleared: after a failed `fsync` the
    /// kernel may have dropped the pages, and a second one would succeed without them.
    failed: Arc<AtomicBool>,
    _checkpointer: Checkpointer,
    readers: Workers,
    writer: Workers,
}

impl Database {
    pub(crate) async fn open(path: &Path, config: &Config, now: Timestamp) -> Result<Self, Error> {
        let (path, config) = (path.to_owned(), config.clone());
        let opening = tokio::task::spawn_blocking(move || Self::open_now(&path, config, now));
        opening.await.map_err(|error| Error::Unavailable {
            doing: "open the store",
            why: error.to_string(),
        })?
    }

    fn open_now(path: &Path, config: Config, now: Timestamp) -> Result<Self, Error> {
        let mut writing = file::open_to_write(path, &config)?;
        migrate::migrate(&mut writing, path, crate::migrations::ALL, now)?;
        let reading = (0..config.sqlite.readers.max(1))
            .map(|_| file::open_to_read(path, &config))
            .collect::<Result<Vec<_>, _>>()?;
        let checkpointing = file::open_to_checkpoint(path, &config)?;
        let bell = checkpoint::hang_bell(&mut writing, &config)?;
        let writer = Workers::start("store-writer", vec![writing], config.waiting_max)?;
        let readers = Workers::start("store-reader", reading, config.waiting_max)?;
        let failed = Arc::new(AtomicBool::new(false));
        let room = checkpoint::Room {
            connection: checkpointing,
            writer: writer.hands(),
            failed: Arc::clone(&failed),
        };
        let checkpointer = Checkpointer::start(room, bell)?;
        Ok(Self {
            config,
            failed,
            _checkpointer: checkpointer,
            readers,
            writer,
        })
    }

    pub(crate) const fn config(&self) -> &Config {
        &self.config
    }

    /// Runs a job on a reading connection.
    async fn read<T, F>(&self, doing: &'static str, job: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    {
        self.readers.run(doing, job).await
    }

    /// Runs a job on the writing connection, unless a write has failed before.
    async fn write<T, F>(&self, doing: &'static str, job: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    {
        let failed = Arc::clone(&self.failed);
        let guarded = move |connection: &mut Connection| {
            if failed.load(Ordering::Acquire) {
                let why = "an earlier write failed; restart to recover what is on disk".to_owned();
                return Err(Error::Unavailable { doing, why });
            }
            let result = job(connection);
            if matches!(
                result,
                Err(Error::Unavailable { .. } | Error::Corrupt { .. })
            ) {
                failed.store(true, Ordering::Release);
                // Closing must not touch the disk again either.
                let verb = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
                connection.set_db_config(verb, true).map_err(fault(doing))?;
            }
            result
        };
        self.writer.run(doing, guarded).await
    }
}

#[cfg(test)]
mod tests {
    /// Every statement of this backend, by file.
    pub(crate) const STATEMENTS: &[&[&str]] = &[
        super::append::STATEMENTS,
        super::follow::STATEMENTS,
        super::look::STATEMENTS,
        super::migrate::STATEMENTS,
        super::refuse::STATEMENTS,
        super::registry::STATEMENTS,
    ];

    #[test]
    fn every_statement_is_prepared_by_the_database() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        for migration in crate::migrations::ALL {
            connection.execute_batch(migration.sqlite).unwrap();
        }
        for statement in STATEMENTS.iter().copied().flatten() {
            if let Err(error) = connection.prepare(statement) {
                panic!("{error}\n{statement}");
            }
        }
    }

    #[test]
    fn every_statement_is_listed_and_named() {
        crate::backend::check_statements("sqlite", STATEMENTS);
    }
}
