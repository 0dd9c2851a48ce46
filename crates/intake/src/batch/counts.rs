//! What the buffer counts, as plain numbers: whoever exports metrics gives them names and labels.

/// The upper bounds of the classes in [`Counts::commits_by_size`]; the last class has none.
pub const BATCH_SIZES: [usize; 10] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

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
    pub(super) fn committed(&mut self, events: usize) {
        let class = BATCH_SIZES.partition_point(|bound| *bound < events);
        self.commits += 1;
        self.commits_by_size[class] += 1;
        self.committed_events += count(events);
    }
}

/// A number of things in memory, which is far below the limit of 64 bits.
pub(super) fn count(things: usize) -> u64 {
    u64::try_from(things).unwrap_or(u64::MAX)
}
