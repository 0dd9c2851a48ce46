//! `analyticsbot backup`: copies the database into one file, while it is in use.

mod bar;
mod report;
pub(crate) mod restore;

use std::path::PathBuf;

use clap::Args;

use crate::Outcome;
use crate::context::Context;
use bar::Bar;

/// The arguments of the command.
#[derive(Args)]
#[command(after_help = "\
The server goes on meanwhile. The file holds the database as it was at one moment, whether that is
a SQLite file or in PostgreSQL, and `analyticsbot restore` puts it back into either.

Examples:
  analyticsbot backup monday.backup
  analyticsbot backup monday.backup --database postgres://ana@db.example.com/events
  analyticsbot restore --check monday.backup")]
pub(crate) struct Arguments {
    /// The file to make; it must not be there
    file: PathBuf,
}

/// Runs the command.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let Arguments { file } = arguments;
    let (store, now) = (context.store().await?, context.now());
    let (bar, on_progress) = Bar::new();
    let making = store.backup(&file, now, on_progress);
    let manifest = bar.beside(making, &mut context.console).await??;
    report::print(&file, &manifest, &mut context.console)?;
    if !context.console.json() {
        let next = format!("restore --check {}", file.display());
        let program = &context.program;
        context.console.hint(&format!(
            "copy it to another machine, and there: {program} {next}"
        ))?;
    }
    Ok(Outcome::Fine)
}
