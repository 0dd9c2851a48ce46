//! Materialized views: like views, with data and indexes that take time to make again.

use super::Error;
use super::graph::{Object, class};
use super::restore::{comment, comments};
use super::view::{View, with_options};
use super::walk::Walk;
use crate::name::quoted;

const SITUATION: &str = "materialized-view";

/// The statements that create it in the cut-over, and those that fill it afterwards; nothing if
/// somebody must decide first.
pub(super) async fn created(
    walk: &mut Walk<'_>,
    view: &View,
    object: &str,
) -> Result<Option<(Vec<String>, Vec<String>)>, Error> {
    let Some(filled) = filled(walk, view, object) else {
        return Ok(None);
    };
    let tablespace = view.tablespace.as_ref();
    let tablespace =
        tablespace.map_or_else(String::new, |name| format!(" TABLESPACE {}", quoted(name)));
    let data = if filled { "WITH DATA" } else { "WITH NO DATA" };
    let mut create = vec![format!(
        "CREATE MATERIALIZED VIEW {}{}{}{tablespace} AS\n{}\n{data}",
        view.name,
        view.using(),
        with_options(&view.options),
        view.definition.trim_end_matches(';'),
    )];
    create.extend(indexes(walk, view).await?);
    let mut after = Vec::new();
    if view.populated && !filled {
        after.push(format!("REFRESH MATERIALIZED VIEW {}", view.name));
    }
    Ok(Some((create, after)))
}

/// Whether the cut-over fills it.
fn filled(walk: &mut Walk<'_>, view: &View, object: &str) -> Option<bool> {
    if !view.populated {
        return Some(false);
    }
    let bytes = u64::try_from(view.bytes).unwrap_or_default();
    if bytes <= walk.choices.materialized_bytes_max {
        return Some(true);
    }
    let text = format!("it holds {bytes} bytes, which the cut-over would have to make again");
    let values = vec![
        (
            "fill",
            "fill it within the cut-over: nobody can write meanwhile".to_owned(),
        ),
        (
            "refresh",
            "create it empty and fill it afterwards: reading it fails meanwhile".to_owned(),
        ),
    ];
    let answer = walk.answer((SITUATION, &view.name.plain()), object, text, values)?;
    Some(answer == "fill")
}

/// Its indexes with their comments, and the one that it is clustered by.
async fn indexes(walk: &mut Walk<'_>, view: &View) -> Result<Vec<String>, Error> {
    let sql = "-- census.materialized_indexes
        SELECT index.oid, space.nspname, index.relname, pg_get_indexdef(index.oid),
            detail.indisclustered
        FROM pg_index AS detail
        JOIN pg_class AS index ON index.oid = detail.indexrelid
        JOIN pg_namespace AS space ON space.oid = index.relnamespace
        WHERE detail.indrelid = $1
        ORDER BY index.oid";
    let rows = walk.client.query(sql, &[&view.oid]).await?;
    let oids: Vec<u32> = rows.iter().map(|row| row.get(0)).collect();
    let comments = comments(walk.client, class::RELATION, &oids).await?;
    let mut statements = Vec::new();
    for row in rows {
        let oid: u32 = row.get(0);
        let (schema, name): (String, String) = (row.get(1), row.get(2));
        statements.push(row.get(3));
        if let Some(text) = comments.get(&(oid, 0)) {
            let index = format!("INDEX {}.{}", quoted(&schema), quoted(&name));
            statements.push(comment(&index, text));
        }
        if row.get(4) {
            statements.push(format!(
                "ALTER MATERIALIZED VIEW {} CLUSTER ON {}",
                view.name,
                quoted(&name)
            ));
        }
        walk.claim(Object::new(class::RELATION, oid));
    }
    Ok(statements)
}
