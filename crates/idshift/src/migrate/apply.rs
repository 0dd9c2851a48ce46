//! `idshift migrate apply`: runs a plan, and goes on with it after any interruption.

use std::fs;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use migrate::run::{self, Until};

use super::database::Database;
use super::progress::Progress;
use super::stop::Stop;
use super::yes::Yes;
use crate::Outcome;
use crate::console::Console;
use crate::refusal::Refusal;

/// The arguments of `idshift migrate apply`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  idshift migrate apply plan.toml --database postgres://dba@db.example/shop
  idshift migrate apply plan.toml --database-file url.txt --until end --yes")]
pub(super) struct Arguments {
    /// The plan
    #[arg(value_name = "PLAN")]
    plan: PathBuf,

    #[command(flatten)]
    database: Database,

    /// How far to go
    #[arg(long, value_enum, default_value = "ready")]
    until: UntilName,

    /// Rows a second that the backfill may rewrite, instead of what the plan says
    #[arg(long, value_name = "ROWS")]
    rows_per_second: Option<u32>,

    #[command(flatten)]
    yes: Yes,
}

/// How far to go.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum UntilName {
    /// New columns are there, kept filled by triggers
    Expand,
    /// All rows are filled
    Backfill,
    /// Everything is ready for the cut-over
    Ready,
    /// The cut-over is done, and the way back prepared
    End,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let file = arguments.plan.display();
    let text = fs::read_to_string(&arguments.plan).map_err(|error| {
        let hint = "`idshift migrate plan --output plan.toml` makes one";
        Refusal::new("failed", format!("failed to read `{file}`: {error}")).hint(hint)
    })?;
    let mut plan = migrate::Plan::parse(&text)?;
    if let Some(rows) = arguments.rows_per_second {
        plan.settings.rows_per_second = rows;
    }
    let (until, next) = match arguments.until {
        UntilName::Expand => (
            Until::Expand,
            "`idshift migrate apply` goes on with the backfill",
        ),
        UntilName::Backfill => (
            Until::Backfill,
            "`idshift migrate apply` builds the indexes",
        ),
        UntilName::Ready => (
            Until::Ready,
            "`idshift migrate verify`, then `idshift migrate cutover`",
        ),
        UntilName::End => (
            Until::End,
            "`idshift migrate verify`; `contract` when nobody looks back",
        ),
    };
    let target = arguments.database.target()?;
    if until == Until::End {
        let what = format!(
            "Cut over on {}: applications that send old keys stop working",
            target.place
        );
        arguments.yes.ask(&what, console)?;
    }
    let stop = Stop::listen();
    let mut progress = Progress::new(console.json());
    run::apply(&target, &plan, until, &mut |event| {
        progress.tell(event, &stop)
    })
    .await?;
    progress.end(next, console)
}
