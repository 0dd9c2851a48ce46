//! The HTTP face from the socket to the file: what a client sends and what it gets.

#![expect(
    clippy::unwrap_used,
    reason = "a check that cannot go on ends where it is, and the line says why"
)]

mod captures;
mod collect;
mod cors;
mod descriptors;
mod failures;
mod keys;
mod limits;
mod metrics;
mod mutated;
mod page;
mod refused;
mod rig;
mod slow;
mod stop;
mod tenants;
