//! Moves a live PostgreSQL database from integer keys to `UUIDv7`: plan, run, verify, undo,
//! contract.
//!
//! A [`Plan`] is made from the catalog ([`plan::make`]) and gives [`steps`]. [`run::apply`] runs
//! them: new columns beside the old ones, triggers that keep both filled, a backfill in batches,
//! indexes and references built online, and one short transaction in which the columns change
//! names. Every step is recorded in the transaction that does it, in a schema `idshift` of the same
//! database, so that a run that was killed goes on where it was. Until [`run::contract`] drops the
//! old columns, [`run::rollback`] leads back from anywhere.

pub mod application;
mod catalog;
pub mod census;
mod error;
mod journal;
pub mod mint;
mod name;
pub mod plan;
pub mod prisma;
pub mod report;
pub mod run;
mod session;
pub mod sql;
pub mod step;
mod steps;
mod trigger;

pub use error::Error;
pub use plan::Plan;
pub use step::Step;
pub use steps::steps;
