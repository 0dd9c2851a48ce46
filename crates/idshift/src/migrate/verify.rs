//! `idshift migrate verify`: whether old and new columns say the same.

use clap::Args;
use migrate::run::{self, Verdict};

use super::database::Database;
use crate::Outcome;
use crate::console::{BAD, Console, DIM, GOOD};

/// The arguments of `idshift migrate verify`.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    database: Database,
}

/// Runs the command.
pub(super) async fn run(arguments: Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let checks = run::verify(&arguments.database.target()?).await?;
    let failed = checks
        .iter()
        .filter(|check| check.verdict == Verdict::Failed)
        .count();
    for check in &checks {
        if console.json() {
            let json = serde_json::json!({
                "check": check.name, "object": check.object,
                "verdict": check.verdict, "detail": check.detail,
            });
            console.write_json(&json)?;
            continue;
        }
        let (word, style) = match check.verdict {
            Verdict::Fine => ("fine", GOOD),
            Verdict::Pending => ("pending", DIM),
            Verdict::Note => ("note", DIM),
            Verdict::Failed => ("FAILED", BAD),
        };
        let style = console.style(style);
        let (name, object, detail) = (check.name, &check.object, &check.detail);
        console.line(format_args!(
            "{style}{word:7}{style:#} {name} {object}: {detail}"
        ))?;
    }
    if failed == 0 {
        return Ok(Outcome::Fine);
    }
    console.summarize(&format!("{failed} of {} checks failed", checks.len()))?;
    Ok(Outcome::Refused)
}
