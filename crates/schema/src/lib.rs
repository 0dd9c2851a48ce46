//! A picture of a database's tables, keys and references, and the readers that draw it.
//!
//! ```
//! use schema::{Dialect, Source, sql};
//! let script = Source::new("a.sql", "CREATE TABLE users (id serial PRIMARY KEY);")?;
//! let schema = sql::read(Dialect::PostgreSql, &[script]);
//! assert!(schema.tables[0].columns[0].is_sequential());
//! assert!(schema.problems.is_empty());
//! # Ok::<(), schema::SourceTooLong>(())
//! ```
//!
//! | reader | reads |
//! |---|---|
//! | [`prisma::read`] | Prisma schemas of versions 4 to 7, one file or a folder, for every provider |
//! | [`sql::read`] | scripts, dumps and migrations of PostgreSQL, `MySQL` and SQLite, applied in order |
//!
//! Readers take text and return a [`Schema`]; they open no files and no connections. They never
//! fail: what they do not understand becomes a [`Problem`] with its position, and the rest of the
//! picture stands. To change a Prisma file in place, see [`prisma::Document`] and
//! [`prisma::Edits`].

mod picture;
pub mod prisma;
mod problem;
mod source;
pub mod sql;

pub use picture::{
    Action, Column, Composite, Confidence, Default, Dialect, Domain, Enum, Generator, Index,
    IndexPart, Key, Name, Origin, Reference, Schema, Sequence, Side, Table, Type, TypeKind, View,
};
pub use problem::{Problem, ProblemKind};
pub use source::{SOURCE_BYTES_MAX, Source, SourceTooLong, Span};
