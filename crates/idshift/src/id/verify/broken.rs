//! Sources that break one promise each: the controls that show that the checks can fail.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use ids::{Error, Timestamp, Uuid};

use super::source::Source;

/// Random version 4 ids out of a fixed stream: no order. Fork-unsafe on top: a child goes on with
/// the very stream of its parent.
#[derive(Default)]
pub(super) struct Scattered(AtomicU64);

impl Source for Scattered {
    fn one(&self) -> Result<Uuid, Error> {
        // The finalizer of SplitMix64 over a counter: well spread and the same in every run.
        let counter = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        let mut bits = counter.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        let random = u128::from(bits) << 64 | u128::from(bits.rotate_left(32));
        let (kept, fixed) = (!(0xf000 << 64 | 0b11 << 62), 0x4000 << 64 | 0b10 << 62);
        Ok(Uuid::from_u128(random & kept | fixed))
    }

    fn bulk(&self, count: usize) -> Result<Vec<Uuid>, Error> {
        (0..count).map(|_| self.one()).collect()
    }
}

/// The same id for ever.
pub(super) struct Constant;

impl Source for Constant {
    fn one(&self) -> Result<Uuid, Error> {
        Uuid::first_of(1_763_510_089_715)
    }

    fn bulk(&self, count: usize) -> Result<Vec<Uuid>, Error> {
        (0..count).map(|_| self.one()).collect()
    }
}

/// Version 7 ids of a moment long past.
pub(super) struct Stale;

impl Source for Stale {
    fn one(&self) -> Result<Uuid, Error> {
        Uuid::at(Timestamp::from_unix_ms(1_763_510_089_715))
    }

    fn bulk(&self, count: usize) -> Result<Vec<Uuid>, Error> {
        (0..count).map(|_| self.one()).collect()
    }
}

/// In order, but one id short in bulk.
pub(super) struct Short;

impl Source for Short {
    fn one(&self) -> Result<Uuid, Error> {
        Uuid::try_now_v7()
    }

    fn bulk(&self, count: usize) -> Result<Vec<Uuid>, Error> {
        ids::v7s(count - 1)
    }
}

/// A machine without randomness.
pub(super) struct Failing;

impl Source for Failing {
    fn one(&self) -> Result<Uuid, Error> {
        Err(Error::Entropy)
    }

    fn bulk(&self, _: usize) -> Result<Vec<Uuid>, Error> {
        Err(Error::Entropy)
    }
}

/// A sequence for each thread: in order in each of them, and in none across them.
pub(super) struct PerThread;

impl Source for PerThread {
    fn one(&self) -> Result<Uuid, Error> {
        static THREADS: AtomicU64 = AtomicU64::new(1);
        thread_local! {
            static NEXT: Cell<u64> = Cell::new(THREADS.fetch_add(1, Ordering::Relaxed) << 32);
        }
        let next = NEXT.get();
        NEXT.set(next + 1);
        Uuid::first_of(next)
    }

    fn bulk(&self, count: usize) -> Result<Vec<Uuid>, Error> {
        (0..count).map(|_| self.one()).collect()
    }
}

/// One sequence for all threads that two of them can read at the same value.
#[derive(Default)]
pub(super) struct Racing(AtomicU64);

impl Source for Racing {
    fn one(&self) -> Result<Uuid, Error> {
        // Each value is handed out twice, as by two threads that read it before either wrote.
        Uuid::first_of(self.0.fetch_add(1, Ordering::Relaxed) / 2)
    }

    fn bulk(&self, count: usize) -> Result<Vec<Uuid>, Error> {
        (0..count).map(|_| self.one()).collect()
    }
}
