//! Backups: the whole of either database in one file, while it is in use, and back into either.
//!
//! A backup is a SQLite file with our schema, a manifest and a seal, whichever database it is from:
//! so it is also the way from a file to PostgreSQL and back. Ids, times and the order of commits
//! stay. On SQLite an event keeps its place in that order, so that cursors stay valid; PostgreSQL
//! gives places of its own.

mod file;
mod manifest;
mod seal;
pub(crate) mod stream;
pub(crate) mod tables;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ids::Timestamp;

use crate::backend::Backend;
use crate::time::from_us;
use crate::{Config, Error, Location, Store, postgres, sqlite};
pub(crate) use file::BACKUP_ID;
use file::Unfinished;
pub use manifest::{Manifest, Progress, TableCount};
use stream::{OnProgress, Sender, Stream, outcome, stream};
use tables::Total;

const BACKING_UP: &str = "back up the store";
const RESTORING: &str = "restore the backup";
const CHECKING: &str = "check the backup";

impl Store {
    /// Copies everything that is committed now into a new file, while others go on writing, and
    /// reads it back. Until it is whole it is called `<target>.unfinished`. `on_progress` is told
    /// of every few hundred rows; `now` is noted in the manifest.
    ///
    /// # Errors
    ///
    /// [`Error::Backup`] if the target is there; [`Error::Full`], [`Error::Unavailable`],
    /// [`Error::Busy`], [`Error::Corrupt`]. The target is then not there.
    pub async fn backup(
        &self,
        target: &Path,
        now: Timestamp,
        on_progress: impl FnMut(Progress) + Send + 'static,
    ) -> Result<Manifest, Error> {
        let (sender, rows) = stream(BACKING_UP, Box::new(on_progress));
        let source = match &self.backend {
            Backend::Sqlite(_) => "sqlite",
            Backend::Postgres(_) => "postgres",
        };
        let draft = Draft {
            target: target.to_owned(),
            source,
            now,
            config: self.backend.config().clone(),
        };
        let writing = blocking(BACKING_UP, move || draft.fill(rows));
        let (read, written) = tokio::join!(dump_store(&self.backend, sender), writing);
        let (manifest, unfinished) = outcome(read, written)?;
        let config = self.backend.config();
        let totals = sum_of(BACKING_UP, unfinished.path(), config, Box::new(drop)).await?;
        agree(BACKING_UP, &manifest, &totals)?;
        unfinished.finish(BACKING_UP)?;
        Ok(manifest)
    }

    /// Puts a backup into a file that is not there, or a PostgreSQL database that has no rows, and
    /// reads it back before it counts. The backup is checked first.
    ///
    /// # Errors
    ///
    /// [`Error::Backup`] if the backup is damaged, of another version, or the target is not empty;
    /// else as [`Store::open`]. Nothing is then restored.
    pub async fn restore(
        backup: &Path,
        (location, config): (&Location, &Config),
        now: Timestamp,
        on_progress: impl FnMut(Progress) + Send + 'static,
    ) -> Result<Manifest, Error> {
        let manifest = manifest_of(RESTORING, backup.to_owned(), config.clone()).await?;
        let (sender, rows) = stream(RESTORING, Box::new(on_progress));
        let reading = dump_backup(RESTORING, backup.to_owned(), (config.clone(), sender));
        match location {
            Location::Sqlite(path) => {
                let (path, known) = (path.clone(), manifest.clone());
                let own = config.clone();
                let writing = blocking(RESTORING, move || {
                    restore_file(&path, (&own, now), &known, rows)
                });
                let (read, written) = tokio::join!(reading, writing);
                let unfinished = outcome(read, written)?;
                let none = Box::new(drop);
                let totals = sum_of(RESTORING, unfinished.path(), config, none).await?;
                agree(RESTORING, &manifest, &totals)?;
                unfinished.finish(RESTORING)?;
            }
            Location::Postgres(url) => {
                let database = postgres::Database::open(url, config, now).await?;
                let writing = restore_server(&database, &manifest, rows);
                let (read, written) = tokio::join!(reading, writing);
                outcome(read, written)?;
            }
        }
        Ok(manifest)
    }

    /// Reads a backup to its last byte and row and returns what it holds.
    ///
    /// # Errors
    ///
    /// [`Error::Backup`] or [`Error::Corrupt`] if it is not what was made; [`Error::Unavailable`].
    pub async fn check_backup(
        backup: &Path,
        config: &Config,
        on_progress: impl FnMut(Progress) + Send + 'static,
    ) -> Result<Manifest, Error> {
        let manifest = manifest_of(CHECKING, backup.to_owned(), config.clone()).await?;
        let totals = sum_of(CHECKING, backup, config, Box::new(on_progress)).await?;
        agree(CHECKING, &manifest, &totals)?;
        Ok(manifest)
    }
}

