//! Writes down what an audit found: one file for each form.
//!
//! | form | for |
//! |---|---|
//! | [`terminal`] | people who run it |
//! | [`markdown`] | people who are sent the report |
//! | [`json`] | programs; its schema is published |
//! | [`sarif`] | editors and code scanning, SARIF 2.1.0 |
//! | [`github`] | the annotations of GitHub's workflows |
//! | [`junit`] | build servers that show tests |

mod advice;
mod bars;
mod excerpt;
pub mod github;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;
pub mod terminal;
mod text;

use std::collections::HashMap;

use schema::{Problem, ProblemKind, Source};
use serde::Serialize;

use crate::discover::{Found, Set};
use crate::outcome::Outcome;
use crate::{Kind, Lines, Place, Severity};

/// Everything that a report is made of.
#[derive(Debug)]
pub struct Input<'a> {
    /// What was read.
    pub found: &'a Found,
    /// What the rules say of it.
    pub outcome: &'a Outcome,
    /// The severity from which findings fail; None if none do.
    pub fail_on: Option<Severity>,
    /// The version of the program.
    pub version: &'a str,
}

impl Input<'_> {
    /// The texts by path, for excerpts.
    fn texts(&self) -> HashMap<&str, &Source> {
        let sources = self.found.sources();
        sources.map(|source| (source.path(), source)).collect()
    }

    /// What readers did not understand, in the order of the databases.
    fn problems(&self) -> Vec<ProblemAt> {
        let of_sets = self.found.sets.iter().flat_map(problems_of);
        let documents = self.found.documents.iter();
        let of_documents = documents.flat_map(|document| {
            let problems = document.read.problems.iter();
            problems.map(|problem| ProblemAt::new(problem, document.place(problem.span, "")))
        });
        of_sets.chain(of_documents).collect()
    }

    /// The tables of all databases, each database once.
    fn tables(&self) -> usize {
        let own = self
            .found
            .sets
            .iter()
            .filter(|set| set.covered_by.is_none());
        own.map(|set| set.drawn.schema.tables.len()).sum()
    }
}

/// Something that a reader did not understand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ProblemAt {
    #[serde(flatten)]
    place: Place,
    kind: &'static str,
    message: String,
}

fn problems_of(set: &Set) -> Vec<ProblemAt> {
    let schema = &set.drawn.schema;
    let mut lines: HashMap<u32, Lines> = HashMap::new();
    let place = |span: schema::Span, lines: &mut HashMap<u32, Lines>| {
        let Some(source) = set.drawn.sources.get(span.file as usize) else {
            return Place::without_text(set.title.clone(), "");
        };
        let lines = lines
            .entry(span.file)
            .or_insert_with(|| Lines::new(source.text()));
        lines.place(source, span.range(), "")
    };
    let problems = schema.problems.iter();
    problems
        .map(|problem| ProblemAt::new(problem, place(problem.span, &mut lines)))
        .collect()
}

impl ProblemAt {
    fn new(problem: &Problem, place: Place) -> Self {
        let kind = match problem.kind {
            ProblemKind::Syntax => "syntax",
            ProblemKind::Unknown => "unknown",
            ProblemKind::Unresolved => "unresolved",
            ProblemKind::NotApplied => "not-applied",
            ProblemKind::Encoding => "encoding",
            ProblemKind::Denied => "denied",
        };
        Self {
            place,
            kind,
            message: problem.message.clone(),
        }
    }
}

/// A value as JSON over several lines, for people who look into it.
fn pretty(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).expect("texts, numbers and lists are JSON");
    text + "\n"
}

/// What people call a kind of key.
fn kind_name(kind: Option<Kind>) -> String {
    match kind {
        None => "composite".to_owned(),
        Some(Kind::Sequential) => "auto-increment".to_owned(),
        Some(Kind::Integer) => "integer".to_owned(),
        Some(Kind::Uuid(Some(version))) => format!("UUID version {version}"),
        Some(Kind::Uuid(None)) => "UUID".to_owned(),
        Some(Kind::Cuid(1)) => "CUID".to_owned(),
        Some(Kind::Cuid(version)) => format!("CUID {version}"),
        Some(Kind::Ulid) => "ULID".to_owned(),
        Some(Kind::Nanoid) => "NanoID".to_owned(),
        Some(Kind::ObjectId) => "ObjectId".to_owned(),
        Some(Kind::Text) => "text".to_owned(),
        Some(Kind::Binary) => "bytes".to_owned(),
        Some(Kind::Time) => "time".to_owned(),
        Some(Kind::Other) => "other".to_owned(),
    }
}

/// What people call a dialect.
fn dialect_name(set: &Set) -> &'static str {
    match set.drawn.schema.dialect {
        schema::Dialect::PostgreSql => "PostgreSQL",
        schema::Dialect::CockroachDb => "CockroachDB",
        schema::Dialect::MySql => "MySQL",
        schema::Dialect::Sqlite => "SQLite",
        schema::Dialect::SqlServer => "SQL Server",
        schema::Dialect::MongoDb => "MongoDB",
        schema::Dialect::Unknown => "unknown database",
    }
}
