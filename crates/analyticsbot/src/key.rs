//! `analyticsbot key`: one sub-command, one file; and how a key is made and shown.

mod add;
mod list;
mod revoke;

use clap::{Args, Subcommand};
use ids::Timestamp;
use serde::Serialize;
use store::{ApiKey, KeyKind, Project, Store};
use web::Key;

use crate::Outcome;
use crate::console::{Console, DIM};
use crate::context::Context;
use crate::event_json::time;
use crate::refusal::Refusal;
use crate::table::{Cell, Table};
use crate::times;

/// The arguments of `analyticsbot key`.
#[derive(Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a key for a project, and show it once
    Add(add::Arguments),
    /// List the keys of a project
    List(list::Arguments),
    /// End a key
    Revoke(revoke::Arguments),
}

/// Runs a sub-command.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    match arguments.command {
        Command::Add(arguments) => add::run(arguments, context).await,
        Command::List(arguments) => list::run(arguments, context).await,
        Command::Revoke(arguments) => revoke::run(arguments, context).await,
    }
}

/// A key that was just made: the only moment in which it is known.
pub(crate) struct NewKey {
    /// What is stored of it.
    pub(crate) row: ApiKey,
    /// The key itself.
    pub(crate) key: Key,
}

/// A key, for programs.
#[derive(Serialize)]
pub(crate) struct KeyJson<'a> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    kind: &'static str,
    name: &'a str,
    hint: &'a str,
    created_at: String,
    revoked_at: Option<String>,
}

impl<'a> From<&'a ApiKey> for KeyJson<'a> {
    fn from(row: &'a ApiKey) -> Self {
        Self {
            id: row.id.to_string(),
            key: None,
            kind: row.kind.as_str(),
            name: &row.name,
            hint: &row.hint,
            created_at: time(row.created_at),
            revoked_at: row.revoked_at.map(time),
        }
    }
}

impl<'a> From<&'a NewKey> for KeyJson<'a> {
    fn from(new: &'a NewKey) -> Self {
        Self {
            key: Some(new.key.as_str()),
            ..Self::from(&new.row)
        }
    }
}

/// Makes a key of a kind and with a name.
///
/// # Errors
/// When the machine has no entropy, when the project is gone, when the store fails.
pub(crate) async fn create(
    store: &Store,
    context: &Context,
    project: &Project,
    (kind, name): (KeyKind, &str),
) -> anyhow::Result<NewKey> {
    let mut entropy = [0; 32];
    getrandom::fill(&mut entropy).map_err(|error| anyhow::anyhow!("draw a key: {error}"))?;
    let key = Key::make(kind, entropy);
    let row = ApiKey {
        id: context.new_id()?,
        project_id: project.id,
        kind,
        name: name.to_owned(),
        hint: key.hint().to_owned(),
        created_at: context.now(),
        revoked_at: None,
    };
    if store
        .registry()
        .create_key(row.clone(), key.digest())
        .await?
    {
        return Ok(NewKey { row, key });
    }
    let message = format!("the project `{}` is gone", project.slug);
    Err(Refusal::new("no_project", message).into())
}

/// Draws a list of keys.
pub(crate) fn draw(keys: &[ApiKey], now: Timestamp, console: &mut Console) -> anyhow::Result<()> {
    if keys.is_empty() {
        console.note("it has no key")?;
        return Ok(());
    }
    let mut table = Table::new(["key", "name", "made", "id"], &["name"]);
    for key in keys {
        let (style, made) = match key.revoked_at {
            None => (anstyle::Style::new(), times::age(key.created_at, now)),
            Some(_) => (DIM, "revoked".to_owned()),
        };
        let (hint, id) = (format!("{}…", key.hint), key.id.hyphenated());
        let texts = [hint.as_str(), &key.name, &made, id.as_str()];
        table.push(texts.map(|text| Cell::styled(text, style)));
    }
    table.draw(console)?;
    Ok(())
}
