//! The intake from outside: on a journal that follows a script, and on a real file.

#![expect(clippy::unwrap_used, reason = "what a test does not expect ends it")]

mod captures;
mod controls;
mod fake;
mod groups;
mod large;
mod model;
mod poison;
mod sqlite;
