//! `analyticsbot restore`: puts a backup back, or checks one.

use std::path::PathBuf;

use clap::Args;
use store::{Location, Store};

use super::bar::Bar;
use super::report;
use crate::Outcome;
use crate::context::Context;

/// The arguments of the command.
#[derive(Args)]
#[command(after_help = "\
The backup is checked first, and what was restored is read back before it counts. The database must
be a SQLite file that is not there yet, or a PostgreSQL database without rows: nothing is ever
overwritten. A backup of one kind can be restored into the other.

Examples:
  analyticsbot restore monday.backup --database ./data/restored.db
  analyticsbot restore monday.backup --database postgres://ana@db.example.com/empty
  analyticsbot restore --check monday.backup")]
pub(crate) struct Arguments {
    /// The file that `analyticsbot backup` made
    file: PathBuf,

    /// Only read it, to the last byte and row, and say what it holds
    #[arg(long)]
    check: bool,
}

/// Runs the command.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let Arguments { file, check } = arguments;
    let (location, config) = (context.location(), context.settings.store.clone());
    let (bar, on_progress) = Bar::new();
    let manifest = if check {
        let checking = Store::check_backup(&file, &config, on_progress);
        bar.beside(checking, &mut context.console).await??
    } else {
        if let Location::Sqlite(path) = &location {
            crate::folder::prepare(path)?;
        }
        let restoring = Store::restore(&file, (&location, &config), context.now(), on_progress);
        bar.beside(restoring, &mut context.console).await??
    };
    report::print(&file, &manifest, &mut context.console)?;
    if !context.console.json() {
        let done = if check {
            "every byte and row is as it was made".to_owned()
        } else {
            format!("restored into {}", named(&location))
        };
        context.console.line(format_args!("  {done}"))?;
    }
    Ok(Outcome::Fine)
}

/// The database, without what may be a password.
fn named(location: &Location) -> String {
    match location {
        Location::Sqlite(path) => format!("`{}`", path.display()),
        Location::Postgres(_) => "PostgreSQL".to_owned(),
    }
}
