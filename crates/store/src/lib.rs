//! The doors to the database: events, rejections, projects and keys, on SQLite or PostgreSQL.
//!
//! [`Store::open`] brings the schema up to date and refuses a database that cannot keep what it is
//! given (`fsync` off, a newer schema, somebody else's file). What it returns has narrow doors:
//!
//! | door | is for |
//! |---|---|
//! | [`Journal`] | storing events and refusals, following them in commit order, reading them |
//! | [`Registry`] | projects, their keys and providers |
//!
//! Both databases give the same answers: the suite in `tests/` runs on each. Nothing here asks what
//! time it is or makes an id: both are arguments.

mod backend;
mod backup;
mod batch;
mod config;
mod error;
mod examine;
mod full;
mod journal;
mod migrations;
mod page;
mod postgres;
mod records;
mod registry;
mod sqlite;
mod time;
mod usage;

pub use backend::{Location, Store};
pub use backup::{Manifest, Progress, TableCount};
pub use config::{Config, Postgres, Sqlite};
pub use error::Error;
pub use examine::{
    Depth, Examination, KeyVersions, PostgresSettings, Schema, Settings, SqliteSettings,
};
pub use journal::Journal;
pub use page::{Cursor, Cut, EventFilter, EventPage, Followed, RefusalPage, Scope};
pub use records::{
    ApiKey, Census, Change, Digest, KeyKind, Outcome, Project, Provider, Refusal, Repeated,
};
pub use registry::Registry;
pub use usage::Day;
