//! What all commands share: lines of input, closed pipes, colour.

mod colour;
mod lines;
mod pipes;
