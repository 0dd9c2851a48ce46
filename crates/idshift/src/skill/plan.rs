//! What installing and uninstalling would change, found out before anything is changed.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::texts::{self, AGENT, SKILL};
use super::{disk, entry};
use crate::refusal::Refusal;

/// What happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Action {
    Create,
    /// It is written anew.
    Update,
    /// Our entry is put into it, or taken out of it.
    Merge,
    Remove,
    /// It is as it should be.
    Keep,
}

impl Action {
    /// The word for it once it is done.
    pub(super) fn done(self) -> &'static str {
        match self {
            Self::Create => "created",
            Self::Update => "updated",
            Self::Merge => "merged",
            Self::Remove => "removed",
            Self::Keep => "unchanged",
        }
    }

    /// The word for it while it is only planned.
    pub(super) fn planned(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Merge => "merge",
            Self::Remove => "remove",
            Self::Keep => "keep",
        }
    }
}

/// One file and what happens to it.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) path: PathBuf,
    pub(super) action: Action,
    /// Whether something of the user's would be lost without a copy.
    pub(super) back_up: bool,
    /// What is in the file afterwards; None if it goes.
    pub(super) bytes: Option<Vec<u8>>,
}

/// The three files, below the assistant's folder.
struct Places {
    skill: PathBuf,
    rules: PathBuf,
    agent: PathBuf,
}

impl Places {
    fn below(folder: &Path) -> Self {
        let skills = folder.join("skills");
        Self {
            skill: skills.join(SKILL).join("SKILL.md"),
            rules: skills.join("skill-rules.json"),
            agent: folder.join("agents").join(format!("{AGENT}.md")),
        }
    }
}

/// What installing would do.
///
/// # Errors
/// If a file cannot be read, or the rules are no JSON of the form that is known.
pub(super) fn install(folder: &Path) -> Result<Vec<Step>, Refusal> {
    let places = Places::below(folder);
    Ok(vec![
        written(places.skill, texts::skill())?,
        merged(places.rules)?,
        written(places.agent, texts::agent())?,
    ])
}

/// What uninstalling would do.
///
/// # Errors
/// As [`install`].
pub(super) fn uninstall(folder: &Path) -> Result<Vec<Step>, Refusal> {
    let places = Places::below(folder);
    Ok(vec![
        removed(places.skill, &texts::skill())?,
        parted(places.rules)?,
        removed(places.agent, &texts::agent())?,
    ])
}

fn written(path: PathBuf, text: String) -> Result<Step, Refusal> {
    let found = disk::read(&path)?;
    let action = match &found {
        None => Action::Create,
        Some(found) if *found == text.as_bytes() => Action::Keep,
        Some(_) => Action::Update,
    };
    Ok(Step {
        path,
        action,
        back_up: action == Action::Update,
        bytes: Some(text.into_bytes()),
    })
}

fn removed(path: PathBuf, text: &str) -> Result<Step, Refusal> {
    let found = disk::read(&path)?;
    Ok(Step {
        action: found.as_ref().map_or(Action::Keep, |_| Action::Remove),
        back_up: found.is_some_and(|found| found != text.as_bytes()),
        path,
        bytes: None,
    })
}

fn merged(path: PathBuf) -> Result<Step, Refusal> {
    let Some(found) = text_of(&path)? else {
        let text = entry::alone().map_err(|error| unreadable(&path, &error))?;
        return written(path, text);
    };
    let merged = entry::with(&found).map_err(|error| unreadable(&path, &error))?;
    let back_up = entry::is_changed(&found).map_err(|error| unreadable(&path, &error))?;
    let action = if merged == found {
        Action::Keep
    } else {
        Action::Merge
    };
    Ok(Step {
        path,
        action,
        back_up,
        bytes: Some(merged.into_bytes()),
    })
}

fn parted(path: PathBuf) -> Result<Step, Refusal> {
    let found = text_of(&path)?;
    let Some(found) = found else {
        return Ok(Step {
            path,
            action: Action::Keep,
            back_up: false,
            bytes: None,
        });
    };
    let left = entry::without(&found).map_err(|error| unreadable(&path, &error))?;
    let back_up = entry::is_changed(&found).map_err(|error| unreadable(&path, &error))?;
    let action = match &left {
        None => Action::Remove,
        Some(left) if *left == found => Action::Keep,
        Some(_) => Action::Merge,
    };
    Ok(Step {
        path,
        action,
        back_up,
        bytes: left.map(String::into_bytes),
    })
}

fn text_of(path: &Path) -> Result<Option<String>, Refusal> {
    let Some(bytes) = disk::read(path)? else {
        return Ok(None);
    };
    String::from_utf8(bytes).map(Some).map_err(|_| {
        let path = path.display();
        Refusal::new(
            "failed",
            format!("failed to read `{path}`: it is not UTF-8"),
        )
    })
}

fn unreadable(path: &Path, error: &serde_json::Error) -> Refusal {
    let path = path.display();
    Refusal::new(
        "failed",
        format!("failed to read `{path}` as rules of skills: {error}"),
    )
    .hint("mend it by hand, or move it away; nothing was changed")
}
