//! `idshift id trace`: W3C trace context from ids, and ids from trace context.

use clap::Args;
use ids::trace::{SpanId, TraceId, TraceParent};
use ids::{Timestamp, Uuid};
use serde::Serialize;

use super::read::{self, From};
use crate::Outcome;
use crate::console::{Console, DIM, STRONG, Text};
use crate::input::{ItemError, Items};
use crate::refusal::Refusal;

/// The arguments of `idshift id trace`.
#[derive(Args)]
#[command(after_help = "\
An ID in any form becomes the trace id, with a fresh random span id; a traceparent header is taken
apart, with --mixed its trace id is unmixed, and --random and --unsampled change its flags. One is
shown with its parts; several, or those of standard input, get one line each: the traceparent and
the id.

The random flag (W3C Trace Context, level 2) says that the right-most 56 bits are random, which
samplers rely on. It is set for --new, for --mixed, for version 4, and for what --random vouches
for: the ids of AnalyticsBot, `idshift id new` and PostgreSQL 18 are so made, many others are not.

Reads standard input, one id on each line, where an ID is `-` or none is given.

Examples:
  idshift id trace --new
  idshift id trace --random 019a9964-77f3-7479-bc9f-50ff6ea646f1
  idshift id trace 00-019a996477f37479bc9f50ff6ea646f1-b7ad6b7169203331-03")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct Arguments {
    /// Ids or traceparent headers, or - for standard input
    #[arg(value_name = "ID")]
    ids: Vec<String>,

    /// Begin a trace with a new id
    #[arg(long, conflicts_with = "ids")]
    new: bool,

    /// Spread the randomness over the whole trace id, for samplers that read its left half
    #[arg(long)]
    mixed: bool,

    /// Set the random flag: the ids are known to end in 56 random bits
    #[arg(long)]
    random: bool,

    /// Clear the sampled flag
    #[arg(long)]
    unsampled: bool,
}

/// A trace context and the id that it belongs to.
struct Context {
    id: Uuid,
    parent: TraceParent,
}

/// A trace context, for programs.
#[derive(Serialize)]
struct Line {
    id: Text<Uuid>,
    time: Option<Text<Timestamp>>,
    traceparent: Text<TraceParent>,
    trace_id: Text<TraceId>,
    span_id: Text<SpanId>,
    sampled: bool,
    random: bool,
}

/// Shows the trace context of each id.
pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    if arguments.new {
        let shown = arguments
            .begin(Uuid::try_now_v7()?, true)
            .and_then(|context| show(&context, true, console));
        return Ok(shown.map(|()| Outcome::Fine)?);
    }
    let items = Items::ids(&arguments.ids);
    let single = items.single().is_some();
    items.for_each(console, |console, input| {
        let context = arguments.context(input)?;
        show(&context, single, console)
    })
}

impl Arguments {
    /// The trace context of an id, or the one that a header holds.
    fn context(&self, input: &str) -> Result<Context, ItemError> {
        // `00-`: no form of an id has a dash there.
        if input.as_bytes().get(2) != Some(&b'-') {
            let id = read::id(input, From::Auto)?;
            return self.begin(id, self.random || id.version() == Some(4));
        }
        let mut parent =
            TraceParent::parse(input).map_err(|error| read::not_an_id(input, &error))?;
        parent.random |= self.random;
        parent.sampled &= !self.unsampled;
        let trace_id = parent.trace_id;
        let id = if self.mixed {
            trace_id.unmixed()
        } else {
            trace_id.to_uuid()
        };
        Ok(Context { id, parent })
    }

    /// Begins a trace at an id.
    fn begin(&self, id: Uuid, random: bool) -> Result<Context, ItemError> {
        let trace_id = if self.mixed {
            TraceId::mixed(id)
        } else {
            TraceId::from_uuid(id)
        };
        let trace_id = trace_id.ok_or_else(|| {
            Refusal::new(
                "no_trace",
                format!("`{id}` makes a trace id of zeroes, which names none"),
            )
        })?;
        let (sampled, random) = (!self.unsampled, random || self.mixed);
        let parent_id = SpanId::random()?;
        Ok(Context {
            id,
            parent: TraceParent {
                trace_id,
                parent_id,
                sampled,
                random,
            },
        })
    }
}

fn show(context: &Context, single: bool, console: &mut Console) -> Result<(), ItemError> {
    let Context { id, parent } = context;
    let time = id.timestamp();
    if console.json() {
        console.write_json(&Line {
            id: Text(*id),
            time: time.map(Text),
            traceparent: Text(*parent),
            trace_id: Text(parent.trace_id),
            span_id: Text(parent.parent_id),
            sampled: parent.sampled,
            random: parent.random,
        })?;
        return Ok(());
    }
    if !single {
        console.line(format_args!("{parent}  {id}"))?;
        return Ok(());
    }
    let (dim, strong) = (console.style(DIM), console.style(STRONG));
    let flags = [(parent.sampled, "sampled"), (parent.random, "random")];
    let set: Vec<&str> = flags
        .iter()
        .filter(|(set, _)| *set)
        .map(|(_, name)| *name)
        .collect();
    let lines = [
        ("id", id.to_string()),
        (
            "time",
            time.map_or_else(|| "none".to_owned(), |time| time.to_string()),
        ),
        ("trace id", parent.trace_id.to_string()),
        ("span id", parent.parent_id.to_string()),
        (
            "flags",
            if set.is_empty() {
                "none".to_owned()
            } else {
                set.join(", ")
            },
        ),
        ("traceparent", format!("{strong}{parent}{strong:#}")),
    ];
    for (name, text) in lines {
        console.line(format_args!("{dim}{name:<13}{dim:#}{text}"))?;
    }
    Ok(())
}
