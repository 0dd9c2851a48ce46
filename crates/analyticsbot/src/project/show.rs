//! `analyticsbot project show`: one project and its keys.

use clap::Args;
use serde::Serialize;
use store::ApiKey;

use super::{ProjectJson, find};
use crate::Outcome;
use crate::console::{DIM, STRONG};
use crate::context::Context;
use crate::key::{self, KeyJson};
use crate::times;

/// The arguments of `analyticsbot project show`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  analyticsbot project show my-app
  analyticsbot project show my-app --json")]
pub(crate) struct Arguments {
    /// Slug or id
    project: String,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    project: ProjectJson<'a>,
    keys: Vec<KeyJson<'a>>,
}

/// Shows the project.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let store = context.store().await?;
    let project = find(&store, &arguments.project).await?;
    let keys: Vec<ApiKey> = store.registry().keys(project.id).await?;
    let now = context.now();
    let console = &mut context.console;
    if console.json() {
        console.write_json(&Line {
            project: (&project).into(),
            keys: keys.iter().map(KeyJson::from).collect(),
        })?;
        return Ok(Outcome::Fine);
    }
    let (dim, strong) = (console.style(DIM), console.style(STRONG));
    let moment = |at| format!("{} UTC ({})", times::short(at), times::age(at, now));
    let archived = project.archived_at.map(|at| ("archived", moment(at)));
    let lines = [
        ("project", format!("{strong}{}{strong:#}", project.name)),
        ("slug", project.slug.clone()),
        ("id", project.id.uuid().to_string()),
        ("typed id", project.id.to_string()),
        ("made", moment(project.created_at)),
    ];
    for (label, text) in lines.into_iter().chain(archived) {
        console.line(format_args!("{dim}{label:<11}{dim:#}{text}"))?;
    }
    console.line(format_args!(""))?;
    key::draw(&keys, now, console)?;
    Ok(Outcome::Fine)
}
