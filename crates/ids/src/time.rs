//! Time in ids: what a version 1, 6 or 7 id says of its creation, and the bounds of a time span.

use core::fmt;
use core::ops::Range;

use crate::Uuid;
use crate::error::Error;

/// A moment in Unix time, leap seconds left out, in whole nanoseconds from 1970-01-01T00:00:00Z;
/// 292 billion years to either side.
///
/// Printed as RFC 3339 in UTC with as many digits as it needs, in threes, milliseconds at least:
/// `2025-11-18T23:54:49.715Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Rounded down, so that the nanoseconds are never negative.
    seconds: i64,
    /// Less than a second.
    ns: u32,
}

/// The last millisecond that 48 bits hold: 10889-08-02T05:31:50.655Z.
pub(crate) const UNIX_MS_MAX: u64 = (1 << 48) - 1;

const NS_PER_S: i128 = 1_000_000_000;
const NS_PER_MS: u32 = 1_000_000;

impl Timestamp {
    /// `ms` milliseconds from 1970, negative before.
    #[must_use]
    pub const fn from_unix_ms(ms: i64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "0 to 999")]
        let ns = ms.rem_euclid(1000) as u32 * NS_PER_MS;
        Self {
            seconds: ms.div_euclid(1000),
            ns,
        }
    }

    /// `ns` nanoseconds from 1970, negative before; within a second of the nearest moment
    /// where it does not fit.
    #[must_use]
    pub const fn from_unix_ns(ns: i128) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "below 10^9")]
        let below = ns.rem_euclid(NS_PER_S) as u32;
        Self {
            seconds: clamp(ns.div_euclid(NS_PER_S)),
            ns: below,
        }
    }

    /// Milliseconds from 1970, rounded down; the nearest `i64` where it does not fit.
    #[must_use]
    pub const fn unix_ms(self) -> i64 {
        clamp(self.seconds as i128 * 1000 + (self.ns / NS_PER_MS) as i128)
    }

    /// Nanoseconds from 1970.
    #[must_use]
    pub const fn unix_ns(self) -> i128 {
        self.seconds as i128 * NS_PER_S + self.ns as i128
    }

    /// The whole milliseconds that a version 7 id can hold, and the nanoseconds behind them.
    pub(crate) const fn to_id_time(self) -> Result<(u64, u32), Error> {
        let ms = self.unix_ms();
        if ms < 0 || ms.cast_unsigned() > UNIX_MS_MAX {
            return Err(Error::Time { unix_ms: ms });
        }
        Ok((ms.cast_unsigned(), self.ns % NS_PER_MS))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the match leaves values that fit"
)]
const fn clamp(value: i128) -> i64 {
    match value {
        value if value > i64::MAX as i128 => i64::MAX,
        value if value < i64::MIN as i128 => i64::MIN,
        value => value as i64,
    }
}

impl Uuid {
    /// When the id says that it was made.
    ///
    /// Version 7 tells milliseconds; versions 1 and 6 count steps of 100 ns since 1582-10-15. All
    /// other ids hold no time: what a version 8 id's bits mean, only its maker knows (RFC 9562,
    /// section 5.8).
    #[must_use]
    pub const fn timestamp(self) -> Option<Timestamp> {
        let bits = self.to_u128();
        let steps = match self.version() {
            Some(7) => return Some(Timestamp::from_unix_ms((bits >> 80) as i64)),
            // time_low 32, time_mid 16, version 4, time_high 12
            Some(1) => {
                (bits >> 64 & 0xfff) as i64 * (1 << 48)
                    + (bits >> 80 & 0xffff) as i64 * (1 << 32)
                    + (bits >> 96) as i64
            }
            // time_high 32, time_mid 16, version 4, time_low 12
            Some(6) => (bits >> 80) as i64 * (1 << 12) + (bits >> 64 & 0xfff) as i64,
            _ => return None,
        };
        let ns = (steps - GREGORIAN_TO_UNIX_STEPS) as i128 * 100;
        Some(Timestamp::from_unix_ns(ns))
    }

    /// The milliseconds since 1970 of a version 7 id.
    #[must_use]
    pub const fn unix_ms(self) -> Option<u64> {
        if !self.is_v7() {
            return None;
        }
        let ms = (self.to_u128() >> 80) as u64;
        Some(ms)
    }

    /// Whether the id was made within the half-open `window`. Ids without a time never were.
    #[must_use]
    pub fn created_within(self, window: Range<Timestamp>) -> bool {
        self.timestamp().is_some_and(|time| window.contains(&time))
    }

