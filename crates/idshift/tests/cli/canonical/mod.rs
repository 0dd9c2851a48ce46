//! `idshift id canonical`.

mod keys;
mod namespaces;
mod parts;
