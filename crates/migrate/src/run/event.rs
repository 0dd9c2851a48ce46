//! What a run tells its caller, and what the caller may answer.

use std::time::Duration;

use crate::census::Name;
use crate::step::Step;

/// Something that happened, or is about to.
#[derive(Debug)]
pub enum Event<'a> {
    /// A step begins; `total` steps are in the list.
    Step {
        /// The step.
        step: &'a Step,
        /// Steps in the list.
        total: usize,
    },
    /// A statement is about to be sent.
    Before(&'a str),
    /// A statement was done.
    After(&'a str),
    /// A lock could not be had; the run will try again.
    Waiting {
        /// How often it was tried.
        attempt: u32,
        /// The sessions in the way, one a line; empty if they are gone.
        holders: String,
    },
    /// A batch of rows was filled.
    Batch {
        /// The table.
        table: &'a Name,
        /// Rows filled in this walk.
        rows: u64,
        /// Rows that there are, about.
        rows_total: u64,
    },
    /// The backfill waits: somebody asked for it, or a standby is behind.
    Paused {
        /// Why.
        reason: &'a str,
    },
    /// The cut-over is done.
    CutOver {
        /// How long it took until all were locked; at most the timeout for locks.
        waited: Duration,
        /// How long all tables were locked.
        held: Duration,
    },
}

/// The caller's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Continue,
    /// Stop here; the next run goes on.
    Stop,
}

/// Who is told.
pub type Watch<'a> = dyn FnMut(&Event<'_>) -> Control + 'a;
