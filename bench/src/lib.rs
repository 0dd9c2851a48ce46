//! Measures the `ids` crate beside the published id crates and beside the machine's floor.
//!
//! [`cases`] says what is measured, [`case`] times one of them, [`harness`] all in turn; [`tuned`]
//! runs those that need another build of the peers. [`report`] prints for people, [`json`] for
//! programs, and [`targets`] judges. Before anything is timed, [`check`] holds our results against
//! those of the peers.

pub mod case;
pub mod cases;
pub mod check;
pub mod harness;
pub mod inputs;
pub mod json;
pub mod machine;
pub mod options;
pub mod report;
pub mod targets;
pub mod tuned;

/// Any failure ends the program with its text; nobody here tells one error from another.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
