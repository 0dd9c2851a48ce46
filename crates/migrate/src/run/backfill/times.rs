//! The times of the rows of a batch: their own, or what their neighbours let expect.
//!
//! What comes out depends on the table alone, not on where one batch ends and the next begins: the
//! neighbours of a gap are asked for where they lie outside.

use tokio_postgres::Client;

use super::Row;
use super::statements::Sql;
use super::walk::Walk;
use crate::Error;

/// A row with a time of its own: its key as a number, and its time.
type Known = (i64, i64);

/// A neighbour outside of the batch.
#[derive(Clone, Copy)]
enum Neighbour {
    Unasked,
    Asked(Option<Known>),
}

impl Neighbour {
    fn known(self) -> Option<Known> {
        match self {
            Self::Unasked => None,
            Self::Asked(known) => known,
        }
    }

    fn is_unasked(self) -> bool {
        matches!(self, Self::Unasked)
    }
}

/// What is known beside the batch.
pub(super) struct Times {
    /// Statements for the nearest row behind a key, and up to it.
    statements: Option<[String; 2]>,
    /// The last row with a time before the batch.
    before: Neighbour,
    /// The first one behind it; good until the walk has passed it.
    after: Neighbour,
}

impl Times {
    pub(super) fn new(sql: &Sql, walk: &Walk) -> Self {
        Self {
            statements: sql.neighbours(walk),
            before: Neighbour::Unasked,
            after: Neighbour::Unasked,
        }
    }

    /// The times of rows in the order of the walk, in microseconds since 1970; `cursor` is the key
    /// before them. None where nothing can be said: before the first time, and behind the last.
    pub(super) async fn of(
        &mut self,
        client: &Client,
        cursor: Option<&[String]>,
        rows: &[Row],
    ) -> Result<Vec<Option<i64>>, Error> {
        let mut times: Vec<Option<i64>> = rows.iter().map(|row| row.time).collect();
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Ok(times);
        };
        let Some([behind, up_to]) = self.statements.clone() else {
            return Ok(times);
        };
        let numbers: Vec<i64> = rows.iter().filter_map(|row| row.number).collect();
        if first.time.is_none() && self.before.is_unasked() {
            self.before = Neighbour::Asked(match cursor {
                Some(cursor) => ask(client, &up_to, cursor).await?,
                None => None,
            });
        }
        let passed = self
            .after
            .known()
            .is_some_and(|(number, _)| Some(number) <= last.number);
        if last.time.is_none() && (self.after.is_unasked() || passed) {
            self.after = Neighbour::Asked(ask(client, &behind, &last.key).await?);
        }
        fill(
            rows,
            &numbers,
            &mut times,
            (self.before.known(), self.after.known()),
        );
        let known = rows
            .iter()
            .rev()
            .find_map(|row| Some((row.number?, row.time?)));
        if known.is_some() {
            self.before = Neighbour::Asked(known);
        }
        Ok(times)
    }
}

async fn ask(client: &Client, sql: &str, key: &[String]) -> Result<Option<Known>, Error> {
    let doing = Error::database("look for the time of a neighbour");
    let row = client.query_opt(sql, &[&key]).await.map_err(doing)?;
    Ok(row.map(|row| (row.get(0), row.get(1))))
}

/// A gap is filled with the second choice of each row, no later than the next time that is
/// known; or else along the keys, between the times on both sides.
fn fill(
    rows: &[Row],
    numbers: &[i64],
    times: &mut [Option<i64>],
    (mut before, after): (Option<Known>, Option<Known>),
) {
    let mut next = vec![after; rows.len()];
    let mut nearest = after;
    for (place, row) in rows.iter().enumerate().rev() {
        next[place] = nearest;
        if let Some(time) = row.time {
            nearest = Some((numbers[place], time));
        }
    }
    for (place, row) in rows.iter().enumerate() {
        let known = next[place];
        if let Some(time) = row.time {
            before = Some((numbers[place], time));
        } else if let Some(time) = row.otherwise {
            times[place] = Some(known.map_or(time, |(_, latest)| time.min(latest)));
        } else if let (Some(before), Some(after)) = (before, known) {
            times[place] = Some(between(before, after, numbers[place]));
        }
    }
}

/// A time as far along as the key is.
fn between((from, start): Known, (to, end): Known, number: i64) -> i64 {
    let width = (i128::from(to) - i128::from(from)).max(1);
    let along = i128::from(number) - i128::from(from);
    let time = i128::from(start) + (i128::from(end) - i128::from(start)) * along / width;
    i64::try_from(time).unwrap_or(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: i64, time: Option<i64>, otherwise: Option<i64>) -> Row {
        Row {
            key: vec![number.to_string()],
            number: Some(number),
            time,
            otherwise,
        }
    }

    fn filled(rows: &[Row], outside: (Option<Known>, Option<Known>)) -> Vec<Option<i64>> {
        let numbers: Vec<i64> = rows.iter().filter_map(|row| row.number).collect();
        let mut times: Vec<Option<i64>> = rows.iter().map(|row| row.time).collect();
        fill(rows, &numbers, &mut times, outside);
        times
    }

    #[test]
    fn gaps_are_filled_along_the_keys() {
        let rows = [
            row(10, Some(1000), None),
            row(20, None, None),
            row(25, None, None),
            row(30, Some(3000), None),
        ];
        assert_eq!(
            filled(&rows, (None, None)),
            [Some(1000), Some(2000), Some(2500), Some(3000)]
        );
    }

    #[test]
    fn neighbours_outside_of_the_batch_count() {
        let rows = [row(20, None, None)];
        assert_eq!(filled(&rows, (Some((10, 0)), Some((50, 400)))), [Some(100)]);
        assert_eq!(filled(&rows, (None, Some((50, 400)))), [None]);
        assert_eq!(filled(&rows, (Some((10, 0)), None)), [None]);
    }

    #[test]
    fn the_second_choice_holds_unless_it_is_later_than_the_next_time() {
        let rows = [
            row(1, None, Some(50)),
            row(2, None, Some(900)),
            row(3, Some(100), None),
        ];
        assert_eq!(
            filled(&rows, (None, None)),
            [Some(50), Some(100), Some(100)]
        );
    }
}
