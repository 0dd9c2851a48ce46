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
//! | [`prisma::read`] | Prisma schemas of versions 4 to 7, in one file or more, for every provider |
//! | [`sql::read`] | scripts, dumps and migrations of PostgreSQL, `MySQL` and SQLite, in order |
//! | [`live::read`] | a running PostgreSQL: its catalog, figures and, if asked for, samples of keys |
//! | [`orm::Orm::read`] | what other mappers keep beside their code: schemas and migrations |
//! | [`documents::read`] | JSON, NDJSON and JSON-LD: nodes and what identifies them |
//!
//! Readers of text open no files and never fail: what they do not understand becomes a [`Problem`]
//! with its position, and the rest of the picture stands. The reader of a live database takes a
//! connection that somebody else has opened. To change a Prisma file in place, see
//! [`prisma::Document`] and [`prisma::Edits`].

pub mod documents;
pub mod live;
pub mod orm;
mod picture;
pub mod prisma;
mod problem;
mod source;
pub mod sql;

pub use picture::{
    Action, Column, Composite, Confidence, Default, Dialect, Domain, Enum, Generator, Index,
    IndexPart, Key, Name, Origin, Reference, Schema, Sequence, Side, Stored, Table, Type, TypeKind,
    View,
};
pub use problem::{Problem, ProblemKind};
pub use source::{SOURCE_BYTES_MAX, Source, SourceTooLong, Span};
