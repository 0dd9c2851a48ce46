//! Rewrites a Prisma schema to what a plan makes of the database, and back.
//!
//! Only types, native types and defaults of fields whose columns move are touched, and the blanks
//! that Prisma's formatter aligns them with where the file was aligned before. Every other byte
//! stays. What cannot be rewritten so that Prisma accepts it is refused, with its place.

mod align;
mod check;
mod field;
mod find;
mod hunk;
mod notes;
mod wanted;

use std::ops::Range;

use schema::prisma::{Document, Edits};
use schema::{Problem, ProblemKind, Source, Span};
use serde::Serialize;

pub use hunk::Hunk;

use crate::Plan;
use find::Models;

/// More than this is not listed of what stands in the way.
pub const OBSTACLES_MAX: usize = 20;

/// Who makes new keys once they are UUIDs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyDefault {
    /// Prisma's client: `@default(uuid(7))`, of Prisma 5.18 or later.
    Uuid7,
    /// The application.
    None,
}

/// Which way the schema goes.
#[derive(Clone, Copy, Debug)]
pub enum Goal<'a> {
    /// To the types after the cut-over.
    Uuid(KeyDefault),
    /// To the types before it: those of the backups where they have the field, else the plan's.
    Back(&'a [Source]),
}

/// One field that becomes another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The file.
    pub path: String,
    /// Its line, from 1.
    pub line: usize,
    /// The model.
    pub model: String,
    /// The field.
    pub field: String,
    /// The field as it was, without the blanks that align it.
    pub before: String,
    /// As it becomes.
    pub after: String,
}

/// One file of the schema, rewritten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path as the caller gave it.
    pub path: String,
    /// The new text; none if it stays as it is.
    pub text: Option<String>,
    /// The lines that differ.
    pub hunks: Vec<Hunk>,
}

/// A schema, rewritten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewrite {
    /// All files, in the order in which they were given.
    pub files: Vec<File>,
    /// The fields that change, in the order of the files.
    pub changes: Vec<Change>,
    /// What somebody should know, as sentences.
    pub notes: Vec<String>,
}

/// Something because of which the schema cannot be rewritten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Obstacle {
    /// The file.
    pub path: String,
    /// Its line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is the matter: a fragment that fits after "failed to".
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// Rewrites the files of one schema. Running it on its own result changes nothing.
///
/// # Errors
/// Everything that stands in the way, at most [`OBSTACLES_MAX`]: damage, another database than
/// PostgreSQL, relations of which the plan moves one end only.
pub fn rewrite(plan: &Plan, sources: &[Source], goal: Goal<'_>) -> Result<Rewrite, Vec<Obstacle>> {
    let documents = parsed(sources);
    let models = Models::new(&documents, plan);
    let mut obstacles = damage(sources);
    if obstacles.is_empty() {
        obstacles = check::obstacles(&models, sources);
    }
    if !obstacles.is_empty() {
        obstacles.truncate(OBSTACLES_MAX);
        return Err(obstacles);
    }
    let backups = match goal {
        Goal::Back(backups) => parsed(backups),
        Goal::Uuid(_) => Vec::new(),
    };
    let back = match goal {
        Goal::Back(texts) => Some(Models::new(&backups, plan)).map(|models| (models, texts)),
        Goal::Uuid(_) => None,
    };
    let forward = back.is_none();
    let mut rewrite = Rewrite {
        notes: notes::notes(&models, forward),
        ..Rewrite::default()
    };
    for (source, document) in sources.iter().zip(&documents) {
        let mut edits = Vec::new();
        for block in document.blocks() {
            let rows = align::rows(source.text(), block, |field| {
                let moved = models.moved(block, field)?;
                let wanted = match (&back, goal) {
                    (Some((backup, texts)), _) => wanted::back(&moved, backup, texts),
                    (None, Goal::Uuid(default)) => wanted::forward(&moved, default),
                    (None, Goal::Back(_)) => return None,
                };
                let pieces = field::rebuilt(source.text(), field, &wanted, models.prefix());
                Some(pieces)
            });
            rewrite.changes.extend(rows.changes(source, block));
            edits.extend(rows.edits());
        }
        rewrite.files.push(file(source, &edits));
    }
    let makes = |change: &Change| change.after.contains("uuid(7)");
    if rewrite.changes.iter().any(makes) {
        rewrite.notes.push(notes::UUID7.to_owned());
    }
    Ok(rewrite)
}

fn parsed(sources: &[Source]) -> Vec<Document> {
    let numbered = (0_u32..).zip(sources);
    numbered
        .map(|(file, source)| Document::parse(source, file))
        .collect()
}

/// What no reader may guess at. Words of later versions of Prisma are none of our business.
fn damage(sources: &[Source]) -> Vec<Obstacle> {
    let problems = schema::prisma::read(sources).problems;
    let hurts = |problem: &&Problem| problem.kind != ProblemKind::Unknown;
    let refused = problems.iter().filter(hurts).map(|problem| {
        let hint = match problem.kind {
            ProblemKind::Unresolved => "give all files of the schema: `--schema FOLDER`",
            _ => "repair it first: `npx prisma validate` has to accept the schema",
        };
        obstacle(sources, problem.span, problem.message.clone(), hint)
    });
    refused.collect()
}

fn obstacle(sources: &[Source], span: Span, message: String, hint: &str) -> Obstacle {
    let source = usize::try_from(span.file)
        .ok()
        .and_then(|file| sources.get(file));
    let (path, text) = source.map_or(("", ""), |source| (source.path(), source.text()));
    let (line, column) = position(text, span.range().start);
    Obstacle {
        path: path.to_owned(),
        line,
        column,
        message,
        hint: hint.to_owned(),
    }
}

/// Line and column, from 1, of a byte.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (
        line,
        before.get(start..).unwrap_or_default().chars().count() + 1,
    )
}

/// A stretch of the text, and what comes in its place.
type Edit = (Range<usize>, String);

fn file(source: &Source, edits: &[Edit]) -> File {
    let path = source.path().to_owned();
    if edits.is_empty() {
        return File {
            path,
            text: None,
            hunks: Vec::new(),
        };
    }
    let mut changes = Edits::new();
    for (range, text) in edits {
        changes.replace(Span::new(0, range.start, range.end), text.clone());
    }
    let text = changes.apply(source.text());
    let text = text.expect("each field is changed once, and fields do not overlap");
    File {
        path,
        hunks: hunk::hunks(source.text(), edits),
        text: Some(text),
    }
}

#[cfg(test)]
mod tests;
