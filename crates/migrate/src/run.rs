//! Runs the steps of a plan against a live database, and every command around them.
//!
//! Whoever calls gives a function that is told of each [`Event`] and may stop the run at any of
//! them: for a progress bar, for ctrl-c, and for tests that pull the plug at every statement.

mod apply;
mod back;
mod backfill;
mod contract;
mod cutover;
mod engine;
mod event;
mod index;
mod late;
mod lookup;
mod pace;
mod pause;
mod status;
mod verify;

pub use crate::journal::State;
pub use apply::{Until, apply, cutover};
pub use back::rollback;
pub use contract::contract;
pub use event::{Control, Event, Watch};
pub use lookup::{Found, lookup};
pub use pause::set_paused;
pub use status::{Filling, Status, status};
pub use verify::{Check, Verdict, verify};
