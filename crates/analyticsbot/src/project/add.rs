//! `analyticsbot project add`: makes a project and its first write key.

use clap::Args;
use event::ProjectId;
use serde::Serialize;
use store::{Error, KeyKind, Project, Store};

use super::{ProjectJson, slug};
use crate::Outcome;
use crate::console::{DIM, STRONG};
use crate::context::Context;
use crate::key::{self, KeyJson, NewKey};
use crate::refusal::Refusal;

/// So many numbers are tried behind a slug that is taken.
const NUMBERS_MAX: u32 = 1_000;

/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 200;

/// The arguments of `analyticsbot project add`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  analyticsbot project add 'My App'
  analyticsbot project add 'My App (EU)' --slug app-eu --json")]
pub(crate) struct Arguments {
    /// The name, for people
    #[arg(value_parser = name)]
    name: String,

    /// The name for addresses and the command line [default: made from NAME]
    #[arg(long, value_name = "SLUG", value_parser = slug::parse)]
    slug: Option<String>,
}

/// Reads a project's name.
pub(super) fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    let chars = name.chars().count();
    if name.is_empty() || chars > NAME_CHARS_MAX || name.contains(char::is_control) {
        return Err(format!(
            "a name has 1 to {NAME_CHARS_MAX} characters, on one line"
        ));
    }
    Ok(name.to_owned())
}

/// A project that was just made, and its first key.
pub(crate) struct Added {
    pub(crate) project: Project,
    pub(crate) key: NewKey,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    project: ProjectJson<'a>,
    key: KeyJson<'a>,
}

/// Makes the project and shows its key, the only time that it can be seen.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let store = context.store_or_new().await?;
    let Added { project, key } =
        create(&store, context, &arguments.name, arguments.slug.as_deref()).await?;
    if context.console.json() {
        context.console.write_json(&Line {
            project: (&project).into(),
            key: (&key).into(),
        })?;
        return Ok(Outcome::Fine);
    }
    let console = &mut context.console;
    let (dim, strong) = (console.style(DIM), console.style(STRONG));
    for (label, text) in [
        ("project", format!("{strong}{}{strong:#}", project.name)),
        ("slug", project.slug.clone()),
        ("id", project.id.uuid().to_string()),
        (
            "write key",
            format!("{strong}{}{strong:#}", key.key.as_str()),
        ),
    ] {
        console.line(format_args!("{dim}{label:<11}{dim:#}{text}"))?;
    }
    console.note("the key is not shown again")?;
    Ok(Outcome::Fine)
}

/// Makes a project, and a write key for it. A slug made from the name gets a number if it is taken.
///
/// # Errors
/// When `slug` is given and taken; when the store fails.
pub(crate) async fn create(
    store: &Store,
    context: &Context,
    name: &str,
    slug: Option<&str>,
) -> anyhow::Result<Added> {
    let wanted = slug.map_or_else(|| slug::of_name(name), str::to_owned);
    let numbers = if slug.is_some() { 1 } else { NUMBERS_MAX };
    for taken in 0..numbers {
        let project = Project {
            id: ProjectId::from_uuid(context.new_id()?),
            name: name.to_owned(),
            slug: slug::numbered(&wanted, taken),
            created_at: context.now(),
            archived_at: None,
        };
        match store.registry().create_project(project.clone()).await {
            Err(Error::Conflict { field: "slug", .. }) => {}
            Err(error) => return Err(error.into()),
            Ok(()) => {
                let key = key::create(store, context, &project, (KeyKind::Write, "first")).await?;
                return Ok(Added { project, key });
            }
        }
    }
    let message = format!("the slug `{wanted}` is taken");
    Err(Refusal::new("slug_taken", message)
        .hint("choose another with --slug")
        .into())
}
