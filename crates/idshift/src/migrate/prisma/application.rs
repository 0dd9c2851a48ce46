//! Looks through the application's code for what depends on the kind of its keys.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use audit::code::{self, Language, Made};
use audit::discover::CODE_BYTES_MAX;
use ignore::{DirEntry, WalkBuilder};
use migrate::application::{self, Found, Kind, Names};
use schema::Source;

use super::source;
use crate::console::{Console, Progress};
use crate::refusal::Refusal;

/// More files than this are not looked at.
const FILES_MAX: usize = 50_000;

/// More places than this are not listed.
pub(super) const FOUND_MAX: usize = 2_000;

const DEPTH_MAX: usize = 64;

/// Folders of other people's code, of what was built from ours, and of history.
const FOREIGN: [&str; 10] = [
    "node_modules",
    "bower_components",
    "target",
    "vendor",
    "venv",
    "site-packages",
    "__pycache__",
    "dist",
    "build",
    "migrations",
];

/// Every place below the paths, by kind and file. What could not be read is warned of.
pub(super) fn look(
    paths: &[PathBuf],
    names: &Names,
    console: &mut Console,
) -> anyhow::Result<Vec<Found>> {
    let mut found = Vec::new();
    let mut files = 0;
    let progress = Progress::new();
    progress.say("looking through the code");
    for path in paths {
        let walk = WalkBuilder::new(path)
            .require_git(false)
            .follow_links(false)
            .max_depth(Some(DEPTH_MAX))
            .sort_by_file_name(OsStr::cmp)
            .filter_entry(admits)
            .build();
        for entry in walk {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    unread(&error.to_string(), console)?;
                    continue;
                }
            };
            if !entry.file_type().is_some_and(|kind| kind.is_file()) {
                continue;
            }
            files += 1;
            if files > FILES_MAX || found.len() >= FOUND_MAX {
                let text = format!(
                    "stopped after {FILES_MAX} files or {FOUND_MAX} places: name parts of the code"
                );
                console.warn(&Refusal::new("limit", text).hint("`--code src`"))?;
                return Ok(sorted(found));
            }
            if let Some(source) = read(entry.path(), console)? {
                found.extend(of_file(names, &source));
            }
        }
    }
    Ok(sorted(found))
}

fn sorted(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by(|a, b| (a.kind, &a.path, a.line).cmp(&(b.kind, &b.path, b.line)));
    found.truncate(FOUND_MAX);
    found
}

fn admits(entry: &DirEntry) -> bool {
    let folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    let foreign = FOREIGN.iter().any(|name| entry.file_name() == *name);
    entry.depth() == 0 || !folder || !foreign
}

/// The text of a file of code that is no test; none for any other.
fn read(path: &Path, console: &mut Console) -> anyhow::Result<Option<Source>> {
    let shown = path.display().to_string();
    let shown = shown.strip_prefix("./").unwrap_or(&shown);
    let known =
        Language::of_path(shown).is_some() || path.extension().is_some_and(|it| it == "sql");
    if !known || code::is_test(shown) {
        return Ok(None);
    }
    let length = fs::metadata(path).map_or(0, |metadata| metadata.len());
    if length > CODE_BYTES_MAX {
        unread(
            &format!("`{shown}` is longer than {CODE_BYTES_MAX} bytes"),
            console,
        )?;
        return Ok(None);
    }
    match fs::read(path) {
        Ok(bytes) => source(shown, bytes).map(Some),
        Err(error) => {
            unread(&format!("`{shown}`: {error}"), console)?;
            Ok(None)
        }
    }
}

fn unread(why: &str, console: &mut Console) -> anyhow::Result<()> {
    Ok(console.warn(&Refusal::new(
        "unread",
        format!("not looked through: {why}"),
    ))?)
}

fn of_file(names: &Names, source: &Source) -> Vec<Found> {
    let mut found = application::scan(names, source);
    let Some(language) = Language::of_path(source.path()) else {
        return found;
    };
    for call in code::scan(language, source) {
        let of_key = call.near.as_deref().is_some_and(|name| names.is_key(name));
        if call.kind != Made::UuidV7 && of_key {
            found.push(Found::at(Kind::MakesIds, source, call.place.span.start));
        }
    }
    found
}
