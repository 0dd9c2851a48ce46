//! `idshift id`: one sub-command, one file.

mod canonical;
mod convert;
mod format;
mod inspect;
mod new;
mod range;
mod read;
mod trace;
mod verify;

use clap::{Args, Subcommand};

use crate::Outcome;
use crate::console::Console;

/// The arguments of `idshift id`.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Make new ids
    New(new::Arguments),
    /// Show what an id is made of, and when it was made
    Inspect(inspect::Arguments),
    /// Make the id that always belongs to a key (UUID version 5)
    Canonical(canonical::Arguments),
    /// Give the ids at the bounds of a time range, and the SQL condition
    Range(range::Arguments),
    /// Write ids in another form
    Convert(convert::Arguments),
    /// Make W3C trace context from ids
    Trace(trace::Arguments),
    /// Check on this machine that the ids keep what they promise
    Verify(verify::Arguments),
}

/// Runs a sub-command.
pub(crate) fn run(arguments: Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    match arguments.command {
        None => crate::help(&["id"]),
        Some(Command::New(arguments)) => new::run(&arguments, console),
        Some(Command::Inspect(arguments)) => inspect::run(&arguments, console),
        Some(Command::Canonical(arguments)) => canonical::run(&arguments, console),
        Some(Command::Range(arguments)) => range::run(&arguments, console),
        Some(Command::Convert(arguments)) => convert::run(&arguments, console),
        Some(Command::Trace(arguments)) => trace::run(&arguments, console),
        Some(Command::Verify(arguments)) => verify::run(&arguments, console),
    }
}
