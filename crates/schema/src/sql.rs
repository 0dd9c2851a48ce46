//! Reads SQL: scripts, dumps and folders of migrations, statement by statement.
//!
//! A script is cut into statements, each statement is turned into changes by a grammar of its
//! dialect, and the changes are applied to a catalog in order, as the database would. What one
//! statement gets wrong costs that statement.

mod catalog;
pub(crate) mod change;
mod classify;
mod cursor;
mod data_type;
mod folder;
mod names;
mod objects;
mod other;
mod postgres;
mod split;

pub(crate) use classify::may_change_schema;
pub(crate) use data_type::read as type_of;
pub use folder::in_order;
pub(crate) use folder::natural;

use crate::problem::quote;
use crate::{Dialect, Problem, ProblemKind, Schema, Source, Span};
use catalog::Catalog;
use change::Change;
use classify::{Class, classify};
use split::{PieceKind, Statement, split};

/// No token of a statement may nest deeper: parsers recurse.
const NESTING_MAX: usize = 400;

/// Above this, a statement is read on a stack of its own. Few are: a caller's stack may be small.
const NESTING_ON_ANY_STACK: usize = 40;

/// Holds [`NESTING_MAX`] levels also without optimisation; it is reserved, not used.
const WIDE_STACK_BYTES: usize = 256 << 20;

/// Applies the scripts in the order in which they are given; [`in_order`] sorts a folder's.
/// `dialect` is [`Dialect::PostgreSql`], [`Dialect::MySql`] or [`Dialect::Sqlite`]; scripts of any
/// other are read as PostgreSQL's.
#[must_use]
pub fn read(dialect: Dialect, sources: &[Source]) -> Schema {
    let dialect = match dialect {
        Dialect::MySql | Dialect::Sqlite => dialect,
        _ => Dialect::PostgreSql,
    };
    let mut reader = Reader::new(dialect, sources);
    for (file, source) in (0..).zip(sources) {
        reader.script(file, 0, source.text());
        // Each file is a session of its own.
        reader
            .catalog
            .apply(Change::UseSchema(None), Span::new(file, 0, 0));
    }
    reader.catalog.finish()
}

/// Turns the text of one statement that creates or alters a table or creates an index into changes.
/// What it does not understand it reports, and returns the rest.
trait Grammar {
    fn changes(&self, text: &Code<'_>) -> (Vec<Change>, Vec<Problem>);
}

fn changes(text: &Code<'_>) -> (Vec<Change>, Vec<Problem>) {
    match text.dialect {
        Dialect::PostgreSql => postgres::Postgres.changes(text),
        _ => other::Other.changes(text),
    }
}

/// The same on a wide stack; None if the system has none to give.
fn on_wide_stack(text: &Code<'_>) -> Option<(Vec<Change>, Vec<Problem>)> {
    let builder = std::thread::Builder::new().stack_size(WIDE_STACK_BYTES);
    std::thread::scope(|scope| {
        builder
            .spawn_scoped(scope, || changes(text))
            .ok()?
            .join()
            .ok()
    })
}

/// The text of one statement, and where it is.
#[derive(Clone, Copy)]
struct Code<'a> {
    dialect: Dialect,
    text: &'a str,
    file: u32,
    start: usize,
}

impl<'a> Code<'a> {
    fn whole(&self) -> Span {
        self.span(0, self.text.len())
    }

    /// The span of bytes of this statement.
    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, self.start + start, self.start + end)
    }

    /// A part of the statement, as a statement of its own.
    fn part(&self, start: usize, end: usize) -> Code<'a> {
        Code {
            text: self.text.get(start..end).unwrap_or_default(),
            start: self.start + start,
            ..*self
        }
    }
}

/// Applies scripts, and changes that other readers understood, to one catalog.
pub(crate) struct Reader {
    catalog: Catalog,
    /// The language of the scripts.
    dialect: Dialect,
}

impl Reader {
    /// Begins without tables. Bytes of the sources that are no UTF-8 are reported.
    pub(crate) fn new(dialect: Dialect, sources: &[Source]) -> Self {
        let files = sources.iter().map(|source| source.path().to_owned());
        let mut catalog = Catalog::new(dialect, files.collect());
        for (file, source) in (0..).zip(sources) {
            if let Some(at) = source.damaged_at() {
                let message = format!("read byte {at}: it is no UTF-8");
                catalog.note(Span::new(file, at, at + 1), ProblemKind::Encoding, message);
            }
        }
        Self { catalog, dialect }
    }

