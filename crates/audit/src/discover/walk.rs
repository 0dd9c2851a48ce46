//! Walks the given paths and lists the files whose names promise something about identifiers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, WalkBuilder};

use super::look::{self, Look};
use super::{Error, Exclude, Unreadable};

/// More files than this are not looked at: a home folder is no repository.
pub const FILES_MAX: usize = 200_000;

/// Folders deeper than this are not entered.
pub const DEPTH_MAX: usize = 64;

/// Folders of other people's code and of what was built from ours.
const FOREIGN_FOLDERS: [&str; 9] = [
    "node_modules",
    "bower_components",
    "target",
    "vendor",
    "venv",
    "site-packages",
    "__pycache__",
    "Pods",
    "third_party",
];

/// Folders whose schemas are made up for tests.
const TEST_FOLDERS: [&str; 8] = [
    "test",
    "tests",
    "__tests__",
    "__mocks__",
    "spec",
    "fixtures",
    "__fixtures__",
    "testdata",
];

/// Files whose folder is a project of its own, with a database of its own.
const MANIFESTS: [&str; 12] = [
    "package.json",
    "Cargo.toml",
    "go.mod",
    "pyproject.toml",
    "manage.py",
    "Gemfile",
    "composer.json",
    "mix.exs",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "deno.json",
];

/// A file that is worth reading.
pub(super) struct Candidate {
    pub(super) file: PathBuf,
    /// Its path as people see it: with `/`, without a leading `./`.
    pub(super) shown: String,
    pub(super) look: Look,
}

/// What the walk passed by, so that it can be said.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Folders of foreign code by name, and how many of each.
    pub foreign_folders: BTreeMap<String, usize>,
    /// Folders of tests and their made-up schemas by name, and how many of each.
    pub test_folders: BTreeMap<String, usize>,
    /// Files and folders that the configuration excludes.
    pub excluded: usize,
    /// Symbolic links: what they lead to is read where it lies, if it lies here.
    pub links: usize,
    /// Files whose names promise nothing.
    pub other_files: usize,
    /// Files of bytes that are no text.
    pub binary_files: usize,
    /// Files that are longer than the limit of their kind, with their length in bytes.
    pub long_files: Vec<(String, u64)>,
    /// Whether the walk stopped at [`FILES_MAX`].
    pub stopped: bool,
}

/// What the walk found.
#[derive(Default)]
pub(super) struct Walked {
    pub(super) candidates: Vec<Candidate>,
    /// The folders of projects, as shown; the empty one is that of the walk itself.
    pub(super) projects: BTreeSet<String>,
    /// Files seen, whatever they are.
    pub(super) files: usize,
    pub(super) skipped: Skipped,
    pub(super) unreadable: Vec<Unreadable>,
}

/// Walks each path; a file that is named is taken whatever ignores it.
pub(super) fn walk(paths: &[PathBuf], exclude: &Exclude) -> Result<Walked, Error> {
    let excluded = excluded(exclude)?;
    let mut walked = Walked::default();
    let mut seen = BTreeSet::new();
    for path in paths {
        if let Err(why) = path.metadata() {
            walked.unreadable.push(Unreadable::new(path, &why));
            continue;
        }
        one(path, &excluded, &mut seen, &mut walked);
    }
    Ok(walked)
}

/// Exclusions, matched as in the `.gitignore` of their folder.
fn excluded(exclude: &Exclude) -> Result<Gitignore, Error> {
    let mut builder = GitignoreBuilder::new(&exclude.folder);
    for pattern in &exclude.patterns {
        builder
            .add_line(None, pattern)
            .map_err(|why| Error::pattern(pattern, &why))?;
    }
    let patterns = exclude.patterns.join("`, `");
    builder
        .build()
        .map_err(|why| Error::pattern(&patterns, &why))
}

