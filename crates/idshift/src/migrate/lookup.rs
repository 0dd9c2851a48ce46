//! `idshift migrate lookup`: old key to new key, and back.

use clap::Args;
use migrate::run;

use super::database::Database;
use crate::Outcome;
use crate::console::Console;
use crate::refusal::Refusal;

/// The arguments of `idshift migrate lookup`.
#[derive(Args)]
pub(super) struct Arguments {
    /// The table: `events`, or `sales.events`
    table: String,

    /// A key, old or new
    #[arg(allow_hyphen_values = true)]
    key: String,

    #[command(flatten)]
    database: Database,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let target = arguments.database.target()?;
    let Some(found) = run::lookup(&target, &arguments.table, &arguments.key).await? else {
        let what = format!(
            "failed to find `{}` in `{}`",
            arguments.key, arguments.table
        );
        return Err(Refusal::new("not_found", what).into());
    };
    let new = found.new.map(|new| new.to_string());
    if console.json() {
        let json = serde_json::json!({ "table": found.table, "old": found.old, "new": new });
        console.write_json(&json)?;
    } else {
        let new = new.as_deref().unwrap_or("(not filled yet)");
        console.line(format_args!("{} {new}", found.old))?;
    }
    Ok(Outcome::Fine)
}
