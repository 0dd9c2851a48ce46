//! What `ids` promises, tried from outside.

mod bulk;
mod clocks;
mod fork;
mod order;
mod sql;
mod text;
mod vectors;