fn one(root: &Path, excluded: &Gitignore, seen: &mut BTreeSet<PathBuf>, walked: &mut Walked) {
    // Without a current folder nothing relative was found in the first place.
    let absolute = std::path::absolute(root).unwrap_or_else(|_| root.to_path_buf());
    let passed = Arc::new(Mutex::new(Passed {
        root: root.to_path_buf(),
        absolute,
        excluded: excluded.clone(),
        foreign: BTreeMap::new(),
        tests: BTreeMap::new(),
        left_out: 0,
    }));
    let counting = Arc::clone(&passed);
    let walk = WalkBuilder::new(root)
        .require_git(false)
        .follow_links(false)
        .max_depth(Some(DEPTH_MAX))
        .sort_by_file_name(std::ffi::OsStr::cmp)
        .filter_entry(move |entry| counting.lock().is_ok_and(|mut count| count.admits(entry)))
        .build();
    for entry in walk {
        match entry {
            Ok(entry) => take(&entry, seen, walked),
            Err(why) => walked.unreadable.push(Unreadable::of_walk(root, &why)),
        }
        if walked.files >= FILES_MAX {
            walked.skipped.stopped = true;
            break;
        }
    }
    // The walk is over; a panic in between would have ended all of this, poisoned or not.
    let mut passed = passed.lock().unwrap_or_else(PoisonError::into_inner);
    add(
        &mut walked.skipped.foreign_folders,
        std::mem::take(&mut passed.foreign),
    );
    add(
        &mut walked.skipped.test_folders,
        std::mem::take(&mut passed.tests),
    );
    walked.skipped.excluded += passed.left_out;
}

fn add(total: &mut BTreeMap<String, usize>, counts: BTreeMap<String, usize>) {
    for (name, count) in counts {
        *total.entry(name).or_default() += count;
    }
}

/// What is not entered or taken, and how much of it there was.
struct Passed {
    root: PathBuf,
    absolute: PathBuf,
    excluded: Gitignore,
    left_out: usize,
    foreign: BTreeMap<String, usize>,
    tests: BTreeMap<String, usize>,
}

impl Passed {
    /// Whether to enter. The root is entered whatever its name: someone asked for it.
    fn admits(&mut self, entry: &DirEntry) -> bool {
        if entry.depth() == 0 {
            return true;
        }
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        if self.is_excluded(entry.path(), is_folder) {
            self.left_out += 1;
            return false;
        }
        if !is_folder {
            return true;
        }
        let name = entry.file_name().to_string_lossy();
        let counts = if FOREIGN_FOLDERS.contains(&name.as_ref()) {
            &mut self.foreign
        } else if TEST_FOLDERS.contains(&name.as_ref()) {
            &mut self.tests
        } else {
            return true;
        };
        *counts.entry(name.into_owned()).or_default() += 1;
        false
    }

    fn is_excluded(&self, path: &Path, is_folder: bool) -> bool {
        if self.excluded.is_empty() {
            return false;
        }
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        let absolute = self.absolute.join(below);
        self.excluded.matched(absolute, is_folder).is_ignore()
    }
}

fn take(entry: &DirEntry, seen: &mut BTreeSet<PathBuf>, walked: &mut Walked) {
    let Some(kind) = entry.file_type() else {
        return;
    };
    // A link that was named is followed: someone asked for it.
    if kind.is_symlink() && entry.depth() > 0 {
        walked.skipped.links += 1;
        return;
    }
    if kind.is_dir() {
        return;
    }
    walked.files += 1;
    let shown = shown(entry.path());
    let name = entry.file_name().to_string_lossy();
    if MANIFESTS.contains(&name.as_ref()) || look::is_project_file(&name) {
        walked.projects.insert(folder_of(&shown).to_owned());
    }
    let Some(look) = look::of_name(&name) else {
        walked.skipped.other_files += 1;
        return;
    };
    // Two paths of the command line may hold the same file.
    if seen.insert(entry.path().to_path_buf()) {
        walked.candidates.push(Candidate {
            file: entry.path().to_path_buf(),
            shown,
            look,
        });
    }
}

/// A path as people see it.
pub(crate) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let mut rest = text.as_str();
    while let Some(shorter) = rest.strip_prefix("./") {
        rest = shorter;
    }
    rest.to_owned()
}

/// The folder of a shown path; empty for a file without one.
pub(super) fn folder_of(shown: &str) -> &str {
    shown.rsplit_once('/').map_or("", |(folder, _)| folder)
}
