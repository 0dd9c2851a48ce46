//! What a statement changes, in words that are the same for each dialect.

use crate::{
    Column, Composite, Default, Domain, Enum, Index, Key, Name, Reference, Sequence, Span, Type,
    View,
};

/// One change of a schema. Names are as the statement has them; the catalog resolves them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    CreateTable(Box<NewTable>),
    AlterTable {
        table: Name,
        if_exists: bool,
        change: Box<TableChange>,
    },
    CreateIndex {
        table: Name,
        index: Index,
    },
    CreateView(View),
    CreateEnum(Enum),
    CreateDomain(Domain),
    CreateComposite(Composite),
    CreateSequence(Sequence),
    OwnSequence {
        sequence: Name,
        owner: Option<(Name, String)>,
    },
    AddValue {
        name: Name,
        value: String,
        /// The value that it goes before; None is the end.
        before: Option<String>,
    },
    RenameValue {
        name: Name,
        from: String,
        to: String,
    },
    Drop {
        kind: ObjectKind,
        name: Name,
        if_exists: bool,
        cascade: bool,
    },
    /// `ON table` is needed where names of indexes are the table's own.
    DropIndexOf {
        table: Name,
        index: String,
    },
    Rename {
        kind: ObjectKind,
        name: Name,
        to: Name,
    },
    /// The namespace that new names go to; None is the default one.
    UseSchema(Option<String>),
}

/// What `DROP` and `RENAME` are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ObjectKind {
    Table,
    View,
    Index,
    Sequence,
    /// An enumeration, composite type or domain.
    Type,
    Schema,
}

/// `CREATE TABLE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewTable {
    pub(crate) name: Name,
    pub(crate) if_not_exists: bool,
    /// Gone with the session.
    pub(crate) temporary: bool,
    pub(crate) columns: Vec<Column>,
    pub(crate) constraints: Vec<Constraint>,
    /// Tables whose columns come first.
    pub(crate) like: Vec<Like>,
    /// Whether its columns come from a query or a type that is not looked at.
    pub(crate) incomplete: bool,
    pub(crate) span: Span,
    pub(crate) name_span: Span,
}

/// A table whose columns another one takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Like {
    pub(crate) table: Name,
    pub(crate) how: How,
}

/// How columns are taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// `LIKE`: once.
    Copy { defaults: bool, indexes: bool },
    /// `INHERITS`: with later changes.
    Child,
    /// `PARTITION OF`: with later changes, keys and references.
    Partition,
}

/// A constraint that shows in the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Constraint {
    PrimaryKey(Key),
    Unique(Key),
    Reference(Reference),
    /// A key made of an index that is there.
    UsingIndex {
        primary: bool,
        index: String,
        name: Option<String>,
        span: Span,
    },
    /// A plain index inside a table's declaration.
    Index(Index),
    /// A check or exclusion: only its name matters, to be dropped by.
    Other {
        name: Option<String>,
    },
}

/// One action of `ALTER TABLE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TableChange {
    AddColumn {
        column: Column,
        constraints: Vec<Constraint>,
        if_not_exists: bool,
    },
    DropColumn {
        name: String,
        if_exists: bool,
    },
    /// Drops the views that use a column.
    DropUsers {
        column: String,
    },
    RenameColumn {
        from: String,
        to: String,
    },
    /// `MySQL`'s `MODIFY` and `CHANGE`: a column's whole declaration anew.
    ReplaceColumn {
        name: String,
        column: Column,
        constraints: Vec<Constraint>,
    },
    SetType {
        column: String,
        data_type: Type,
    },
    SetNullable {
        column: String,
        nullable: bool,
    },
    SetDefault {
        column: String,
        default: Option<Default>,
    },
    AddConstraint(Constraint),
    DropConstraint {
        name: String,
        if_exists: bool,
    },
    DropPrimaryKey,
    RenameConstraint {
        from: String,
        to: String,
    },
    Rename(Name),
    MoveTo(String),
    /// The change is of this table alone, though it has partitions or children.
    Only(Box<TableChange>),
    /// A table that is there becomes a partition.
    Attach(Name),
    /// A partition becomes a table of its own.
    Detach(Name),
    /// Something that does not show.
    Nothing,
}
