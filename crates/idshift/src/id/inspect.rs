//! `idshift id inspect`: what an id is made of, and when it was made.

mod anatomy;
mod drawing;
mod versions;

use std::borrow::Cow;

use clap::Args;
use ids::inspect::{Form, Found, epochs, inspect, snowflake};
use ids::{ParseError, Timestamp, Uuid, Variant};
use serde::Serialize;

use self::anatomy::{Anatomy, Field, Shown};
use self::drawing::Picture;
use super::read;
use crate::Outcome;
use crate::clock;
use crate::console::{Console, Text};
use crate::input::{ItemError, Items};
use crate::refusal::Refusal;
use crate::times::{When, Zone};

/// The arguments of `idshift id inspect`.
#[derive(Args)]
#[command(after_help = "\
Knows UUIDs of every version in every form that `idshift` writes, ULID, TypeID, KSUID, ObjectId,
Snowflake and NanoID. One ID is drawn with its fields; several, or those of standard input, get one
line each: the id, what it is, and its time (UTC).

Reads standard input, one id on each line, where an ID is `-` or none is given.

Examples:
  idshift id inspect 019a9964-77f3-7479-bc9f-50ff6ea646f1
  idshift id inspect --epoch twitter 1541815603606036480
  psql -Atc 'SELECT id FROM users' | idshift id inspect --json")]
pub(crate) struct Arguments {
    /// Ids, or - for standard input
    #[arg(value_name = "ID")]
    ids: Vec<String>,

    /// Where the time of a Snowflake begins: twitter, discord or a TIME
    #[arg(long, value_name = "EPOCH", value_parser = epoch)]
    epoch: Option<Epoch>,
}

/// The moment from which a maker of Snowflakes counts.
#[derive(Clone, Debug)]
enum Epoch {
    /// One that is known.
    Known(Timestamp),
    /// One that was named.
    Named(When),
}

fn epoch(text: &str) -> Result<Epoch, crate::times::TimeError> {
    match text {
        "twitter" => Ok(Epoch::Known(epochs::TWITTER)),
        "discord" => Ok(Epoch::Known(epochs::DISCORD)),
        _ => text.parse().map(Epoch::Named),
    }
}

/// What was found, for programs.
#[derive(Serialize)]
struct Line<'a> {
    input: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uuid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<&'a str>,
    time: Option<Text<Timestamp>>,
    unix_ms: Option<i64>,
    fields: Vec<FieldLine>,
}

/// One field, for programs.
#[derive(Serialize)]
struct FieldLine {
    name: &'static str,
    first_bit: usize,
    bits: usize,
    value: Text<Shown>,
}

/// Draws one id, or writes a line for each of several.
pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let now = clock::now()?;
    let epoch = match &arguments.epoch {
        None => None,
        Some(Epoch::Known(epoch)) => Some(*epoch),
        Some(Epoch::Named(when)) => {
            let epoch = when.moment(now, &Zone::UTC);
            Some(epoch.map_err(Refusal::from)?)
        }
    };
    let items = Items::ids(&arguments.ids);
    let single = items.single().is_some();
    items.for_each(console, |console, input| {
        let seen = Seen::of(input).map_err(|error| read::not_an_id(input, &error))?;
        let found = seen.found;
        if console.json() {
            json(input, &seen, epoch, console)
        } else if single {
            let picture = Picture {
                input,
                kind: &seen.kind,
                found: &found,
                time: time(&found, epoch),
                now,
            };
            picture.draw(&Anatomy::of(&found, epoch), console)
        } else {
            line(input, &seen, time(&found, epoch), console)
        }
    })
}

/// What a text was recognised as.
struct Seen<'a> {
    found: Found<'a>,
    /// Its name in words, and how it is written where that is no form of its own.
    kind: Cow<'static, str>,
}

impl<'a> Seen<'a> {
    /// Recognises a text, also as a UUID in one of the forms that only `idshift` writes.
    fn of(input: &'a str) -> Result<Self, ParseError> {
        let error = match inspect(input) {
            Ok(found) => {
                let kind = found.kind().into();
                return Ok(Self { found, kind });
            }
            Err(error) => error,
        };
        // Any number is 128 bits; only some of them are a UUID.
        let real = |id: &Uuid| {
            let numbered = id.variant() == Variant::Rfc && id.version().is_some();
            numbered || id.is_nil() || id.is_max()
        };
        let id = read::id(input, read::From::Auto).ok().filter(real);
        let id = id.ok_or(error)?;
        let form = Form::Simple;
        let found = Found::Uuid { id, form };
        let form = if input.starts_with("0x") || input.starts_with("0X") {
            "in hexadecimal"
        } else if input.bytes().all(|byte| byte.is_ascii_digit()) {
            "as a number"
        } else {
            "in base 64"
        };
        let kind = format!("{}, {form}", found.kind()).into();
        Ok(Self { found, kind })
    }
}

/// The time of what was found; of a Snowflake only where its epoch is known.
fn time(found: &Found<'_>, epoch: Option<Timestamp>) -> Option<Timestamp> {
    match (found, epoch) {
        (Found::Number(value), Some(epoch)) => Some(snowflake(*value, epoch)),
        _ => found.time(),
    }
}

fn line(
    input: &str,
    seen: &Seen<'_>,
    time: Option<Timestamp>,
    console: &mut Console,
) -> Result<(), ItemError> {
    let kind = &seen.kind;
    match time {
        Some(time) => console.line(format_args!("{input:<36}  {kind:<14}  {time}"))?,
        None => console.line(format_args!("{input:<36}  {kind:<14}  -"))?,
    }
    Ok(())
}

fn json(
    input: &str,
    seen: &Seen<'_>,
    epoch: Option<Timestamp>,
    console: &mut Console,
) -> Result<(), ItemError> {
    let found = &seen.found;
    let anatomy = Anatomy::of(found, epoch);
    let time = time(found, epoch);
    let field = |field| FieldLine::of(&anatomy, field);
    console.write_json(&Line {
        input,
        kind: &seen.kind,
        uuid: found.uuid().map(Uuid::hyphenated).as_deref(),
        prefix: match found {
            Found::TypeId(typeid) => Some(typeid.prefix()),
            _ => None,
        },
        time: time.map(Text),
        unix_ms: time.map(Timestamp::unix_ms),
        fields: anatomy.fields.iter().map(field).collect(),
    })?;
    Ok(())
}

impl FieldLine {
    fn of(anatomy: &Anatomy, field: &Field) -> Self {
        Self {
            name: field.name,
            first_bit: field.bits.start,
            bits: field.bits.len(),
            value: Text(anatomy.shown(field)),
        }
    }
}
