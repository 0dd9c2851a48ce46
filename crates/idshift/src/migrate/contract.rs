//! `idshift migrate contract`: the old columns go.

use clap::Args;
use migrate::run;

use super::database::Database;
use super::progress::Progress;
use super::stop::Stop;
use super::yes::Yes;
use crate::Outcome;
use crate::console::Console;

/// The arguments of `idshift migrate contract`.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    database: Database,

    /// Keep a table of old and new keys, `idshift."schema.table"`, for links in the world
    #[arg(long)]
    keep_lookup: bool,

    #[command(flatten)]
    yes: Yes,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let target = arguments.database.target()?;
    let what = format!(
        "Drop the old keys on {}: there is no way back",
        target.place
    );
    arguments.yes.ask(&what, console)?;
    let stop = Stop::listen();
    let mut progress = Progress::new(console.json());
    let keep = arguments.keep_lookup;
    run::contract(&target, keep, &mut |event| progress.tell(event, &stop)).await?;
    progress.end("", console)
}
