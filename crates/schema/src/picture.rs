//! The picture of a database: what its definition says, whichever language says it.

mod column;
mod default;
mod lookup;
mod table;
mod types;

pub use column::{Column, Stored};
pub(crate) use default::called;
pub use default::{Default, Generator, Side};
pub use table::{Action, Confidence, Index, IndexPart, Key, Origin, Reference, Table};
pub use types::{Type, TypeKind};

use std::fmt;

use crate::{Problem, Span};

/// Everything that one set of sources declares about one database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schema {
    /// The kind of database.
    pub dialect: Dialect,
    /// The paths of the sources; [`Span::file`] is an index into them.
    pub files: Vec<String>,
    /// Tables, in the order of their declaration; for a document database, its collections.
    pub tables: Vec<Table>,
    /// Views and materialized views.
    pub views: Vec<View>,
    /// Types made of fields: composite types and embedded documents.
    pub composites: Vec<Composite>,
    /// Enumerations.
    pub enums: Vec<Enum>,
    /// Types restricted by a check.
    pub domains: Vec<Domain>,
    /// Sequences, also those that belong to a `serial` or identity column.
    pub sequences: Vec<Sequence>,
    /// What the reader did not understand, in the order of the sources.
    pub problems: Vec<Problem>,
}

/// The databases whose definitions are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// PostgreSQL and what speaks its language.
    PostgreSql,
    /// `CockroachDB`: PostgreSQL's language, with sequences that are not sequential.
    CockroachDb,
    /// `MySQL` and `MariaDB`.
    MySql,
    /// SQLite.
    Sqlite,
    /// Microsoft SQL Server.
    SqlServer,
    /// MongoDB.
    MongoDb,
    /// The sources do not say.
    #[default]
    Unknown,
}

/// The name of a table, type or sequence: as the database has it, unquoted, with the case that it
/// keeps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// The namespace, if the sources name one.
    pub schema: Option<String>,
    /// The name within it.
    pub name: String,
}

impl Name {
    /// A name in the default namespace.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            schema: None,
            name: name.into(),
        }
    }

    /// A name in a namespace.
    #[must_use]
    pub fn within(schema: Option<String>, name: impl Into<String>) -> Self {
        Self {
            schema,
            name: name.into(),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// A query with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its name in the database.
    pub name: Name,
    /// Its name in the code, where a mapper gives it one.
    pub model: Option<String>,
    /// Whether the database stores its rows.
    pub materialized: bool,
    /// Its columns, as far as they are declared.
    pub columns: Vec<Column>,
    /// The query as written; None where only the columns are declared.
    pub query: Option<String>,
    /// The whole declaration.
    pub span: Span,
}

/// A type made of fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composite {
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub fields: Vec<Column>,
    /// The whole declaration.
    pub span: Span,
}

/// A type whose values are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enum {
    /// Its name in the database.
    pub name: Name,
    /// Its name in the code, where a mapper gives it one.
    pub model: Option<String>,
    /// Its values as the database has them, in order.
    pub values: Vec<String>,
    /// The whole declaration.
    pub span: Span,
}

/// A type that restricts another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Its name.
    pub name: Name,
    /// What it restricts.
    pub base: Type,
    /// The whole declaration.
    pub span: Span,
}

/// A counter of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// Its name.
    pub name: Name,
    /// The column that it goes away with: table and column.
    pub owner: Option<(Name, String)>,
    /// `AS smallint` and its like; None is the database's default, 64 bits.
    pub data_type: Option<String>,
    /// The value that it gave out last, if a live database was asked and it has given out any.
    pub last_value: Option<i64>,
    /// The value at which it ends, if it is known.
    pub max_value: Option<i64>,
    /// From one value to the next, if it is known.
    pub increment: Option<i64>,
    /// Declared by itself, or made by the database for a `serial` or identity column.
    pub origin: Origin,
    /// The whole declaration.
    pub span: Span,
}
