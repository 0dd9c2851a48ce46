//! `analyticsbot`: reads the command line, runs one sub-command and turns its outcome into an exit
//! status.
//!
//! Exit status: 0 fine, 1 something was refused or failed, 2 the command line or the configuration
//! is wrong. A reader that closes the pipe early (`| head`) is no failure.

mod backup;
mod clock;
mod completions;
mod console;
mod context;
mod doctor;
mod event_json;
mod events;
mod export;
mod folder;
mod import;
mod init;
mod key;
mod observe;
mod project;
mod refusal;
mod secret;
mod send;
mod serve;
mod settings;
mod stop;
mod table;
mod tail;
mod times;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use crate::console::Console;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::settings::{Given, Settings};

/// Takes events over HTTP, keeps them durably, and answers questions about them.
///
/// Alone it serves: `analyticsbot` is `analyticsbot serve`.
#[derive(Parser)]
#[command(name = "analyticsbot", version, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    /// The configuration [default: ./analyticsbot.toml]
    #[arg(long, global = true, value_name = "FILE", display_order = 900)]
    config: Option<String>,

    /// A file or postgres://... [default: ./data/analyticsbot.db]
    #[arg(long, global = true, value_name = "URL", display_order = 901)]
    database: Option<String>,

    /// Print JSON: one object on each line
    #[arg(long, global = true, display_order = 902)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Serve HTTP; what `analyticsbot` alone does
    Serve(serve::Arguments),
    /// Write a configuration file with every setting and its default
    Init(init::Arguments),
    /// Make, list, show, rename and archive projects
    Project(project::Arguments),
    /// Make, list and revoke keys
    Key(key::Arguments),
    /// Store one event
    Send(send::Arguments),
    /// Show events as they are stored, live
    Tail(tail::Arguments),
    /// List stored events, show one, and see what was refused
    Events(events::Arguments),
    /// Read events from a file into a project
    Import(import::Arguments),
    /// Write a project's events to a file
    Export(export::Arguments),
    /// Copy the database while it is in use
    Backup(backup::Arguments),
    /// Put a backup back, or check one
    Restore(backup::restore::Arguments),
    /// Check configuration, database, clock and disk, and say what to do
    Doctor(doctor::Arguments),
    /// Print a completion script for a shell
    Completions(completions::Arguments),
}

/// How a command ended that ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Everything that was asked for was done.
    Fine,
    /// Something was refused or a check failed, and was reported where it happened.
    Refused,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(message) if message.use_stderr() => message.exit(),
        // The help or the version, which is an output like any other.
        Err(message) => return ended(print(|| message.print()), &mut Console::of_process(false)),
    };
    let mut context = Context {
        settings: Settings::default(),
        clock: clock::now,
        make_id: context::make_id,
        console: Console::of_process(arguments.json),
        misconfigured: None,
        program: program(),
    };
    let outcome = start(arguments, &mut context).and_then(|outcome| {
        context.console.flush()?;
        Ok(outcome)
    });
    ended(outcome, &mut context.console)
}

/// How this program was called, for commands that are suggested.
fn program() -> String {
    let called = std::env::args_os().next().unwrap_or_default();
    match called.into_string() {
        Ok(called) if !called.is_empty() => called,
        _ => "analyticsbot".to_owned(),
    }
}

/// The environment, but for what is no text: it can be none of ours.
#[expect(
    clippy::disallowed_methods,
    reason = "a binary reads its environment; this is its source"
)]
fn environment() -> BTreeMap<String, String> {
    let texts = |(name, value): (OsString, OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(texts).collect()
}

/// Reads the settings and runs the command on a runtime of its own.
fn start(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let given = Given {
        config: arguments.config,
        database: arguments.database.map(Secret::new),
    };
    match settings::load(given.clone(), &environment()) {
        Ok(settings) => context.settings = settings,
        Err(refusal) if needs_settings(arguments.command.as_ref()) => return Err(refusal.into()),
        Err(refusal) => {
            context.settings.given = given;
            context.misconfigured = Some(refusal);
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(context.settings.server.workers())
        .enable_all()
        .build()
        .context("start the runtime")?;
    runtime.block_on(run(arguments.command, context))
}

/// Whether a command is of no use without settings that are right.
const fn needs_settings(command: Option<&Command>) -> bool {
    !matches!(
        command,
        Some(Command::Init(_) | Command::Completions(_) | Command::Doctor(_))
    )
}

async fn run(command: Option<Command>, context: &mut Context) -> anyhow::Result<Outcome> {
    match command {
        None => serve::run(serve::Arguments::default(), context).await,
        Some(Command::Serve(arguments)) => serve::run(arguments, context).await,
        Some(Command::Project(arguments)) => project::run(arguments, context).await,
        Some(Command::Key(arguments)) => key::run(arguments, context).await,
        Some(Command::Send(arguments)) => send::run(arguments, context).await,
        Some(Command::Tail(arguments)) => tail::run(arguments, context).await,
        Some(Command::Events(arguments)) => events::run(arguments, context).await,
        Some(Command::Import(arguments)) => import::run(arguments, context).await,
        Some(Command::Export(arguments)) => export::run(arguments, context).await,
        Some(Command::Backup(arguments)) => backup::run(arguments, context).await,
        Some(Command::Restore(arguments)) => backup::restore::run(arguments, context).await,
        Some(Command::Doctor(arguments)) => doctor::run(arguments, context).await,
        Some(Command::Init(arguments)) => init::run(&arguments, context),
        Some(Command::Completions(arguments)) => completions::run(&arguments, &mut context.console),
    }
}

/// Turns how the command ended into the exit status.
fn ended(outcome: anyhow::Result<Outcome>, console: &mut Console) -> ExitCode {
    match outcome {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Refused) => ExitCode::FAILURE,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => report(&error, console),
    }
}

/// Prints what the parser of the command line has to say, to the last byte.
fn print(say: impl FnOnce() -> io::Result<()>) -> anyhow::Result<Outcome> {
    say()?;
    io::stdout().flush()?;
    Ok(Outcome::Fine)
}

/// Whether the reader of our output went away, which `head` does when it has seen enough.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// Says why the command failed and picks the exit status.
fn report(error: &anyhow::Error, console: &mut Console) -> ExitCode {
    let refusal = refusal_of(error);
    let status = if refusal.is_usage() {
        ExitCode::from(2)
    } else {
        ExitCode::FAILURE
    };
    match console.fail(&refusal) {
        // With both streams gone there is nobody left to tell; the status still says it.
        Ok(()) | Err(_) => status,
    }
}

fn refusal_of(error: &anyhow::Error) -> Refusal {
    if let Some(refusal) = error.downcast_ref::<Refusal>() {
        return refusal.clone();
    }
    // Reading says what it did; an error without a word about that is one of writing.
    let bare = error.is::<io::Error>() && error.chain().len() == 1;
    let what = if bare { "write the output: " } else { "" };
    let refusal = Refusal::new("failed", format!("failed to {what}{error:#}"));
    match error.downcast_ref().and_then(context::advice) {
        Some(hint) => refusal.hint(hint),
        None => refusal,
    }
}
