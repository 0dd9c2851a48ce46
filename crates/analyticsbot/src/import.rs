//! `analyticsbot import`: reads events from a file into a project.

mod check;
mod chunks;
mod commits;
mod fields;
mod lines;
mod memory;
mod piece;
mod progress;
mod records;
mod rejects;
mod report;
mod rows;
mod source;
mod state;
mod tally;

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::pin;
use std::thread;

use anyhow::Context as _;
use clap::Args;
use store::Project;
use tokio::sync::mpsc::{self, Receiver};

use self::check::Checker;
use self::chunks::{CHUNK_RECORDS, Chunk, Reader};
use self::commits::{Commits, Settled};
use self::fields::Renames;
use self::memory::Memory;
use self::progress::Progress;
use self::records::{Cutting, Format, Records};
use self::report::Report;
use self::source::Source;
use self::state::Job;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::{Outcome, clock, project, stop};

/// Refusals of one import that are kept in the database, as those of HTTP are.
const KEPT_REJECTS_MAX: u64 = 100;

/// The arguments of the command.
#[derive(Args)]
#[command(after_help = "Examples:
  analyticsbot import events.ndjson --project shop --dry-run
  analyticsbot import events.csv.gz --project shop --map customer=user_id
  zcat *.gz | analyticsbot import - --project shop --rejects bad.ndjson")]
pub(crate) struct Arguments {
    /// NDJSON or CSV, also as .gz or .zst; - is standard input
    #[arg(value_name = "FILE")]
    input: PathBuf,

    /// The project that gets the events: its slug or id
    #[arg(long, value_name = "SLUG")]
    project: String,

    /// How the input is written [default: by its name, else by how it begins]
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// The column or field NAME is FIELD of an event, such as `id=messageId`; may be repeated
    #[arg(long = "map", value_name = "NAME=FIELD")]
    maps: Vec<String>,

    /// Check everything and store nothing
    #[arg(long)]
    dry_run: bool,

    /// Write each refused record to this file, with the reason
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,

    /// Where to remember how far it came [default: beside the input; none for -]
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// Import at most so many records a second
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit_per_second: Option<u32>,
}

/// Runs the command.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let stop = stop::requested().context("listen for signals")?;
    let store = context.store().await?;
    let project = open_project(project::find(&store, &arguments.project).await?)?;
    let plan = plan(&arguments, &project, context)?;
    let mut import = Import {
        project: &project,
        commits: Commits::new(store.journal(), arguments.limit_per_second),
        progress: Progress::new(plan.read, plan.size),
        memory: plan.memory,
        before: plan.before,
        dry_run: arguments.dry_run,
    };
    let (sender, chunks) = mpsc::channel(1);
    // A thread that nobody waits for: it may hang on an input that is silent.
    let reader = thread::Builder::new()
        .spawn(move || plan.reader.run(&sender))
        .context("start a thread")?;
    let ended = import.run(chunks, stop, context).await;
    import.progress.clear(&mut context.console)?;
    let memory = &import.memory;
    let complete = match ended {
        Ok(complete) => complete,
        Err(error) => {
            say_how_to_go_on(memory, context)?;
            return Err(error);
        }
    };
    if complete {
        let ended = reader.join();
        ended.map_err(|_| anyhow::anyhow!("read the input: the thread that reads has failed"))?;
    } else {
        say_how_to_go_on(memory, context)?;
    }
    let report = Report {
        input: &memory.state.job.input,
        project: &project.slug,
        format: plan.format.as_str(),
        dry_run: arguments.dry_run,
        complete,
        resumed_at_line: (plan.line > 0).then_some(plan.line + 1),
        tally: &memory.state.tally,
    };
    report.print(&mut context.console)?;
    let fine = complete && memory.state.tally.refused() == 0;
    Ok(if fine {
        Outcome::Fine
    } else {
        Outcome::Refused
    })
}

fn open_project(project: Project) -> Result<Project, Refusal> {
    if project.archived_at.is_none() {
        return Ok(project);
    }
    let message = format!(
        "project `{}` is archived: it takes no more events",
        project.slug
    );
    Err(Refusal::new("project_archived", message))
}

