//! `idshift migrate cutover`: the new columns take the names.

use clap::Args;
use migrate::run;

use super::database::Database;
use super::progress::Progress;
use super::stop::Stop;
use super::yes::Yes;
use crate::Outcome;
use crate::console::Console;

/// The arguments of `idshift migrate cutover`.
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
        "Cut over on {}: applications that send old keys stop working",
        target.place
    );
    arguments.yes.ask(&what, console)?;
    let stop = Stop::listen();
    let mut progress = Progress::new(console.json());
    run::cutover(&target, &mut |event| progress.tell(event, &stop)).await?;
    progress.end(
        "`idshift migrate verify`; `contract` when nobody looks back",
        console,
    )
}
