//! `idshift id range`: the ids at the bounds of a time range, and the SQL condition.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use ids::{Timestamp, Uuid};
use serde::Serialize;

use crate::Outcome;
use crate::clock;
use crate::console::{Console, DIM, STRONG, Text};
use crate::refusal::Refusal;
use crate::table::{Cell, Table};
use crate::times::{Length, When, Zone, on_clocks};

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
        value_parser = NonEmptyStringValueParser::new())]
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
    let (from, to) = arguments.times(clock::now()?)?;
    let ids = Uuid::range_of(from, to)?;
    if ids.is_empty() {
        let refusal = Refusal::usage(format!("no id lies between `{from}` and `{to}`"));
        return Err(refusal
            .hint("FROM is before TO; TO itself is left out")
            .into());
    }
    // The bounds are whole milliseconds: what is shown is what the ids say.
    let [from, to] = [ids.start, ids.end].map(|id| (id, id.timestamp().unwrap_or(to)));
    let column = sql_name(&arguments.column);
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
    let (dim, strong) = (console.style(DIM), console.style(STRONG));
    // The zone that was asked in, or the one that the reader lives in.
    let zone = arguments.tz.clone().unwrap_or_else(Zone::local);
    let mut table = Table::new(["", "id", "time"].map(|head| Cell::styled(head, dim)));
    for (name, (id, time)) in [("from", from), ("before", to)] {
        let clocks = on_clocks(time, &zone).unwrap_or_default();
        table.push([
            Cell::styled(name, dim),
            Cell::styled(id.to_string(), strong),
            format!("{time}\n{clocks}").into(),
        ]);
    }
    let columns = console.columns();
    table.draw(console.out(), columns)?;
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
}

/// The name as SQL takes it: plain and quoted parts as they are, others quoted.
fn sql_name(name: &str) -> String {
    let mut quoted = false;
    let parts = name.split(|letter| {
        // A point between quotes belongs to the name.
        quoted ^= letter == '"';
        letter == '.' && !quoted
    });
    parts.map(sql_part).collect::<Vec<String>>().join(".")
}

fn sql_part(part: &str) -> String {
    let letter = |byte: &u8| byte.is_ascii_lowercase() || *byte == b'_';
    let plain = part.as_bytes().first().is_some_and(letter)
        && part
            .bytes()
            .all(|byte| letter(&byte) || byte.is_ascii_digit());
    let inner = part
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let quoted = inner.is_some_and(|inner| !inner.replace("\"\"", "").contains('"'));
    if plain || quoted {
        part.to_owned()
    } else {
        format!("\"{}\"", part.replace('"', "\"\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_quoted_where_it_has_to_be() {
        let check = |name: &str, expected: &str| assert_eq!(sql_name(name), expected);
        check("id", "id");
        check("events.event_id2", "events.event_id2");
        check("eventId", "\"eventId\"");
        check("public.Events.id", "public.\"Events\".id");
        check("\"Events\".id", "\"Events\".id");
        check("\"a.b\".id", "\"a.b\".id");
        check("\"a\"\"b\"", "\"a\"\"b\"");
        check("2id", "\"2id\"");
        check("id = id OR id", "\"id = id OR id\"");
        check("id\" OR \"1", "\"id\"\" OR \"\"1\"");
        check("\"", "\"\"\"\"");
    }
}
