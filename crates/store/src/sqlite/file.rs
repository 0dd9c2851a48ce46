//! Opens the file, with the settings on which the promises rest.

use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::checkpoint::PAGE_BYTES;
use super::fault::fault;
use crate::{Config, Error};

const DOING: &str = "open the store";

/// "ANBT": how a file of ours is told from anybody else's.
pub(super) const APPLICATION_ID: i32 = i32::from_be_bytes(*b"ANBT");

/// Statements that a connection keeps prepared: more than there are.
const STATEMENTS_MAX: usize = 64;

/// Each reader's share of the writer's cache: one in so many.
const READER_SHARE: usize = 8;

/// The writing connection. Creates the file if it is not there.
pub(super) fn open_to_write(path: &Path, config: &Config) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let connection = open(path, flags, config)?;
    check_owner(&connection, path)?;
    let mode: String = connection
        .query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))
        .map_err(fault(DOING))?;
    if mode != "wal" {
        return Err(Error::Refused {
            why: format!(
                "`{}` cannot keep a write-ahead log: it is `{mode}`",
                path.display()
            ),
            hint: "put the database on a local disk, not on a network share".to_owned(),
        });
    }
    let pages_max = config.sqlite.file_bytes_max / PAGE_BYTES as u64;
    set(
        &connection,
        "cache_size",
        cache_kib(config.sqlite.cache_bytes_max),
    )?;
    set(&connection, "wal_autocheckpoint", 0)?;
    set(&connection, "foreign_keys", 1)?;
    set(
        &connection,
        "max_page_count",
        i64::try_from(pages_max).unwrap_or(i64::MAX),
    )?;
    Ok(connection)
}

/// A connection that cannot write.
pub(super) fn open_to_read(path: &Path, config: &Config) -> Result<Connection, Error> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, config)?;
    // Not opened as read-only: such a connection cannot recover the log of a process that was
    // killed, if it comes first.
    set(&connection, "query_only", 1)?;
    set(
        &connection,
        "cache_size",
        cache_kib(config.sqlite.cache_bytes_max / READER_SHARE),
    )?;
    close_quietly(&connection)?;
    Ok(connection)
}

/// The connection that checkpoints.
pub(super) fn open_to_checkpoint(path: &Path, config: &Config) -> Result<Connection, Error> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, config)?;
    set(&connection, "wal_autocheckpoint", 0)?;
    close_quietly(&connection)?;
    Ok(connection)
}

pub(super) fn open(path: &Path, flags: OpenFlags, config: &Config) -> Result<Connection, Error> {
    // Each connection is used by one thread: no lock of SQLite's own is needed.
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(fault(DOING))?;
    connection
        .busy_timeout(config.lock_wait)
        .map_err(fault(DOING))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // FULL: each commit is synced. NORMAL, which is often recommended with WAL, syncs only at
    // checkpoints and loses what was acknowledged since, when the power fails.
    set(&connection, "synchronous", "FULL")?;
    set(&connection, "trusted_schema", 0)?;
    Ok(connection)
}

/// Readers leave the checkpoint at closing to the writer, who knows whether the disk has failed.
fn close_quietly(connection: &Connection) -> Result<(), Error> {
    let verb = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    connection
        .set_db_config(verb, true)
        .map(drop)
        .map_err(fault(DOING))
}

/// Refuses somebody else's file before anything is changed in it.
pub(super) fn check_owner(connection: &Connection, path: &Path) -> Result<(), Error> {
    let owner: i32 = pragma(connection, "application_id")?;
    let objects: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))
        .map_err(fault(DOING))?;
    if owner == APPLICATION_ID || (owner == 0 && objects == 0) {
        return Ok(());
    }
    if owner == crate::backup::BACKUP_ID {
        return Err(Error::Refused {
            why: format!("`{}` is a backup", path.display()),
            hint: "restore it first: `analyticsbot restore` makes a database of it".to_owned(),
        });
    }
    Err(Error::Refused {
        why: format!(
            "`{}` is a SQLite database of another program",
            path.display()
        ),
        hint: "name another file; it is created if it is not there".to_owned(),
    })
}

pub(super) fn set(
    connection: &Connection,
    name: &str,
    value: impl rusqlite::ToSql,
) -> Result<(), Error> {
    connection
        .pragma_update(None, name, value)
        .map_err(fault(DOING))
}

pub(super) fn pragma<T: rusqlite::types::FromSql>(
    connection: &Connection,
    name: &str,
) -> Result<T, Error> {
    connection
        .pragma_query_value(None, name, |row| row.get(0))
        .map_err(fault(DOING))
}

/// The write-ahead log of a file.
pub(super) fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// `PRAGMA cache_size` takes pages, or KiB as a negative number.
fn cache_kib(bytes: usize) -> i64 {
    -i64::try_from(bytes / 1024).unwrap_or(i64::MAX).max(1)
}
