//! `analyticsbot project list`: the projects, oldest first.

use clap::Args;

use super::{ProjectJson, all};
use crate::Outcome;
use crate::console::DIM;
use crate::context::Context;
use crate::table::{Cell, Table};
use crate::times;

/// The arguments of `analyticsbot project list`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  analyticsbot project list
  analyticsbot project list --archived --json")]
pub(crate) struct Arguments {
    /// Archived ones too
    #[arg(long)]
    archived: bool,
}

/// Lists the projects.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let store = context.store().await?;
    let mut projects = all(&store.registry()).await?;
    projects.retain(|project| arguments.archived || project.archived_at.is_none());
    let now = context.now();
    let console = &mut context.console;
    if console.json() {
        for project in &projects {
            console.write_json(&ProjectJson::from(project))?;
        }
        return Ok(Outcome::Fine);
    }
    if projects.is_empty() {
        console.note("there is no project")?;
        console.hint("`analyticsbot project add NAME` makes one")?;
        return Ok(Outcome::Fine);
    }
    let mut table = Table::new(["project", "name", "made", "id"], &["project", "name"]);
    for project in &projects {
        let (style, made) = match project.archived_at {
            None => (anstyle::Style::new(), times::age(project.created_at, now)),
            Some(_) => (DIM, "archived".to_owned()),
        };
        let id = project.id.uuid().to_string();
        let texts = [&project.slug, &project.name, &made, &id];
        table.push(texts.map(|text| Cell::styled(text, style)));
    }
    table.draw(console)?;
    Ok(Outcome::Fine)
}
