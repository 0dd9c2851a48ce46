//! `analyticsbot events show`: one event with all that is stored of it.

use clap::Args;
use event::{Event, EventId, Json};
use ids::Uuid;
use store::{Project, Store};

use crate::Outcome;
use crate::console::{Console, DIM, STRONG};
use crate::context::Context;
use crate::event_json::{EventJson, time};
use crate::project;
use crate::refusal::Refusal;
use crate::table::plain;

/// The arguments of `analyticsbot events show`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  analyticsbot events show 01a20449-8d58-7bb7-b4f9-dc1b0d5b5e4b
  analyticsbot events show event_01m820k3ars2vvefayvgdcmnjb --json")]
pub(crate) struct Arguments {
    /// The id that storing it was answered with
    #[arg(value_parser = id)]
    id: Uuid,

    /// Slug or id of the project [default: all are looked through]
    #[arg(long, value_name = "PROJECT")]
    project: Option<String>,
}

fn id(text: &str) -> Result<Uuid, ids::ParseError> {
    EventId::parse(text)
        .map(EventId::uuid)
        .or_else(|_| Uuid::parse(text))
}

/// Shows the event.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let store = context.store().await?;
    let projects = match arguments.project.as_deref() {
        Some(named) => vec![project::find(&store, named).await?],
        None => project::all(&store.registry()).await?,
    };
    let Some((project, event)) = find(&store, projects, arguments.id).await? else {
        let message = format!("there is no event `{}`", arguments.id);
        let refusal = Refusal::new("no_event", message)
            .hint("was it refused? `analyticsbot events rejected` says why");
        return Err(refusal.into());
    };
    if context.console.json() {
        context.console.write_json(&EventJson(&event))?;
    } else {
        draw(&project, &event, &mut context.console)?;
    }
    Ok(Outcome::Fine)
}

async fn find(
    store: &Store,
    projects: Vec<Project>,
    id: Uuid,
) -> Result<Option<(Project, Event)>, store::Error> {
    for project in projects {
        if let Some(event) = store.journal().event(project.id, id).await? {
            return Ok(Some((project, event)));
        }
    }
    Ok(None)
}

fn draw(project: &Project, event: &Event, console: &mut Console) -> anyhow::Result<()> {
    let (dim, strong) = (console.style(DIM), console.style(STRONG));
    let name = plain(event.name.as_str());
    let lines = [
        ("event", Some(format!("{strong}{name}{strong:#}"))),
        ("id", Some(event.id.to_string())),
        ("typed id", Some(event.typed_id().to_string())),
        (
            "project",
            Some(format!("{} ({})", project.name, project.slug)),
        ),
        ("time", Some(time(event.timestamp))),
        ("as sent", event.original_timestamp.clone()),
        ("received", Some(time(event.received_at))),
        ("user", event.user_id.as_deref().map(plain)),
        ("anonymous", event.anonymous_id.as_deref().map(plain)),
        ("client's id", event.canonical_id.map(|id| id.to_string())),
        (
            "address",
            event.ip_address.map(|address| address.to_string()),
        ),
        ("user agent", event.user_agent.as_deref().map(plain)),
        ("came by", Some(event.source.to_string())),
    ];
    for (label, text) in lines {
        if let Some(text) = text {
            console.line(format_args!("{dim}{label:<13}{dim:#}{text}"))?;
        }
    }
    let documents = [
        ("properties", Some(&event.properties)),
        ("context", event.context.as_ref()),
    ];
    for (label, json) in documents {
        if let Some(json) = json {
            document(label, json, console)?;
        }
    }
    Ok(())
}

/// A document over several lines, below its label.
fn document(label: &str, json: &Json, console: &mut Console) -> anyhow::Result<()> {
    let dim = console.style(DIM);
    if json.as_str() == "{}" {
        console.line(format_args!("{dim}{label:<13}{dim:#}none"))?;
        return Ok(());
    }
    console.line(format_args!("{dim}{label}{dim:#}"))?;
    let value: serde_json::Value = serde_json::from_str(json.as_str())?;
    for line in serde_json::to_string_pretty(&value)?.lines() {
        console.line(format_args!("  {}", plain(line)))?;
    }
    Ok(())
}
