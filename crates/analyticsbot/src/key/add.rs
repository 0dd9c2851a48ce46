//! `analyticsbot key add`: makes a key and shows it, the only time that it can be seen.

use clap::{Args, ValueEnum};
use store::KeyKind;

use super::{KeyJson, create};
use crate::Outcome;
use crate::context::Context;
use crate::project;
use crate::refusal::Refusal;

/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 100;

/// The arguments of `analyticsbot key add`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  analyticsbot key add my-app
  analyticsbot key add my-app --name 'mobile app' --json")]
pub(crate) struct Arguments {
    /// Slug or id
    project: String,

    /// What it is for
    #[arg(long, default_value = "", hide_default_value = true, value_parser = name)]
    name: String,

    /// What it is good for: a write key sends events, an admin key asks and manages
    #[arg(long, value_enum, default_value_t = Kind::Write)]
    kind: Kind,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Write,
    Admin,
}

fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.chars().count() > NAME_CHARS_MAX || name.contains(char::is_control) {
        return Err(format!(
            "a name has up to {NAME_CHARS_MAX} characters, on one line"
        ));
    }
    Ok(name.to_owned())
}

/// Makes the key.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let store = context.store().await?;
    let project = project::find(&store, &arguments.project).await?;
    if project.archived_at.is_some() {
        let message = format!(
            "the project `{}` is archived: a key would not work",
            project.slug
        );
        return Err(Refusal::new("archived", message).into());
    }
    let kind = match arguments.kind {
        Kind::Write => KeyKind::Write,
        Kind::Admin => KeyKind::Admin,
    };
    let new = create(&store, context, &project, (kind, &arguments.name)).await?;
    if context.console.json() {
        context.console.write_json(&KeyJson::from(&new))?;
    } else {
        context.console.line(format_args!("{}", new.key.as_str()))?;
        context.console.note("the key is not shown again")?;
    }
    Ok(Outcome::Fine)
}
