//! `analyticsbot doctor`: checks everything that the server stands on, and says what to do.

mod clocks;
mod configuration;
mod database;
mod finding;
mod machine;
mod port;
mod projects;

use clap::Args;
use store::{Examination, Location, Store};

use crate::Outcome;
use crate::console::{BAD, Console, GOOD, STRONG, WARNING};
use crate::context::Context;
use finding::{Finding, State};

/// The arguments of `analyticsbot doctor`.
#[derive(Args)]
#[command(after_help = "\
Nothing is changed: pending migrations are named, not applied. It can run beside the server. \
Exit status: 0 if there is no problem, 1 if there is one; a warning is none.

Examples:
  analyticsbot doctor
  analyticsbot doctor --deep --database ./data/analyticsbot.db
  analyticsbot doctor --json")]
pub(crate) struct Arguments {
    /// SQLite: read the whole file and check its structure, too
    #[arg(long)]
    deep: bool,
}

/// Checks, prints and counts.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let mut findings = vec![configuration::check(context)];
    if context.misconfigured.is_none() {
        let examined = database::examine(&arguments, context).await;
        let database_clock = match &examined {
            Ok(Some(examination)) => clocks::of_database(examination),
            _ => None,
        };
        findings.extend(database::check(&examined, context));
        findings.extend(store_checks(&examined, context).await);
        findings.extend(clocks::check(database_clock, context).await);
        if let Location::Sqlite(path) = context.location() {
            findings.extend(machine::check(&path));
        }
        findings.extend(port::check(context).await);
    }
    print(&findings, &mut context.console)?;
    let is_sound = findings
        .iter()
        .all(|finding| finding.state != State::Problem);
    Ok(if is_sound {
        Outcome::Fine
    } else {
        Outcome::Refused
    })
}

/// What is checked through the doors. Opening them would apply migrations, so not while there are.
async fn store_checks(
    examined: &Result<Option<Examination>, store::Error>,
    context: &Context,
) -> Vec<Finding> {
    match examined {
        Ok(Some(examination)) if examination.schema.pending.is_empty() => {}
        _ => return Vec::new(),
    }
    let (location, config) = (context.location(), &context.settings.store);
    match Store::open(&location, config, context.now()).await {
        Ok(store) => projects::check(&store).await,
        Err(error) => vec![database::failed("store", &error)],
    }
}

/// Prints one line for each finding, and their number.
fn print(findings: &[Finding], console: &mut Console) -> anyhow::Result<()> {
    if console.json() {
        for finding in findings {
            console.write_json(finding)?;
        }
        return Ok(());
    }
    for finding in findings {
        finding.draw(console)?;
    }
    let count = |state| {
        findings
            .iter()
            .filter(|finding| finding.state == state)
            .count()
    };
    let (problems, warnings) = (count(State::Problem), count(State::Warning));
    let of =
        |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let (style, text) = match (problems, warnings) {
        (0, 0) => (GOOD, "everything is as it should be".to_owned()),
        (0, _) => (WARNING, of(warnings, "warning")),
        (_, 0) => (BAD, of(problems, "problem")),
        _ => (
            BAD,
            format!("{}, {}", of(problems, "problem"), of(warnings, "warning")),
        ),
    };
    let (style, strong) = (console.style(style), console.style(STRONG));
    console.line(format_args!("\n{strong}{style}{text}{style:#}{strong:#}"))?;
    Ok(())
}
