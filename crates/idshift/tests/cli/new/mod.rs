//! `idshift id new`.

mod forms;
mod order;
mod times;
