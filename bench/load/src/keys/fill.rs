//! The tables, and how each is filled: all alike, but for the one column that is compared.

use std::time::SystemTime;

use ids::Uuid;
use postgres::binary_copy::BinaryCopyInWriter;
use postgres::types::{ToSql, Type};
use postgres::{Client, Statement};

use crate::Result;
use crate::feed::scatter;

/// Rows of one commit: a large import for the keys, a busy server's group for the columns.
const COPY_ROWS: u64 = 1_000;
const APPEND_ROWS: u64 = 200;

const PROPERTIES: &str = r#"{"path":"/pricing/annual","plan":"team","order":"A-000000000042","seats":3,"referrer":"https://news.example.org/item/38211"}"#;
const NAME: &str = "Checkout Viewed";

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Key,
    Column,
}

impl Group {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Key => "Primary key",
            Self::Column => "Column of properties",
        }
    }
}

/// One table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contender {
    pub(super) group: Group,
    pub(super) title: &'static str,
    pub(super) table: &'static str,
    key: Key,
    /// The type of the column of properties.
    column: &'static str,
}

#[derive(Debug, Clone, Copy)]
enum Key {
    Bigint,
    /// The ids of the product.
    V7,
    V4,
}

/// Every table. The first of each group is what the others are compared with.
pub(super) const CONTENDERS: [Contender; 5] = [
    Contender {
        group: Group::Key,
        title: "bigint",
        table: "by_bigint",
        key: Key::Bigint,
        column: "text",
    },
    Contender {
        group: Group::Key,
        title: "UUIDv7",
        table: "by_v7",
        key: Key::V7,
        column: "text",
    },
    Contender {
        group: Group::Key,
        title: "UUIDv4",
        table: "by_v4",
        key: Key::V4,
        column: "text",
    },
    Contender {
        group: Group::Column,
        title: "text",
        table: "as_text",
        key: Key::V7,
        column: "text",
    },
    Contender {
        group: Group::Column,
        title: "jsonb",
        table: "as_jsonb",
        key: Key::V7,
        column: "jsonb",
    },
];

impl Contender {
    /// Vacuum would work on whichever table is not being measured.
    pub(super) fn create(&self) -> String {
        let Self { table, column, .. } = self;
        let key = match self.key {
            Key::Bigint => "bigint",
            Key::V7 | Key::V4 => "uuid",
        };
        format!(
            "CREATE TABLE {table} (
                id {key} NOT NULL,
                project_id uuid NOT NULL,
                event_name text NOT NULL,
                user_id text,
                timestamp timestamptz NOT NULL,
                properties {column} NOT NULL,
                PRIMARY KEY (id)
            ) WITH (autovacuum_enabled = off)"
        )
    }

    /// Adds `count` rows to the `first` that are there.
    pub(super) fn fill(&self, client: &mut Client, first: u64, count: u64) -> Result<()> {
        let statement = client.prepare(&self.insert())?;
        let rows_max = match self.group {
            Group::Key => COPY_ROWS,
            Group::Column => APPEND_ROWS,
        };
        let end = first + count;
        let mut next = first;
        while next < end {
            let until = end.min(next + rows_max);
            let rows: Result<Vec<Row>> = (next..until).map(|number| self.row(number)).collect();
            match self.group {
                Group::Key => self.copy(client, &rows?)?,
                Group::Column => append(client, &statement, &rows?)?,
            }
            next = until;
        }
        Ok(())
    }

    /// The statement that the server uses in substance: columns as arrays, properties as text.
    fn insert(&self) -> String {
        let Self { table, column, .. } = self;
        let key = match self.key {
            Key::Bigint => "bigint",
            Key::V7 | Key::V4 => "uuid",
        };
        format!(
            "INSERT INTO {table} (id, project_id, event_name, user_id, timestamp, properties)
             SELECT id, project_id, event_name, user_id, timestamp, properties::{column}
             FROM unnest($1::{key}[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[],
                 $6::text[]) AS a (id, project_id, event_name, user_id, timestamp, properties)"
        )
    }

    fn row(&self, number: u64) -> Result<Row> {
        let key = match self.key {
            Key::Bigint => RowKey::Number(i64::try_from(number)?),
            Key::V7 => RowKey::Id(Uuid::now_v7()),
            Key::V4 => RowKey::Id(Uuid::new_v4()?),
        };
        let user_id = format!("user-{:08}", scatter(number) % 20_000);
        Ok(Row { key, user_id })
    }

    /// One commit by `COPY`, the cheapest way in: what is left is the key.
    fn copy(&self, client: &mut Client, rows: &[Row]) -> Result<()> {
        let key = match self.key {
            Key::Bigint => Type::INT8,
            Key::V7 | Key::V4 => Type::UUID,
        };
        let types = [
            key,
            Type::UUID,
            Type::TEXT,
            Type::TEXT,
            Type::TIMESTAMPTZ,
            Type::TEXT,
        ];
        let writer = client.copy_in(&format!("COPY {} FROM STDIN BINARY", self.table))?;
        let mut writer = BinaryCopyInWriter::new(writer, &types);
        let (project_id, now) = (project_id()?, SystemTime::now());
        for row in rows {
            let key: &(dyn ToSql + Sync) = match &row.key {
                RowKey::Number(number) => number,
                RowKey::Id(id) => id,
            };
            writer.write(&[key, &project_id, &NAME, &row.user_id, &now, &PROPERTIES])?;
        }
        writer.finish()?;
        Ok(())
    }
}

/// One commit as the server makes it.
fn append(client: &mut Client, statement: &Statement, rows: &[Row]) -> Result<()> {
    let (project_id, now) = (project_id()?, SystemTime::now());
    let key = |row: &Row| match row.key {
        RowKey::Id(id) => Some(id),
        RowKey::Number(_) => None,
    };
    let ids: Vec<Option<Uuid>> = rows.iter().map(key).collect();
    let users: Vec<&str> = rows.iter().map(|row| row.user_id.as_str()).collect();
    let values: [&(dyn ToSql + Sync); 6] = [
        &ids,
        &vec![project_id; rows.len()],
        &vec![NAME; rows.len()],
        &users,
        &vec![now; rows.len()],
        &vec![PROPERTIES; rows.len()],
    ];
    client.execute(statement, &values)?;
    Ok(())
}

struct Row {
    key: RowKey,
    user_id: String,
}

enum RowKey {
    Number(i64),
    Id(Uuid),
}

/// All rows are of one project, as most rows of a busy server are.
fn project_id() -> Result<Uuid> {
    Ok(Uuid::parse("01993b2e-7c1a-7d52-9f3e-5b8a6c4d2e10")?)
}
