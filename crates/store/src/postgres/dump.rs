//! Reads every row of a database, in one state of it.

use event::Json;
use ids::Uuid;
use std::net::IpAddr;
use tokio_postgres::{IsolationLevel, Row, Transaction};

use super::fault::fault;
use super::moment::Moment;
use super::{Database, server};
use crate::Error;
use crate::backup::stream::{Heading, PIECE_ROWS, Piece, Sender};
use crate::backup::tables::{Kind, POSITION, TABLES, Table, Value};
use crate::time::to_us;

/// Hands every row of an open store's database over.
pub(crate) async fn dump_store(
    doing: &'static str,
    database: &Database,
    out: &Sender,
) -> Result<(), Error> {
    let mut client = server::connect(&database.target, &database.config).await?;
    let begun = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await;
    let transaction = begun.map_err(fault(doing))?;
    without_limits(doing, &transaction).await?;
    dump(doing, &transaction, out).await
}

/// The limits of time that hold for a request: these transactions may take as long as they must.
pub(super) async fn without_limits(
    doing: &'static str,
    transaction: &Transaction<'_>,
) -> Result<(), Error> {
    let off = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";
    transaction.batch_execute(off).await.map_err(fault(doing))
}

/// Hands every row over. Ends early, without an error, when nobody takes them any more.
pub(super) async fn dump(
    doing: &'static str,
    transaction: &Transaction<'_>,
    out: &Sender,
) -> Result<(), Error> {
    let heading = heading_of(doing, transaction).await?;
    if out.send(Piece::Heading(heading)).await.is_err() {
        return Ok(());
    }
    for table in TABLES {
        let portal = transaction
            .bind(&select(table), &[])
            .await
            .map_err(fault(doing))?;
        loop {
            let rows_max = i32::try_from(PIECE_ROWS).expect("a piece has a few hundred rows");
            let rows = transaction
                .query_portal(&portal, rows_max)
                .await
                .map_err(fault(doing))?;
            if rows.is_empty() {
                break;
            }
            let values = rows.iter().map(|row| values(doing, table, row));
            let values = values.collect::<Result<_, _>>()?;
            if out.send(Piece::Rows(values)).await.is_err() {
                return Ok(());
            }
        }
        if out.send(Piece::EndOfTable).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

async fn heading_of(doing: &'static str, transaction: &Transaction<'_>) -> Result<Heading, Error> {
    let mut heading = Heading::default();
    for table in TABLES {
        let statement = format!("SELECT count(*) FROM {}", table.name);
        let row = transaction.query_one(&statement, &[]).await;
        let rows: i64 = row.and_then(|row| row.try_get(0)).map_err(fault(doing))?;
        heading.rows_total += rows.unsigned_abs();
        if table.name == "events" {
            heading.last_position = rows;
        }
    }
    Ok(heading)
}

fn values(doing: &'static str, table: &Table, row: &Row) -> Result<Vec<Value>, Error> {
    let columns = table.columns.iter().enumerate();
    let value = |(index, (column, kind)): (usize, &(&str, Kind))| {
        value(row, index, *kind).map_err(|_| Error::Corrupt {
            doing,
            table: table.name,
            column: (*column).to_owned(),
            row: String::new(),
        })
    };
    columns.map(value).collect()
}

type Failure = Box<dyn std::error::Error + Sync + Send>;

/// As SQLite keeps it.
fn value(row: &Row, index: usize, kind: Kind) -> Result<Value, Failure> {
    let text = |text: Option<String>| text.map(Value::Text);
    let found = match kind {
        Kind::Uuid => row
            .try_get::<_, Option<Uuid>>(index)?
            .map(|id| Value::Bytes(id.to_bytes().to_vec())),
        Kind::Bytes => row.try_get::<_, Option<Vec<u8>>>(index)?.map(Value::Bytes),
        Kind::Text => text(row.try_get(index)?),
        // `jsonb` prints what it keeps in its own way; ours is the same for both databases.
        Kind::Json => match row.try_get::<_, Option<&str>>(index)? {
            Some(json) => {
                let json = Json::from_stored(json).map_err(|fault| format!("{fault:?}"))?;
                Some(Value::Text(json.into_string()))
            }
            None => None,
        },
        Kind::Address => text(
            row.try_get::<_, Option<IpAddr>>(index)?
                .map(|address| address.to_string()),
        ),
        Kind::Moment => row
            .try_get::<_, Option<Moment>>(index)?
            .map(|Moment(at)| Value::Integer(to_us(at))),
        Kind::Day | Kind::Integer | Kind::Small => {
            row.try_get::<_, Option<i64>>(index)?.map(Value::Integer)
        }
        Kind::Flag => row
            .try_get::<_, Option<bool>>(index)?
            .map(|flag| Value::Integer(i64::from(flag))),
    };
    Ok(found.unwrap_or(Value::Null))
}

fn select(table: &Table) -> String {
    let is_events = table.columns.iter().any(|(name, _)| *name == POSITION);
    // The pair of numbers as one: only their order means anything elsewhere.
    let order = if is_events {
        "t.commit_position, t.commit_ordinal"
    } else {
        table.order
    };
    let expression = |(name, kind): &(&str, Kind)| match kind {
        _ if *name == POSITION => format!("row_number() OVER (ORDER BY {order})"),
        Kind::Json => format!("t.{name}::text"),
        Kind::Day => format!("(t.{name} - date '1970-01-01')::bigint"),
        Kind::Integer | Kind::Small => format!("t.{name}::bigint"),
        _ => format!("t.{name}"),
    };
    let expressions: Vec<_> = table.columns.iter().map(expression).collect();
    let (list, name) = (expressions.join(", "), table.name);
    format!("-- backup.dump\nSELECT {list} FROM {name} t ORDER BY {order}")
}
