//! `analyticsbot events rejected`: what was refused, newest first, and why.

use clap::Args;
use serde::Serialize;
use store::{Cut, Refusal};

use crate::Outcome;
use crate::console::{Console, DIM, STRONG};
use crate::context::Context;
use crate::event_json::time;
use crate::project;
use crate::table::plain;
use crate::times;

/// Refusals read in one go.
const PAGE_ROWS: usize = 1_000;

/// How much of a refused input people are shown.
const INPUT_CHARS: usize = 300;

/// The arguments of `analyticsbot events rejected`.
#[derive(Args)]
#[command(after_help = "\
Codes are explained in docs/events.md. A request without a good key is not listed: it names \
no project.

Examples:
  analyticsbot events rejected
  analyticsbot events rejected --project my-app --limit 5 --json")]
pub(crate) struct Arguments {
    /// Slug or id of the project [default: the only one]
    #[arg(long, value_name = "PROJECT")]
    project: Option<String>,

    /// How many at most
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    limit: usize,
}

/// A refusal, for programs.
#[derive(Serialize)]
pub(crate) struct RejectedJson<'a> {
    id: String,
    project_id: String,
    received_at: String,
    source: String,
    index: usize,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    message: &'a str,
    input: &'a str,
}

impl<'a> From<&'a Refusal> for RejectedJson<'a> {
    fn from(refusal: &'a Refusal) -> Self {
        Self {
            id: refusal.id.to_string(),
            project_id: refusal.project_id.uuid().to_string(),
            received_at: time(refusal.received_at),
            source: refusal.source.to_string(),
            index: refusal.rejection.index,
            code: refusal.rejection.code.as_str(),
            field: refusal.rejection.field.as_deref(),
            message: &refusal.rejection.message,
            input: &refusal.rejection.input,
        }
    }
}

/// Lists the refusals.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let store = context.store().await?;
    let project = project::find_or_only(&store, arguments.project.as_deref()).await?;
    let journal = store.journal();
    let console = &mut context.console;
    let (mut count, mut before) = (0, None);
    while count < arguments.limit {
        let limit = PAGE_ROWS.min(arguments.limit - count);
        let page = journal.refusals(project.id, Cut { before, limit }).await?;
        for refusal in &page.refusals {
            show(refusal, console)?;
        }
        count += page.refusals.len();
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    if count == 0 && !console.json() {
        console.note("nothing was refused")?;
        console.hint("no event and no refusal? Then its key is of another project, or of none")?;
    }
    Ok(Outcome::Fine)
}

fn show(refusal: &Refusal, console: &mut Console) -> anyhow::Result<()> {
    if console.json() {
        console.write_json(&RejectedJson::from(refusal))?;
        return Ok(());
    }
    let (dim, strong) = (console.style(DIM), console.style(STRONG));
    let (at, rejection) = (times::short(refusal.received_at), &refusal.rejection);
    let (code, message) = (rejection.code.as_str(), plain(&rejection.message));
    let field = rejection.field.as_deref().map(plain);
    let field = field.map_or_else(String::new, |field| format!("{field}: "));
    console.line(format_args!("{dim}{at}{dim:#}  {strong}{code}{strong:#}"))?;
    console.line(format_args!("  {field}{message}"))?;
    let input: String = plain(&rejection.input).chars().take(INPUT_CHARS).collect();
    console.line(format_args!("  {dim}{input}{dim:#}"))?;
    Ok(())
}
