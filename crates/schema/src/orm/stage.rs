//! Applies what mappers' files declare to a catalog, as the database would.

use std::ops::Range;

use super::code::Code;
use crate::problem::quote;
use crate::sql::Reader;
use crate::sql::change::{Change, Constraint, NewTable, ObjectKind, TableChange};
use crate::{
    Column, Confidence, Default, Dialect, Generator, Index, IndexPart, Key, Name, Origin,
    ProblemKind, Reference, Schema, Side, Source, Span, Type,
};

/// A column as a mapper declares it: with the keys and the reference that come with it.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) column: Column,
    pub(super) primary: bool,
    pub(super) unique: bool,
    pub(super) reference: Option<Reference>,
}

impl Field {
    pub(super) fn new(name: impl Into<String>, data_type: Type, span: Span) -> Self {
        Self {
            column: Column::new(name, data_type, span),
            primary: false,
            unique: false,
            reference: None,
        }
    }

    /// A key that the database counts.
    pub(super) fn counted(mut self, dialect: Dialect) -> Self {
        let generator = match dialect {
            Dialect::PostgreSql => Generator::Serial,
            _ => Generator::Autoincrement,
        };
        let text = self.column.data_type.declared.clone();
        self.column.default = Some(database(generator, &text, self.column.data_type.span));
        self.column.nullable = false;
        self
    }

    pub(super) fn key(mut self) -> Self {
        self.primary = true;
        self.column.nullable = false;
        self
    }

    fn constraints(&self) -> Vec<Constraint> {
        let key = || key(std::slice::from_ref(&self.column.name), self.column.span);
        let primary = self.primary.then(|| Constraint::PrimaryKey(key()));
        let unique = self.unique.then(|| Constraint::Unique(key()));
        let reference = self.reference.clone().map(Constraint::Reference);
        primary.into_iter().chain(unique).chain(reference).collect()
    }
}

/// A table as a mapper declares it.
pub(super) struct Draft {
    pub(super) name: Name,
    /// The class, where one stands for the table.
    pub(super) model: Option<String>,
    pub(super) origin: Origin,
    pub(super) fields: Vec<Field>,
    pub(super) primary_key: Option<Key>,
    pub(super) uniques: Vec<Key>,
    pub(super) references: Vec<Reference>,
    pub(super) indexes: Vec<Index>,
    /// Whether all columns are known.
    pub(super) complete: bool,
    pub(super) if_not_exists: bool,
    pub(super) span: Span,
    pub(super) name_span: Span,
}

impl Draft {
    pub(super) fn new(name: Name, span: Span, name_span: Span) -> Self {
        Self {
            name,
            model: None,
            origin: Origin::Declared,
            fields: Vec::new(),
            primary_key: None,
            uniques: Vec::new(),
            references: Vec::new(),
            indexes: Vec::new(),
            complete: true,
            if_not_exists: false,
            span,
            name_span,
        }
    }

    /// Several columns that say they are the key are one key together.
    fn primary(&self) -> Option<Key> {
        let fields = self.fields.iter().filter(|field| field.primary);
        let columns: Vec<String> = fields.clone().map(|it| it.column.name.clone()).collect();
        let span = fields.map(|it| it.column.span).next()?;
        Some(key(&columns, span))
    }

    fn into_change(mut self) -> Change {
        let primary = self.primary_key.take().or_else(|| self.primary());
        for field in &mut self.fields {
            field.primary = false;
        }
        let own = self.fields.iter().flat_map(Field::constraints);
        let keys = primary.into_iter().map(Constraint::PrimaryKey);
        let constraints = keys
            .chain(own)
            .chain(self.uniques.into_iter().map(Constraint::Unique))
            .chain(self.references.into_iter().map(Constraint::Reference))
            .chain(self.indexes.into_iter().map(Constraint::Index))
            .collect();
        Change::CreateTable(Box::new(NewTable {
            name: self.name,
            if_not_exists: self.if_not_exists,
            temporary: false,
            columns: self.fields.into_iter().map(|field| field.column).collect(),
            constraints,
            like: Vec::new(),
            incomplete: !self.complete,
            span: self.span,
            name_span: self.name_span,
        }))
    }
}

