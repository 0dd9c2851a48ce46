//! `analyticsbot send`: stores one event, after the same checks as over HTTP.

use std::collections::BTreeMap;
use std::io::Read;

use clap::Args;
use event::{Checked, Correction, Draft, Notes, Received, Rejection, Source, check};
use serde_json::value::{RawValue, to_raw_value};
use store::{Outcome as Stored, Store};

use crate::Outcome;
use crate::console::Console;
use crate::context::{Context, make_id};
use crate::event_json::{EventJson, time};
use crate::project;
use crate::refusal::Refusal;
use crate::times::When;

/// The arguments of `analyticsbot send`.
#[derive(Args)]
#[command(after_help = "\
A VALUE that is JSON is taken as such: 7, true, [1, 2]. Everything else is a text, and so is \
what stands in double quotes: --property 'zip=\"01234\"'.

Examples:
  analyticsbot send 'Signed Up' --user u1 --property plan=pro
  analyticsbot send Paid --user u1 --time '2 hours ago' --property amount=12.50
  analyticsbot send --event-json '{\"event\":\"Paid\",\"user_id\":\"u1\"}' --dry-run")]
pub(crate) struct Arguments {
    /// What happened
    #[arg(required_unless_present = "event_json")]
    name: Option<String>,

    /// Slug or id of the project [default: the only one]
    #[arg(long, value_name = "PROJECT")]
    project: Option<String>,

    /// Who did it
    #[arg(long, value_name = "ID")]
    user: Option<String>,

    /// Who did it, before they signed in
    #[arg(long, value_name = "ID")]
    anonymous: Option<String>,

    /// A property; may be given several times
    #[arg(long = "property", short, value_name = "KEY=VALUE", value_parser = property)]
    properties: Vec<(String, Box<RawValue>)>,

    /// When it happened [default: now]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    time: Option<When>,

    /// Your own id of the event: a second one with it is a duplicate
    #[arg(long, value_name = "ID")]
    id: Option<String>,

    /// The whole event as JSON, as it would be sent over HTTP; - reads standard input
    #[arg(long, value_name = "JSON", conflicts_with_all = ["name", "user", "anonymous",
        "properties", "time", "id"])]
    event_json: Option<String>,

    /// Print what would be stored, and store nothing
    #[arg(long)]
    dry_run: bool,
}

fn property(text: &str) -> Result<(String, Box<RawValue>), String> {
    let Some((key, value)) = text.split_once('=').filter(|(key, _)| !key.is_empty()) else {
        return Err("a property is a key and a value: `plan=pro`".to_owned());
    };
    // As it is written, so that a number keeps its digits.
    let json = serde_json::from_str(value).or_else(|_| to_raw_value(value));
    json.map(|json| (key.to_owned(), json))
        .map_err(|error| error.to_string())
}

/// Stores the event, or shows it.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let input = input(&arguments, context)?;
    let store = context.store().await?;
    let project = project::find_or_only(&store, arguments.project.as_deref()).await?;
    let received = Received {
        at: context.now(),
        ip: None,
        user_agent: None,
        source: Source::Command,
    };
    let limits = &context.settings.intake.limits;
    let checked = Draft::read(0, &input, limits)
        .and_then(|draft| check(&draft, project.id, &received, limits, make_id))
        .map_err(refusal)?;
    if arguments.dry_run {
        show(&checked, &mut context.console)?;
    } else {
        keep(&store, checked, &mut context.console).await?;
    }
    Ok(Outcome::Fine)
}