    /// The least version 7 id of the millisecond `ms` since 1970.
    ///
    /// Draws no entropy and touches no generator.
    ///
    /// # Errors
    /// [`Error::Time`] above 48 bits (after the year 10889).
    pub const fn first_of(ms: u64) -> Result<Self, Error> {
        Self::bound(ms, 0)
    }

    /// The greatest version 7 id of the millisecond `ms` since 1970.
    ///
    /// # Errors
    /// [`Error::Time`] above 48 bits (after the year 10889).
    pub const fn last_of(ms: u64) -> Result<Self, Error> {
        Self::bound(ms, (1 << 74) - 1)
    }

    /// The ids of a time span: `range.start <= id && id < range.end` holds exactly for those
    /// version 7 ids whose [`timestamp`](Self::timestamp) is in the half-open span.
    ///
    /// An id's time is a whole millisecond, so both ends are rounded up to one.
    ///
    /// # Errors
    /// [`Error::Time`] before 1970 or after the year 10889.
    ///
    /// ```
    /// # use ids::{Timestamp, Uuid};
    /// let noon = Timestamp::from_unix_ms(1_763_510_400_000);
    /// let later = Timestamp::from_unix_ms(1_763_510_401_000);
    /// let range = Uuid::range_of(noon, later)?;
    /// assert!(range.contains(&Uuid::at(noon)?));
    /// assert!(!range.contains(&Uuid::at(later)?));
    /// # Ok::<(), ids::Error>(())
    /// ```
    pub const fn range_of(from: Timestamp, to: Timestamp) -> Result<Range<Self>, Error> {
        match (Self::not_before(from), Self::not_before(to)) {
            (Ok(start), Ok(end)) => Ok(start..end),
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }

    const fn not_before(time: Timestamp) -> Result<Self, Error> {
        match time.to_id_time() {
            Ok((ms, 0)) => Self::first_of(ms),
            Ok((ms, _)) => Self::first_of(ms + 1),
            Err(error) => Err(error),
        }
    }

    const fn bound(ms: u64, rest: u128) -> Result<Self, Error> {
        if ms > UNIX_MS_MAX {
            return Err(Error::Time {
                unix_ms: clamp(ms as i128),
            });
        }
        let (rand_a, rand_b) = (rest >> 62, rest & ((1 << 62) - 1));
        Ok(Self::from_u128(
            (ms as u128) << 80 | 7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b,
        ))
    }
}

/// Steps of 100 ns from 1582-10-15, where versions 1 and 6 begin, to 1970-01-01.
const GREGORIAN_TO_UNIX_STEPS: i64 = 0x01b2_1dd2_1381_4000;

#[cfg(feature = "std")]
impl From<std::time::SystemTime> for Timestamp {
    fn from(time: std::time::SystemTime) -> Self {
        // A Duration's nanoseconds fit an i128 many times over.
        Self::from_unix_ns(match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => after.as_nanos().cast_signed(),
            Err(before) => -before.duration().as_nanos().cast_signed(),
        })
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seconds, ns } = *self;
        let (year, month, day) = civil(seconds.div_euclid(86_400));
        let (hour, minute) = (
            seconds.rem_euclid(86_400) / 3600,
            seconds.rem_euclid(3600) / 60,
        );
        // The ISO 8601 sign and width of years that four digits do not hold.
        match year {
            0..=9999 => write!(f, "{year:04}")?,
            _ => write!(f, "{year:+07}")?,
        }
        write!(
            f,
            "-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}",
            seconds.rem_euclid(60)
        )?;
        match (ns % 1_000_000, ns % 1000) {
            (0, _) => write!(f, ".{:03}Z", ns / 1_000_000),
            (_, 0) => write!(f, ".{:06}Z", ns / 1000),
            _ => write!(f, ".{ns:09}Z"),
        }
    }
}