/// The schema as the declarations so far have left it.
pub(super) struct Stage {
    reader: Reader,
    pub(super) dialect: Dialect,
}

impl Stage {
    pub(super) fn new(dialect: Dialect, files: &[Source]) -> Self {
        Self {
            reader: Reader::of_mapper(dialect, files),
            dialect,
        }
    }

    pub(super) fn note(&mut self, span: Span, kind: ProblemKind, message: impl Into<String>) {
        self.reader.note(span, kind, message);
    }

    /// What the reader does not know.
    pub(super) fn unknown(&mut self, code: &Code<'_>, range: &Range<usize>, why: &str) {
        let message = format!("read {}: {why}", quote(code.written(range)));
        self.note(code.span(range), ProblemKind::Unknown, message);
    }

    /// What damages a file.
    pub(super) fn damage(&mut self, code: &Code<'_>) {
        for (span, what) in &code.damage {
            self.note(*span, ProblemKind::Syntax, format!("read on: {what}"));
        }
    }

    pub(super) fn create(&mut self, draft: Draft) {
        let (span, name) = (draft.name_span, draft.name.clone());
        let (model, origin) = (draft.model.clone(), draft.origin);
        self.reader.apply(vec![draft.into_change()], span);
        let created = self.so_far().tables.last_mut();
        if let Some(table) = created.filter(|table| table.name == name && table.name_span == span) {
            table.model = model;
            table.origin = origin;
        }
    }

    pub(super) fn change(&mut self, change: Change, span: Span) {
        self.reader.apply(vec![change], span);
    }

    pub(super) fn alter(&mut self, table: &Name, change: TableChange, span: Span) {
        let change = Change::AlterTable {
            table: table.clone(),
            if_exists: false,
            change: Box::new(change),
        };
        self.reader.apply(vec![change], span);
    }

    pub(super) fn add_field(&mut self, table: &Name, field: Field, if_not_exists: bool) {
        let span = field.column.span;
        let change = TableChange::AddColumn {
            constraints: field.constraints(),
            column: field.column,
            if_not_exists,
        };
        self.alter(table, change, span);
    }

    /// The column's declaration anew; keys that it has remain.
    pub(super) fn replace_field(&mut self, table: &Name, name: &str, field: Field) {
        let span = field.column.span;
        let change = TableChange::ReplaceColumn {
            name: name.to_owned(),
            constraints: field.constraints(),
            column: field.column,
        };
        self.alter(table, change, span);
    }

    pub(super) fn drop_column(&mut self, table: &Name, name: &str, if_exists: bool, span: Span) {
        let name = name.to_owned();
        self.alter(table, TableChange::DropColumn { name, if_exists }, span);
    }

    pub(super) fn rename_column(&mut self, table: &Name, from: &str, to: &str, span: Span) {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.alter(table, TableChange::RenameColumn { from, to }, span);
    }

    pub(super) fn constrain(&mut self, table: &Name, constraint: Constraint, span: Span) {
        self.alter(table, TableChange::AddConstraint(constraint), span);
    }

    pub(super) fn index(&mut self, table: &Name, index: Index) {
        let span = index.span;
        let table = table.clone();
        self.change(Change::CreateIndex { table, index }, span);
    }

    pub(super) fn drop_table(&mut self, name: Name, if_exists: bool, span: Span) {
        let kind = ObjectKind::Table;
        let change = Change::Drop {
            kind,
            name,
            if_exists,
            cascade: true,
        };
        self.change(change, span);
    }

    pub(super) fn rename_table(&mut self, name: Name, to: Name, span: Span) {
        let kind = ObjectKind::Table;
        self.change(Change::Rename { kind, name, to }, span);
    }

