//! Reads the catalog of a live PostgreSQL, version 13 or later, without changing or blocking it.
//!
//! Everything is read in one read-only transaction, as of one moment, within limits of time. Each
//! kind of thing is one query, however many tables there are. A role that may connect is enough
//! for the structure; what it may not see, such as the position of a sequence, becomes a
//! [`Problem`]. Tables and types that belong to an extension are left out, as in a
//! dump.

mod columns;
mod constraints;
mod indexes;
mod names;
mod sample;
mod sequences;
mod session;
mod sizes;
mod tables;
mod types;
mod views;

use std::time::Duration;

use tokio_postgres::{Client, Transaction};

use crate::{Problem, ProblemKind, Schema, Span};

/// Of everything here: no text declares it.
const NOWHERE: Span = Span {
    file: 0,
    start: 0,
    end: 0,
};

/// What to read, and within which limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The namespaces to read; none for all that are not the system's own.
    pub schemas: Vec<String>,
    /// Of each key column that holds or may hold UUIDs, see which versions at most this many rows
    /// hold; 0 for no look at any row.
    pub sample_rows: u32,
    /// How long one statement may take on the server.
    pub statement_time: Duration,
    /// How long one statement may wait for a lock.
    pub lock_wait: Duration,
    /// How long all samples may take together.
    pub sample_time: Duration,
}

impl std::default::Default for Options {
    fn default() -> Self {
        Self {
            schemas: Vec::new(),
            sample_rows: 0,
            statement_time: Duration::from_secs(10),
            lock_wait: Duration::from_secs(1),
            sample_time: Duration::from_secs(30),
        }
    }
}

/// Why a database could not be read. Texts fit after "failed to".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is none that this reader understands.
    #[error("read the database: {why}")]
    Refused {
        /// What it is, with the value in backticks.
        why: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// The server did not answer, or not in time.
    #[error("read {doing} of the database: {}", connect::with_cause(.source))]
    Failed {
        /// What was being read.
        doing: &'static str,
        /// What the client said.
        source: tokio_postgres::Error,
    },
}

/// Reads the database that the client is connected to.
///
/// The picture has one file, named `postgresql:` and the database; all spans are empty.
///
/// # Errors
///
/// [`Error::Refused`] for servers older than 13; [`Error::Failed`] if the catalog cannot be read.
/// In both cases the connection can be used further, as long as it stands.
pub async fn read(client: &mut Client, options: &Options) -> Result<Schema, Error> {
    let mut transaction = session::begin(client, options).await?;
    let mut reader = Reader::open(&transaction, options).await?;
    tables::read(&transaction, &mut reader).await?;
    columns::read(&transaction, &mut reader).await?;
    constraints::read(&transaction, &mut reader).await?;
    indexes::read(&transaction, &mut reader).await?;
    types::read(&transaction, &mut reader).await?;
    sequences::read(&transaction, &mut reader).await?;
    views::read(&mut transaction, &mut reader).await?;
    sizes::read(&mut transaction, &mut reader).await?;
    reader.schema.tell_types_apart();
    if options.sample_rows > 0 {
        sample::read(&mut transaction, &mut reader, options).await?;
    }
    transaction.rollback().await.map_err(failed("the end"))?;
    Ok(reader.schema)
}

/// The picture so far, and how the database's numbers lead into it.
struct Reader {
    schema: Schema,
    /// The namespaces that are read.
    namespaces: Vec<u32>,
    /// The `oid` of each table of the picture, in the same order.
    tables: Vec<tables::Place>,
    /// Where the table of an `oid` is in the picture.
    places: std::collections::HashMap<u32, usize>,
}

impl Reader {
    async fn open(transaction: &Transaction<'_>, options: &Options) -> Result<Self, Error> {
        let schema = session::database(transaction).await?;
        let mut reader = Self {
            schema,
            namespaces: Vec::new(),
            tables: Vec::new(),
            places: std::collections::HashMap::new(),
        };
        names::read(transaction, &mut reader, options).await?;
        Ok(reader)
    }

    fn note(&mut self, kind: ProblemKind, message: impl Into<String>) {
        let problem = Problem::new(NOWHERE, kind, message);
        self.schema.problems.push(problem);
    }

    /// The numbers of the tables.
    fn oids(&self) -> Vec<u32> {
        self.tables.iter().map(|table| table.oid).collect()
    }
}

/// For `map_err`.
fn failed(doing: &'static str) -> impl Fn(tokio_postgres::Error) -> Error {
    move |source| Error::Failed { doing, source }
}

/// What the server said of a part that the picture can do without. None if the connection is gone.
fn said(error: &tokio_postgres::Error) -> Option<String> {
    error.as_db_error().map(|said| said.message().to_owned())
}
