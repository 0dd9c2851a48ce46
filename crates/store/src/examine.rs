//! What can be said of a database without changing it: for the command that looks after one.

use std::collections::BTreeMap;

use ids::{Timestamp, Uuid};

use crate::migrations::{ALL, Migration};
use crate::{Config, Error, Location, Store, postgres, sqlite};

/// How far to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Schema, settings, a sample of keys: milliseconds.
    Settings,
    /// Also every page of a SQLite file: seconds for each GiB.
    Integrity,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examination {
    /// Its version, and what is to be applied.
    pub schema: Schema,
    /// What its promises rest on.
    pub settings: Settings,
    /// Which keys are stored, by table. Empty if the schema is not there yet.
    pub keys: Vec<KeyVersions>,
    /// What is wrong with the file, at most 100 findings, none if it is sound. None if it was not
    /// asked for, and of PostgreSQL, which has no such check without an extension.
    pub integrity: Option<Vec<String>>,
}

/// The version of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Of the database; 0 if it has none yet.
    pub found: u32,
    /// The newest that this program knows.
    pub known: u32,
    /// Versions and names of the steps that opening would apply.
    pub pending: Vec<(u32, &'static str)>,
}

/// Settings of either database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settings {
    /// Of a file.
    Sqlite(SqliteSettings),
    /// Of a server.
    Postgres(PostgresSettings),
}

/// Settings of a SQLite file, and of the connections that this program opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqliteSettings {
    /// Of the library, such as `3.51.1`.
    pub version: String,
    /// `wal`, unless somebody changed it.
    pub journal_mode: String,
    /// `full`: what this program's connections use.
    pub synchronous: String,
    /// Bytes of a page.
    pub page_bytes: u64,
    /// Pages of the database.
    pub pages: u64,
    /// Pages among them that hold nothing.
    pub free_pages: u64,
    /// Bytes of the file; what is still in the log is not in it.
    pub file_bytes: u64,
    /// Bytes of the write-ahead log; 0 if there is none.
    pub log_bytes: u64,
}

/// Settings of a PostgreSQL server and database, as a session of this program sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresSettings {
    /// Such as `15.14`.
    pub version: String,
    /// `on`, or this program refuses to start.
    pub fsync: String,
    /// Anything but `off`.
    pub synchronous_commit: String,
    /// `on`, unless the file system writes whole pages.
    pub full_page_writes: String,
    /// `on` if damage of pages is noticed.
    pub data_checksums: String,
    /// The server's limit.
    pub max_connections: u32,
    /// Connections of all programs at this moment.
    pub connections: u32,
    /// Bytes of this database.
    pub database_bytes: u64,
    /// The server's clock when it answered.
    pub clock: Timestamp,
    /// Whether it cannot be written to.
    pub is_standby: bool,
    /// `UTF8`.
    pub encoding: String,
}

/// The versions of UUID in one column: of the first and the last
/// [`examine_rows_max`](Config::examine_rows_max) rows in the order of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyVersions {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The version that it should hold: 7, or 5 for a client's own id.
    pub expected: u8,
    /// Keys looked at.
    pub rows: u64,
    /// How many of each version; 0 is what RFC 9562 gives no version.
    pub versions: BTreeMap<u8, u64>,
}

impl KeyVersions {
    /// How many of the keys are not what they should be.
    #[must_use]
    pub fn unexpected(&self) -> u64 {
        let expected = self.versions.get(&self.expected).copied();
        self.rows - expected.unwrap_or_default()
    }
}

impl Store {
    /// Looks at a database, changes nothing and refuses nothing but what is not ours. None if there
    /// is no such file. Needs a running tokio runtime with timers.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] for another program's database or a changed migration,
    /// [`Error::SchemaTooNew`], [`Error::Unavailable`], [`Error::Busy`], [`Error::Corrupt`].
    pub async fn examine(
        location: &Location,
        config: &Config,
        depth: Depth,
    ) -> Result<Option<Examination>, Error> {
        match location {
            Location::Sqlite(path) => sqlite::examine(path, config, depth).await,
            Location::Postgres(url) => postgres::examine(url, config).await.map(Some),
        }
    }
}

/// A column of keys, and the version that it should hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyColumn {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) expected: u8,
    /// The first and the last keys of it.
    pub(crate) statement: &'static str,
}

impl KeyColumn {
    pub(crate) fn count(self, keys: impl IntoIterator<Item = Uuid>) -> KeyVersions {
        let mut versions = BTreeMap::new();
        for key in keys {
            *versions.entry(key.version().unwrap_or(0)).or_default() += 1;
        }
        KeyVersions {
            table: self.table,
            column: self.column,
            expected: self.expected,
            rows: versions.values().sum(),
            versions,
        }
    }
}

impl Schema {
    /// From the steps that are pending.
    pub(crate) fn of(pending: &'static [Migration]) -> Self {
        let version = |step: Option<&Migration>| step.map_or(0, |step| step.version);
        Self {
            found: version(ALL.get(..ALL.len() - pending.len()).and_then(<[_]>::last)),
            known: version(ALL.last()),
            pending: pending
                .iter()
                .map(|step| (step.version, step.name))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_knows_what_is_missing() {
        let known = ALL.last().unwrap().version;
        let check = |applied: usize, found: u32| {
            let schema = Schema::of(&ALL[applied..]);
            assert_eq!((schema.found, schema.known), (found, known));
            assert_eq!(schema.pending.len(), ALL.len() - applied);
        };
        check(0, 0);
        check(1, 1);
        check(ALL.len(), known);
    }

    #[test]
    fn keys_are_counted_by_their_version() {
        let column = KeyColumn {
            table: "events",
            column: "id",
            expected: 7,
            statement: "",
        };
        let [v7, v4] = [
            "019a9978-72b3-7fff-bfff-ffffffffffff",
            "b2c3d4e5-f6a7-4890-9bcd-ef0123456789",
        ]
        .map(|text| Uuid::parse(text).unwrap());
        let counted = column.count([v7, v4, v7, Uuid::MAX]);
        assert_eq!(counted.versions, BTreeMap::from([(0, 1), (4, 1), (7, 2)]));
        assert_eq!((counted.rows, counted.unexpected()), (4, 2));
        assert_eq!(column.count([]).unexpected(), 0);
    }
}
