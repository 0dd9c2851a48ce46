//! A database for one run, and what is in it, by SQL of our own: the product's is under test.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use postgres::fallible_iterator::FallibleIterator as _;

use crate::ledger::ClientId;

/// Where the events are.
pub(crate) enum Place {
    Sqlite(PathBuf),
    /// A connection string.
    Postgres(String),
}

impl Place {
    pub(crate) fn file_in(folder: &Path) -> Self {
        Self::Sqlite(folder.join("analyticsbot.db"))
    }

    /// What `--database` takes.
    pub(crate) fn database(&self) -> String {
        match self {
            Self::Sqlite(path) => path.to_str().unwrap().to_owned(),
            Self::Postgres(url) => url.clone(),
        }
    }

    /// How many rows each client's event has.
    pub(crate) fn stored(&self) -> BTreeMap<ClientId, u32> {
        let mut rows = BTreeMap::new();
        let mut add = |id: Option<String>| {
            let id = id.and_then(|id| ClientId::from_str_radix(&id, 16).ok());
            *rows.entry(id.unwrap()).or_default() += 1;
        };
        match self {
            Self::Sqlite(path) => {
                let connection = rusqlite::Connection::open(path).unwrap();
                let sql = "SELECT json_extract(properties, '$.n') FROM events";
                let mut statement = connection.prepare(sql).unwrap();
                let ids = statement.query_map((), |row| row.get(0)).unwrap();
                ids.for_each(|id| add(id.unwrap()));
            }
            Self::Postgres(url) => {
                let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
                let sql = "SELECT properties ->> 'n' FROM events";
                let none: [&str; 0] = [];
                let mut ids = client.query_raw(sql, none).unwrap();
                while let Some(row) = ids.next().unwrap() {
                    add(row.get(0));
                }
            }
        }
        rows
    }
}
