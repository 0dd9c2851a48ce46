//! `analyticsbot project rename`: gives a project another name.

use clap::Args;
use store::Change;

use super::{ProjectJson, add, find};
use crate::Outcome;
use crate::context::Context;
use crate::refusal::Refusal;

/// The arguments of `analyticsbot project rename`.
#[derive(Args)]
#[command(after_help = "\
The slug stays, so that scripts and addresses go on working.

Examples:
  analyticsbot project rename my-app 'My Application'")]
pub(crate) struct Arguments {
    /// Slug or id
    project: String,

    /// The new name
    #[arg(value_parser = add::name)]
    name: String,
}

/// Renames the project.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let store = context.store().await?;
    let before = find(&store, &arguments.project).await?;
    let change = Change::Rename(arguments.name);
    let after = store.registry().change_project(before.id, change).await?;
    let after = after.ok_or_else(|| Refusal::new("no_project", "the project is gone"))?;
    if context.console.json() {
        context.console.write_json(&ProjectJson::from(&after))?;
    } else {
        let (slug, was, name) = (&after.slug, &before.name, &after.name);
        context
            .console
            .line(format_args!("{slug}: `{was}` is now `{name}`"))?;
    }
    Ok(Outcome::Fine)
}
