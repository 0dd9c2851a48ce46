//! `idshift migrate status`: how far a migration is.

use clap::Args;
use migrate::run::{self, State, Status};
use migrate::step::Phase;

use super::database::Database;
use crate::Outcome;
use crate::console::{Console, DIM, GOOD};

/// The arguments of `idshift migrate status`.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    database: Database,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let status = run::status(&arguments.database.target()?).await?;
    if console.json() {
        console.write_json(&json(status.as_ref()))?;
        return Ok(Outcome::Fine);
    }
    match &status {
        None => console.line(format_args!("no migration is under way"))?,
        Some(status) => text(status, console)?,
    }
    Ok(Outcome::Fine)
}

fn json(status: Option<&Status>) -> serde_json::Value {
    let Some(status) = status else {
        return serde_json::json!({ "state": null });
    };
    let steps = status.steps.iter().map(|(step, done)| {
        serde_json::json!({ "number": step.number, "name": step.name, "done": done })
    });
    let filling = status.filling.iter().map(|filling| {
        serde_json::json!({
            "step": filling.step, "table": filling.table.to_string(),
            "rows": filling.rows, "rows_total": filling.rows_total,
        })
    });
    serde_json::json!({
        "state": status.state, "paused": status.paused, "started_at": status.started_at,
        "steps": steps.collect::<Vec<_>>(), "filling": filling.collect::<Vec<_>>(),
    })
}

fn text(status: &Status, console: &mut Console) -> anyhow::Result<()> {
    let done = status.steps.iter().filter(|(_, done)| *done).count();
    let total = status.steps.len();
    let held = if status.paused { ", held" } else { "" };
    let state = status.state.word();
    let since = &status.started_at;
    console.line(format_args!(
        "{state}{held}: {done} of {total} steps, since {since}"
    ))?;
    for (step, done) in &status.steps {
        let (word, style) = if *done { ("done", GOOD) } else { ("open", DIM) };
        let style = console.style(style);
        let (number, name) = (step.number, &step.name);
        console.line(format_args!("  {style}{word}{style:#} {number:>4}. {name}"))?;
    }
    for filling in &status.filling {
        let (table, rows, total) = (&filling.table, filling.rows, filling.rows_total);
        console.line(format_args!(
            "  {table}: {rows} of about {total} rows filled"
        ))?;
    }
    console.line(format_args!("next: {}", next(status)))?;
    Ok(())
}

fn next(status: &Status) -> &'static str {
    let open = |phase| {
        status
            .steps
            .iter()
            .any(|(step, done)| step.phase <= phase && !done)
    };
    match status.state {
        State::Forward if open(Phase::Ready) => "`idshift migrate apply` goes on",
        State::Forward => "`idshift migrate verify`, then `idshift migrate cutover`",
        State::Swapped if open(Phase::Settle) => "`idshift migrate cutover` finishes",
        State::Swapped => "`idshift migrate contract`, or `idshift migrate rollback`",
        State::Reverting | State::Undoing => "`idshift migrate rollback` finishes",
        State::Contracting => "`idshift migrate contract` finishes",
    }
}
