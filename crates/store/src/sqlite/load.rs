//! Fills a new file with rows that come from elsewhere.

use std::path::Path;

use ids::Timestamp;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};

use super::fault::fault;
use super::{file, migrate};
use crate::backup::stream::{Heading, Stream};
use crate::backup::tables::{TABLES, Table, Value};
use crate::{Config, Error};

const MOVE_POSITION: &str = "UPDATE journal_state SET last_position = ?1 WHERE only_row = 1";

/// Makes a file with the schema and every row of a stream. It is not yet synced: until the caller
/// has done so and given it its name, it is nothing.
pub(crate) fn load(
    doing: &'static str,
    path: &Path,
    (config, now): (&Config, Timestamp),
    stream: &mut Stream,
) -> Result<(Connection, Heading), Error> {
    let mut connection = create(path, config, now)?;
    let heading = stream.blocking_heading()?;
    for table in TABLES {
        let transaction = connection.transaction().map_err(fault(doing))?;
        let insert = insert(table);
        let mut statement = transaction.prepare(&insert).map_err(fault(doing))?;
        while let Some(rows) = stream.blocking_rows()? {
            for row in &rows {
                statement
                    .execute(params_from_iter(row))
                    .map_err(fault(doing))?;
            }
        }
        drop(statement);
        transaction.commit().map_err(fault(doing))?;
    }
    connection
        .execute(MOVE_POSITION, [heading.last_position])
        .map_err(fault(doing))?;
    Ok((connection, heading))
}

/// A new file without a log: if anything fails, all of it is thrown away.
fn create(path: &Path, config: &Config, now: Timestamp) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut connection = file::open(path, flags, config)?;
    file::set(&connection, "journal_mode", "OFF")?;
    file::set(&connection, "synchronous", "OFF")?;
    file::set(&connection, "foreign_keys", 1)?;
    migrate::migrate(&mut connection, path, crate::migrations::ALL, now)?;
    Ok(connection)
}

fn insert(table: &Table) -> String {
    let marks = vec!["?"; table.columns.len()].join(", ");
    let (name, names) = (table.name, table.names());
    format!("-- backup.load\nINSERT INTO {name} ({names}) VALUES ({marks})")
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
