//! What the rows say, in numbers that can be compared before and after. Asked in SQL of its own,
//! which knows nothing of how keys are moved.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use postgres::Client;

/// The writer changes events of this name and adds such of this agent; everything else is to stay
/// as it was.
pub(crate) const TOUCHED: &str = "app_error";
pub(crate) const AGENT: &str = "writer/1";

/// Who adds rows between the cut-over and the way back.
pub(crate) const LATE_USER: &str = "after-the-cut-over";

/// The event that is sent to the server at the end.
pub(crate) const SENT: &str = "keys_migrated";

/// Whose tables they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Those of the old version, whatever their keys are.
    Legacy,
    /// Those of the server that took them over.
    Adopted,
}

/// Numbers and digests of all rows; a digest is a sum of hashes, so that order is no matter.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) events: i64,
    /// Events of each project, by its short name.
    pub(crate) projects: BTreeMap<String, i64>,
    /// Deliveries that wait.
    pub(crate) pending: i64,
    /// Events that nobody was to touch, without their keys.
    pub(crate) content: Digest,
    /// Deliveries of them that wait: each with the event and the provider that it refers to.
    pub(crate) links: Digest,
    /// All their deliveries, and when rows were changed last. None of [`Form::Adopted`].
    pub(crate) past: Option<(Digest, Digest)>,
}

/// How many rows, and the sum of their hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digest {
    pub(crate) rows: i64,
    sum: String,
}

impl Facts {
    /// Reads all rows.
    pub(crate) fn read(client: &mut Client, form: Form) -> Result<Self> {
        let count = |client: &mut Client, sql: &str| -> Result<i64> {
            let row = client.query_one(sql, &[]);
            let row = row.with_context(|| format!("failed to run `{sql}`"))?;
            Ok(row.get(0))
        };
        let projects = "SELECT p.slug, count(*) FROM events e
            JOIN analytics_projects p ON p.id = e.project_id GROUP BY p.slug";
        let projects = client.query(projects, &[])?;
        let (stored, waits) = match form {
            Form::Legacy => (
                "COALESCE(e.created_at, e.timestamp)",
                "q.status = 'pending'",
            ),
            Form::Adopted => ("e.received_at", "true"),
        };
        let event = format!(
            "e.project_id, e.user_id, e.event_name, e.properties, e.user_agent, e.ip_address,
             e.timestamp, {stored}"
        );
        let kept = format!(
            "e.event_name NOT IN ('{TOUCHED}', '{SENT}')
             AND e.user_agent IS DISTINCT FROM '{AGENT}'
             AND e.user_id IS DISTINCT FROM '{LATE_USER}'"
        );
        let joined = "event_queue q JOIN events e ON e.id = q.event_id
            JOIN provider_configs p ON p.id = q.provider_id";
        let past = match form {
            Form::Adopted => None,
            Form::Legacy => Some((
                digest(client, "e.updated_at, e.timestamp", "events e", &kept)?,
                digest(
                    client,
                    &format!(
                        "q.status, q.attempts, q.last_error, q.next_attempt_at, q.created_at,
                         q.updated_at, {event}, p.project_id, p.name, p.updated_at"
                    ),
                    joined,
                    &kept,
                )?,
            )),
        };
        let pending = format!("SELECT count(*) FROM event_queue q WHERE {waits}");
        let row = format!("q.created_at, {event}, p.project_id, p.name");
        Ok(Self {
            events: count(client, "SELECT count(*) FROM events")?,
            projects: projects
                .iter()
                .map(|row| (row.get(0), row.get(1)))
                .collect(),
            pending: count(client, &pending)?,
            content: digest(client, &event, "events e", &kept)?,
            links: digest(client, &row, joined, &format!("{kept} AND {waits}"))?,
            past,
        })
    }
}

fn digest(client: &mut Client, row: &str, from: &str, condition: &str) -> Result<Digest> {
    let sql = format!(
        "SELECT count(*), COALESCE(sum(hashtextextended(ROW({row})::text, 0)::numeric), 0)::text
         FROM {from} WHERE {condition}"
    );
    let row = client.query_one(&sql, &[]);
    let row = row.with_context(|| format!("failed to run `{sql}`"))?;
    Ok(Digest {
        rows: row.get(0),
        sum: row.get(1),
    })
}

/// What the new keys of a table are like.
pub(crate) struct Keys {
    pub(crate) rows: i64,
    /// Rows without one, or with one that is no UUIDv7.
    pub(crate) wrong: i64,
    /// Rows whose new key sorts before that of the row before them.
    pub(crate) unordered: i64,
    /// Rows whose new key carries the row's own time, to the millisecond.
    pub(crate) timely: i64,
}

impl Keys {
    /// Reads the pairs of a table; `old` and `new` are its columns, `time` an expression.
    pub(crate) fn read(
        client: &mut Client,
        table: &str,
        (old, new): (&str, &str),
        time: &str,
    ) -> Result<Self> {
        let sql = format!(
            "SELECT count(*),
                    count(*) FILTER (WHERE new IS NULL OR substr(new::text, 15, 1) <> '7'),
                    count(*) FILTER (WHERE new <= before),
                    count(*) FILTER (WHERE left(replace(new::text, '-', ''), 12)
                        = lpad(to_hex(round(extract(epoch FROM time) * 1000)::bigint), 12, '0'))
             FROM (SELECT {new} AS new, lag({new}) OVER (ORDER BY {old}) AS before, {time} AS time
                   FROM {table}) pairs"
        );
        let row = client.query_one(&sql, &[]);
        let row = row.with_context(|| format!("failed to run `{sql}`"))?;
        Ok(Self {
            rows: row.get(0),
            wrong: row.get(1),
            unordered: row.get(2),
            timely: row.get(3),
        })
    }
}

/// A number with commas between its thousands.
pub(crate) fn grouped(number: impl Into<i128>) -> String {
    let number: i128 = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (-1000, "-1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
