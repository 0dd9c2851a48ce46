//! The one place that asks the machine what time it is, and waits.
//!
//! Everything else is handed a [`Timestamp`], a [`Stopwatch`] or a function, so that tests turn
//! the clock by hand.

use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;

/// The wall clock, as UTC with the precision that the machine gives.
///
/// # Errors
/// When the machine's clock is outside the years -9999 to 9999.
#[expect(
    clippy::disallowed_methods,
    reason = "a binary hands the time down; this is its source"
)]
pub(crate) fn now() -> Result<Timestamp, jiff::Error> {
    Timestamp::try_from(SystemTime::now())
}

/// Measures elapsed time on the monotonic clock.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[expect(
        clippy::disallowed_methods,
        reason = "speed is reported, so it has to be measured"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Sleeps; for the one check whose subject is the passing of real time.
#[expect(
    clippy::disallowed_methods,
    reason = "the order check is over ids made with pauses"
)]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}
