//! Rows as text: their content, and the content of the rows that they refer to.

use std::collections::BTreeSet;

use tokio_postgres::Client;

use super::picture::{Link, Picture, Table, quoted};
use crate::fixture::Order;

/// The rows of each table or view.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Graph(Vec<(String, Vec<String>)>);

impl Graph {
    /// Reads all tables; those whose key keeps its order in that order.
    pub(crate) async fn of(client: &Client, picture: &Picture) -> Result<Self, String> {
        let mut all = Vec::new();
        for (place, table) in picture.tables.iter().enumerate() {
            let key = table.columns.iter().find(|column| {
                column
                    .rule
                    .as_ref()
                    .is_some_and(|rule| rule.order == Order::Id)
            });
            let links = table.links.iter().map(|link| reference(link, picture));
            let order = match key {
                Some(key) => format!(" ORDER BY t.{}", quoted(&key.name)),
                None => String::new(),
            };
            let content = content("t", table);
            let parts: Vec<String> = std::iter::once(content.clone()).chain(links).collect();
            let sql = format!(
                "SELECT concat({}) FROM {} t{order}",
                parts.join(", "),
                table.sql()
            );
            let mut rows = texts(client, &sql).await?;
            if key.is_none() {
                rows.sort();
            }
            let mut links = picture.tables.iter().flat_map(|table| &table.links);
            if links.any(|link| link.target == place) {
                let sql = format!("SELECT {content} FROM {} t", table.sql());
                let rows = texts(client, &sql).await?;
                if rows.iter().collect::<BTreeSet<_>>().len() < rows.len() {
                    return Err(format!("rows of {} cannot be told apart", table.sql()));
                }
            }
            all.push((table.sql(), rows));
        }
        Ok(Self(all))
    }

    /// The first difference, in words.
    pub(crate) fn same_as(&self, now: &Self) -> Result<(), String> {
        for ((name, before), (other, after)) in self.0.iter().zip(&now.0) {
            if name != other {
                return Err(format!("{name} became {other}"));
            }
            if before == after {
                continue;
            }
            let (was, is): (BTreeSet<_>, BTreeSet<_>) =
                (before.iter().collect(), after.iter().collect());
            let lost: Vec<_> = was.difference(&is).take(SHOWN).collect();
            let new: Vec<_> = is.difference(&was).take(SHOWN).collect();
            if !lost.is_empty() || !new.is_empty() || before.len() != after.len() {
                let (a, b) = (before.len(), after.len());
                return Err(format!(
                    "rows of {name}: {a} became {b}; lost {lost:?}; new {new:?}"
                ));
            }
            let place = before
                .iter()
                .zip(after)
                .position(|(a, b)| a != b)
                .unwrap_or_default();
            let (a, b) = (&before[place], &after[place]);
            return Err(format!("order of {name}: at {place} was {a} and is {b}"));
        }
        if self.0.len() == now.0.len() {
            Ok(())
        } else {
            Err("tables came or went".to_owned())
        }
    }
}

/// So many rows tell what went wrong.
const SHOWN: usize = 3;

/// What a row says apart from keys, as a text expression.
fn content(alias: &str, table: &Table) -> String {
    let mut parts = Vec::new();
    for column in &table.columns {
        let (name, label) = (quoted(&column.name), column.name.replace('\'', "''"));
        let cast = column
            .rule
            .as_ref()
            .is_some_and(|rule| rule.order == Order::Cast);
        if cast {
            parts.push(format!("'{label}', lower(trim({alias}.{name}::text))"));
        } else if !column.moves {
            parts.push(format!("'{label}', {alias}.{name}"));
        }
    }
    format!("jsonb_build_object({})::text", parts.join(", "))
}

/// What a row refers to, as a text expression.
fn reference(link: &Link, picture: &Picture) -> String {
    let target = &picture.tables[link.target];
    let equal: Vec<String> = link
        .pairs
        .iter()
        .map(|(here, there)| format!("p.{} = t.{}", quoted(there), quoted(here)))
        .collect();
    let none: Vec<String> = link
        .pairs
        .iter()
        .map(|(here, _)| format!("t.{} IS NULL", quoted(here)))
        .collect();
    format!(
        "' {}=', coalesce((SELECT {} FROM {} p WHERE {}), \
         CASE WHEN {} THEN 'none' ELSE 'LOST' END)",
        link.name.replace('\'', "''"),
        content("p", target),
        target.sql(),
        equal.join(" AND "),
        none.join(" OR "),
    )
}

/// Rows of views, without the columns that may hold keys.
pub(super) async fn views(client: &Client, picture: &Picture) -> Result<Graph, String> {
    let mut all = Vec::new();
    for (view, columns) in &picture.views {
        let names: Vec<String> = columns.iter().map(|name| quoted(name)).collect();
        let sql = format!("SELECT ROW({})::text FROM {view}", names.join(", "));
        let mut rows = texts(client, &sql).await?;
        rows.sort();
        all.push((view.clone(), rows));
    }
    Ok(Graph(all))
}

/// All rows as they are, and where sequences stand.
pub(super) async fn data(client: &Client, picture: &Picture) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    for table in &picture.tables {
        let sql = format!("SELECT t::text FROM {} t", table.sql());
        let mut rows = texts(client, &sql).await?;
        rows.sort();
        all.push(format!("{}:", table.sql()));
        all.extend(rows);
    }
    for (schema, name) in &picture.sequences {
        let sequence = format!("{}.{}", quoted(schema), quoted(name));
        let sql = format!("SELECT ROW(last_value, is_called)::text FROM {sequence}");
        all.extend(texts(client, &sql).await?);
    }
    Ok(all)
}

/// One column of texts.
pub(super) async fn texts(client: &Client, sql: &str) -> Result<Vec<String>, String> {
    let rows = client
        .query(sql, &[])
        .await
        .map_err(|error| format!("{sql}\n{error:?}"))?;
    let text = |row: &tokio_postgres::Row| row.get::<_, Option<String>>(0).unwrap_or_default();
    Ok(rows.iter().map(text).collect())
}