    /// Applies the statements that a text holds.
    pub(super) fn script(&mut self, code: &Code<'_>, at: usize) {
        let Some((file, start, script)) = code.script(at) else {
            let message = format!("apply {}: it is computed", quote(code.text(at)));
            self.note(code.span_of(at), ProblemKind::NotApplied, message);
            return;
        };
        self.reader.name_constraints(true);
        self.reader.script(file, start, &script);
        self.reader.name_constraints(false);
    }

    /// What was declared so far.
    pub(super) fn so_far(&mut self) -> &mut Schema {
        self.reader.so_far()
    }

    /// The picture; its tables are as sure as the kind of source is.
    pub(super) fn finish(self, confidence: Confidence) -> Schema {
        let mut schema = self.reader.finish();
        for table in &mut schema.tables {
            table.confidence = table.confidence.min(confidence);
        }
        schema
    }
}

/// A key over columns, without a name.
pub(super) fn key(columns: &[String], span: Span) -> Key {
    Key {
        name: None,
        columns: columns.to_vec(),
        span,
    }
}

/// A constraint that refers to a table.
pub(super) fn reference(
    columns: &[String],
    table: Name,
    target: &[String],
    span: Span,
) -> Reference {
    Reference {
        name: None,
        columns: columns.to_vec(),
        table,
        target_columns: target.to_vec(),
        on_delete: crate::Action::NoAction,
        on_update: crate::Action::NoAction,
        constraint: true,
        span,
    }
}

/// An index over columns; what is no plain name is an expression.
pub(super) fn index(name: Option<String>, columns: &[String], unique: bool, span: Span) -> Index {
    let is_name = |text: &str| {
        text.chars()
            .all(|c| c.is_alphanumeric() || "_$- ".contains(c))
    };
    let parts = columns.iter().map(|column| {
        if is_name(column) {
            IndexPart::Column(column.clone())
        } else {
            IndexPart::Expression(column.clone())
        }
    });
    Index {
        name,
        parts: parts.collect(),
        unique,
        method: None,
        predicate: None,
        span,
    }
}

/// A default that the database computes.
pub(super) fn database(generator: Generator, text: &str, span: Span) -> Default {
    Default {
        generator,
        side: Side::Database,
        text: text.to_owned(),
        span,
    }
}

/// A default that the mapper computes.
pub(super) fn application(generator: Generator, text: &str, span: Span) -> Default {
    Default {
        side: Side::Application,
        ..database(generator, text, span)
    }
}

/// A type as SQL writes it, and the counter that `serial` brings with it.
pub(super) fn typed(dialect: Dialect, text: &str, span: Span) -> (Type, Option<Default>) {
    let data_type = crate::sql::type_of(dialect, text, span);
    let base = text.trim().to_ascii_lowercase();
    let counts = matches!(
        base.as_str(),
        "serial" | "bigserial" | "smallserial" | "serial2" | "serial4" | "serial8"
    );
    let default = counts.then(|| match dialect {
        Dialect::MySql => database(Generator::Autoincrement, text, span),
        _ => database(Generator::Serial, text, span),
    });
    let data_type = match dialect {
        Dialect::MySql if counts => Type::new(dialect, "bigint unsigned", &[], span),
        Dialect::PostgreSql => return (data_type, default),
        _ if counts => Type::new(Dialect::PostgreSql, &base, &[], span),
        _ => return (data_type, default),
    };
    (data_type.declared_as(text), default)
}

/// The action of the words that SQL and most mappers have for it.
pub(super) fn action(text: &str) -> Option<crate::Action> {
    use crate::Action::{Cascade, NoAction, Restrict, SetDefault, SetNull};
    let bare: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    match bare.to_ascii_lowercase().as_str() {
        "cascade" => Some(Cascade),
        "restrict" => Some(Restrict),
        "noaction" | "donothing" => Some(NoAction),
        "setnull" | "nullify" => Some(SetNull),
        "setdefault" => Some(SetDefault),
        _ => None,
    }
}
