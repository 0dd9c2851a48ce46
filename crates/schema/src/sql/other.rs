//! `MySQL`'s and SQLite's forms of statements about tables and indexes.
//!
//! The frame of a statement is read here; each column and constraint within it is handed to a
//! parser by itself, so that a failure costs that column or constraint and no more.

mod action;
mod element;

use super::change::{Change, Constraint, How, Like, NewTable};
use super::cursor::Cursor;
use super::{Code, Grammar};
use crate::problem::quote;
use crate::{Column, Dialect, Index, Problem, ProblemKind};

/// The grammar.
pub(super) struct Other;

impl Grammar for Other {
    fn changes(&self, text: &Code<'_>) -> (Vec<Change>, Vec<Problem>) {
        let mut reader = Reader {
            text,
            problems: Vec::new(),
        };
        let mut cursor = Cursor::new(text);
        let changes = if cursor.words(&["ALTER", "TABLE"]) {
            reader.alter_table(&mut cursor)
        } else {
            reader.create(&mut cursor)
        };
        let changes = changes.unwrap_or_else(|| {
            let message = format!(
                "read {}: expected a name or list elsewhere",
                quote(text.text)
            );
            reader.problem(text, message);
            Vec::new()
        });
        (changes, reader.problems)
    }
}

/// Reads one statement.
struct Reader<'a> {
    text: &'a Code<'a>,
    problems: Vec<Problem>,
}

/// A column with the constraints in its line, or a constraint of the table.
enum Element {
    Column(Box<Column>, Vec<Constraint>),
    Constraint(Constraint),
}

impl Reader<'_> {
    fn problem(&mut self, part: &Code<'_>, message: String) {
        self.problems
            .push(Problem::new(part.whole(), ProblemKind::Syntax, message));
    }

    fn create(&mut self, cursor: &mut Cursor<'_>) -> Option<Vec<Change>> {
        let mut temporary = false;
        let mut unique = false;
        let mut method = None;
        loop {
            let word = cursor.peek()?.to_ascii_uppercase();
            cursor.advance();
            match word.as_str() {
                "TABLE" => return self.create_table(cursor, temporary),
                "INDEX" => return self.create_index(cursor, unique, method),
                "TEMP" | "TEMPORARY" => temporary = true,
                "UNIQUE" => unique = true,
                "FULLTEXT" | "SPATIAL" => method = Some(word.to_ascii_lowercase()),
                _ => {}
            }
        }
    }

    fn create_table(&mut self, cursor: &mut Cursor<'_>, temporary: bool) -> Option<Vec<Change>> {
        let if_not_exists = cursor.words(&["IF", "NOT", "EXISTS"]);
        let start = cursor.position();
        let name = cursor.name()?;
        let mut table = NewTable {
            name,
            if_not_exists,
            temporary,
            columns: Vec::new(),
            constraints: Vec::new(),
            like: Vec::new(),
            incomplete: false,
            span: self.text.whole(),
            name_span: self.text.span(start, cursor.taken_to()),
        };
        if cursor.words(&["LIKE"]) || cursor.words(&["(", "LIKE"]) {
            table.like.push(Like {
                table: cursor.name()?,
                how: How::Copy {
                    defaults: true,
                    indexes: true,
                },
            });
            return Some(vec![Change::CreateTable(Box::new(table))]);
        }
        let body = cursor.list();
        // A virtual table's module decides on its columns, a query's are not looked at.
        let has_query = cursor.seek("SELECT") || cursor.seek("WITH") || cursor.seek("AS");
        table.incomplete = has_query || body.is_none();
        for (start, end) in body.unwrap_or_default() {
            match self.element(&self.text.part(start, end)) {
                Some(Element::Column(column, inline)) => {
                    table.columns.push(*column);
                    table.constraints.extend(inline);
                }
                Some(Element::Constraint(constraint)) => table.constraints.push(constraint),
                None => table.incomplete = true,
            }
        }
        Some(vec![Change::CreateTable(Box::new(table))])
    }

    fn create_index(
        &mut self,
        cursor: &mut Cursor<'_>,
        unique: bool,
        method: Option<String>,
    ) -> Option<Vec<Change>> {
        cursor.words(&["IF", "NOT", "EXISTS"]);
        let name = cursor.name()?;
        if cursor.words(&["USING"]) {
            cursor.advance();
        }
        if !cursor.words(&["ON"]) {
            return None;
        }
        let table = cursor.name()?;
        let list = cursor.list()?;
        let parts = list.into_iter().map(|(start, end)| {
            element::index_part(self.text.dialect, &self.text.text[start..end])
        });
        let parts = parts.collect();
        let is_partial = self.text.dialect == Dialect::Sqlite && cursor.seek("WHERE");
        let predicate = is_partial.then(|| self.text.text[cursor.position()..].to_owned());
        let index = Index {
            name: Some(name.name),
            parts,
            unique,
            method,
            predicate,
            span: self.text.whole(),
        };
        Some(vec![Change::CreateIndex { table, index }])
    }

    /// Reads one part of a table's declaration; reports it if that fails.
    fn element(&mut self, part: &Code<'_>) -> Option<Element> {
        match element::read(part) {
            Ok(element) => Some(element),
            Err(why) => {
                let message = format!("read {}: {why}", quote(part.text));
                self.problem(part, message);
                None
            }
        }
    }
}
