//! Looks at a few rows of each table, to see which kinds of identifiers its keys hold.

use tokio::time::Instant;
use tokio_postgres::Transaction;

use super::names::{identifier, quoted};
use super::tables::Kind;
use super::{Error, Options, Reader, failed, said};
use crate::{ProblemKind, Schema, Stored, Table, TypeKind};

const DOING: &str = "a sample";

/// The shortest text that a UUID fits in, without its hyphens.
const UUID_DIGITS: u32 = 32;

/// Longer values are no identifiers; more of them is not sent for.
const VALUE_CHARACTERS_MAX: u32 = 64;

/// Samples one table after the other, each within the limits of a statement, all within
/// [`Options::sample_time`].
pub(super) async fn read(
    transaction: &mut Transaction<'_>,
    reader: &mut Reader,
    options: &Options,
) -> Result<(), Error> {
    let end = Instant::now() + options.sample_time;
    for place in 0..reader.tables.len() {
        let columns = columns_to_look_at(&reader.schema, &reader.schema.tables[place]);
        // A partition's rows are rows of its parent.
        let is_partition = reader.tables[place].parent.is_some();
        if columns.is_empty() || is_partition {
            continue;
        }
        let name = reader.schema.tables[place].name.clone();
        if reader.tables[place].kind == Kind::Foreign {
            let message = format!("sample `{name}`: its rows are on another server");
            reader.note(ProblemKind::Denied, message);
            continue;
        }
        if Instant::now() >= end {
            let message = format!("sample `{name}` and what follows: the time for samples is over");
            reader.note(ProblemKind::Denied, message);
            break;
        }
        let table = &reader.schema.tables[place];
        match sample(transaction, table, &columns, options.sample_rows).await? {
            Ok(found) => {
                let table = &mut reader.schema.tables[place];
                for (column, stored) in columns.into_iter().zip(found) {
                    table.columns[column].stored = Some(stored);
                }
            }
            Err(why) => {
                reader.note(ProblemKind::Denied, format!("sample `{name}`: {why}"));
            }
        }
    }
    Ok(())
}

/// The columns of keys and references that hold UUIDs, or text that may be one.
fn columns_to_look_at(schema: &Schema, table: &Table) -> Vec<usize> {
    let is_key = |name: &str| {
        let mut keys = table.primary_key.iter().chain(&table.uniques);
        let mut references = table.references.iter();
        keys.any(|key| key.columns.iter().any(|it| it == name))
            || references.any(|reference| reference.columns.iter().any(|it| it == name))
    };
    let columns = table.columns.iter().enumerate();
    let columns = columns.filter(|(_, column)| {
        let may_hold = match schema.stored_type(&column.data_type).kind {
            TypeKind::Uuid => true,
            TypeKind::Text { length, .. } => length.is_none_or(|length| length >= UUID_DIGITS),
            _ => false,
        };
        may_hold && !column.data_type.list && is_key(&column.name)
    });
    columns.map(|(at, _)| at).collect()
}

type Sampled = Result<Vec<Stored>, String>;

/// What the rows hold, or why the server would not tell.
async fn sample(
    transaction: &mut Transaction<'_>,
    table: &Table,
    columns: &[usize],
    rows_max: u32,
) -> Result<Sampled, Error> {
    let spread = match table.rows_estimate {
        Some(rows) if rows > u64::from(rows_max) => Some(f64::from(rows_max) * 100.0 / real(rows)),
        _ => None,
    };
    let mut found = look(
        transaction,
        &statement(table, columns, spread),
        columns.len(),
        rows_max,
    )
    .await?;
    let is_empty = |stored: &[Stored]| stored.iter().all(|it| it.rows == 0);
    // Whole pages are drawn: of few, perhaps none. Then the first rows must do.
    if spread.is_some() && found.as_ref().is_ok_and(|stored| is_empty(stored)) {
        let whole = statement(table, columns, None);
        found = look(transaction, &whole, columns.len(), rows_max).await?;
    }
    Ok(found)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "an estimate of rows needs no more than the first 15 digits"
)]
fn real(rows: u64) -> f64 {
    rows as f64
}

/// One row per column and kind: which column, which kind, how many.
fn statement(table: &Table, columns: &[usize], percent: Option<f64>) -> String {
    let list = |render: &dyn Fn(usize, &str) -> String| {
        let columns = columns.iter().enumerate();
        let parts = columns.map(|(at, column)| {
            let name = identifier(&table.columns[*column].name);
            render(at, &name)
        });
        parts.collect::<Vec<_>>().join(", ")
    };
    let values = list(&|at, name| format!("left({name}::text, {VALUE_CHARACTERS_MAX}) AS c{at}"));
    let pairs = list(&|at, _| format!("({at}, c{at})"));
    let name = quoted(&table.name);
    let spread = match percent {
        // The same pages each time, so that two audits of the same rows say the same.
        Some(percent) => format!("TABLESAMPLE SYSTEM ({percent:.9}) REPEATABLE (0)"),
        None => String::new(),
    };
    format!(
        "-- live.sample
        WITH sampled AS (SELECT {values} FROM {name} {spread} LIMIT $1)
        SELECT place, kind, count(*)
        FROM sampled
        CROSS JOIN LATERAL (VALUES {pairs}) AS pair (place, value)
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN value IS NULL THEN 'null'
                WHEN value !~* '{FORM}' THEN 'other'
                ELSE replace(lower(trim(value)), '-', '')
            END AS digits
        ) AS read
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN digits IN ('null', 'other') THEN digits
                WHEN digits ~ '^(0+|f+)$' OR substr(digits, 17, 1) ~ '[89ab]'
                    THEN substr(digits, 13, 1)
                ELSE 'other'
            END AS kind
        ) AS told
        GROUP BY place, kind"
    )
}

/// With hyphens or without, padded or not, as PostgreSQL reads them.
const FORM: &str = "^ *[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12} *$";

async fn look(
    transaction: &mut Transaction<'_>,
    statement: &str,
    columns: usize,
    rows_max: u32,
) -> Result<Sampled, Error> {
    let savepoint = transaction.savepoint("sample").await;
    let savepoint = savepoint.map_err(failed(DOING))?;
    let rows = savepoint.query(statement, &[&i64::from(rows_max)]).await;
    savepoint.rollback().await.map_err(failed(DOING))?;
    let rows = match rows {
        Ok(rows) => rows,
        Err(error) => return said(&error).map(Err).ok_or_else(|| failed(DOING)(error)),
    };
    let mut found = vec![Stored::default(); columns];
    for row in rows {
        let place: i32 = row.try_get(0).map_err(failed(DOING))?;
        let kind: String = row.try_get(1).map_err(failed(DOING))?;
        let count: i64 = row.try_get(2).map_err(failed(DOING))?;
        let stored = usize::try_from(place).ok().and_then(|at| found.get_mut(at));
        if let (Some(stored), Ok(count)) = (stored, u64::try_from(count)) {
            add(stored, &kind, count);
        }
    }
    Ok(Ok(found))
}

fn add(stored: &mut Stored, kind: &str, count: u64) {
    stored.rows += count;
    match (kind, u8::from_str_radix(kind, 16)) {
        ("null", _) => {}
        (_, Ok(version)) => *stored.versions.entry(version).or_default() += count,
        _ => stored.others += count,
    }
}
