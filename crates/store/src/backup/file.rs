//! The file of a backup: made under another name until it is whole, and looked through before use.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, params};

use super::manifest::{Manifest, TableCount};
use super::seal::{self, Sealed};
use super::tables::TABLES;
use crate::time::{from_us, to_us};
use crate::{Digest, Error};

/// "ANBK": a backup is not a store, and is not opened as one.
pub(crate) const BACKUP_ID: i32 = i32::from_be_bytes(*b"ANBK");

const MANIFEST: &str = "-- backup.manifest
    CREATE TABLE backup_manifest (
        only_row INTEGER NOT NULL CHECK (only_row = 1),
        created_at INTEGER NOT NULL,
        source TEXT NOT NULL,
        schema_version INTEGER NOT NULL,
        last_position INTEGER NOT NULL,
        last_received_at INTEGER,
        PRIMARY KEY (only_row)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE backup_tables (
        name TEXT NOT NULL,
        rows INTEGER NOT NULL,
        digest BLOB NOT NULL,
        PRIMARY KEY (name)
    ) STRICT, WITHOUT ROWID;";

/// A file that does not have its name yet. Dropped before it is finished, it is removed.
pub(super) struct Unfinished {
    target: PathBuf,
    path: PathBuf,
}

impl Unfinished {
    /// Refuses a name that is taken.
    pub(super) fn at(doing: &'static str, target: &Path) -> Result<Self, Error> {
        let taken = [target.to_owned(), with_suffix(target, "-wal")];
        if let Some(there) = taken.iter().find(|path| path.exists()) {
            return Err(Error::Backup {
                doing,
                why: format!("`{}` is there already", there.display()),
                hint: "name a file that is not there; nothing is ever overwritten",
            });
        }
        let path = with_suffix(target, ".unfinished");
        // What an earlier attempt left that was killed.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(system(doing)(error));
            }
            _ => {}
        }
        create_private(&path).map_err(system(doing))?;
        Ok(Self {
            target: target.to_owned(),
            path,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name, all of it on disk.
    pub(super) fn finish(self, doing: &'static str) -> Result<(), Error> {
        let finished = File::open(&self.path)
            .and_then(|file| file.sync_all())
            // Unlike a renaming, this fails if somebody has taken the name meanwhile.
            .and_then(|()| fs::hard_link(&self.path, &self.target))
            .or_else(|error| match error.kind() {
                std::io::ErrorKind::AlreadyExists => Err(error),
                // Not every file system has links.
                _ => fs::rename(&self.path, &self.target),
            })
            // The new name is on disk only when its folder is.
            .and_then(|()| File::open(folder_of(&self.target))?.sync_all());
        finished.map_err(system(doing))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // If this fails, the next attempt tries again.
        drop(fs::remove_file(&self.path));
    }
}

/// Adds the manifest to a file and closes and seals it.
pub(super) fn complete(
    doing: &'static str,
    (connection, path): (Connection, &Path),
    manifest: &Manifest,
) -> Result<(), Error> {
    write_manifest(&connection, manifest).map_err(crate::sqlite::fault(doing))?;
    connection
        .close()
        .map_err(|(_, error)| crate::sqlite::fault(doing)(error))?;
    seal::seal(path).map_err(system(doing))
}

fn write_manifest(connection: &Connection, manifest: &Manifest) -> rusqlite::Result<()> {
    connection.execute_batch(MANIFEST)?;
    connection.execute(
        "INSERT INTO backup_manifest (
            only_row, created_at, source, schema_version, last_position, last_received_at
        ) VALUES (1, ?1, ?2, ?3, ?4, ?5)",
        params![
            to_us(manifest.created_at),
            manifest.source,
            manifest.schema_version,
            i64::try_from(manifest.last_position).unwrap_or(i64::MAX),
            manifest.last_received_at.map(to_us),
        ],
    )?;
    for table in &manifest.tables {
        connection.execute(
            "INSERT INTO backup_tables (name, rows, digest) VALUES (?1, ?2, ?3)",
            params![
                table.table,
                i64::try_from(table.rows).unwrap_or(i64::MAX),
                table.digest
            ],
        )?;
    }
    connection.pragma_update(None, "application_id", BACKUP_ID)
}

/// When the newest event of a loaded file was received, in microseconds.
pub(super) fn newest_of(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    connection.query_row("SELECT max(received_at) FROM events", (), |row| row.get(0))
}

/// Refuses a file that is no backup, or not as it was made. Reads all of it.
pub(super) fn check_seal(doing: &'static str, path: &Path) -> Result<(), Error> {
    let (what, hint) = match seal::look(path).map_err(system(doing))? {
        Sealed::Whole => return Ok(()),
        Sealed::Missing => (
            "is not a whole backup: it was cut off, or is another kind of file",
            "copy it again from where it was made, or take an older one",
        ),
        Sealed::Broken => (
            "is damaged: its bytes are not those that were written",
            "copy it again from where it was made, or take an older one",
        ),
    };
    Err(Error::Backup {
        doing,
        why: format!("`{}` {what}", path.display()),
        hint,
    })
}

/// What the file says of itself, and what SQLite says of the file.
pub(super) fn read_manifest(
    doing: &'static str,
    connection: &Connection,
) -> Result<Manifest, Error> {
    let fault = crate::sqlite::fault(doing);
    let found: String = connection
        .query_row("PRAGMA integrity_check(1)", (), |row| row.get(0))
        .map_err(&fault)?;
    let orphan: Option<String> = connection
        .query_row("PRAGMA foreign_key_check", (), |row| row.get(0))
        .optional()
        .map_err(&fault)?;
    if found != "ok" || orphan.is_some() {
        let column = orphan.map_or(found, |table| format!("a reference in {table}"));
        return Err(Error::Corrupt {
            doing,
            table: "the file",
            column,
            row: String::new(),
        });
    }
    let manifest = read_rows(connection).map_err(&fault)?;
    let known = crate::migrations::ALL.last().map_or(0, |step| step.version);
    if manifest.schema_version != known {
        return Err(Error::Backup {
            doing,
            why: format!(
                "its schema is version `{}`, this program's is `{known}`",
                manifest.schema_version
            ),
            hint: "restore it with the version that made it, then start this one on the result",
        });
    }
    Ok(manifest)
}

fn read_rows(connection: &Connection) -> rusqlite::Result<Manifest> {
    let mut manifest = connection.query_row(
        "SELECT created_at, source, schema_version, last_position, last_received_at
        FROM backup_manifest WHERE only_row = 1",
        (),
        |row| {
            Ok(Manifest {
                created_at: from_us(row.get(0)?),
                source: row.get(1)?,
                schema_version: row.get(2)?,
                last_position: row.get::<_, i64>(3)?.unsigned_abs(),
                last_received_at: row.get::<_, Option<i64>>(4)?.map(from_us),
                tables: Vec::new(),
            })
        },
    )?;
    for table in TABLES {
        let (rows, digest): (i64, Digest) = connection.query_row(
            "SELECT rows, digest FROM backup_tables WHERE name = ?1",
            [table.name],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        manifest.tables.push(TableCount {
            table: table.name,
            rows: rows.unsigned_abs(),
            digest,
        });
    }
    Ok(manifest)
}

/// An empty file for its owner alone: it will hold what clients sent.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn system(doing: &'static str) -> impl Fn(std::io::Error) -> Error {
    move |error| match error.kind() {
        std::io::ErrorKind::StorageFull => Error::Full { doing },
        _ => Error::Unavailable {
            doing,
            why: error.to_string(),
        },
    }
}
