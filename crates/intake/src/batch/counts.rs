//! What the buffer counts, as plain numbers: whoever exports metrics gives them names and labels.

use std::time::Duration;

use store::Outcome;

/// The upper bounds of the classes in [`Counts::commits_by_size`]; the last class has none.
pub const BATCH_SIZES: [usize; 10] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/// The upper bounds of the classes in [`Counts::commit_seconds`]; the last class has none.
pub const COMMIT_TIMES: [Duration; 14] = [
    Duration::from_micros(250),
    Duration::from_micros(500),
    Duration::from_millis(1),
    Duration::from_millis(2),
    Duration::from_millis(3),
    Duration::from_millis(4),
    Duration::from_millis(5),
    Duration::from_micros(7_500),
    Duration::from_millis(10),
    Duration::from_millis(25),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_secs(1),
];

/// How long commits took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// Commits in each class of [`COMMIT_TIMES`] by itself: not the sum up to it.
    pub counts: [u64; COMMIT_TIMES.len() + 1],
    /// Of all of them together.
    pub sum: Duration,
}

impl Histogram {
    pub(super) fn add(&mut self, took: Duration) {
        let class = COMMIT_TIMES.partition_point(|bound| *bound < took);
        self.counts[class] += 1;
        self.sum += took;
    }
}

/// Totals since the start, but for what waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events stored.
    pub stored: u64,
    /// Events that were stored before.
    pub duplicates: u64,
    /// Events whose project was gone when they were to be stored.
    pub no_project: u64,
    /// Events in commits that failed.
    pub failed: u64,
    /// Commits of events that succeeded.
    pub commits: u64,
    /// Those that failed.
    pub commits_failed: u64,
    /// Succeeded commits by the number of their events: see [`BATCH_SIZES`].
    pub commits_by_size: [u64; BATCH_SIZES.len() + 1],
    /// The sum of their events.
    pub committed_events: u64,
    /// How long commits took, the failed ones included.
    pub commit_seconds: Histogram,
    /// Requests refused because too much was waiting.
    pub refused_busy: u64,
    /// Refusals kept.
    pub refusals_kept: u64,
    /// Refusals not kept: no room, no project any more, or the store failed.
    pub refusals_lost: u64,
    /// Events accepted and not answered yet, now.
    pub waiting_events: usize,
    /// Their size, now.
    pub waiting_bytes: usize,
    /// Refusals waiting to be kept, now.
    pub waiting_refusals: usize,
}

impl Counts {
    pub(super) fn committed(&mut self, outcomes: &[Outcome]) {
        let class = BATCH_SIZES.partition_point(|bound| *bound < outcomes.len());
        self.commits += 1;
        self.commits_by_size[class] += 1;
        self.committed_events += count(outcomes.len());
        for outcome in outcomes {
            match outcome {
                Outcome::Stored(_) => self.stored += 1,
                Outcome::Duplicate(_) => self.duplicates += 1,
                Outcome::NoProject => self.no_project += 1,
            }
        }
    }
}

/// A number of things in memory, which is far below the limit of 64 bits.
pub(super) fn count(things: usize) -> u64 {
    u64::try_from(things).unwrap_or(u64::MAX)
}
