//! `idshift id range`.

mod bounds;
mod refusals;
