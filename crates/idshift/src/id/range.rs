//! `idshift id range`: the ids at the bounds of a time range, and the SQL condition.

mod sql;

use std::io::{self, Write};

use anstyle::Style;
use clap::Args;
use ids::{Timestamp, Uuid};
use serde::Serialize;

use crate::Outcome;
use crate::clock;
use crate::console::{Console, DIM, STRONG, Text};
use crate::refusal::Refusal;
use crate::table::{Cell, Table};
use crate::times::{Length, When, Zone, on_clocks};

/// Columns from which on an id and its time stand side by side.
const SIDE_BY_SIDE_COLUMNS: usize = 82;

/// The arguments of `idshift id range`.
#[derive(Args)]
#[command(after_help = "\
The range holds FROM and not TO. A day alone is that whole day. Ids of version 7 sort by time, so
the condition is one contiguous stretch of the primary key's index.

Examples:
  idshift id range 2026-11-22
  idshift id range 2026-11-01 2026-12-01 --column events.id
  idshift id range --last 24h --json")]
pub(crate) struct Arguments {
    /// The first moment, or a whole day if TO is left out
    #[arg(
        value_name = "FROM",
        required_unless_present = "last",
        conflicts_with = "last",
        allow_hyphen_values = true
    )]
    from: Option<When>,

    /// The moment after the last one
    #[arg(value_name = "TO", allow_hyphen_values = true)]
    to: Option<When>,

    /// From this long ago until now: 24h, 7 days, 1 month
    #[arg(long, value_name = "LENGTH")]
    last: Option<Length>,

    /// The column of the condition
    #[arg(long, value_name = "NAME", default_value = "id",
        value_parser = sql::column)]
    column: String,

    /// The zone of a time that names none: UTC, local, Europe/Berlin [default: UTC]
    #[arg(long, value_name = "ZONE")]
    tz: Option<Zone>,
}

/// The range for programs.
#[derive(Serialize)]
struct Found {
    from: Text<Timestamp>,
    to: Text<Timestamp>,
    first_id: Text<Uuid>,
    end_id: Text<Uuid>,
    sql: String,
}

/// Writes the bounds and the condition.
pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let now = clock::now()?;
    let (from, to) = arguments.times(now)?;
    let ids = Uuid::range_of(from, to)?;
    if ids.is_empty() {
        let refusal = Refusal::usage(format!("no id lies between `{from}` and `{to}`"));
        return Err(refusal.hint(arguments.why_empty(now, from < to)).into());
    }
    // The bounds are whole milliseconds: what is shown is what the ids say.
    let [from, to] = [ids.start, ids.end].map(|id| (id, id.timestamp().unwrap_or(to)));
    let column = &arguments.column;
    let sql = format!("{column} >= '{}' AND {column} < '{}'", ids.start, ids.end);
    if console.json() {
        console.write_json(&Found {
            from: Text(from.1),
            to: Text(to.1),
            first_id: Text(from.0),
            end_id: Text(to.0),
            sql,
        })?;
        return Ok(Outcome::Fine);
    }
    // The zone that was asked in, or the one that the reader lives in.
    let zone = arguments.tz.clone().or_else(Zone::local);
    draw([from, to], zone.as_ref(), console)?;
    console.line(format_args!("{sql}"))?;
    Ok(Outcome::Fine)
}

impl Arguments {
    /// The beginning and the end.
    fn times(&self, now: jiff::Timestamp) -> Result<(Timestamp, Timestamp), Refusal> {
        let zone = self.tz.clone().unwrap_or(Zone::UTC);
        let moment = |when: &When| when.moment(now, &zone);
        if let Some(length) = &self.last {
            return Ok((moment(&length.ago())?, moment(&When::now())?));
        }
        let from = self
            .from
            .as_ref()
            .expect("the command line asks for FROM or --last");
        if let Some(to) = &self.to {
            return Ok((moment(from)?, moment(to)?));
        }
        from.whole_day(now, &zone)?.ok_or_else(|| {
            Refusal::usage("only a whole day may stand alone")
                .hint("give TO as well, which may be `now`")
        })
    }

    /// What to do about a range without an id in it.
    fn why_empty(&self, now: jiff::Timestamp, rising: bool) -> String {
        let zone = self.tz.clone().unwrap_or(Zone::UTC);
        let mut times = [&self.from, &self.to].into_iter().flatten();
        if let Some(skipped) = times.find_map(|when| when.skipped(now, &zone)) {
            return format!("the clocks of that zone skipped `{skipped}`");
        }
        let text = if rising {
            "an id's time is a whole millisecond, and none begins between the two"
        } else {
            "FROM is before TO; TO itself is left out"
        };
        text.to_owned()
    }
}

/// The two bounds, side by side, or below one another where that breaks no id.
fn draw(
    bounds: [(Uuid, Timestamp); 2],
    zone: Option<&Zone>,
    console: &mut Console,
) -> io::Result<()> {
    let (dim, strong) = (console.style(DIM), console.style(STRONG));
    let columns = console.columns();
    let lines = bounds.map(|(id, time)| {
        let clocks = zone.and_then(|zone| on_clocks(time, zone));
        let clocks = clocks.map_or_else(String::new, |clocks| format!("\n{clocks}"));
        (id.to_string(), format!("{time}{clocks}"))
    });
    lay_out(lines, [dim, strong], columns, console.out())
}

fn lay_out(
    [from, before]: [(String, String); 2],
    [dim, strong]: [Style; 2],
    columns: usize,
    out: &mut impl Write,
) -> io::Result<()> {
    let rows = [("from", from), ("before", before)];
    if columns < SIDE_BY_SIDE_COLUMNS {
        let mut table = Table::new(["", "id and time"].map(|head| Cell::styled(head, dim)));
        for (name, (id, time)) in rows {
            let text = Cell::styled(format!("{id}\n{time}"), strong);
            table.push([Cell::styled(name, dim), text]);
        }
        return table.draw(out, columns);
    }
    let mut table = Table::new(["", "id", "time"].map(|head| Cell::styled(head, dim)));
    for (name, (id, time)) in rows {
        table.push([
            Cell::styled(name, dim),
            Cell::styled(id, strong),
            time.into(),
        ]);
    }
    table.draw(out, columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_never_broken() {
        let ids = [
            "01a2008d-7400-7000-8000-000000000000",
            "01a205b3-d000-7000-8000-000000000000",
        ];
        for columns in 60..=100 {
            let lines = ids.map(|id| {
                let time = "2026-11-22T00:00:00.000Z\n2026-11-22 00:00:00.000 +0530";
                (id.to_owned(), time.to_owned())
            });
            let mut out = Vec::new();
            lay_out(lines, [Style::new(); 2], columns, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert!(ids.iter().all(|id| text.contains(id)), "{text}");
            assert!(
                text.lines().all(|line| line.chars().count() <= columns),
                "{text}"
            );
        }
    }
}
