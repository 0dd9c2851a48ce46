//! The one place that asks the machine what time it is.
//!
//! Everything else is handed a moment or a function, so that tests turn the clock by hand. What is
//! measured is measured on tokio's clock.

use std::time::{Duration, Instant, SystemTime};

use ids::Timestamp;

/// The wall clock.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "a binary hands the time down; this is its source"
)]
pub(crate) fn now() -> Timestamp {
    let ns = |duration: Duration| i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX);
    Timestamp::from_unix_ns(
        match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => ns(after),
            Err(error) => -ns(error.duration()),
        },
    )
}

/// Measures elapsed time on the monotonic clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the two clocks of the machine are compared with each other"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    #[must_use]
    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
