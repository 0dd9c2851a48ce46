//! Checks that read rows: filled, one to one, in order, pointing to the same row.

use tokio_postgres::Client;

use super::{Check, Verdict};
use crate::Error;
use crate::journal::Journal;
use crate::mint::Order;
use crate::name::quoted;
use crate::plan::{Column, ForeignKey, Table, Value};
use crate::step::Action;

/// The names of a pair of columns at the time: old, new.
pub(super) fn pair(column: &Column, swapped: bool) -> (String, String) {
    if swapped {
        (quoted(&column.old), quoted(&column.name))
    } else {
        (quoted(&column.name), quoted(&column.new))
    }
}

/// Whether all walks over a table are done.
pub(super) fn is_filled(journal: &Journal, table: &Table) -> bool {
    let steps = crate::steps(&journal.plan);
    steps.iter().all(|step| match &step.action {
        Action::Fill(pass) if journal.plan.tables[pass.table].name == table.name => {
            journal.done.contains(&step.number)
        }
        _ => true,
    })
}

/// The columns of one table.
pub(super) async fn of_table(
    client: &Client,
    journal: &Journal,
    table: &Table,
    swapped: bool,
) -> Result<Vec<Check>, Error> {
    if !journal.done.contains(&added(journal, table)) {
        return Ok(Vec::new());
    }
    let filled = is_filled(journal, table);
    let mut checks = Vec::new();
    for column in &table.columns {
        let (old, new) = pair(column, swapped);
        let sql = format!(
            "-- verify.filled
            SELECT count(*), count(*) FILTER (WHERE ({old} IS NULL) <> ({new} IS NULL)) FROM {}",
            table.name
        );
        let [rows, unfilled] = counts(client, &sql, &table.name.to_string()).await?;
        let verdict = match (unfilled, filled) {
            (0, _) => Verdict::Fine,
            (_, false) => Verdict::Pending,
            (_, true) => Verdict::Failed,
        };
        let detail = format!("{unfilled} of {rows} rows have one value of the pair only");
        checks.push(check("filled", table, column, verdict, detail));
        if let Value::Mint { order, .. } = column.value {
            checks.push(one_to_one(client, table, column, swapped).await?);
            if order == Order::Id {
                checks.push(in_order(client, table, column, swapped).await?);
            }
        }
    }
    Ok(checks)
}

/// The number of the step that adds the columns of a table.
fn added(journal: &Journal, table: &Table) -> u32 {
    let place = journal
        .plan
        .tables
        .iter()
        .position(|other| other.name == table.name);
    u32::try_from(place.unwrap_or_default() + 1).expect("a plan has some hundred tables")
}

async fn one_to_one(
    client: &Client,
    table: &Table,
    column: &Column,
    swapped: bool,
) -> Result<Check, Error> {
    let (old, new) = pair(column, swapped);
    let sql = format!(
        "-- verify.one_to_one\nSELECT count({new}) - count(DISTINCT {new}), \
         count({old}) - count(DISTINCT {old}) FROM {}",
        table.name
    );
    let [new_twice, old_twice] = counts(client, &sql, &table.name.to_string()).await?;
    let fine = new_twice == 0 && old_twice == 0;
    let verdict = if fine { Verdict::Fine } else { Verdict::Failed };
    let detail = format!("{old_twice} old and {new_twice} new values occur more than once");
    Ok(check("one-to-one", table, column, verdict, detail))
}

/// Whether new keys sort as the old ones do. This is told and fails nothing: applications may
/// change an old key, write with a time or a key of their own, and two sessions may cross.
async fn in_order(
    client: &Client,
    table: &Table,
    column: &Column,
    swapped: bool,
) -> Result<Check, Error> {
    let (old, new) = pair(column, swapped);
    let sql = format!(
        "-- verify.order
        SELECT count(*) FILTER (WHERE new <= before), count(*)
        FROM (SELECT {new} AS new, lag({new}) OVER (ORDER BY {old}) AS before
              FROM {} WHERE {new} IS NOT NULL) pairs",
        table.name
    );
    let [crossed, rows] = counts(client, &sql, &table.name.to_string()).await?;
    let verdict = if crossed == 0 {
        Verdict::Fine
    } else {
        Verdict::Note
    };
    let detail =
        format!("{crossed} of {rows} rows sort before the row with the next lower old key");
    Ok(check("order", table, column, verdict, detail))
}

/// Whether old and new references lead to the same row.
pub(super) async fn of_key(
    client: &Client,
    journal: &Journal,
    key: &ForeignKey,
    swapped: bool,
) -> Result<Vec<Check>, Error> {
    let (Some(table), Some(target)) = (
        journal.plan.table(&key.table),
        journal.plan.table(&key.target),
    ) else {
        return Ok(Vec::new());
    };
    if !is_filled(journal, table) {
        return Ok(Vec::new());
    }
    let side = |table: &crate::plan::Table, name: &String, new: bool| match table.column(name) {
        Some(column) => {
            let (old_name, new_name) = pair(column, swapped);
            if new { new_name } else { old_name }
        }
        None => quoted(name),
    };
    let joined = |new: bool| {
        let pairs = key.columns.iter().zip(&key.target_columns);
        let equal = pairs.map(|(column, to)| {
            format!(
                "c.{} = p.{}",
                side(table, column, new),
                side(target, to, new)
            )
        });
        equal.collect::<Vec<_>>().join(" AND ")
    };
    let present = key
        .columns
        .iter()
        .map(|c| format!("c.{} IS NOT NULL", side(table, c, true)));
    let present = present.collect::<Vec<_>>().join(" AND ");
    let sql = format!(
        "-- verify.references
        SELECT (SELECT count(*) FROM {0} c JOIN {1} p ON {2} WHERE ({3}) IS NOT TRUE),
               (SELECT count(*) FROM {0} c
                WHERE {present} AND NOT EXISTS (SELECT FROM {1} p WHERE {3}))",
        key.table,
        key.target,
        joined(false),
        joined(true),
    );
    let [different, orphans] = counts(client, &sql, &key.table.to_string()).await?;
    let fine = different == 0 && (orphans == 0 || !key.validated);
    Ok(vec![Check {
        name: "references",
        object: format!("{} of {}", key.name, key.table),
        verdict: if fine { Verdict::Fine } else { Verdict::Failed },
        detail: format!("{different} rows refer to another row than before, {orphans} to none"),
    }])
}

async fn counts<const N: usize>(
    client: &Client,
    sql: &str,
    table: &str,
) -> Result<[u64; N], Error> {
    let doing = Error::database(format!("verify `{table}`"));
    let row = client.query_one(sql, &[]).await.map_err(doing)?;
    Ok(std::array::from_fn(|place| {
        row.get::<_, i64>(place).unsigned_abs()
    }))
}

fn check(
    name: &'static str,
    table: &Table,
    column: &Column,
    verdict: Verdict,
    detail: String,
) -> Check {
    let object = format!("{}.{}", table.name, quoted(&column.name));
    Check {
        name,
        object,
        verdict,
        detail,
    }
}
