//! In which order the rows of a table are walked, and where the walk ends.

use tokio_postgres::Client;

use crate::Error;
use crate::name::quoted;
use crate::plan::Table;

/// The order of a walk: by the columns of a key, or by place on disk.
pub(super) struct Walk {
    /// Names and types of the key's columns; none by place.
    pub(super) columns: Vec<(String, String)>,
}

impl Walk {
    pub(super) async fn of(client: &Client, table: &Table) -> Result<Self, Error> {
        let sql = "-- walk.types
            SELECT format_type(a.atttypid, a.atttypmod) FROM unnest($2::text[])
                WITH ORDINALITY AS w (name, place)
            JOIN pg_attribute a ON a.attrelid = to_regclass($1) AND a.attname = w.name
            ORDER BY w.place";
        let name = table.name.to_string();
        let doing = Error::database(format!("look at the key of {name}"));
        let rows = client
            .query(sql, &[&name, &table.walk])
            .await
            .map_err(doing)?;
        let types = rows.iter().map(|row| row.get(0));
        let columns: Vec<(String, String)> = table.walk.iter().cloned().zip(types).collect();
        if columns.len() < table.walk.len() {
            let columns = table.walk.join("`, `");
            return Err(Error::Plan(format!(
                "`{name}` has no columns `{columns}` to walk by"
            )));
        }
        Ok(Self { columns })
    }

    pub(super) fn by_place(&self) -> bool {
        self.columns.is_empty()
    }

    /// Columns of the key, or the one place.
    pub(super) fn width(&self) -> usize {
        self.columns.len().max(1)
    }

    /// `"a", "b"`, each with `alias` before it and something behind.
    pub(super) fn list(&self, before: &str, behind: &str) -> String {
        let columns = self
            .columns
            .iter()
            .map(|(name, _)| format!("{before}{}{behind}", quoted(name)));
        columns.collect::<Vec<_>>().join(", ")
    }

    /// The key in the array of a parameter, as a row to compare with.
    pub(super) fn parameter(&self, number: u32) -> String {
        let parts = (1..)
            .zip(&self.columns)
            .map(|(place, (_, kind))| format!("(${number}::text[])[{place}]::{kind}"));
        format!("({})", parts.collect::<Vec<_>>().join(", "))
    }

    /// Where the walk ends: rows that come later are filled by the trigger. None: no rows.
    pub(super) async fn bound(
        &self,
        client: &Client,
        table: &Table,
    ) -> Result<Option<Vec<String>>, Error> {
        let doing = Error::database(format!("look for the end of {}", table.name));
        if self.by_place() {
            let sql = "-- walk.pages
                SELECT (pg_relation_size(to_regclass($1))
                        / current_setting('block_size')::bigint)::bigint";
            let row = client
                .query_one(sql, &[&table.name.to_string()])
                .await
                .map_err(doing)?;
            let pages: i64 = row.get(0);
            return Ok((pages > 0).then(|| vec![pages.to_string()]));
        }
        let sql = format!(
            "-- walk.bound\nSELECT {} FROM {} t ORDER BY {} LIMIT 1",
            self.list("t.", "::text"),
            table.name,
            // Qualified, or it would be the text of the output that is sorted.
            self.list("t.", " DESC"),
        );
        let row = client.query_opt(&sql, &[]).await.map_err(doing)?;
        Ok(row.map(|row| (0..self.width()).map(|place| row.get(place)).collect()))
    }

    /// Pages that hold about this many rows.
    pub(super) fn pages_of(rows: u32, rows_total: u64, pages_total: u64) -> u64 {
        let rows_per_page = (rows_total / pages_total.max(1)).clamp(1, 200);
        (u64::from(rows) / rows_per_page).max(1)
    }
}

/// Microseconds since 1970 of `2025-01-31T12:00:00Z`, with up to six decimals.
pub(super) fn moment_us(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.split('-').map(str::parse::<u64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut time = time.split(':').map(str::parse::<u64>);
    let (hour, minute, second) = (time.next()?.ok()?, time.next()?.ok()?, time.next()?.ok()?);
    let valid = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !valid || fraction.is_empty() || fraction.len() > 6 {
        return None;
    }
    let us: u64 = format!("{fraction:0<6}").parse().ok()?;
    // Days from 1970, with years that begin in March, so that the leap day is the last.
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1;
    let seconds = ((days - 719_468) * 24 + hour) * 3600 + minute * 60 + second;
    Some(seconds * 1_000_000 + us)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read() {
        let table = [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2025-11-18T23:54:49.715Z", Some(1_763_510_089_715_000)),
            ("2024-02-29T12:00:00.000001Z", Some(1_709_208_000_000_001)),
            ("2025-13-01T00:00:00Z", None),
            ("yesterday", None),
            ("1969-12-31T23:59:59Z", None),
        ];
        for (text, expected) in table {
            assert_eq!(moment_us(text), expected, "{text}");
        }
    }
}