    /// The same for a mapper, which names constraints itself: none gets the database's choice.
    pub(crate) fn of_mapper(dialect: Dialect, sources: &[Source]) -> Self {
        let mut reader = Self::new(dialect, sources);
        reader.name_constraints(false);
        reader
    }

    /// Whether constraints without a name get that of the database's choice, as scripts expect.
    pub(crate) fn name_constraints(&mut self, does: bool) {
        self.catalog.names_constraints = does;
    }

    /// What was declared so far.
    pub(crate) fn so_far(&mut self) -> &mut Schema {
        &mut self.catalog.schema
    }

    pub(crate) fn note(&mut self, span: Span, kind: ProblemKind, message: impl Into<String>) {
        self.catalog.note(span, kind, message);
    }

    pub(crate) fn finish(self) -> Schema {
        self.catalog.finish()
    }

    /// Applies a script that begins at a byte of a file.
    pub(crate) fn script(&mut self, file: u32, start: usize, script: &str) {
        for piece in split(self.dialect, script) {
            let end = match &piece.kind {
                PieceKind::Statement(statement) => statement.code_end,
                _ => piece.end,
            };
            let text = Code {
                dialect: self.dialect,
                text: &script[piece.start..end],
                file,
                start: start + piece.start,
            };
            match &piece.kind {
                PieceKind::Statement(statement) => self.statement(&text, statement),
                PieceKind::Command => self.command(&text),
                PieceKind::OpenComment => {
                    let message = format!("read {}: a comment is open", quote(text.text));
                    self.catalog
                        .note(text.whole(), ProblemKind::Syntax, message);
                }
                PieceKind::Data | PieceKind::Blank => {}
            }
        }
    }

    fn statement(&mut self, text: &Code<'_>, statement: &Statement) {
        match classify(self.dialect, &statement.words) {
            Class::NoEffect => {}
            Class::Unknown => {
                let message = format!(
                    "read {}: it begins no statement that is known",
                    quote(text.text)
                );
                self.catalog
                    .note(text.whole(), ProblemKind::Unknown, message);
            }
            Class::Script => self.embedded(text),
            Class::Table | Class::Object if !statement.closed => {
                let message = format!("read {}: a quote or parenthesis is open", quote(text.text));
                self.catalog
                    .note(text.whole(), ProblemKind::Syntax, message);
            }
            Class::Object => match objects::changes(text) {
                Ok(changes) => self.apply(changes, text.whole()),
                Err(message) => self
                    .catalog
                    .note(text.whole(), ProblemKind::Syntax, message),
            },
            Class::Table if statement.nesting > NESTING_MAX => {
                let message = format!("read {}: it nests too deep", quote(text.text));
                self.catalog
                    .note(text.whole(), ProblemKind::Syntax, message);
            }
            Class::Table => {
                let found = if statement.nesting > NESTING_ON_ANY_STACK {
                    on_wide_stack(text)
                } else {
                    Some(changes(text))
                };
                let Some((changes, problems)) = found else {
                    let message = format!("read {}: no memory for a stack", quote(text.text));
                    self.catalog
                        .note(text.whole(), ProblemKind::Syntax, message);
                    return;
                };
                for problem in problems {
                    self.catalog
                        .note(problem.span, problem.kind, problem.message);
                }
                self.apply(changes, text.whole());
            }
        }
    }

    pub(crate) fn apply(&mut self, changes: Vec<Change>, span: Span) {
        for change in changes {
            self.catalog.apply(change, span);
        }
    }

    /// `DO $$ BEGIN statements; EXCEPTION ... END $$`, by which migrations make a statement
    /// repeatable, is applied. Any other program may do what only running it would tell.
    fn embedded(&mut self, text: &Code<'_>) {
        let Some((start, end)) = classify::plain_body(text.text) else {
            if classify::may_change_schema(text.text) {
                let message = format!("apply {}: it is a program", quote(text.text));
                self.catalog
                    .note(text.whole(), ProblemKind::NotApplied, message);
            }
            return;
        };
        let body = text.part(start, end);
        self.script(body.file, body.start, body.text);
    }

    fn command(&mut self, text: &Code<'_>) {
        let word = text.text.split_whitespace().next().unwrap_or_default();
        let includes = [
            "\\i",
            "\\ir",
            "\\include",
            "\\include_relative",
            "source",
            ".read",
        ];
        if includes.contains(&word.to_ascii_lowercase().as_str()) {
            let message = format!("apply {}: it includes another file", quote(text.text));
            self.catalog
                .note(text.whole(), ProblemKind::NotApplied, message);
        }
    }
}
