//! `idshift explain`: shows the page of a rule.

use audit::config::rule_named;
use clap::Args;
use serde::Serialize;

use crate::Outcome;
use crate::console::Console;
use crate::markdown;
use crate::refusal::Refusal;

/// The arguments of `idshift explain`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  idshift explain auto-increment-key
  idshift explain auto-increment-key --json")]
pub(crate) struct Arguments {
    /// The name of the rule, as a finding shows it in brackets
    rule: String,
}

/// A page as JSON.
#[derive(Serialize)]
struct Page {
    rule: &'static str,
    severity: audit::Severity,
    summary: &'static str,
    markdown: &'static str,
}

/// Shows the page.
pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let rule = rule_named(arguments.rule.trim()).map_err(|error| {
        let refusal = Refusal::usage(format!("failed to {error}"));
        match error.hint {
            Some(hint) => refusal.hint(hint),
            None => refusal,
        }
    })?;
    if console.json() {
        console.write_json(&Page {
            rule: rule.name,
            severity: rule.severity,
            summary: rule.summary,
            markdown: rule.page,
        })?;
    } else {
        markdown::print(console, rule.page)?;
    }
    Ok(Outcome::Fine)
}
