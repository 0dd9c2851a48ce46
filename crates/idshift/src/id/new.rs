//! `idshift id new`: makes ids, any number of them, in constant memory.

use clap::Args;
use ids::{Process, Timestamp, Uuid};
use serde::Serialize;

use super::format::Format;
use crate::Outcome;
use crate::clock;
use crate::console::{Console, Text};
use crate::refusal::Refusal;
use crate::times::{When, Zone};

/// Ids that are made and written in one step: 150 KB of text, well inside the cache.
const CHUNK: usize = 4096;

/// The arguments of `idshift id new`.
#[derive(Args)]
#[command(after_help = "\
Ids come in strict order: each is greater than every one that this run made before it. With --at
they carry that time and are in no order among themselves.

Examples:
  idshift id new
  idshift id new --count 1000 --format ulid
  idshift id new --at '2 hours ago'
  idshift id new --format typeid:user")]
pub(crate) struct Arguments {
    /// How many
    #[arg(long, short = 'n', value_name = "N", default_value_t = 1, value_parser = count)]
    count: u64,

    /// The time they carry instead of now: RFC 3339, a date, Unix seconds or milliseconds,
    /// "2 hours ago"
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<When>,

    /// The zone of a TIME that names none: UTC, local, Europe/Berlin
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    tz: Zone,

    /// hyphenated, simple, braced, urn, upper, ulid, typeid:PREFIX, int, hex, base64, base64url or
    /// json
    #[arg(long, short, value_name = "FORMAT", default_value = "hyphenated", value_parser = shape)]
    format: Shape,
}

fn count(text: &str) -> Result<u64, String> {
    let why = match text.parse() {
        Ok(0) => "it begins at 1",
        Ok(count) => return Ok(count),
        Err(_) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            "it ends at 18446744073709551615"
        }
        Err(_) => "it is written in digits, like `1000`",
    };
    Err(format!("no such count\n  hint: {why}"))
}

/// How a line of output looks.
#[derive(Clone, Debug)]
enum Shape {
    /// The id in a form.
    Text(Format),
    /// An object with the id and its time, as with `--json`.
    Json,
}

fn shape(text: &str) -> Result<Shape, String> {
    match text {
        "json" => Ok(Shape::Json),
        _ => text.parse().map(Shape::Text),
    }
}

/// One id for programs.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    time: Option<Text<Timestamp>>,
}

/// Makes the ids and writes one on each line.
pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let now = clock::now()?;
    let at = match &arguments.at {
        None => {
            if let Some(caution) = caution(now) {
                console.warn(&caution)?;
            }
            None
        }
        Some(when) => {
            let time = when.moment(now, &arguments.tz);
            Some(time.map_err(Refusal::from)?)
        }
    };
    let (format, json) = match &arguments.format {
        Shape::Text(format) => (format, console.json()),
        Shape::Json => (&Format::Hyphenated, true),
    };
    let mut left = arguments.count;
    let mut ids = vec![Uuid::NIL; usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK))];
    let mut text = Vec::new();
    while left > 0 {
        let count = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
        fill(&mut ids[..count], at)?;
        text.clear();
        for id in &ids[..count] {
            push(*id, format, json, &mut text)?;
        }
        console.write(&text)?;
        left -= count as u64;
    }
    Ok(Outcome::Fine)
}

/// What to know before ids of the present are relied on.
fn caution(now: jiff::Timestamp) -> Option<Refusal> {
    let refusal = Refusal::new("clock", "the clock is before 1970: the ids begin there");
    (now < jiff::Timestamp::UNIX_EPOCH).then(|| refusal.hint("set the clock of this machine"))
}

fn fill(ids: &mut [Uuid], at: Option<Timestamp>) -> anyhow::Result<()> {
    match at {
        None => Process::global().fill(ids)?,
        Some(time) => {
            for id in ids {
                *id = Uuid::at(time)?;
            }
        }
    }
    Ok(())
}

fn push(id: Uuid, format: &Format, json: bool, text: &mut Vec<u8>) -> serde_json::Result<()> {
    if json {
        let time = id.timestamp().map(Text);
        serde_json::to_writer(
            &mut *text,
            &Line {
                id: &format.text(id),
                time,
            },
        )?;
    } else {
        format.push(id, text);
    }
    text.push(b'\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_1970_is_warned_of() {
        let warned = |seconds| caution(jiff::Timestamp::from_second(seconds).unwrap()).is_some();
        assert!(warned(-157_766_400));
        assert!(!warned(0) && !warned(1_763_510_089));
    }
}
