//! Brings the schema of a file up to date, under its write lock, after a copy was made.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use ids::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, TransactionBehavior, params};

use super::fault::fault;
use super::file::{APPLICATION_ID, pragma, set};
use crate::migrations::{Applied, Dialect, Migration, pending};
use crate::time::to_us;
use crate::{Digest, Error};

const DOING: &str = "migrate the store";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[NOTE, APPLIED];

const NOTE: &str = "-- migrate.note
    INSERT INTO schema_migrations (version, name, digest, applied_at)
    VALUES (?1, ?2, ?3, ?4)";

const APPLIED: &str = "-- migrate.applied
    SELECT version, digest FROM schema_migrations ORDER BY version";

/// Applies what is missing. All steps are one transaction: it is done or it is not.
pub(super) fn migrate(
    connection: &mut Connection,
    path: &Path,
    known: &[Migration],
    now: Timestamp,
) -> Result<(), Error> {
    let steps = pending_of(connection, known)?;
    if steps.is_empty() {
        return Ok(());
    }
    if steps.len() < known.len() {
        // `known` minus what is pending is what is applied, and that is not nothing.
        keep_copy(connection, path, steps[0].version)?;
    }
    // The lock that every other process must have as well; whoever waited for it looks again.
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(fault(DOING))?;
    for step in pending_of(&transaction, known)? {
        transaction
            .execute_batch(step.sqlite)
            .map_err(fault(DOING))?;
        transaction
            .execute(
                NOTE,
                params![
                    step.version,
                    step.name,
                    step.digest(Dialect::Sqlite),
                    to_us(now)
                ],
            )
            .map_err(fault(DOING))?;
        // Beside our own table, so that any tool can see the version.
        set(&transaction, "user_version", step.version)?;
    }
    set(&transaction, "application_id", APPLICATION_ID)?;
    transaction.commit().map_err(fault(DOING))
}

pub(super) fn pending_of<'a>(
    connection: &Connection,
    known: &'a [Migration],
) -> Result<&'a [Migration], Error> {
    let newest = known.last().map_or(0, |step| step.version);
    let version: u32 = pragma(connection, "user_version")?;
    if version > newest {
        return Err(Error::SchemaTooNew {
            found: version,
            known: newest,
        });
    }
    let rows = if version == 0 {
        Vec::new()
    } else {
        applied(connection)?
    };
    pending(known, Dialect::Sqlite, &rows)
}

fn applied(connection: &Connection) -> Result<Vec<Applied>, Error> {
    let mut statement = connection.prepare(APPLIED).map_err(fault(DOING))?;
    let rows = statement
        .query_map((), |row| {
            Ok(Applied {
                version: row.get(0)?,
                digest: row.get::<_, Digest>(1)?,
            })
        })
        .map_err(fault(DOING))?;
    rows.collect::<Result<_, _>>().map_err(fault(DOING))
}

/// `<file>.before-<version>`, complete or not there. A copy from an earlier attempt is replaced.
fn keep_copy(connection: &Connection, path: &Path, version: u32) -> Result<(), Error> {
    let target = with_suffix(path, &format!(".before-{version:04}"));
    let unfinished = with_suffix(&target, ".unfinished");
    remove_if_there(&unfinished)?;
    let mut copy = Connection::open(&unfinished).map_err(fault(DOING))?;
    let backup = Backup::new(connection, &mut copy).map_err(fault(DOING))?;
    // -1: all pages at once, under one read lock, so that nothing can change meanwhile.
    let result = backup.step(-1).map_err(fault(DOING))?;
    if result != StepResult::Done {
        return Err(Error::Busy {
            doing: DOING,
            why: format!("the copy ended as {result:?}"),
        });
    }
    drop(backup);
    copy.close().map_err(|(_, error)| fault(DOING)(error))?;
    let moved = File::open(&unfinished)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&unfinished, &target))
        // The new name is on disk only when its folder is.
        .and_then(|()| File::open(folder_of(&target))?.sync_all());
    moved.map_err(system)
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

fn remove_if_there(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(system(error)),
        _ => Ok(()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn system(error: std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return Error::Full { doing: DOING };
    }
    Error::Unavailable {
        doing: DOING,
        why: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use crate::migrations::ALL;
    use crate::sqlite::file::open_to_write;

    const SECOND: Migration = Migration {
        version: 2,
        name: "second",
        sqlite: "CREATE TABLE second (id BLOB NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;",
        postgres: "",
    };
    const BROKEN: Migration = Migration {
        sqlite: "CREATE TABLE third (id BLOB NOT NULL PRIMARY KEY) STRICT; SELECT nonsense;",
        ..SECOND
    };
    const NOW: Timestamp = Timestamp::from_unix_ms(1_763_510_089_715);

    fn tables(connection: &Connection) -> i64 {
        let statement = "SELECT count(*) FROM sqlite_schema WHERE name IN ('second', 'third')";
        connection
            .query_row(statement, (), |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn a_copy_is_kept_before_a_change_and_none_without() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.db");
        let copy = folder.path().join("data.db.before-0002");
        let mut connection = open_to_write(&path, &Config::default()).unwrap();
        migrate(&mut connection, &path, &ALL[..1], NOW).unwrap();
        migrate(&mut connection, &path, &ALL[..1], NOW).unwrap();
        assert!(!copy.exists(), "nothing was pending");

        let slug = "INSERT INTO analytics_projects (id, name, slug, created_at)
            VALUES (x'00112233445566778899aabbccddeeff', 'a', 'kept', 0)";
        connection.execute(slug, ()).unwrap();
        migrate(&mut connection, &path, &[ALL[0], SECOND], NOW).unwrap();
        assert_eq!(tables(&connection), 1);
        let old = Connection::open(&copy).unwrap();
        assert_eq!(tables(&old), 0);
        let kept: String = old
            .query_row("SELECT slug FROM analytics_projects", (), |row| row.get(0))
            .unwrap();
        assert_eq!(kept, "kept");
    }

    #[test]
    fn a_failing_step_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.db");
        let mut connection = open_to_write(&path, &Config::default()).unwrap();
        migrate(&mut connection, &path, &ALL[..1], NOW).unwrap();
        let error = migrate(&mut connection, &path, &[ALL[0], BROKEN], NOW).unwrap_err();
        assert!(matches!(error, Error::Failed { .. }), "{error}");
        assert_eq!(tables(&connection), 0);
        assert_eq!(pragma::<u32>(&connection, "user_version").unwrap(), 1);
        migrate(&mut connection, &path, &[ALL[0], SECOND], NOW).unwrap();
    }
}
