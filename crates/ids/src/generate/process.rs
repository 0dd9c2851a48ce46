//! `Process`: strict order across all threads, without a lock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::bulk::{CHUNK, Chunks};
use super::clock::{Clock, SystemClock};
use super::keystream;
use super::policy::{Next, Pacer, Policy, Reserved, UNSTARTED};
use super::{Tick, tick};
use crate::{Error, Uuid};

/// Version 7 ids in strict order across every thread that shares this value.
///
/// If the making of one id happens before the making of another, on whatever threads, the first is
/// less. The one exception is a clock that was set back beyond the [`Policy`]'s bound, under
/// [`super::Rollback::Restart`]; it is counted in [`restarts`](Self::restarts). [`Process::global`]
/// is the one that [`Uuid::now_v7`] uses: share it, or there is no order between two. Costs one
/// clock read, one compare-and-swap and eight bytes of the calling thread's keystream; no lock, no
/// allocation, and no system call but to renew the keystream's seed, every 100 ms or 8,000 ids of a
/// thread.
///
/// Between processes, and between machines, ids order by their clocks.
#[derive(Debug)]
pub struct Process<C = SystemClock> {
    pacer: Pacer<C>,
    /// The newest tick handed out; `UNSTARTED` before the first.
    last: AtomicU64,
    restarts: AtomicU64,
}

static GLOBAL: Process = Process::with(SystemClock, Policy::DEFAULT);

impl Process {
    /// The process-wide sequence.
    #[must_use]
    #[inline]
    pub fn global() -> &'static Self {
        &GLOBAL
    }
}

impl<C: Clock> Process<C> {
    /// A sequence of its own, on its own clock and policy.
    #[must_use]
    pub const fn with(clock: C, policy: Policy) -> Self {
        Self {
            pacer: Pacer::new(clock, policy),
            last: AtomicU64::new(UNSTARTED),
            restarts: AtomicU64::new(0),
        }
    }

    /// A new id, greater than every one before it.
    ///
    /// # Errors
    /// As the [`Policy`] says, and [`Error::Entropy`], [`Error::ClockRange`].
    #[expect(
        clippy::inline_always,
        reason = "kept in registers; as a call's result, 7 ns more"
    )]
    #[inline(always)]
    pub fn generate(&self) -> Result<Uuid, Error> {
        let Reserved { first, now } = self.reserve(1)?;
        let random = keystream::with_thread(|keystream| keystream.draw(tick::unix_ms(now)))?;
        Ok(tick::id(first, random))
    }

    /// Fills `out` with new ids in order. Ids of other threads may fall between them.
    ///
    /// # Errors
    /// As [`generate`](Self::generate); ids before the failure are written, the rest of `out` is
    /// as it was.
    pub fn fill(&self, out: &mut [Uuid]) -> Result<(), Error> {
        for chunk in out.chunks_mut(CHUNK) {
            let reserved = self.reserve(chunk.len() as u64)?;
            // Not around the loop: a clock may itself make an id, as one that logs does.
            keystream::with_thread(|keystream| keystream.write(reserved, chunk))?;
        }
        Ok(())
    }

    /// `count` new ids in order, in chunks, without holding them all at once.
    pub fn chunks(&self, count: u64) -> Chunks<&Self> {
        Chunks::new(self, count)
    }

    /// How far the newest id lies ahead of the clock: more than zero after a burst faster than
    /// 262,144 ids a millisecond, or after the clock was set back.
    pub fn ahead_of_clock(&self) -> Duration {
        self.pacer.ahead(self.last.load(Ordering::Relaxed))
    }

    /// How often the clock was set back so far that order was given up ([`super::Rollback`]).
    pub fn restarts(&self) -> u64 {
        self.restarts.load(Ordering::Relaxed)
    }

    /// Forgets the newest id, so that the next follows the clock wherever it stands. For those who
    /// chose [`super::Rollback::Error`] and have set the clock right. Counted in
    /// [`restarts`](Self::restarts).
    pub fn restart(&self) {
        self.last.store(UNSTARTED, Ordering::Relaxed);
        self.restarts.fetch_add(1, Ordering::Relaxed);
    }

    /// The first of `count` ticks in a row that no one else gets; `count` is at most [`CHUNK`].
    ///
    /// Relaxed is enough: `last` publishes no other memory. Each success moves `last` from exactly
    /// the value that the new tick was computed from, so the ticks of all threads form one rising
    /// sequence, the modification order of `last` (but for restarts, which the policy permits). If
    /// one id's making happens before another's, coherence puts them in that order in it too.
    #[inline]
    fn reserve(&self, count: u64) -> Result<Reserved, Error> {
        let now = tick::of_clock(self.pacer.clock.now());
        let mut last = self.last.load(Ordering::Relaxed);
        while let Some(reserved) = self.pacer.usual(last, now, count) {
            match self.swap(last, reserved.first + count - 1) {
                Ok(()) => return Ok(reserved),
                Err(newer) => last = newer,
            }
        }
        self.reserve_unusual(count)
    }

    #[cold]
    fn reserve_unusual(&self, count: u64) -> Result<Reserved, Error> {
        loop {
            let last = self.last.load(Ordering::Relaxed);
            let Next {
                reserved,
                restarted,
            } = self.pacer.propose(last, count)?;
            if self.swap(last, reserved.first + count - 1).is_ok() {
                self.restarts
                    .fetch_add(u64::from(restarted), Ordering::Relaxed);
                return Ok(reserved);
            }
        }
    }

    #[inline]
    fn swap(&self, last: Tick, next: Tick) -> Result<(), Tick> {
        self.last
            .compare_exchange_weak(last, next, Ordering::Relaxed, Ordering::Relaxed)
            .map(|_| ())
    }
}
