//! Import and export as a whole: the real program on real databases, killed and started again, and
//! its files read by others.

#![expect(clippy::unwrap_used, reason = "what a test does not expect ends it")]

mod docs;
mod export;
mod import;
mod kill;
mod parquet;
mod pipes;
mod round_trip;
mod run;
