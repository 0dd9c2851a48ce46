//! The proof that a migration does what it says: every situation as a fixture, judged by an oracle
//! that shares nothing with the migrator.
//!
//! `tests/fixtures/<situation>/` holds a schema, data, perhaps a workload, and what must come of
//! it. A handled situation is taken to the end and back, killed on the way at a point that differs
//! from fixture to fixture; every point of every fixture with `cargo xtask chaos migrate`.

mod by_hand;
mod controls;
mod dice;
mod fixture;
mod journey;
mod kills;
mod ledger;
mod oracle;
mod process;
mod situations;
mod stage;
mod writer;
mod writers;