fn say_how_to_go_on(memory: &Memory, context: &mut Context) -> io::Result<()> {
    let line = memory.state.line;
    let console = &mut context.console;
    if memory.is_kept() {
        console.note(&format!(
            "{line} lines are done; the same command goes on behind them"
        ))
    } else {
        console.note(&format!("{line} lines are done"))
    }
}

/// What is to be done, before the first record.
struct Plan {
    memory: Memory,
    reader: Reader,
    read: std::sync::Arc<std::sync::atomic::AtomicU64>,
    size: Option<u64>,
    format: Format,
    /// Lines and records that earlier runs did.
    line: u64,
    before: u64,
}

fn plan(arguments: &Arguments, project: &Project, context: &Context) -> anyhow::Result<Plan> {
    let renames = Renames::parse(&arguments.maps)?;
    let input = arguments.input.display().to_string();
    let source = Source::open(&arguments.input).with_context(|| format!("read `{input}`"))?;
    let guess = || Format::guess(&arguments.input, &source.head);
    let format = arguments.format.unwrap_or_else(guess);
    let job = Job {
        input,
        head: source.head(),
        project_id: project.id.uuid().to_string(),
        format: format.as_str().to_owned(),
        maps: arguments.maps.clone(),
    };
    let memory = Memory::open(arguments, &source, job, &project.slug)?;
    let checker = Checker {
        project_id: project.id,
        limits: context.settings.intake.limits.clone(),
        input: memory.state.job.head.sha256.clone(),
    };
    let (read, size) = (source.read.clone(), source.size);
    let how = Cutting {
        format,
        renames,
        limits: &checker.limits,
        record_bytes_max: checker.record_bytes_max(),
    };
    let records = Records::open(source, memory.state.place(), how)?;
    let slow = arguments
        .limit_per_second
        .map_or(CHUNK_RECORDS, |rate| rate as usize);
    Ok(Plan {
        line: memory.state.line,
        before: memory.state.tally.records(),
        reader: Reader {
            records,
            checker,
            chunk_records: CHUNK_RECORDS.min(slow),
            now: clock::now,
        },
        memory,
        read,
        size,
        format,
    })
}

/// An import that runs.
struct Import<'a> {
    project: &'a Project,
    commits: Commits,
    progress: Progress,
    memory: Memory,
    before: u64,
    dry_run: bool,
}

impl Import<'_> {
    /// Imports until the input ends, and returns true; or until it is asked to stop.
    async fn run(
        &mut self,
        mut chunks: Receiver<io::Result<Chunk>>,
        stop: impl Future<Output = ()>,
        context: &mut Context,
    ) -> anyhow::Result<bool> {
        let mut stop = pin!(stop);
        let complete = loop {
            let chunk = tokio::select! {
                biased;
                () = &mut stop => break false,
                chunk = chunks.recv() => chunk,
            };
            let Some(chunk) = chunk else { break true };
            match chunk.context("read the input") {
                Ok(chunk) => self.take(chunk, context).await?,
                Err(error) => {
                    self.finish(context).await?;
                    return Err(error);
                }
            }
        };
        self.finish(context).await?;
        Ok(complete)
    }

    async fn take(&mut self, chunk: Chunk, context: &mut Context) -> anyhow::Result<()> {
        if self.dry_run {
            self.memory.pretend(&chunk)?;
        } else if let Some(settled) = self.commits.push(chunk).await? {
            self.settle(&settled, context).await?;
        }
        let records = self.memory.state.tally.records() - self.before;
        Ok(self.progress.show(&mut context.console, records)?)
    }

    async fn finish(&mut self, context: &mut Context) -> anyhow::Result<()> {
        while let Some(settled) = self.commits.pop().await? {
            self.settle(&settled, context).await?;
        }
        Ok(())
    }

    async fn settle(&mut self, settled: &Settled, context: &Context) -> anyhow::Result<()> {
        let rejects = &settled.chunk.rejects;
        let room = KEPT_REJECTS_MAX.saturating_sub(self.memory.state.tally.refused());
        let kept = rejects.len().min(usize::try_from(room).unwrap_or_default());
        self.commits
            .keep(self.project.id, &rejects[..kept], context.now())
            .await?;
        self.memory.settle(&settled.chunk, &settled.outcomes)
    }
}
