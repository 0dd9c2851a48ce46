//! `analyticsbot project`: one sub-command, one file; and how a project is found by what people
//! type.

mod add;
mod archive;
mod list;
mod rename;
mod show;
mod slug;

use clap::{Args, Subcommand};
use event::ProjectId;
use ids::Uuid;
use serde::Serialize;
use store::{Project, Registry, Store};

use crate::Outcome;
use crate::context::Context;
use crate::event_json::time;
use crate::refusal::Refusal;

pub(crate) use add::{Added, create};

/// Projects read in one go.
const PAGE_ROWS: usize = 1_000;

/// How alike a word must be to be offered instead: Jaro's measure, 0 to 1.
pub(crate) const ALIKE_MIN: f64 = 0.7;

/// The arguments of `analyticsbot project`.
#[derive(Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a project and its first write key
    Add(add::Arguments),
    /// List the projects
    List(list::Arguments),
    /// Show one project and its keys
    Show(show::Arguments),
    /// Give a project another name; its slug stays
    Rename(rename::Arguments),
    /// Close a project: its keys stop working, its events stay
    Archive(archive::Arguments),
}

/// Runs a sub-command.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    match arguments.command {
        Command::Add(arguments) => add::run(arguments, context).await,
        Command::List(arguments) => list::run(arguments, context).await,
        Command::Show(arguments) => show::run(arguments, context).await,
        Command::Rename(arguments) => rename::run(arguments, context).await,
        Command::Archive(arguments) => archive::run(arguments, context).await,
    }
}

/// A project, for programs.
#[derive(Serialize)]
pub(crate) struct ProjectJson<'a> {
    id: String,
    slug: &'a str,
    name: &'a str,
    created_at: String,
    archived_at: Option<String>,
}

impl<'a> From<&'a Project> for ProjectJson<'a> {
    fn from(project: &'a Project) -> Self {
        Self {
            id: project.id.uuid().to_string(),
            slug: &project.slug,
            name: &project.name,
            created_at: time(project.created_at),
            archived_at: project.archived_at.map(time),
        }
    }
}

/// The project with this slug or id; archived ones too.
///
/// # Errors
/// When there is none, with the nearest slug; when the store fails.
pub(crate) async fn find(store: &Store, text: &str) -> anyhow::Result<Project> {
    let id = ProjectId::parse(text).or_else(|_| Uuid::parse(text).map(ProjectId::from_uuid));
    if let Ok(id) = id
        && let Some(project) = store.registry().project(id).await?
    {
        return Ok(project);
    }
    let projects = all(&store.registry()).await?;
    match projects.iter().position(|project| project.slug == text) {
        Some(index) => Ok(projects
            .into_iter()
            .nth(index)
            .expect("it was just found there")),
        None => Err(unknown(text, &projects).into()),
    }
}

/// The project that is named, or the only one that is open.
///
/// # Errors
/// As [`find`]; when none is named and there is not exactly one.
pub(crate) async fn find_or_only(store: &Store, named: Option<&str>) -> anyhow::Result<Project> {
    if let Some(text) = named {
        return find(store, text).await;
    }
    let mut open = all(&store.registry()).await?;
    open.retain(|project| project.archived_at.is_none());
    if open.len() == 1 {
        return Ok(open.remove(0));
    }
    Err(which(&open).into())
}

/// Nobody said which project is meant.
fn which(open: &[Project]) -> Refusal {
    if open.is_empty() {
        return Refusal::new("no_project", "there is no project")
            .hint("make one with `analyticsbot project add NAME`");
    }
    let slugs: Vec<&str> = open.iter().map(|project| &*project.slug).take(5).collect();
    let more = if open.len() > slugs.len() {
        ", ..."
    } else {
        ""
    };
    let message = format!("there are {} projects: say which", open.len());
    Refusal::usage(message).hint(format!("--project, one of {}{more}", slugs.join(", ")))
}

/// Every project, in the order of creation.
///
/// # Errors
/// When the store fails.
pub(crate) async fn all(registry: &Registry) -> Result<Vec<Project>, store::Error> {
    let mut projects: Vec<Project> = Vec::new();
    loop {
        let after = projects.last().map(|project| project.id);
        let page = registry.projects(after, PAGE_ROWS).await?;
        if page.is_empty() {
            return Ok(projects);
        }
        projects.extend(page);
    }
}

fn unknown(text: &str, projects: &[Project]) -> Refusal {
    let refusal = Refusal::new("no_project", format!("there is no project `{text}`"));
    let slugs = projects.iter().map(|project| project.slug.as_str());
    match nearest(text, slugs) {
        Some(slug) => refusal.hint(format!("did you mean `{slug}`?")),
        None if projects.is_empty() => {
            refusal.hint("there is none at all: make one with `analyticsbot project add NAME`")
        }
        None => refusal.hint("`analyticsbot project list` shows all"),
    }
}

/// The word most like `text`, if one is alike enough to be meant.
pub(crate) fn nearest<'a>(text: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let rated = words.map(|word| (strsim::jaro(text, word), word));
    let best = rated.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 >= ALIKE_MIN).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_is_recognised() {
        let words = ["shop", "blog", "my-app"];
        for (text, expected) in [
            ("shpo", Some("shop")),
            ("my_app", Some("my-app")),
            ("zzz", None),
            ("", None),
        ] {
            assert_eq!(nearest(text, words.into_iter()), expected, "{text}");
        }
    }
}