/// Year, month and day of a day counted from 1970-01-01, in the proleptic Gregorian calendar.
///
/// Counts from 0000-03-01, so that the leap day is a year's last: 146,097 days are 400 years, and
/// five months from March on have 153 days.
const fn civil(unix_day: i64) -> (i64, i64, i64) {
    let day = unix_day + 719_468;
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let date = day - (153 * month + 2) / 5 + 1;
    let year = year + era * 400;
    if month < 10 {
        (year, month + 3, date)
    } else {
        (year + 1, month - 9, date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Uuid {
        Uuid::parse(text).expect("the table holds valid ids")
    }

    #[test]
    fn the_vectors_of_the_rfc_tell_their_time() {
        // RFC 9562, appendix A: all made at 2022-02-22 14:22:22 GMT-5.
        for text in [
            "C232AB00-9414-11EC-B3C8-9F6BDECED846",
            "1EC9414C-232A-6B00-B3C8-9F6BDECED846",
            "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
        ] {
            let time = id(text).timestamp().map(|time| time.to_string());
            assert_eq!(time.as_deref(), Some("2022-02-22T19:22:22.000Z"), "{text}");
        }
        assert_eq!(
            id("017F22E2-79B0-7CC3-98C4-DC0C0C07398F").unix_ms(),
            Some(1_645_557_742_000)
        );
        for timeless in [
            "919108f7-52d1-4320-9bac-f847db4148a8",
            "2ed6657d-e927-568b-95e1-2665a8aea6a2",
            "2489E9AD-2EE2-8E00-8EC9-32D5F69181C0",
            "00000000-0000-0000-0000-000000000000",
        ] {
            assert_eq!(id(timeless).timestamp(), None, "{timeless}");
        }
    }

    #[test]
    fn v1_and_v6_reach_from_1582_to_5236() {
        let zero = id("00000000-0000-1000-8000-000000000000").timestamp();
        assert_eq!(
            zero.map(|time| time.to_string()).as_deref(),
            Some("1582-10-15T00:00:00.000Z")
        );
        for last in [
            "ffffffff-ffff-1fff-8000-000000000000",
            "ffffffff-ffff-6fff-8000-000000000000",
        ] {
            let time = id(last).timestamp().map(|time| time.to_string());
            assert_eq!(time.as_deref(), Some("5236-03-31T21:21:00.684697500Z"));
        }
    }

    #[test]
    fn times_print_as_rfc_3339() {
        let check = |ns, text: &str| assert_eq!(Timestamp::from_unix_ns(ns).to_string(), text);
        check(0, "1970-01-01T00:00:00.000Z");
        check(-1, "1969-12-31T23:59:59.999999999Z");
        check(951_782_400_000_001_000, "2000-02-29T00:00:00.000001Z");
        check(4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z");
        check(281_474_976_710_655_000_000, "+010889-08-02T05:31:50.655Z");
        check(-62_167_219_200_000_000_000, "0000-01-01T00:00:00.000Z");
        check(
            -62_167_219_200_000_000_001,
            "-000001-12-31T23:59:59.999999999Z",
        );
    }

    #[test]
    fn bounds_hold_every_id_of_their_millisecond_and_no_other() {
        let first = Uuid::first_of(1_763_510_089_715).expect("in range");
        let last = Uuid::last_of(1_763_510_089_715).expect("in range");
        assert_eq!(first.to_string(), "019a9964-77f3-7000-8000-000000000000");
        assert_eq!(last.to_string(), "019a9964-77f3-7fff-bfff-ffffffffffff");
        let id = id("019a9964-77f3-7479-bc9f-50ff6ea646f1");
        assert!(first < id && id < last);
        assert!(last < Uuid::first_of(1_763_510_089_716).expect("in range"));
    }

    #[test]
    fn a_span_rounds_up_and_takes_its_start_but_not_its_end() {
        let at = |ns: i128| Timestamp::from_unix_ns(5_000_000 + ns);
        let first = |ms| Uuid::first_of(ms).expect("in range");
        assert_eq!(Uuid::range_of(at(0), at(1_000_000)), Ok(first(5)..first(6)));
        assert_eq!(Uuid::range_of(at(1), at(1_000_001)), Ok(first(6)..first(7)));
        let window = at(0)..at(1_000_000);
        assert!(first(5).created_within(window.clone()));
        assert!(!first(6).created_within(window.clone()));
        assert!(!Uuid::NIL.created_within(window));
    }

    #[test]
    fn times_that_48_bits_cannot_hold_are_refused() {
        let last = i64::try_from(UNIX_MS_MAX).expect("48 bits");
        assert!(Uuid::last_of(UNIX_MS_MAX).is_ok());
        assert_eq!(
            Uuid::first_of(UNIX_MS_MAX + 1),
            Err(Error::Time { unix_ms: last + 1 })
        );
        assert_eq!(
            Uuid::last_of(u64::MAX),
            Err(Error::Time { unix_ms: i64::MAX })
        );
        let refused = |ms| {
            let from = Timestamp::from_unix_ms(ms);
            assert_eq!(Uuid::range_of(from, from), Err(Error::Time { unix_ms: ms }));
        };
        refused(-1);
        refused(last + 1);
        refused(i64::MIN);
        refused(i64::MAX);
    }
}