/// The event as a client would send it.
fn input(arguments: &Arguments, context: &Context) -> anyhow::Result<Vec<u8>> {
    match arguments.event_json.as_deref() {
        Some("-") => {
            let max = context.settings.intake.limits.body_bytes_max as u64;
            let (mut input, stdin) = (Vec::new(), context.console.input().lock());
            // One byte more shows that there is too much; the check says so.
            stdin.take(max.saturating_add(1)).read_to_end(&mut input)?;
            return Ok(input.trim_ascii().to_vec());
        }
        Some(json) => return Ok(json.as_bytes().to_vec()),
        None => {}
    }
    let mut event = BTreeMap::new();
    let texts = [
        ("event", &arguments.name),
        ("user_id", &arguments.user),
        ("anonymous_id", &arguments.anonymous),
        ("message_id", &arguments.id),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            event.insert(key, to_raw_value(text)?);
        }
    }
    if let Some(when) = &arguments.time {
        let moment = when.moment(context.now())?;
        event.insert("timestamp", to_raw_value(&time(moment))?);
    }
    let properties: BTreeMap<_, _> = arguments
        .properties
        .iter()
        .map(|(key, json)| (key, json))
        .collect();
    event.insert("properties", to_raw_value(&properties)?);
    Ok(serde_json::to_vec(&event)?)
}

fn refusal(rejection: Rejection) -> Refusal {
    let field = rejection
        .field
        .map_or_else(String::new, |field| format!("{field}: "));
    let message = format!("the event was refused: {field}{}", rejection.message);
    Refusal::new(rejection.code.as_str(), message)
}

fn show(checked: &Checked, console: &mut Console) -> anyhow::Result<()> {
    let event = EventJson(&checked.event);
    if console.json() {
        console.write_json(&event)?;
    } else {
        console.line(format_args!("{}", serde_json::to_string_pretty(&event)?))?;
    }
    tell(checked.notes, console)?;
    console.note("nothing was stored")?;
    Ok(())
}

async fn keep(store: &Store, checked: Checked, console: &mut Console) -> anyhow::Result<()> {
    let Checked { event, notes } = checked;
    let outcomes = store.journal().append(vec![event]).await?;
    let (id, status) = match outcomes.first() {
        Some(Stored::Stored(id)) => (id, "stored"),
        Some(Stored::Duplicate(id)) => (id, "duplicate"),
        Some(Stored::NoProject) | None => {
            let refusal = Refusal::new("archived", "the project is archived: it takes no events");
            return Err(refusal.into());
        }
    };
    if console.json() {
        let id = id.hyphenated();
        let answer = [("id", id.as_str()), ("status", status)];
        console.write_json(&BTreeMap::from(answer))?;
    } else {
        console.line(format_args!("{id}"))?;
    }
    tell(notes, console)?;
    if status == "duplicate" {
        console.note("an event with this id is stored already; nothing was changed")?;
    }
    Ok(())
}

/// Says what had to be done to the event.
fn tell(notes: Notes, console: &mut Console) -> anyhow::Result<()> {
    let extra = match notes.extra_fields {
        1 => "a field of an unknown name is kept in the context".to_owned(),
        count => format!("{count} fields of unknown names are kept in the context"),
    };
    for (is_so, text) in [
        (notes.extra_fields > 0, extra.as_str()),
        (
            notes.time == Correction::Skew,
            "its time was corrected by the client's clock",
        ),
        (
            notes.time == Correction::Clamped,
            "its time was moved to the nearest that is allowed",
        ),
        (
            notes.sanitised,
            "a text or number of it is stored otherwise than it was sent",
        ),
    ] {
        if is_so {
            console.note(text)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_is_json_or_a_text() {
        for (text, expected) in [
            ("plan=pro", Some(("plan", r#""pro""#))),
            ("amount=12.50", Some(("amount", "12.50"))),
            ("zip=01234", Some(("zip", r#""01234""#))),
            ("zip=\"7\"", Some(("zip", r#""7""#))),
            ("on=true", Some(("on", "true"))),
            ("a=b=c", Some(("a", r#""b=c""#))),
            ("empty=", Some(("empty", r#""""#))),
            ("=x", None),
            ("x", None),
        ] {
            let found = property(text).ok();
            let found = found.as_ref().map(|(key, json)| (key.as_str(), json.get()));
            assert_eq!(found, expected, "{text}");
        }
    }
}
