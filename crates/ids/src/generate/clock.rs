//! Where a generator's time comes from: the system's clock, or one turned by hand.

use std::time::Duration;

/// A wall clock, and a way to let some of its time pass.
pub trait Clock {
    /// The time since 1970-01-01T00:00:00Z; zero for any moment before. May jump either way.
    fn now(&self) -> Duration;

    /// Returns when about `duration` has passed, or earlier.
    fn wait(&self, duration: Duration);
}

/// The operating system's wall clock, read anew for each id.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[inline]
    fn now(&self) -> Duration {
        super::os::unix_time()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "bounded by the caller's number of attempts"
    )]
    fn wait(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> Duration {
        C::now(self)
    }

    fn wait(&self, duration: Duration) {
        C::wait(self, duration);
    }
}

impl<C: Clock + ?Sized> Clock for &C {
    fn now(&self) -> Duration {
        C::now(self)
    }

    fn wait(&self, duration: Duration) {
        C::wait(self, duration);
    }
}

/// A clock that stands still until a test moves it; waiting on it moves it.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug)]
pub struct ManualClock {
    /// A lock, not an atomic: tests set times that 64 bits of nanoseconds do not hold.
    now: std::sync::Mutex<Duration>,
    spike: std::sync::Mutex<Option<Duration>>,
}

#[cfg(any(test, feature = "testing"))]
impl ManualClock {
    /// A clock that reads `unix_ms` milliseconds since 1970.
    #[must_use]
    pub const fn at(unix_ms: u64) -> Self {
        Self {
            now: std::sync::Mutex::new(Duration::from_millis(unix_ms)),
            spike: std::sync::Mutex::new(None),
        }
    }

    /// Turns the clock to `now` since 1970, forwards or back.
    pub fn set(&self, now: Duration) {
        *lock(&self.now) = now;
    }

    /// Moves the clock forwards.
    pub fn advance(&self, by: Duration) {
        let mut now = lock(&self.now);
        *now = now.saturating_add(by);
    }

    /// Moves the clock back, at most to 1970.
    pub fn step_back(&self, by: Duration) {
        let mut now = lock(&self.now);
        *now = now.saturating_sub(by);
    }

    /// Makes the next reading, and only that one, read `wrong`.
    pub fn spike(&self, wrong: Duration) {
        *lock(&self.spike) = Some(wrong);
    }
}

/// A panic of another test thread leaves a whole `Duration` behind: nothing to be afraid of.
#[cfg(any(test, feature = "testing"))]
fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(any(test, feature = "testing"))]
impl Clock for ManualClock {
    fn now(&self) -> Duration {
        lock(&self.spike).take().unwrap_or_else(|| *lock(&self.now))
    }

    fn wait(&self, duration: Duration) {
        self.advance(duration);
    }
}
