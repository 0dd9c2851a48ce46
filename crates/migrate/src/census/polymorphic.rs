//! Keys of several tables in one column, beside a column that names the table.

use super::guess::{self, Unbound};
use super::walk::Walk;
use super::{Error, Name};
use crate::name::quoted;

const SITUATION: &str = "polymorphic";

/// How the two columns of a pair end: the table's name, and its key.
const ENDINGS: [(&str, &str); 3] = [("_type", "_id"), ("Type", "Id"), ("_type", "_key")];

/// Asks about each pair whose names include a table whose key moves.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let columns = guess::unbound(walk).await?;
    let names = guess::Names::of_tables(walk.swaps);
    for named in &columns {
        let Some(key) = partner(&columns, named) else {
            continue;
        };
        let tables = tables(walk, &named.table, &named.column).await?;
        let named_tables = tables.iter().flat_map(|table| names.of(table));
        let swaps = named_tables.map(|&place| &walk.swaps[place]);
        let moving: Vec<String> = swaps
            .filter(|swap| guess::alike(&key.type_name, &swap.old_type))
            .map(|swap| format!("{}.{}", swap.table.plain(), swap.column))
            .collect();
        if moving.is_empty() {
            continue;
        }
        let object = format!("column {} of table {}", key.column, key.table.plain());
        let name = format!("{}.{}", key.table.plain(), key.column);
        let text = format!(
            "beside `{}` it holds keys of several tables, among them {}",
            named.column,
            moving.join(", ")
        );
        let values = vec![(
            "leave",
            "its keys stay as they are: the old keys remain to be looked up".to_owned(),
        )];
        walk.answer((SITUATION, &name), &object, text, values);
    }
    Ok(())
}

/// The column that holds the keys for which another names the tables.
fn partner<'a>(columns: &'a [Unbound], named: &Unbound) -> Option<&'a Unbound> {
    if !guess::alike(&named.type_name, "text") {
        return None;
    }
    ENDINGS.iter().find_map(|(of_table, of_key)| {
        let stem = named.column.strip_suffix(of_table)?;
        let wanted = format!("{stem}{of_key}");
        columns
            .iter()
            .find(|column| column.relation == named.relation && column.column == wanted)
    })
}

/// The names of tables that a sample of the column holds.
async fn tables(walk: &Walk<'_>, table: &Name, column: &str) -> Result<Vec<String>, Error> {
    let (rows, column) = (walk.choices.sample_rows, quoted(column));
    let sql = format!(
        "-- census.polymorphic
        SELECT DISTINCT value::text
        FROM (SELECT {column} AS value FROM {table} LIMIT {rows}) AS sampled
        WHERE value IS NOT NULL
        ORDER BY 1"
    );
    let rows = walk.client.query(&sql, &[]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
