//! Faults under load: whatever was acknowledged is stored, once, and nothing else is.
//!
//! Clients note what they were told ([`ledger`]); a checker of its own reads the database
//! ([`place`]). All faults share the checker, and it has a control that it must catch: a proxy that
//! acknowledges before the server does.

#![expect(
    clippy::unwrap_used,
    reason = "a rig that cannot go on ends where it is, and the line says why"
)]
#![expect(
    clippy::print_stdout,
    reason = "seeds and figures, for who runs them by hand"
)]

mod by_hand;
mod client;
mod dice;
mod disk;
mod kill;
mod ledger;
mod load;
mod lying;
mod outage;
mod place;
mod plan;

mod server;
mod sync;
