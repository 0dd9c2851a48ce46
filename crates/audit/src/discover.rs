//! Finds and reads what a repository says about its identifiers: schemas, migrations, code.
//!
//! Everything below the given paths is looked at, but for what `.gitignore` names, hidden files,
//! symbolic links, folders of foreign code and folders of tests; what is named itself is read in
//! any case. Whatever is passed by is counted in [`Skipped`], and whatever should have been read
//! and could not be is in [`Found::unreadable`].

mod dialect;
mod look;
mod parallel;
mod prisma;
mod read;
mod same;
mod sections;
mod sets;
mod sql;
mod walk;

use std::fmt;
use std::path::{Path, PathBuf};

use schema::Source;

use crate::code::Call;
use crate::config::ConfigError;
use crate::suppress::Comment;
use crate::{Document, Drawn};

pub use look::{CODE_BYTES_MAX, DOCUMENT_BYTES_MAX, SCHEMA_BYTES_MAX};
pub(crate) use same::tables;
pub use sets::{Reader, Set};
pub use walk::{DEPTH_MAX, FILES_MAX, Skipped};

/// More text than this is not kept in memory at once.
pub const TOTAL_BYTES_MAX: u64 = 512 << 20;

/// What there is.
#[derive(Debug, Default)]
pub struct Found {
    /// The databases that are described, each once.
    pub sets: Vec<Set>,
    /// The calls in source code that make identifiers.
    pub calls: Vec<Call>,
    /// The source code that they are in.
    pub code: Vec<Source>,
    /// Source code that was read, of interest or not.
    pub code_files: usize,
    /// Documents of linked data.
    pub documents: Vec<Document>,
    /// Their texts, one for each.
    pub document_sources: Vec<Source>,
    /// Comments that suppress findings, of all files.
    pub comments: Vec<Comment>,
    /// Files that the walk came by.
    pub files_seen: usize,
    /// Files that were read.
    pub files_read: usize,
    /// What was passed by.
    pub skipped: Skipped,
    /// What should have been read and could not be.
    pub unreadable: Vec<Unreadable>,
    /// Scripts in languages that no reader knows, with the language's name.
    pub foreign: Vec<(String, &'static str)>,
}

impl Found {
    /// Whether there is nothing in it that rules could look at.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty() && self.code_files == 0 && self.documents.is_empty()
    }

    /// Every text that is kept, for excerpts.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        let of_sets = self.sets.iter().flat_map(|set| &set.drawn.sources);
        of_sets.chain(&self.code).chain(&self.document_sources)
    }

    /// Adds a live database, by a name that gives no secret away.
    pub fn add_live(&mut self, place: &str, schema: schema::Schema) {
        self.sets.push(Set {
            title: place.to_owned(),
            reader: Reader::Live,
            drawn: Drawn {
                schema,
                sources: Vec::new(),
            },
            project: String::new(),
            covered_by: None,
        });
        same::mark(&mut self.sets);
    }
}

/// What is not to be read.
#[derive(Debug, Clone, Default)]
pub struct Exclude {
    /// The folder that the patterns are written for, as an absolute path.
    pub folder: PathBuf,
    /// Patterns as in a `.gitignore` in that folder.
    pub patterns: Vec<String>,
}

/// Finds and reads everything below the paths.
///
/// # Errors
///
/// A pattern that means nothing.
pub fn discover(paths: &[PathBuf], exclude: &Exclude) -> Result<Found, Error> {
    let walked = walk::walk(paths, exclude)?;
    let read = read::all(&walked.candidates);
    let mut found = Found {
        files_seen: walked.files,
        files_read: read.files,
        skipped: walked.skipped,
        unreadable: walked.unreadable,
        ..Found::default()
    };
    sets::draw(read, &walked.projects, &mut found);
    Ok(found)
}

/// Something that should have been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its path as people see it.
    pub path: String,
    /// Why not.
    pub why: String,
}

impl Unreadable {
    fn new(path: &Path, why: &std::io::Error) -> Self {
        Self {
            path: walk::shown(path),
            why: plain(&why.to_string()),
        }
    }

    fn of_walk(root: &Path, why: &ignore::Error) -> Self {
        Self {
            path: walk::shown(root),
            why: plain(&why.to_string()),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "read `{}`: {}", self.path, self.why)
    }
}

/// The system's words without its number: `No such file or directory (os error 2)`.
fn plain(why: &str) -> String {
    let text = why.split(" (os error").next().unwrap_or(why);
    text.to_ascii_lowercase()
}

/// Why nothing could be looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(ConfigError);

impl Error {
    fn pattern(pattern: &str, why: &ignore::Error) -> Self {
        Self(ConfigError {
            message: format!("read the pattern `{pattern}`: {why}"),
            hint: Some("`exclude` of `[paths]` takes patterns as in `.gitignore`".to_owned()),
        })
    }
}

impl From<Error> for ConfigError {
    fn from(error: Error) -> Self {
        error.0
    }
}
