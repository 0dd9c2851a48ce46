//! Reads every row of a file, in one state of it.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::append::LAST_POSITION;
use super::fault::fault;
use super::{Database, file};
use crate::backup::stream::{Heading, PIECE_ROWS, Piece, Sender};
use crate::backup::tables::{Row, TABLES, Table, Value};
use crate::{Config, Error};

/// A reading connection to the file of an open store, apart from the store's own.
pub(crate) fn open_beside(database: &Database) -> Result<Connection, Error> {
    file::open_to_read(&database.path, &database.config)
}

/// A reading connection to a file that nobody has open.
pub(crate) fn open_closed(path: &Path, config: &Config) -> Result<Connection, Error> {
    file::open(path, OpenFlags::SQLITE_OPEN_READ_ONLY, config)
}

/// Hands every row over. Ends early, without an error, when nobody takes them any more.
pub(crate) fn dump(
    doing: &'static str,
    connection: &mut Connection,
    out: &Sender,
) -> Result<(), Error> {
    // One state for all tables. The writer goes on meanwhile; only the log is not begun again.
    let transaction = connection.transaction().map_err(fault(doing))?;
    let heading = heading_of(&transaction).map_err(fault(doing))?;
    if out.blocking_send(Piece::Heading(heading)).is_err() {
        return Ok(());
    }
    for table in TABLES {
        let is_wanted = dump_table(&transaction, table, out).map_err(fault(doing))?;
        if !is_wanted || out.blocking_send(Piece::EndOfTable).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

fn heading_of(connection: &Connection) -> rusqlite::Result<Heading> {
    let mut heading = Heading {
        last_position: connection.query_row(LAST_POSITION, (), |row| row.get(0))?,
        ..Heading::default()
    };
    for table in TABLES {
        let statement = format!("SELECT count(*) FROM {}", table.name);
        let rows: i64 = connection.query_row(&statement, (), |row| row.get(0))?;
        heading.rows_total += rows.unsigned_abs();
    }
    Ok(heading)
}

/// False if nobody takes the rows any more.
fn dump_table(connection: &Connection, table: &Table, out: &Sender) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare(&select(table))?;
    let mut found = statement.query(())?;
    let mut piece: Vec<Row> = Vec::with_capacity(PIECE_ROWS);
    while let Some(row) = found.next()? {
        let values = (0..table.columns.len()).map(|index| row.get_ref(index).and_then(value));
        piece.push(values.collect::<Result<_, _>>()?);
        if piece.len() == PIECE_ROWS {
            let full = std::mem::replace(&mut piece, Vec::with_capacity(PIECE_ROWS));
            if out.blocking_send(Piece::Rows(full)).is_err() {
                return Ok(false);
            }
        }
    }
    Ok(piece.is_empty() || out.blocking_send(Piece::Rows(piece)).is_ok())
}

fn value(stored: ValueRef<'_>) -> rusqlite::Result<Value> {
    Ok(match stored {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        // No column holds one: every table is `STRICT`.
        ValueRef::Real(_) => return Err(rusqlite::Error::InvalidQuery),
        ValueRef::Text(text) => Value::Text(std::str::from_utf8(text)?.to_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_owned()),
    })
}

fn select(table: &Table) -> String {
    let Table { name, order, .. } = table;
    let names = table.names();
    format!("-- backup.dump\nSELECT {names} FROM {name} ORDER BY {order}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_read_in_the_order_of_an_index() {
        let connection = Connection::open_in_memory().unwrap();
        for migration in crate::migrations::ALL {
            connection.execute_batch(migration.sqlite).unwrap();
        }
        for table in TABLES {
            let plan = format!("EXPLAIN QUERY PLAN {}", select(table));
            let mut plan = connection.prepare(&plan).unwrap();
            let steps = plan.query_map((), |row| row.get(3)).unwrap();
            let steps: Vec<String> = steps.map(Result::unwrap).collect();
            let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE"));
            assert!(!sorts, "{}: {steps:?}", table.name);
        }
    }
}
