//! A table: its columns, and what ties them together.

use super::{Column, Name};
use crate::Span;

/// A table, or a collection of a document database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name in the database.
    pub name: Name,
    /// Its name in the code, where a mapper gives it one.
    pub model: Option<String>,
    /// Declared, or made by a mapper for others.
    pub origin: Origin,
    /// How sure the reader is of it.
    pub confidence: Confidence,
    /// Whether the sources declare all of it. Not so for a table that they only alter, or whose
    /// columns come from a query or from another table that is not there.
    pub complete: bool,
    /// The table that it is a partition of: its rows, keys and references are that table's.
    pub partition_of: Option<Name>,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Its primary key.
    pub primary_key: Option<Key>,
    /// Its unique constraints.
    pub uniques: Vec<Key>,
    /// Its references to other tables.
    pub references: Vec<Reference>,
    /// Its indexes but for those that keys bring with them.
    pub indexes: Vec<Index>,
    /// About how many rows it has, if a live database was asked and has counted them at all.
    pub rows_estimate: Option<u64>,
    /// Bytes on disk, with indexes, if a live database was asked.
    pub bytes: Option<u64>,
    /// The whole declaration.
    pub span: Span,
    /// Its name in the declaration.
    pub name_span: Span,
}

impl Table {
    /// A complete table without columns.
    #[must_use]
    pub fn new(name: Name, span: Span) -> Self {
        Self {
            name,
            model: None,
            origin: Origin::Declared,
            confidence: Confidence::High,
            complete: true,
            partition_of: None,
            columns: Vec::new(),
            primary_key: None,
            uniques: Vec::new(),
            references: Vec::new(),
            indexes: Vec::new(),
            rows_estimate: None,
            bytes: None,
            span,
            name_span: span,
        }
    }

    /// The column of this name in the database.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The columns of the primary key, as far as they are known.
    pub fn key_columns(&self) -> impl Iterator<Item = &Column> {
        let names = self.primary_key.iter().flat_map(|key| &key.columns);
        names.filter_map(|name| self.column(name))
    }

    /// Whether the column is the primary key or part of it.
    #[must_use]
    pub fn is_key(&self, column: &str) -> bool {
        let key = self.primary_key.as_ref();
        key.is_some_and(|key| key.columns.iter().any(|name| name == column))
    }

    /// The references that this column is part of.
    pub fn references_of(&self, column: &str) -> impl Iterator<Item = &Reference> {
        let holds = move |reference: &&Reference| reference.columns.iter().any(|c| c == column);
        self.references.iter().filter(holds)
    }

    /// What people who read the declaration call it.
    #[must_use]
    pub fn declared_name(&self) -> &str {
        self.model.as_deref().unwrap_or(&self.name.name)
    }
}

/// Who asked for a table or sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The sources declare it.
    Declared,
    /// It comes with something declared: the join table of an implicit many-to-many relation, the
    /// sequence of a `serial` column. Its span is that of the declaration.
    Implied,
}

/// How much a reader's picture can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Guessed from source code that a program might read otherwise.
    Low,
    /// Read from source code whose meaning is plain.
    Medium,
    /// Read from the definition that the database or the mapper itself goes by.
    High,
}

/// A primary key or unique constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name in the database; None is the database's or mapper's own choice.
    pub name: Option<String>,
    /// Its columns, in order. A path into an embedded document is written with dots.
    pub columns: Vec<String>,
    /// Where it is declared.
    pub span: Span,
}

/// A reference from one table's columns to another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The constraint's name; None is the database's or mapper's own choice.
    pub name: Option<String>,
    /// The columns of this table.
    pub columns: Vec<String>,
    /// The other table.
    pub table: Name,
    /// The columns there, one for each of `columns`; empty if they are the primary key of a table
    /// that no source declares.
    pub target_columns: Vec<String>,
    /// What happens to this row when the other goes.
    pub on_delete: Action,
    /// What happens to this row when the other's key changes.
    pub on_update: Action,
    /// Whether the database holds it. Otherwise only the mapper knows of it.
    pub constraint: bool,
    /// Where it is declared.
    pub span: Span,
}

/// What a reference does when its target changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Action {
    /// Refuses at the end of the statement or transaction.
    #[default]
    NoAction,
    /// Refuses at once.
    Restrict,
    /// Does the same to this row.
    Cascade,
    /// Sets the columns to null.
    SetNull,
    /// Sets the columns to their defaults.
    SetDefault,
}

/// An index that is not the shadow of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Its name; None is the database's or mapper's own choice.
    pub name: Option<String>,
    /// What it sorts by, in order.
    pub parts: Vec<IndexPart>,
    /// Whether it forbids repeats.
    pub unique: bool,
    /// Its access method as written, such as `gin` or `FULLTEXT`.
    pub method: Option<String>,
    /// The condition of a partial index, as written.
    pub predicate: Option<String>,
    /// Where it is declared.
    pub span: Span,
}

/// One part of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexPart {
    /// A column.
    Column(String),
    /// An expression over columns, as written.
    Expression(String),
}

impl Index {
    /// The columns, without the expressions.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            IndexPart::Column(name) => Some(name.as_str()),
            IndexPart::Expression(_) => None,
        })
    }
}
