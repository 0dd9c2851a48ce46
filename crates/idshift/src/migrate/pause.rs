//! `idshift migrate pause` and `resume`: holds the backfill, and lets it go on.

use clap::Args;
use migrate::run;

use super::database::Database;
use crate::Outcome;
use crate::console::Console;

/// The arguments of both commands.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    database: Database,
}

/// Runs the command.
pub(super) async fn run(
    arguments: Arguments,
    paused: bool,
    console: &mut Console,
) -> anyhow::Result<Outcome> {
    run::set_paused(&arguments.database.target()?, paused).await?;
    if console.json() {
        console.write_json(&serde_json::json!({ "paused": paused }))?;
    } else if paused {
        console.line(format_args!("the backfill holds before its next batch"))?;
    } else {
        console.line(format_args!("the backfill goes on, if a run is under way"))?;
    }
    Ok(Outcome::Fine)
}
