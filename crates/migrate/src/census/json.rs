//! Keys within JSON: members with the name of a reference, holding its values.

use super::guess::{self, Unbound};
use super::walk::Walk;
use super::{Error, Swap};
use crate::name::{literal, quoted};

const SITUATION: &str = "json";

/// So many columns are looked at.
const COLUMNS_MAX: usize = 100;

/// Members deeper than this are not looked at.
const DEPTH_MAX: u32 = 4;

/// Notes each member that looks like a reference to a key that moves: it stays as it is.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    if walk.choices.sample_rows == 0 {
        return Ok(());
    }
    let mut columns = guess::unbound(walk).await?;
    columns.retain(|column| matches!(column.type_name.as_str(), "json" | "jsonb"));
    columns.truncate(COLUMNS_MAX);
    let names = guess::Names::of_references(walk.swaps);
    for column in &columns {
        for member in members(walk, column).await? {
            if let Some(&place) = names.of(&member).first() {
                note(walk, column, &member, &walk.swaps[place]).await?;
            }
        }
    }
    Ok(())
}

/// All values within a sample of the column, with the name that each has.
fn values(walk: &Walk<'_>, column: &Unbound) -> String {
    let (table, name, rows) = (
        &column.table,
        quoted(&column.column),
        walk.choices.sample_rows,
    );
    format!(
        "WITH RECURSIVE inside (depth, member, value) AS (
            SELECT 0, NULL::text, sampled.value
            FROM (SELECT {name}::jsonb AS value FROM {table} LIMIT {rows}) AS sampled
            UNION ALL
            SELECT inside.depth + 1, child.member, child.value
            FROM inside, LATERAL (
                SELECT key AS member, value
                FROM jsonb_each(CASE jsonb_typeof(inside.value)
                    WHEN 'object' THEN inside.value ELSE '{{}}' END)
                UNION ALL
                SELECT inside.member, value
                FROM jsonb_array_elements(CASE jsonb_typeof(inside.value)
                    WHEN 'array' THEN inside.value ELSE '[]' END) AS element(value)
            ) AS child
            WHERE inside.depth < {DEPTH_MAX}
        )"
    )
}

async fn members(walk: &Walk<'_>, column: &Unbound) -> Result<Vec<String>, Error> {
    let sql = format!(
        "-- census.json_members
        {}
        SELECT DISTINCT member FROM inside
        WHERE member IS NOT NULL AND jsonb_typeof(value) IN ('number', 'string')
        ORDER BY 1",
        values(walk, column)
    );
    let rows = walk.client.query(&sql, &[]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

async fn note(
    walk: &mut Walk<'_>,
    column: &Unbound,
    member: &str,
    swap: &Swap,
) -> Result<(), Error> {
    let from = format!(
        "({} SELECT value #>> '{{}}' AS value FROM inside
            WHERE member = {} AND jsonb_typeof(value) IN ('number', 'string')) AS inside",
        values(walk, column),
        literal(member)
    );
    let (parent, key) = (&swap.table, quoted(&swap.column));
    let sql = format!(
        "-- census.json_keys
        SELECT count(*), count(*) FILTER (
            WHERE EXISTS (SELECT FROM {parent} AS parent WHERE parent.{key}::text = inside.value)
        )
        FROM {from}"
    );
    let row = walk.client.query_one(&sql, &[]).await?;
    let (all, keys): (i64, i64) = (row.get(0), row.get(1));
    if keys > 0 {
        let object = format!("column {} of table {}", column.column, column.table.plain());
        let text = format!(
            "Its member `{member}` holds keys of {}.{} ({keys} of the {all} read): they stay as \
             they are, and the old keys remain to be looked up.",
            swap.table.plain(),
            swap.column
        );
        walk.note(SITUATION, object, text);
    }
    Ok(())
}
