//! Making version 7 ids: the layout, and the generators that differ in what they keep in order.
//!
//! ```text
//!  48 bits: Unix milliseconds            | ver 7 | 12 bits: fraction of the millisecond
//!  var 2 | 6 bits: counter | 56 bits: fresh random
//! ```
//!
//! Time, fraction and counter are one number, the *tick*: 262,144 to the millisecond, 64 to each
//! step of the fraction (244 ns). A generator hands out each tick at most once and only upwards
//! (a clock set far back may make it begin again, and is counted), so its order does not rest on
//! the random bits, nor its uniqueness on the order. The fraction is
//! RFC 9562's method 3, the counter behind it its method 1 (section 6.2); PostgreSQL 18 puts the
//! same fraction in the same place, so that its ids and these interleave. The 56 low bits are
//! random in every id: what W3C Trace Context level 2 asks of a trace id.

mod bulk;
mod clock;
mod fork;
mod keystream;
mod local;
mod os;
mod policy;
mod process;
mod tick;

pub use bulk::{BULK_COUNT_MAX, Chunk, Chunks};
#[cfg(any(test, feature = "testing"))]
pub use clock::ManualClock;
pub use clock::{Clock, SystemClock};
pub use keystream::Keystream;
pub use local::Local;
pub use policy::{Overrun, Policy, Rollback};
pub use process::Process;
use tick::Tick;

use crate::time::Timestamp;
use crate::{Error, Uuid};

/// The fields of a version 7 id in this library's layout.
///
/// Ids of other makers use the bits behind the milliseconds as they like (RFC 9562, section 5.7);
/// for them only `unix_ms` means what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct V7Fields {
    /// Milliseconds since 1970; 48 bits.
    pub unix_ms: u64,
    /// The fraction of the millisecond in steps of 1/4096 (244 ns); 12 bits.
    pub sub_ms: u16,
    /// Which id within one step; 6 bits.
    pub counter: u8,
    /// Fresh random bits; 56.
    pub random: u64,
}

impl Uuid {
    /// A new version 7 id, greater than every id that this process made before, on any thread;
    /// unless the clock was set back by more than 11 s, which is followed ([`Rollback::Restart`]).
    ///
    /// This is [`Process::global`]'s [`generate`](Process::generate) under the default [`Policy`].
    ///
    /// # Panics
    /// If the operating system gives no random bytes, or if its clock stays past the year 4199.
    /// [`try_now_v7`](Self::try_now_v7) returns these as errors.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "the documented panic of the convenient form"
    )]
    #[inline]
    pub fn now_v7() -> Self {
        Self::try_now_v7().expect("a machine has random bytes and a clock before the year 4199")
    }

    /// [`now_v7`](Self::now_v7) for those who would rather have an error than a panic.
    ///
    /// # Errors
    /// [`Error::Entropy`] and [`Error::ClockRange`]: see [`now_v7`](Self::now_v7).
    #[inline]
    pub fn try_now_v7() -> Result<Self, Error> {
        Process::global().generate()
    }

    /// A version 7 id of the moment `time`, past or future: for rows that are older than their id.
    ///
    /// Millisecond and fraction come from `time`, the other 62 bits are random, so ids of one
    /// moment are in no order among themselves. No generator's state is read or moved.
    ///
    /// # Errors
    /// [`Error::Time`] before 1970 or after the year 10889; [`Error::Entropy`].
    pub fn at(time: Timestamp) -> Result<Self, Error> {
        let (ms, ns) = time.to_id_time()?;
        let sub_ms = u64::from(ns) * 4096 / 1_000_000;
        let high = ms << 16 | 0x7000 | sub_ms;
        let low = 0b10 << 62 | u64::from_le_bytes(keystream::of_thread()?) >> 2;
        Ok(Self::from_u128(u128::from(high) << 64 | u128::from(low)))
    }

    /// A version 4 id: 122 random bits. For what must not tell when it was made; as a key it lands
    /// anywhere in an index, which costs inserts (RFC 9562, section 6.13).
    ///
    /// # Errors
    /// [`Error::Entropy`].
    pub fn new_v4() -> Result<Self, Error> {
        let (high, low) = (keystream::of_thread()?, keystream::of_thread()?);
        Ok(Self::with_version(tick::join(high, low).to_bytes(), 4))
    }

    /// The fields of a version 7 id, read in this library's layout.
    #[must_use]
    pub const fn v7_fields(self) -> Option<V7Fields> {
        let Some(unix_ms) = self.unix_ms() else {
            return None;
        };
        let bits = self.to_u128();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "masked to the width of each field"
        )]
        let fields = V7Fields {
            unix_ms,
            sub_ms: (bits >> 64 & 0xfff) as u16,
            counter: (bits >> 56 & 0x3f) as u8,
            random: bits as u64 & tick::RANDOM_MASK,
        };
        Some(fields)
    }
}

/// `count` version 7 ids in order, 1 to [`BULK_COUNT_MAX`].
///
/// # Errors
/// [`Error::Count`] for 0 and for more than the limit: [`Process::chunks`] gives any number
/// without holding them all. Otherwise as [`Uuid::try_now_v7`].
pub fn v7s(count: usize) -> Result<Vec<Uuid>, Error> {
    if !(1..=BULK_COUNT_MAX).contains(&count) {
        return Err(Error::Count {
            asked: count,
            max: BULK_COUNT_MAX,
        });
    }
    let mut ids = vec![Uuid::NIL; count];
    fill_v7(&mut ids)?;
    Ok(ids)
}

/// Fills `out` with version 7 ids in order, as many calls of [`Uuid::now_v7`] would, but faster.
///
/// Allocates nothing. Other threads' ids may fall between those of one call.
///
/// # Errors
/// As [`Uuid::try_now_v7`]; the ids before the failure are written, the rest of `out` is as it was.
pub fn fill_v7(out: &mut [Uuid]) -> Result<(), Error> {
    Process::global().fill(out)
}

/// Eight random bytes of the calling thread's keystream: for span ids.
pub(crate) fn random_bytes() -> Result<[u8; 8], Error> {
    keystream::of_thread()
}
