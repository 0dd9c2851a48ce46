//! `idshift migrate rollback`: everything as it was.

use clap::Args;
use migrate::run;

use super::database::Database;
use super::progress::Progress;
use super::stop::Stop;
use super::yes::Yes;
use crate::Outcome;
use crate::console::Console;

/// The arguments of `idshift migrate rollback`.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    database: Database,

    #[command(flatten)]
    yes: Yes,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let target = arguments.database.target()?;
    let what = format!(
        "Take the migration on {} back: the new keys are dropped",
        target.place
    );
    arguments.yes.ask(&what, console)?;
    let stop = Stop::listen();
    let mut progress = Progress::new(console.json());
    run::rollback(&target, &mut |event| progress.tell(event, &stop)).await?;
    progress.end("", console)
}
