//! Draws the picture of each database that was found, on all cores.

use std::collections::{BTreeMap, BTreeSet};

use schema::orm::Orm;
use schema::{Confidence, Dialect, Problem, ProblemKind, Source};

use super::dialect::Language;
use super::read::Texts;
use super::walk::folder_of;
use super::{Found, Unreadable, parallel, prisma, same, sql};
use crate::Drawn;

/// A database as one kind of file describes it.
#[derive(Debug)]
pub struct Set {
    /// What people call it: its file, or its folder and how many files.
    pub title: String,
    /// Who read it.
    pub reader: Reader,
    /// What they read.
    pub drawn: Drawn,
    /// The folder of the project that it belongs to.
    pub project: String,
    /// The index of another set that describes most of the same tables, and better: this one's
    /// findings about them are told once, there.
    pub covered_by: Option<usize>,
}

/// The readers, and what they read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reader {
    /// A Prisma schema.
    Prisma,
    /// The files of another mapper, by its name.
    Mapper(&'static str),
    /// A script or dump that says how things are.
    Script,
    /// Migrations, which say how things came to be.
    Migrations,
    /// A live database.
    Live,
}

impl Reader {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Prisma => "Prisma",
            Self::Mapper(name) => name,
            Self::Script => "SQL",
            Self::Migrations => "SQL migrations",
            Self::Live => "database",
        }
    }
}

impl Set {
    /// How sure its reader is of it: the least sure table's word.
    #[must_use]
    pub fn confidence(&self) -> Confidence {
        let tables = self.drawn.schema.tables.iter();
        let least = tables.map(|table| table.confidence).min();
        least.unwrap_or(Confidence::High)
    }
}

/// A picture to be drawn.
struct Job {
    reader: Reader,
    read: Read,
    sources: Vec<Source>,
}

enum Read {
    Prisma,
    Mapper(Orm),
    Sql(Dialect),
}

/// Sorts the texts into databases, reads each, and notes which describe the same one.
pub(super) fn draw(mut texts: Texts, projects: &BTreeSet<String>, found: &mut Found) {
    found.skipped.binary_files = texts.binary;
    found.skipped.long_files = std::mem::take(&mut texts.long);
    found.unreadable.append(&mut texts.unreadable);
    found.comments = std::mem::take(&mut texts.comments);
    let jobs = jobs(&mut texts, projects, found);
    let schemas = parallel::each(&jobs, |job| match job.read {
        Read::Prisma => schema::prisma::read(&job.sources),
        Read::Mapper(orm) => orm.read(&job.sources),
        Read::Sql(dialect) => schema::sql::read(dialect, &job.sources),
    });
    for (job, schema) in jobs.into_iter().zip(schemas) {
        let set = Set {
            title: title(&job.sources),
            reader: job.reader,
            project: project_of(&job.sources, projects),
            drawn: Drawn {
                schema,
                sources: job.sources,
            },
            covered_by: None,
        };
        found.sets.push(set);
    }
    found
        .unreadable
        .extend(found.sets.iter().filter_map(not_understood));
    // A mapper's settings without its tables are no database.
    found
        .sets
        .retain(|set| !(is_mapper(set) && set.drawn.schema.tables.is_empty()));
    same::mark(&mut found.sets);
    found.code_files = texts.code_files;
    for (source, mut calls) in texts.code {
        found.calls.append(&mut calls);
        found.code.push(source);
    }
    for (source, document) in texts.documents {
        found.documents.push(document);
        found.document_sources.push(source);
    }
}

/// A set whose files say something, of which not one table was understood.
fn not_understood(set: &Set) -> Option<Unreadable> {
    let schema = &set.drawn.schema;
    let is_syntax = |problem: &&Problem| problem.kind == ProblemKind::Syntax;
    let first = schema.problems.iter().find(is_syntax)?;
    let blank = schema.tables.is_empty() && schema.enums.is_empty() && schema.views.is_empty();
    blank.then(|| Unreadable {
        path: set.title.clone(),
        why: format!("no table in it was understood; failed to {}", first.message),
    })
}

fn is_mapper(set: &Set) -> bool {
    matches!(set.reader, Reader::Mapper(_))
}

fn jobs(texts: &mut Texts, projects: &BTreeSet<String>, found: &mut Found) -> Vec<Job> {
    let mut jobs = Vec::new();
    for sources in prisma::group(std::mem::take(&mut texts.prisma)) {
        jobs.push(Job {
            reader: Reader::Prisma,
            read: Read::Prisma,
            sources,
        });
    }
    let mut mapped: BTreeMap<(Orm, String), Vec<Source>> = BTreeMap::new();
    for (orm, source) in std::mem::take(&mut texts.mapped) {
        let project = project_of(std::slice::from_ref(&source), projects);
        mapped.entry((orm, project)).or_default().push(source);
    }
    for ((orm, _), sources) in mapped {
        jobs.push(Job {
            reader: Reader::Mapper(orm.name()),
            read: Read::Mapper(orm),
            sources,
        });
    }
    for scripts in sql::group(std::mem::take(&mut texts.sql), &texts.locks) {
        match scripts.language {
            Language::Known(dialect) => jobs.push(Job {
                reader: if scripts.migrations {
                    Reader::Migrations
                } else {
                    Reader::Script
                },
                read: Read::Sql(dialect),
                sources: scripts.sources,
            }),
            Language::Foreign(name) => found.foreign.push((title(&scripts.sources), name)),
        }
    }
    jobs
}

/// The only file, or the folder of all of them.
fn title(sources: &[Source]) -> String {
    let [first, rest @ ..] = sources else {
        return String::new();
    };
    if rest.is_empty() {
        return first.path().to_owned();
    }
    let count = sources.len();
    match common_folder(sources) {
        "" => format!("{count} files"),
        folder => format!("{folder} ({count} files)"),
    }
}

/// The deepest folder that holds all of the files.
fn common_folder(sources: &[Source]) -> &str {
    let Some(first) = sources.first() else {
        return "";
    };
    let mut folder = folder_of(first.path());
    while !folder.is_empty() {
        let holds = |source: &Source| is_within(source.path(), folder);
        if sources.iter().all(holds) {
            break;
        }
        folder = folder_of(folder);
    }
    folder
}

/// The nearest folder above all of the files that is a project.
fn project_of(sources: &[Source], projects: &BTreeSet<String>) -> String {
    let mut folder = common_folder(sources);
    while !folder.is_empty() && !projects.contains(folder) {
        folder = folder_of(folder);
    }
    folder.to_owned()
}

/// Whether a path lies in a folder, or is it.
pub(super) fn is_within(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
