//! `idshift migrate`: moves a live PostgreSQL database from integer keys to UUIDv7; one
//! sub-command, one file.

mod apply;
mod contract;
mod cutover;
mod database;
mod failure;
mod lookup;
mod pause;
mod plan;
mod prisma;
mod progress;
mod report;
mod rollback;
mod sql;
mod status;
mod stop;
mod verify;
mod yes;

use clap::{Args, Subcommand};

use crate::Outcome;
use crate::console::Console;

/// The arguments of `idshift migrate`.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Make a plan from a live database; writes nothing to it
    Plan(plan::Arguments),
    /// Run a plan up to the cut-over, from wherever an earlier run stopped
    Apply(apply::Arguments),
    /// Give the new columns the names, in one short transaction
    Cutover(cutover::Arguments),
    /// Show how far a migration is
    Status(status::Arguments),
    /// Hold the backfill between two batches
    Pause(pause::Arguments),
    /// Let a held backfill go on
    Resume(pause::Arguments),
    /// Check that old and new columns say the same; only reads
    Verify(verify::Arguments),
    /// Take everything back, also after the cut-over
    Rollback(rollback::Arguments),
    /// Drop the old columns and the journal: there is no way back from here
    Contract(contract::Arguments),
    /// Find the new key of an old one, and the other way round
    Lookup(lookup::Arguments),
    /// Write the steps of a plan as SQL files, to read them or to run them by hand
    Sql(sql::Arguments),
    /// Rewrite the Prisma schema, and show what else the application has to change
    Prisma(Box<prisma::Arguments>),
    /// Write down what was done, what it cost, and what is next
    Report(report::Arguments),
}

/// Runs a sub-command.
pub(crate) fn run(arguments: Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let Some(command) = arguments.command else {
        return crate::help(&["migrate"]);
    };
    // One thread: everything here waits for the database.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let ran = runtime.block_on(async {
        match command {
            Command::Plan(arguments) => plan::run(arguments, console).await,
            Command::Apply(arguments) => apply::run(arguments, console).await,
            Command::Cutover(arguments) => cutover::run(arguments, console).await,
            Command::Status(arguments) => status::run(arguments, console).await,
            Command::Pause(arguments) => pause::run(arguments, true, console).await,
            Command::Resume(arguments) => pause::run(arguments, false, console).await,
            Command::Verify(arguments) => verify::run(arguments, console).await,
            Command::Rollback(arguments) => rollback::run(arguments, console).await,
            Command::Contract(arguments) => contract::run(arguments, console).await,
            Command::Lookup(arguments) => lookup::run(arguments, console).await,
            Command::Sql(arguments) => sql::run(&arguments, console),
            Command::Prisma(arguments) => prisma::run(&arguments, console),
            Command::Report(arguments) => report::run(arguments, console).await,
        }
    });
    ran.or_else(|error| failure::report(error, console))
}
