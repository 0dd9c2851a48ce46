//! `analyticsbot key revoke`: ends a key.

use clap::Args;
use store::ApiKey;

use super::KeyJson;
use crate::Outcome;
use crate::context::Context;
use crate::project;
use crate::refusal::Refusal;

/// The arguments of `analyticsbot key revoke`.
#[derive(Args)]
#[command(after_help = "\
A server that runs stops taking the key within five seconds.

Examples:
  analyticsbot key revoke my-app wk_4fRt9sK2
  analyticsbot key revoke my-app 01a20449-8d58-7bb7-b4f9-dc1b0d5b5e4b")]
pub(crate) struct Arguments {
    /// Slug or id
    project: String,

    /// Its id or its first characters, as `key list` shows them
    key: String,
}

/// Ends the key.
pub(crate) async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let store = context.store().await?;
    let project = project::find(&store, &arguments.project).await?;
    let keys = store.registry().keys(project.id).await?;
    let meant = choose(&keys, &arguments.key, &project.slug)?;
    let was_revoked = meant.revoked_at.is_some();
    let (id, now) = (meant.id, context.now());
    let revoked = store.registry().revoke_key(project.id, id, now).await?;
    let revoked = revoked.ok_or_else(|| Refusal::new("no_key", "the key is gone"))?;
    if context.console.json() {
        context.console.write_json(&KeyJson::from(&revoked))?;
    } else {
        let word = if was_revoked {
            "was revoked before"
        } else {
            "revoked"
        };
        context
            .console
            .line(format_args!("{}…: {word}", revoked.hint))?;
    }
    Ok(Outcome::Fine)
}

/// The one key that `text` names: an id, its beginning, the beginning of the key, or the key.
fn choose<'a>(keys: &'a [ApiKey], text: &str, slug: &str) -> Result<&'a ApiKey, Refusal> {
    let is_meant = |key: &&ApiKey| {
        let beginning =
            key.id.hyphenated().as_str().starts_with(text) || key.hint.starts_with(text);
        beginning || text.starts_with(&key.hint) || ids::Uuid::parse(text) == Ok(key.id)
    };
    let see = format!("`analyticsbot key list {slug}` shows them");
    let meant: Vec<&ApiKey> = keys.iter().filter(is_meant).collect();
    match meant[..] {
        [key] if !text.is_empty() => Ok(key),
        [] => {
            let message = format!("`{slug}` has no key `{}`", hidden(text));
            Err(Refusal::new("no_key", message).hint(see))
        }
        _ => {
            let message = format!(
                "`{}` is the beginning of {} keys",
                hidden(text),
                meant.len()
            );
            Err(Refusal::usage(message).hint(see))
        }
    }
}

/// A whole key is not repeated on the screen.
fn hidden(text: &str) -> String {
    match web::Key::parse(text) {
        Ok(key) => format!("{}…", key.hint()),
        Err(_) => text.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use event::ProjectId;
    use ids::{Timestamp, Uuid};
    use store::KeyKind;

    use super::*;

    fn key(id: &str, hint: &str) -> ApiKey {
        ApiKey {
            id: Uuid::parse(id).unwrap(),
            project_id: ProjectId::from_uuid(Uuid::NIL),
            kind: KeyKind::Write,
            name: String::new(),
            hint: hint.to_owned(),
            created_at: Timestamp::from_unix_ms(0),
            revoked_at: None,
        }
    }

    #[test]
    fn a_key_is_named_by_what_is_unique() {
        let keys = [
            key("019a9964-77f3-7479-bc9f-50ff6ea646f1", "wk_AAAAAAAA"),
            key("019a9964-77f4-7479-bc9f-50ff6ea646f1", "wk_AABBBBBB"),
        ];
        for (text, expected) in [
            ("019a9964-77f3-7479-bc9f-50ff6ea646f1", Some(0)),
            ("019a996477f37479bc9f50ff6ea646f1", Some(0)),
            ("019a9964-77f4", Some(1)),
            ("wk_AAB", Some(1)),
            ("wk_AAAAAAAA0123", Some(0)),
            ("wk_AA", None),
            ("019a", None),
            ("", None),
            ("x", None),
        ] {
            let found = choose(&keys, text, "shop").ok().map(|key| key.id);
            assert_eq!(found, expected.map(|index: usize| keys[index].id), "{text}");
        }
    }
}
