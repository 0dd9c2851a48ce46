//! `analyticsbot events`: one sub-command, one file.

mod list;
mod rejected;
mod show;

use clap::{Args, Subcommand};

use crate::Outcome;
use crate::context::Context;

pub(crate) use rejected::RejectedJson;

/// The arguments of `analyticsbot events`.
#[derive(Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List events of a project, newest first
    List(list::Arguments),
    /// Show one event with all that is stored of it
    Show(show::Arguments),
    /// List what was refused, newest first, and why
    Rejected(rejected::Arguments),
}

/// Runs a sub-command.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    match arguments.command {
        Command::List(arguments) => list::run(arguments, context).await,
        Command::Show(arguments) => show::run(arguments, context).await,
        Command::Rejected(arguments) => rejected::run(arguments, context).await,
    }
}
