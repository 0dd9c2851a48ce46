//! `analyticsbot key list`: the keys of a project, newest first.

use clap::Args;

use super::{KeyJson, draw};
use crate::Outcome;
use crate::context::Context;
use crate::project;

/// The arguments of `analyticsbot key list`.
#[derive(Args)]
#[command(after_help = "\
Keys are kept as digests: a list shows the first characters.

Examples:
  analyticsbot key list my-app
  analyticsbot key list my-app --json")]
pub(crate) struct Arguments {
    /// Slug or id
    project: String,
}

/// Lists the keys.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let store = context.store().await?;
    let project = project::find(&store, &arguments.project).await?;
    let keys = store.registry().keys(project.id).await?;
    let now = context.now();
    let console = &mut context.console;
    if !console.json() {
        draw(&keys, now, console)?;
        return Ok(Outcome::Fine);
    }
    for key in &keys {
        console.write_json(&KeyJson::from(key))?;
    }
    Ok(Outcome::Fine)
}
