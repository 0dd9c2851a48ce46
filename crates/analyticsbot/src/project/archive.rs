//! `analyticsbot project archive`: closes a project.

use clap::Args;
use store::{Change, Project};

use super::{ProjectJson, find};
use crate::Outcome;
use crate::console::Console;
use crate::context::Context;
use crate::refusal::Refusal;

/// The arguments of `analyticsbot project archive`.
#[derive(Args)]
#[command(after_help = "\
An archived project takes no events and its keys do not work. Its events stay and can be read \
and exported. It cannot be opened again.

Examples:
  analyticsbot project archive my-app
  analyticsbot project archive my-app --yes")]
pub(crate) struct Arguments {
    /// Slug or id
    project: String,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Closes the project, if that is really meant.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let store = context.store().await?;
    let project = find(&store, &arguments.project).await?;
    if !arguments.yes && project.archived_at.is_none() {
        confirm(&project, &mut context.console)?;
    }
    let change = Change::Archive(context.now());
    let archived = store.registry().change_project(project.id, change).await?;
    let archived = archived.ok_or_else(|| Refusal::new("no_project", "the project is gone"))?;
    let console = &mut context.console;
    if console.json() {
        console.write_json(&ProjectJson::from(&archived))?;
    } else if project.archived_at.is_some() {
        console.line(format_args!("{}: was archived before", archived.slug))?;
    } else {
        console.line(format_args!(
            "{}: archived; its keys do not work any more",
            archived.slug
        ))?;
    }
    Ok(Outcome::Fine)
}

fn confirm(project: &Project, console: &mut Console) -> anyhow::Result<()> {
    let not_meant = |message: String| Refusal::usage(message).hint("give --yes if it is meant");
    let slug = &project.slug;
    if !console.is_interactive() {
        return Err(not_meant(format!("`{slug}` is not archived without being asked")).into());
    }
    let question = format!("Its keys stop working for good. Type `{slug}` to archive it: ");
    if console.ask(&question)? == *slug {
        return Ok(());
    }
    Err(not_meant(format!("`{slug}` was not typed, so nothing was done")).into())
}
