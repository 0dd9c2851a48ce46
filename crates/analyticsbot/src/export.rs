//! `analyticsbot export`: writes the events of a project to a file.

mod columns;
mod csv;
mod output;
mod pages;
mod parquet;

use std::future::Future;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::pin::pin;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use event::Event;
use serde::Serialize;
use store::{EventFilter, Project, Store};

use self::csv::Csv;
use self::output::NewFile;
use self::pages::Pages;
use self::parquet::Parquet;
use crate::console::Console;
use crate::context::Context;
use crate::event_json::EventJson;
use crate::refusal::Refusal;
use crate::times::When;
use crate::{Outcome, project, stop};

/// The arguments of the command.
#[derive(Args)]
#[command(after_help = "Examples:
  analyticsbot export --project shop -o events.ndjson
  analyticsbot export --project shop --since '30 days ago' --name purchase -o purchases.parquet
  analyticsbot export --project shop --format csv --columns timestamp,event,properties.plan")]
pub(crate) struct Arguments {
    /// The project: its slug or id [default: the only one]
    #[arg(long, value_name = "SLUG")]
    project: Option<String>,

    /// How to write [default: by the file's name, else ndjson]
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// Only events from this time on: `2026-11-01`, `30 days ago`
    #[arg(long, value_name = "TIME")]
    since: Option<When>,

    /// Only events before this time
    #[arg(long, value_name = "TIME")]
    until: Option<When>,

    /// Only events with this name
    #[arg(long)]
    name: Option<String>,

    /// Only events of this user: its user id or anonymous id
    #[arg(long)]
    user: Option<String>,

    /// Of CSV: these columns, such as `timestamp,event,properties.plan` [default: all]
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    columns: Vec<String>,

    /// Of CSV: leave cells alone that a spreadsheet takes for formulas
    #[arg(long)]
    raw: bool,

    /// Write to this file, which is there when it is complete [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One JSON object on each line, for `analyticsbot import`
    Ndjson,
    /// A header and one event in each row
    Csv,
    /// Typed columns, for analysis
    Parquet,
}

impl Format {
    fn guess(output: Option<&Path>) -> Self {
        let ending = output
            .and_then(Path::extension)
            .map(std::ffi::OsStr::to_ascii_lowercase);
        match ending.as_ref().and_then(|ending| ending.to_str()) {
            Some("csv") => Self::Csv,
            Some("parquet") => Self::Parquet,
            _ => Self::Ndjson,
        }
    }
}

/// What is said of a file that was written.
#[derive(Serialize)]
struct Summary<'a> {
    output: String,
    project: &'a str,
    events: u64,
}

/// Runs the command.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let stop = stop::requested().context("listen for signals")?;
    let mut writer = writer(&arguments, &context.console)?;
    let store = context.store().await?;
    let project = find_project(&store, arguments.project.as_deref()).await?;
    let filter = filter(&arguments, context)?;
    let pages = Pages::open(store.journal(), project.id, filter).await?;
    let Some(path) = &arguments.output else {
        let events = write(pages, &mut writer, context.console.out(), stop).await?;
        return ended(events, context);
    };
    let doing = || format!("write `{}`", path.display());
    let mut file = NewFile::create(path).with_context(doing)?;
    let events = write(pages, &mut writer, &mut file, stop)
        .await
        .with_context(doing)?;
    let Some(count) = events else {
        return ended(None, context);
    };
    file.finish().with_context(doing)?;
    say(path, &project, count, context)?;
    ended(Some(count), context)
}

fn ended(events: Option<u64>, context: &mut Context) -> anyhow::Result<Outcome> {
    if events.is_some() {
        return Ok(Outcome::Fine);
    }
    context.console.note("stopped before the end")?;
    Ok(Outcome::Refused)
}

fn say(path: &Path, project: &Project, events: u64, context: &mut Context) -> io::Result<()> {
    let (output, project) = (path.display().to_string(), project.slug.as_str());
    let console = &mut context.console;
    if console.json() {
        return console.write_json(&Summary {
            output,
            project,
            events,
        });
    }
    console.line(format_args!("{output}: {events} events of {project}"))
}

async fn find_project(store: &Store, name: Option<&str>) -> anyhow::Result<Project> {
    if let Some(name) = name {
        return project::find(store, name).await;
    }
    let mut projects = project::all(&store.registry()).await?;
    match projects.pop() {
        Some(only) if projects.is_empty() => Ok(only),
        Some(_) => Err(Refusal::usage("there are several projects")
            .hint("name one with --project; `analyticsbot project list` shows them")
            .into()),
        None => Err(Refusal::new("no_project", "there is no project").into()),
    }
}

fn filter(arguments: &Arguments, context: &Context) -> Result<EventFilter, Refusal> {
    let now = context.now();
    let moment = |when: &Option<When>| when.as_ref().map(|when| when.moment(now)).transpose();
    Ok(EventFilter {
        user: arguments.user.clone(),
        name: arguments.name.clone(),
        from: moment(&arguments.since)?,
        to: moment(&arguments.until)?,
    })
}

/// Writes events in one of the formats.
enum Writer {
    Ndjson(Vec<u8>),
    Csv(Csv),
    Parquet(Box<Parquet>),
}

fn writer(arguments: &Arguments, console: &Console) -> Result<Writer, Refusal> {
    let format = arguments
        .format
        .unwrap_or_else(|| Format::guess(arguments.output.as_deref()));
    if format != Format::Csv && (arguments.raw || !arguments.columns.is_empty()) {
        return Err(Refusal::usage("--columns and --raw are of CSV").hint("add `--format csv`"));
    }
    match format {
        Format::Ndjson => Ok(Writer::Ndjson(Vec::new())),
        Format::Csv => Csv::new(&arguments.columns, arguments.raw).map(Writer::Csv),
        Format::Parquet if arguments.output.is_none() && console.out_is_terminal() => {
            Err(Refusal::usage("Parquet is not for a terminal")
                .hint("name a file: `-o events.parquet`"))
        }
        Format::Parquet => Ok(Writer::Parquet(Box::new(Parquet::new()))),
    }
}

impl Writer {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Ndjson(_) => Ok(()),
            Self::Csv(csv) => csv.begin(out),
            Self::Parquet(parquet) => parquet.begin(out),
        }
    }

    fn event(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Ndjson(line) => {
                line.clear();
                serde_json::to_writer(&mut *line, &EventJson(event))?;
                line.push(b'\n');
                out.write_all(line)
            }
            Self::Csv(csv) => csv.event(event, out),
            Self::Parquet(parquet) => parquet.event(event, out),
        }
    }

    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Ndjson(_) | Self::Csv(_) => {}
            Self::Parquet(parquet) => parquet.finish(out)?,
        }
        out.flush()
    }
}

/// Writes all events and returns how many there were; None if it was asked to stop.
async fn write(
    mut pages: Pages,
    writer: &mut Writer,
    out: &mut dyn Write,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<Option<u64>> {
    let mut stop = pin!(stop);
    let mut count = 0;
    writer.begin(out)?;
    loop {
        let page = tokio::select! {
            biased;
            () = &mut stop => return Ok(None),
            page = pages.next() => page?,
        };
        let Some(events) = page else { break };
        for event in &events {
            writer.event(event, out)?;
        }
        count += events.len() as u64;
    }
    writer.finish(out)?;
    Ok(Some(count))
}
