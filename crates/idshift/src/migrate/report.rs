//! `idshift migrate report`: what a migration was, is and needs, as Markdown to keep.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use migrate::Plan;
use migrate::report::{self, MEASURE_ROWS_MAX};

use super::database::Database;
use crate::Outcome;
use crate::console::Console;
use crate::refusal::Refusal;

/// The arguments of `idshift migrate report`.
#[derive(Args)]
pub(super) struct Arguments {
    /// The plan; without it, the one that is being applied
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,

    #[command(flatten)]
    database: Database,

    /// Where to write the report [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Measure keys of three kinds in a temporary table of so many rows
    #[arg(long, value_name = "ROWS", num_args = 0..=1, default_missing_value = "200000",
          value_parser = clap::value_parser!(u32).range(1..=i64::from(MEASURE_ROWS_MAX)))]
    measure: Option<u32>,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let failed = |what: &str, path: &PathBuf| {
        let what = format!("failed to {what} `{}`", path.display());
        move |error: std::io::Error| Refusal::new("failed", format!("{what}: {error}"))
    };
    let plan = match &arguments.plan {
        Some(path) => {
            let text = fs::read_to_string(path).map_err(failed("read", path))?;
            Some(Plan::parse(&text)?)
        }
        None => None,
    };
    let target = arguments.database.target()?;
    let report = report::gather(&target, plan, arguments.measure).await?;
    if console.json() {
        console.write_json(&report)?;
    }
    let text = report.markdown();
    match &arguments.output {
        Some(path) => {
            fs::write(path, text).map_err(failed("write", path))?;
            if !console.json() {
                console.line(format_args!("wrote {}", path.display()))?;
            }
        }
        None if !console.json() => console.write(text.as_bytes())?,
        None => {}
    }
    Ok(Outcome::Fine)
}
