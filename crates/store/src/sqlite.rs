//! The doors over one SQLite file: one writing thread, some reading threads, one that checkpoints.

mod append;
mod checkpoint;
mod dump;
mod examine;
mod fault;
mod file;
mod follow;
mod health;
mod load;
mod look;
mod migrate;
mod recover;
mod refuse;
mod registry;
mod rows;
mod scan;
mod usage;
mod workers;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ids::Timestamp;
use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::full::Full;
use crate::{Config, Error};
use checkpoint::Checkpointer;
use health::{Health, Verdict};
use workers::Workers;

pub(crate) use append::{append, ready};
pub(crate) use dump::{dump, open_beside, open_closed};
pub(crate) use examine::examine;
pub(crate) use fault::fault;
pub(crate) use follow::{follow, head};
pub(crate) use load::load;
pub(crate) use look::{event, events};
pub(crate) use refuse::{refusals, reject};
pub(crate) use registry::{
    census, change_project, create_key, create_project, key_of, keys, project, projects,
    put_provider, revoke_key,
};
pub(crate) use scan::scan;
pub(crate) use usage::count_usage;

/// An open file. Dropping it waits for the writes that were begun.
///
/// The fields are in the order in which they must be dropped: the writer's connection is closed
/// last, because closing the last one moves the log into the file.
#[derive(Debug)]
pub(crate) struct Database {
    path: PathBuf,
    config: Config,
    health: Arc<Health>,
    full: Full,
    /// Where the writing connection rings, whichever it is.
    ringer: checkpoint::Ringer,
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
        let bell = checkpoint::Bell::new(&config);
        let ringer = bell.ringer();
        ringer.hang(&mut writing)?;
        let writer = Workers::start("store-writer", vec![writing], config.waiting_max)?;
        let readers = Workers::start("store-reader", reading, config.waiting_max)?;
        let health = Arc::new(Health::new(config.sqlite.recover_wait));
        let room = checkpoint::Room {
            path: path.to_owned(),
            config: config.clone(),
            writer: writer.hands(),
            health: Arc::clone(&health),
        };
        let checkpointer = Checkpointer::start(room, bell)?;
        Ok(Self {
            path: path.to_owned(),
            config,
            health,
            full: Full::default(),
            ringer,
            _checkpointer: checkpointer,
            readers,
            writer,
        })
    }

    pub(crate) const fn full(&self) -> &Full {
        &self.full
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

    /// Why no writes are taken. None while they are.
    pub(crate) fn failure(&self) -> Option<String> {
        self.health.failure()
    }

    /// Runs a job on the writing connection, which is opened anew if a write has failed before.
    async fn write<T, F>(&self, doing: &'static str, job: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    {
        let mender = Mender {
            path: self.path.clone(),
            config: self.config.clone(),
            health: Arc::clone(&self.health),
            ringer: self.ringer.clone(),
        };
        let now = tokio::time::Instant::now();
        let guarded = move |connection: &mut Connection| {
            match mender.health.verdict(now) {
                Verdict::Sound => {}
                Verdict::Recover => mender.mend(connection)?,
                Verdict::Refuse(why) => return Err(Error::Unavailable { doing, why }),
            }
            let result = job(connection);
            if mender.health.note(&result) {
                leave_alone(connection)?;
            }
            result
        };
        self.writer.run(doing, guarded).await
    }
}

/// What the writing thread needs to open the file again.
struct Mender {
    path: PathBuf,
    config: Config,
    health: Arc<Health>,
    ringer: checkpoint::Ringer,
}

impl Mender {
    /// Puts a new connection in the place of the failed one.
    fn mend(&self, connection: &mut Connection) -> Result<(), Error> {
        let opened = recover::reopen(&self.path, &self.config, self.health.acknowledged())
            .and_then(|mut opened| self.ringer.hang(&mut opened).map(|()| opened));
        self.health.note(&opened);
        // The old one is closed by this, without a last checkpoint: see `leave_alone`.
        *connection = opened?;
        self.health.recovered();
        Ok(())
    }
}

/// Has a connection not touch the disk when it is closed.
fn leave_alone(connection: &Connection) -> Result<(), Error> {
    let verb = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    let set = connection.set_db_config(verb, true);
    set.map(drop).map_err(fault("give up a connection"))
}

#[cfg(test)]
mod tests {
    /// Every statement of this backend, by file.
    pub(crate) const STATEMENTS: &[&[&str]] = &[
        super::append::STATEMENTS,
        super::examine::STATEMENTS,
        super::follow::STATEMENTS,
        super::look::STATEMENTS,
        super::migrate::STATEMENTS,
        super::refuse::STATEMENTS,
        super::registry::STATEMENTS,
        super::scan::STATEMENTS,
        super::usage::STATEMENTS,
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
