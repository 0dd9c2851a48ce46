//! The acts: each shows its commands, says why, and compares.

pub(crate) mod adopt;
pub(crate) mod apply;
pub(crate) mod audit;
pub(crate) mod contract;
pub(crate) mod kill;
pub(crate) mod load;
pub(crate) mod plan;
pub(crate) mod prisma;
pub(crate) mod rollback;
