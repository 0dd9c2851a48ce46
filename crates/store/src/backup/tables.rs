//! Which tables and columns a backup holds, and the values of a row, whichever database it is in.

use sha2::{Digest as _, Sha256};

use crate::Digest;

/// One value: what SQLite stores for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// The values of one row, in the order of its table's columns.
pub(crate) type Row = Vec<Value>;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Uuid,
    Bytes,
    Text,
    Json,
    Address,
    /// Microseconds from 1970.
    Moment,
    /// Days from 1970.
    Day,
    Integer,
    /// An integer of four bytes in PostgreSQL.
    Small,
    Flag,
}

/// A table of a backup.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [(&'static str, Kind)],
    /// The columns by which its rows are in order.
    pub(crate) order: &'static str,
}

/// Every table that holds somebody's data, those that others refer to first.
pub(crate) const TABLES: &[Table] = &[
    Table {
        name: "analytics_projects",
        columns: &[
            ("id", Kind::Uuid),
            ("name", Kind::Text),
            ("slug", Kind::Text),
            ("created_at", Kind::Moment),
            ("archived_at", Kind::Moment),
        ],
        order: "id",
    },
    Table {
        name: "api_keys",
        columns: &[
            ("project_id", Kind::Uuid),
            ("id", Kind::Uuid),
            ("kind", Kind::Text),
            ("name", Kind::Text),
            ("hint", Kind::Text),
            ("digest", Kind::Bytes),
            ("created_at", Kind::Moment),
            ("revoked_at", Kind::Moment),
        ],
        order: "project_id, id",
    },
    Table {
        name: "provider_configs",
        columns: &[
            ("project_id", Kind::Uuid),
            ("id", Kind::Uuid),
            ("kind", Kind::Text),
            ("name", Kind::Text),
            ("enabled", Kind::Flag),
            ("settings", Kind::Json),
            ("created_at", Kind::Moment),
        ],
        order: "project_id, id",
    },
    EVENTS,
    Table {
        name: "event_queue",
        columns: &[
            ("project_id", Kind::Uuid),
            ("event_id", Kind::Uuid),
            ("provider_id", Kind::Uuid),
            ("created_at", Kind::Moment),
        ],
        order: "project_id, event_id, provider_id",
    },
    Table {
        name: "rejections",
        columns: &[
            ("project_id", Kind::Uuid),
            ("id", Kind::Uuid),
            ("received_at", Kind::Moment),
            ("source", Kind::Text),
            ("input_index", Kind::Small),
            ("code", Kind::Text),
            ("field", Kind::Text),
            ("message", Kind::Text),
            ("input", Kind::Text),
        ],
        order: "project_id, id",
    },
    Table {
        name: "project_usage",
        columns: &[
            ("project_id", Kind::Uuid),
            ("day", Kind::Day),
            ("events", Kind::Integer),
        ],
        order: "project_id, day",
    },
];

/// The events, in the order of their commits.
const EVENTS: Table = Table {
    name: "events",
    columns: &[
        (POSITION, Kind::Integer),
        ("project_id", Kind::Uuid),
        ("id", Kind::Uuid),
        ("event_name", Kind::Text),
        ("user_id", Kind::Text),
        ("anonymous_id", Kind::Text),
        ("timestamp", Kind::Moment),
        ("received_at", Kind::Moment),
        ("original_timestamp", Kind::Text),
        ("properties", Kind::Json),
        ("context", Kind::Json),
        ("user_agent", Kind::Text),
        ("ip_address", Kind::Address),
        ("canonical_id", Kind::Uuid),
        ("source", Kind::Text),
    ],
    order: POSITION,
};

/// The column of an event's place in the order of commits. One number in a backup; PostgreSQL's
/// pair is numbered from 1.
pub(crate) const POSITION: &str = "commit_position";

impl Table {
    /// The names of the columns, as a statement lists them.
    pub(crate) fn names(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }
}

/// SHA-256 over every value of a table's rows in their order; for that reason without an event's
/// place in it, which is another number in another database.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sum {
    hash: Sha256,
    rows: u64,
}

/// The rows of one table, counted and summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Total {
    pub(crate) rows: u64,
    pub(crate) digest: Digest,
}

impl Sum {
    /// Each value is its kind, its length and its bytes, so that no two rows look the same.
    pub(crate) fn add(&mut self, table: &Table, row: &[Value]) {
        let columns = table.columns.iter().zip(row);
        for (_, value) in columns.filter(|((name, _), _)| *name != POSITION) {
            let integer;
            let (kind, bytes): (u8, &[u8]) = match value {
                Value::Null => (0, &[]),
                Value::Integer(number) => {
                    integer = number.to_be_bytes();
                    (1, &integer)
                }
                Value::Text(text) => (2, text.as_bytes()),
                Value::Bytes(bytes) => (3, bytes),
            };
            self.hash.update([kind]);
            self.hash.update((bytes.len() as u64).to_be_bytes());
            self.hash.update(bytes);
        }
        self.rows += 1;
    }

    pub(crate) fn total(self) -> Total {
        Total {
            rows: self.rows,
            digest: self.hash.finalize().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_the_schema_is_backed_up_or_made_anew() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        for migration in crate::migrations::ALL {
            connection.execute_batch(migration.sqlite).unwrap();
        }
        let names = |statement: &str| -> Vec<String> {
            let mut statement = connection.prepare(statement).unwrap();
            let rows = statement.query_map((), |row| row.get(0)).unwrap();
            rows.map(Result::unwrap).collect()
        };
        let mut expected = names("SELECT name FROM sqlite_schema WHERE type = 'table'");
        // The first is made by the migrations, the second by restoring.
        expected.retain(|name| !["schema_migrations", "journal_state"].contains(&name.as_str()));
        let mut known: Vec<_> = TABLES.iter().map(|table| table.name.to_owned()).collect();
        known.sort();
        expected.sort();
        assert_eq!(known, expected);
        for table in TABLES {
            let mut columns = names(&format!(
                "SELECT name FROM pragma_table_info('{}')",
                table.name
            ));
            let mut known: Vec<_> = table.columns.iter().map(|(name, _)| *name).collect();
            columns.sort();
            known.sort_unstable();
            assert_eq!(known, columns, "{}", table.name);
        }
    }

    #[test]
    fn a_sum_tells_values_kinds_and_places_apart() {
        let text = |text: &str| Value::Text(text.to_owned());
        let rows = [
            vec![],
            vec![Value::Null],
            vec![text("")],
            vec![Value::Bytes(Vec::new())],
            vec![text("ab"), text("c")],
            vec![text("a"), text("bc")],
            vec![Value::Integer(1)],
            vec![Value::Integer(-1)],
        ];
        let sums: Vec<_> = rows
            .iter()
            .map(|row| {
                let mut sum = Sum::default();
                sum.add(&TABLES[1], row);
                sum.total().digest
            })
            .collect();
        for (index, sum) in sums.iter().enumerate().skip(1) {
            assert!(!sums[..index].contains(sum), "{:?}", rows[index]);
        }
    }
}
