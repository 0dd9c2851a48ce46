//! `idshift`: reads the command line, runs one sub-command and turns its outcome into an exit
//! status.
//!
//! Exit status: 0 fine, 1 something was refused or failed, 2 the command line is wrong, 3 (of
//! `audit`) what should have been read could not be, 4 (of `migrate`) stopped as asked, and the
//! same command goes on. A reader that closes the pipe early (`| head`) is no failure.

mod audit;
mod clock;
mod completions;
mod console;
mod explain;
mod guide;
mod id;
mod input;
mod markdown;
mod migrate;
mod refusal;
mod rules;
mod skill;
mod table;
mod times;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::console::Console;
use crate::refusal::Refusal;

/// Makes, reads, converts and checks identifiers; audits how a system makes its own.
#[derive(Parser)]
#[command(name = "idshift", version, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    /// Print JSON: one object on each line
    #[arg(long, global = true, display_order = 900)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Make, read, convert and check identifiers
    Id(Box<id::Arguments>),
    /// Find how a system makes its identifiers, and what will break
    Audit(Box<audit::Arguments>),
    /// List what an audit looks for
    Rules(rules::Arguments),
    /// Show what a rule of the audit finds, why, and what to do
    Explain(explain::Arguments),
    /// Move a live database from integer keys to `UUIDv7`, and back
    Migrate(Box<migrate::Arguments>),
    /// Show which id to take for what
    Guide(guide::Arguments),
    /// Give a coding assistant the guide and the audit
    Skill(skill::Arguments),
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
    /// Something that should have been read could not be, and was reported.
    Unread,
    /// Somebody asked to stop; the same command goes on.
    Stopped,
}

/// The exit status of a command that could not read what it was to read.
const UNREAD: u8 = 3;

/// The exit status of a command that was stopped and can go on.
const STOPPED: u8 = 4;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(message) if message.use_stderr() => message.exit(),
        // The help or the version, which is an output like any other.
        Err(message) => return ended(print(|| message.print()), &mut Console::of_process(false)),
    };
    let mut console = Console::of_process(arguments.json);
    let outcome = run(arguments.command, &mut console).and_then(|outcome| {
        console.flush()?;
        Ok(outcome)
    });
    ended(outcome, &mut console)
}

/// Turns how the command ended into the exit status.
fn ended(outcome: anyhow::Result<Outcome>, console: &mut Console) -> ExitCode {
    match outcome {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Refused) => ExitCode::FAILURE,
        Ok(Outcome::Unread) => ExitCode::from(UNREAD),
        Ok(Outcome::Stopped) => ExitCode::from(STOPPED),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => report(&error, console),
    }
}

fn run(command: Option<Command>, console: &mut Console) -> anyhow::Result<Outcome> {
    match command {
        None => help(&[]),
        Some(Command::Id(arguments)) => id::run(*arguments, console),
        Some(Command::Audit(arguments)) => audit::run(&arguments, console),
        Some(Command::Rules(arguments)) => rules::run(&arguments, console),
        Some(Command::Explain(arguments)) => explain::run(&arguments, console),
        Some(Command::Migrate(arguments)) => migrate::run(*arguments, console),
        Some(Command::Guide(arguments)) => guide::run(&arguments, console),
        Some(Command::Skill(arguments)) => skill::run(arguments, console),
        Some(Command::Completions(arguments)) => completions::run(&arguments, console),
    }
}

/// Prints the help of the command under `path`, as `--help` would.
fn help(path: &[&str]) -> anyhow::Result<Outcome> {
    let mut command = Arguments::command();
    // Gives each sub-command its full name, `idshift id`, for the usage line.
    command.build();
    let mut shown = &mut command;
    for name in path {
        shown = shown
            .find_subcommand_mut(name)
            .expect("callers name sub-commands that exist");
    }
    print(|| shown.print_help())
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
    let refusal = error.downcast_ref::<Refusal>().cloned().unwrap_or_else(|| {
        // Reading says what it did; an error without a word about that is one of writing.
        let bare = error.is::<io::Error>() && error.chain().len() == 1;
        let what = if bare { "write the output: " } else { "" };
        Refusal::new("failed", format!("failed to {what}{error:#}"))
    });
    let status = if refusal.is_usage() {
        ExitCode::from(2)
    } else if refusal.is_unread() {
        ExitCode::from(UNREAD)
    } else {
        ExitCode::FAILURE
    };
    match console.fail(&refusal) {
        // With both streams gone there is nobody left to tell; the status still says it.
        Ok(()) | Err(_) => status,
    }
}
