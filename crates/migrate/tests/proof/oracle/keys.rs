//! The new values themselves: version, uniqueness, time. And what must not be left behind.

use tokio_postgres::Client;

use super::graph::texts;
use super::picture::{Column, KeyRule, Picture, Table, Time, quoted};
use crate::fixture::Order;

/// The server's clock, milliseconds since 1970.
pub(super) async fn clock(client: &Client) -> Result<u64, String> {
    let sql = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::text";
    number(&texts(client, sql).await?[0])
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|error| format!("`{text}`: {error}"))
}

/// One row: its new value, and its time if it has one that can be believed.
struct Row {
    id: String,
    ms: u64,
    own: Option<u64>,
}

/// Checks every key. `written`: whether rows may have been written since `noted_at`.
pub(super) async fn check(
    client: &Client,
    picture: &Picture,
    noted_at: u64,
    written: bool,
) -> Result<(), String> {
    for table in &picture.tables {
        for column in &table.columns {
            let Some(rule) = column
                .rule
                .as_ref()
                .filter(|rule| rule.order != Order::Cast)
            else {
                continue;
            };
            let rows = rows(client, table, column, rule, noted_at).await?;
            let now = clock(client).await?;
            let times = Times {
                noted_at,
                now,
                written,
            };
            let checked = match rule.order {
                Order::Id => times.in_order_of_ids(&rows),
                Order::Time => times.of_their_own(&rows),
                Order::Any | Order::Cast => Ok(()),
            };
            checked.map_err(|fault| format!("{} {}: {fault}", table.sql(), column.name))?;
        }
    }
    Ok(())
}

/// The rows in the order of the new key.
async fn rows(
    client: &Client,
    table: &Table,
    column: &Column,
    rule: &KeyRule,
    noted_at: u64,
) -> Result<Vec<Row>, String> {
    let (key, place) = (
        quoted(&column.name),
        format!("{} {}", table.sql(), column.name),
    );
    let own = match &rule.time {
        Time::None => "NULL::text".to_owned(),
        Time::Parent(parent) => format!("t.{}::text", quoted(parent)),
        Time::Column(name, zone) => {
            let name = format!("t.{}", quoted(name));
            let moment = match zone {
                Some(zone) => format!("({name}::timestamp AT TIME ZONE '{zone}')"),
                None => name.clone(),
            };
            format!(
                "CASE WHEN isfinite({name}) THEN floor(extract(epoch FROM {moment}) * 1000)::text \
                 END"
            )
        }
    };
    let sql = format!(
        "SELECT t.{key}::text, {own} FROM {} t ORDER BY t.{key}",
        table.sql()
    );
    let mut rows: Vec<Row> = Vec::new();
    for row in client
        .query(&sql, &[])
        .await
        .map_err(|error| format!("{sql}\n{error:?}"))?
    {
        let id: Option<String> = row.get(0);
        let id = id.ok_or_else(|| format!("{place}: a row has no key"))?;
        let ms = milliseconds(&id).map_err(|fault| format!("{place}: {fault}"))?;
        let own: Option<String> = row.get(1);
        let own = match (&rule.time, own) {
            (_, None) => None,
            (Time::Parent(_), Some(parent)) => Some(milliseconds(&parent)?),
            (_, Some(text)) => text.parse::<u64>().ok().filter(|own| *own <= noted_at),
        };
        if rows.last().is_some_and(|last| last.id == id) {
            return Err(format!("{place}: twice `{id}`"));
        }
        rows.push(Row { id, ms, own });
    }
    Ok(rows)
}

/// The time of a version 7 id.
fn milliseconds(id: &str) -> Result<u64, String> {
    let digits = id.replace('-', "");
    let variant = digits.get(16..17).unwrap_or_default();
    if digits.len() != 32 || &digits[12..13] != "7" || !matches!(variant, "8" | "9" | "a" | "b") {
        return Err(format!("`{id}` is not of version 7"));
    }
    u64::from_str_radix(&digits[..12], 16).map_err(|error| format!("`{id}`: {error}"))
}

/// What the times of ids are judged by.
struct Times {
    noted_at: u64,
    now: u64,
    written: bool,
}

impl Times {
    /// A row has its own time, or that of the row before it if that one is younger. A row without
    /// a time lies between its neighbours; without any it is as old as the migration.
    fn in_order_of_ids(&self, rows: &[Row]) -> Result<(), String> {
        let first = rows.iter().find_map(|row| row.own);
        let mut before: Option<u64> = None;
        for (place, row) in rows.iter().enumerate() {
            let next = rows[place..].iter().find_map(|row| row.own);
            let least = match (row.own, before, first) {
                (Some(own), before, _) => own.max(before.unwrap_or_default()),
                (None, Some(before), _) => before,
                (None, None, Some(first)) => first,
                (None, None, None) => self.noted_at,
            };
            let most = match (row.own, next) {
                (Some(_), _) => least,
                (None, Some(next)) => least.max(next),
                // The clock of the migration: rows of the future are taken back to it.
                (None, None) => self.now,
            };
            let meanwhile = self.written && (self.noted_at..=self.now).contains(&row.ms);
            if !meanwhile && !(least..=most).contains(&row.ms) {
                let ms = row.ms;
                return Err(format!(
                    "row {place} has the time {ms}, not {least} to {most}"
                ));
            }
            before = Some(row.ms);
        }
        Ok(())
    }

    fn of_their_own(&self, rows: &[Row]) -> Result<(), String> {
        for row in rows {
            let right = match row.own {
                Some(own) => row.ms == own,
                None => row.ms <= self.now,
            };
            let meanwhile = self.written && (self.noted_at..=self.now).contains(&row.ms);
            if !right && !meanwhile {
                return Err(format!(
                    "`{}` has the time {}, not {:?}",
                    row.id, row.ms, row.own
                ));
            }
        }
        Ok(())
    }
}

/// Whatever is called after the migration.
pub(super) async fn leftovers(client: &Client, picture: &Picture) -> Result<String, String> {
    let sql = "
        SELECT string_agg(name, ', ') FROM (
            SELECT 'schema ' || nspname AS name FROM pg_namespace
            UNION ALL SELECT 'relation ' || relname FROM pg_class
            UNION ALL SELECT 'column ' || attname FROM pg_attribute WHERE NOT attisdropped
                -- The columns of an index keep the names that they were made with.
                AND attrelid IN (SELECT oid FROM pg_class WHERE relkind NOT IN ('i', 'I'))
            UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger
            UNION ALL SELECT 'function ' || proname FROM pg_proc
            UNION ALL SELECT 'constraint ' || conname FROM pg_constraint
            UNION ALL SELECT 'lock ' || classid FROM pg_locks WHERE locktype = 'advisory'
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        ) names WHERE name ~ 'idshift|__old|__new|^lock '";
    let mut left = texts(client, sql).await?;
    for (schema, name) in &picture.sequences {
        let name = format!("{}.{}", quoted(schema), quoted(name)).replace('\'', "''");
        let sql = format!("SELECT 'relation ' || to_regclass('{name}')");
        left.extend(texts(client, &sql).await?);
    }
    Ok(left.concat())
}
