//! Fills an empty database with rows that come from elsewhere, in one transaction.

use std::net::IpAddr;
use std::pin::pin;

use bytes::BytesMut;
use tokio_postgres::Transaction;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::dump::{dump, without_limits};
use super::fault::fault;
use super::migrate::REBASE;
use super::moment::EPOCH_US;
use super::{Database, server};
use crate::Error;
use crate::backup::stream::{Stream, outcome, stream};
use crate::backup::tables::{Kind, POSITION, TABLES, Table, Total, Value};

/// Days from 1970-01-01 to PostgreSQL's first, 2000-01-01.
const EPOCH_DAYS: i64 = 10_957;

/// What was written, and what the database then read back, both before the commit.
pub(crate) struct Loaded {
    pub(crate) written: Vec<Total>,
    pub(crate) read_back: Vec<Total>,
}

/// Loads a stream, reads it all back, and commits if `check` agrees. A database that has a row in
/// any table is refused by `check` too: `None` stands for one.
pub(crate) async fn load(
    doing: &'static str,
    database: &Database,
    rows: &mut Stream,
    check: impl Fn(Option<&Loaded>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut client = server::connect(&database.target, &database.config).await?;
    let transaction = client.transaction().await.map_err(fault(doing))?;
    without_limits(doing, &transaction).await?;
    // Nobody begins a project meanwhile, and without one nothing else can be stored.
    let lock = "LOCK TABLE analytics_projects IN SHARE ROW EXCLUSIVE MODE";
    transaction
        .batch_execute(lock)
        .await
        .map_err(fault(doing))?;
    if sum_of(doing, &transaction)
        .await?
        .iter()
        .any(|t| t.rows > 0)
    {
        return check(None);
    }
    rows.heading().await?;
    for table in TABLES {
        load_table(doing, &transaction, table, rows).await?;
    }
    transaction
        .execute(REBASE, &[])
        .await
        .map_err(fault(doing))?;
    check(Some(&Loaded {
        written: rows.totals().to_vec(),
        read_back: sum_of(doing, &transaction).await?,
    }))?;
    transaction.commit().await.map_err(fault(doing))
}

/// What the transaction sees.
async fn sum_of(doing: &'static str, transaction: &Transaction<'_>) -> Result<Vec<Total>, Error> {
    let (sender, stream) = stream(doing, Box::new(drop));
    let reading = async move { dump(doing, transaction, &sender).await };
    let (read, summed) = tokio::join!(reading, stream.sum_up());
    outcome(read, summed)
}

async fn load_table(
    doing: &'static str,
    transaction: &Transaction<'_>,
    table: &Table,
    stream: &mut Stream,
) -> Result<(), Error> {
    let mut types: Vec<_> = table
        .columns
        .iter()
        .map(|(_, kind)| type_of(*kind))
        .collect();
    let mut names = table.names();
    let has_ordinal = table.columns.iter().any(|(name, _)| *name == POSITION);
    if has_ordinal {
        names.push_str(", commit_ordinal");
        types.push(Type::INT4);
    }
    let name = table.name;
    let copy = format!("-- backup.load\nCOPY {name} ({names}) FROM STDIN (FORMAT binary)");
    let sink = transaction.copy_in(&copy).await.map_err(fault(doing))?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
    // Each event has a position of its own, so each is the first of it.
    let first = Cell(Kind::Small, &Value::Integer(1));
    while let Some(rows) = stream.rows().await? {
        for row in &rows {
            let kinds = table.columns.iter().map(|(_, kind)| *kind);
            let mut cells: Vec<_> = kinds
                .zip(row)
                .map(|(kind, value)| Cell(kind, value))
                .collect();
            cells.extend(has_ordinal.then_some(first));
            writer
                .as_mut()
                .write_raw(cells.iter())
                .await
                .map_err(fault(doing))?;
        }
    }
    writer.finish().await.map(drop).map_err(fault(doing))
}

const fn type_of(kind: Kind) -> Type {
    match kind {
        Kind::Uuid => Type::UUID,
        Kind::Bytes => Type::BYTEA,
        Kind::Text => Type::TEXT,
        Kind::Json => Type::JSONB,
        Kind::Address => Type::INET,
        Kind::Moment => Type::TIMESTAMPTZ,
        Kind::Day => Type::DATE,
        Kind::Integer => Type::INT8,
        Kind::Small => Type::INT4,
        Kind::Flag => Type::BOOL,
    }
}

/// A value in the form that `COPY` takes for a kind of column.
#[derive(Clone, Copy, Debug)]
struct Cell<'a>(Kind, &'a Value);

type Failure = Box<dyn std::error::Error + Sync + Send>;

impl ToSql for Cell<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        let Self(kind, value) = self;
        match (kind, value) {
            (_, Value::Null) => return Ok(IsNull::Yes),
            (Kind::Uuid | Kind::Bytes, Value::Bytes(bytes)) => out.extend_from_slice(bytes),
            (Kind::Text, Value::Text(text)) => out.extend_from_slice(text.as_bytes()),
            (Kind::Json, Value::Text(text)) => {
                // The version of the form.
                out.extend_from_slice(&[1]);
                out.extend_from_slice(text.as_bytes());
            }
            (Kind::Address, Value::Text(text)) => {
                return text.parse::<IpAddr>()?.to_sql(&Type::INET, out);
            }
            (Kind::Moment, Value::Integer(us)) => {
                out.extend_from_slice(&us.saturating_sub(EPOCH_US).to_be_bytes());
            }
            (Kind::Day, Value::Integer(days)) => {
                let days = i32::try_from(days.saturating_sub(EPOCH_DAYS))?;
                out.extend_from_slice(&days.to_be_bytes());
            }
            (Kind::Integer, Value::Integer(number)) => {
                out.extend_from_slice(&number.to_be_bytes());
            }
            (Kind::Small, Value::Integer(number)) => {
                out.extend_from_slice(&i32::try_from(*number)?.to_be_bytes());
            }
            (Kind::Flag, Value::Integer(flag)) => out.extend_from_slice(&[u8::from(*flag != 0)]),
            (kind, _) => return Err(format!("a value that is no {kind:?}").into()),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        // Each is written with the type of its own kind.
        true
    }

    to_sql_checked!();
}
