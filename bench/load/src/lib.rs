//! Drives a running server and measures what its clients see, beside the floors of the machine.
//!
//! [`feed`] writes events that look like real ones, [`client`] sends them over many connections
//! from one thread and [`sample`] holds what came of it. [`server`] is the product as a child
//! process, [`floor`] what any server could at best do on this machine. [`collect`], [`keys`] and
//! [`migrate`] are the measurements; each prints for people and for programs.

pub mod client;
pub mod collect;
pub mod feed;
pub mod floor;
pub mod keys;
pub mod machine;
pub mod migrate;
pub mod options;
pub mod response;
pub mod sample;
pub mod server;
pub mod table;
pub mod wrk;

/// Any failure ends the program with its text; nobody here tells one error from another.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