/// What a backup is made of before its rows are there.
struct Draft {
    target: PathBuf,
    source: &'static str,
    now: Timestamp,
    config: Config,
}

impl Draft {
    fn fill(self, mut rows: Stream) -> Result<(Manifest, Unfinished), Error> {
        let unfinished = Unfinished::at(BACKING_UP, &self.target)?;
        let place = (&self.config, self.now);
        let (connection, heading) = sqlite::load(BACKING_UP, unfinished.path(), place, &mut rows)?;
        let newest = file::newest_of(&connection).map_err(sqlite::fault(BACKING_UP))?;
        let manifest = Manifest {
            created_at: self.now,
            source: self.source.to_owned(),
            schema_version: crate::migrations::ALL.last().map_or(0, |step| step.version),
            last_position: heading.last_position.unsigned_abs(),
            last_received_at: newest.map(from_us),
            tables: manifest::counts(rows.totals()),
        };
        file::complete(BACKING_UP, (connection, unfinished.path()), &manifest)?;
        Ok((manifest, unfinished))
    }
}

/// Makes a file that a store can be opened on.
fn restore_file(
    path: &Path,
    place: (&Config, Timestamp),
    manifest: &Manifest,
    mut rows: Stream,
) -> Result<Unfinished, Error> {
    let unfinished = Unfinished::at(RESTORING, path)?;
    let (connection, _) = sqlite::load(RESTORING, unfinished.path(), place, &mut rows)?;
    agree(RESTORING, manifest, rows.totals())?;
    connection
        .close()
        .map_err(|(_, error)| sqlite::fault(RESTORING)(error))?;
    Ok(unfinished)
}

/// Fills an empty database, all of it or nothing.
async fn restore_server(
    database: &postgres::Database,
    manifest: &Manifest,
    mut rows: Stream,
) -> Result<(), Error> {
    let check = |loaded: Option<&postgres::Loaded>| match loaded {
        Some(loaded) => agree(RESTORING, manifest, &loaded.written)
            .and_then(|()| agree(RESTORING, manifest, &loaded.read_back)),
        None => Err(Error::Backup {
            doing: RESTORING,
            why: "the database has rows already".to_owned(),
            hint: "name an empty database; nothing is ever overwritten",
        }),
    };
    postgres::load(RESTORING, database, &mut rows, check).await
}

/// Refuses rows that are not those of the manifest.
fn agree(doing: &'static str, manifest: &Manifest, totals: &[Total]) -> Result<(), Error> {
    let Some(table) = manifest.differs(totals) else {
        return Ok(());
    };
    Err(Error::Backup {
        doing,
        why: format!("the rows of `{table}` are not those that its manifest counts"),
        hint: "the disk or the memory may be failing: make a new backup elsewhere",
    })
}

/// The rows of an open store.
async fn dump_store(backend: &Backend, out: Sender) -> Result<(), Error> {
    match backend {
        Backend::Sqlite(database) => {
            let database = Arc::clone(database);
            let reading = move || {
                let mut connection = sqlite::open_beside(&database)?;
                sqlite::dump(BACKING_UP, &mut connection, &out)
            };
            blocking(BACKING_UP, reading).await
        }
        Backend::Postgres(database) => postgres::dump_store(BACKING_UP, database, &out).await,
    }
}

/// The rows of a backup.
async fn dump_backup(
    doing: &'static str,
    path: PathBuf,
    (config, out): (Config, Sender),
) -> Result<(), Error> {
    let reading = move || {
        let mut connection = sqlite::open_closed(&path, &config)?;
        sqlite::dump(doing, &mut connection, &out)
    };
    blocking(doing, reading).await
}

/// The manifest of a backup whose bytes and pages are sound.
async fn manifest_of(
    doing: &'static str,
    path: PathBuf,
    config: Config,
) -> Result<Manifest, Error> {
    let looking = move || {
        file::check_seal(doing, &path)?;
        let connection = sqlite::open_closed(&path, &config)?;
        file::read_manifest(doing, &connection)
    };
    blocking(doing, looking).await
}

/// What a closed file of ours has in its tables.
async fn sum_of(
    doing: &'static str,
    path: &Path,
    config: &Config,
    on_progress: OnProgress,
) -> Result<Vec<Total>, Error> {
    let (sender, rows) = stream(doing, on_progress);
    let reading = dump_backup(doing, path.to_owned(), (config.clone(), sender));
    let (read, summed) = tokio::join!(reading, rows.sum_up());
    outcome(read, summed)
}

/// Runs what waits on a thread that may.
async fn blocking<T: Send + 'static>(
    doing: &'static str,
    job: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let running = tokio::task::spawn_blocking(job);
    running.await.map_err(|error| Error::Unavailable {
        doing,
        why: error.to_string(),
    })?
}
