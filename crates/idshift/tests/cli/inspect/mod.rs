//! `idshift id inspect`.

mod drawing;
mod kinds;
mod programs;
