//! The whole way on real databases: plan, apply, verify, roll back, cut over, contract.

mod actions;
mod between;
mod bound;
mod kills;
mod live;
mod stage;
mod values;
mod whole;
