//! The tick: time, fraction and counter as one number, so that "next" is "plus one".

use std::time::Duration;

use crate::Uuid;

/// 46 bits of Unix milliseconds, 12 of fraction, 6 of counter: until the year 4199 in 64 bits,
/// which one compare-and-swap can move.
pub(crate) type Tick = u64;

const COUNTER_BITS: u32 = 6;
const SUB_MS_BITS: u32 = 12;
pub(crate) const TICKS_PER_MS: Tick = 1 << (COUNTER_BITS + SUB_MS_BITS);

const COUNTER_MASK: Tick = (1 << COUNTER_BITS) - 1;

/// The low bits that are random in every id.
pub(crate) const RANDOM_MASK: u64 = (1 << 56) - 1;

/// Two hours before 46 bits of milliseconds run out. A generator runs at most one hour ahead of
/// its clock, so no tick that it computes leaves 64 bits.
const CLOCK_SECONDS_MAX: u64 = (1 << 46) / 1000 - 2 * 3600;

/// The first tick of a clock's reading, or `None` past the year 4199.
#[inline]
pub(crate) fn of_clock(since_1970: Duration) -> Option<Tick> {
    let seconds = since_1970.as_secs();
    if seconds >= CLOCK_SECONDS_MAX {
        return None;
    }
    // ns * 4096 / 1_000_000: milliseconds and fraction of the second in one division.
    let steps = u64::from(since_1970.subsec_nanos()) * 64 / 15_625;
    Some((seconds * 1000 * 4096 + steps) << COUNTER_BITS)
}

/// Whole milliseconds since 1970.
#[inline]
pub(crate) const fn unix_ms(tick: Tick) -> u64 {
    tick / TICKS_PER_MS
}

/// The length of a number of ticks.
pub(crate) fn duration(ticks: Tick) -> Duration {
    let (ms, rest) = (ticks / TICKS_PER_MS, ticks % TICKS_PER_MS);
    Duration::from_millis(ms) + Duration::from_nanos(rest * 1_000_000 / TICKS_PER_MS)
}

/// A number of ticks at least as long as `duration`, saturating.
pub(crate) const fn ticks(duration: Duration) -> Tick {
    let ns = duration
        .as_nanos()
        .saturating_mul(TICKS_PER_MS as u128)
        .div_ceil(1_000_000);
    if ns > u64::MAX as u128 {
        return u64::MAX;
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked above")]
    let ticks = ns as u64;
    ticks
}

/// The first eight bytes of a tick's id, as they lie in memory.
#[inline]
const fn head(tick: Tick) -> [u8; 8] {
    ((tick / TICKS_PER_MS) << 16 | 0x7000 | tick >> COUNTER_BITS & 0xfff).to_be_bytes()
}

/// The last eight: variant and counter in the first of them, then seven bytes of `random`.
#[inline]
const fn tail(tick: Tick, random: [u8; 8]) -> [u8; 8] {
    // As little-endian words, so that the random bytes stay where they are.
    (u64::from_le_bytes(random) & !0xff | 0x80 | tick & COUNTER_MASK).to_le_bytes()
}

#[inline]
pub(crate) fn join(head: [u8; 8], tail: [u8; 8]) -> Uuid {
    let (head, tail) = (u64::from_ne_bytes(head), u64::from_ne_bytes(tail));
    let both = if cfg!(target_endian = "little") {
        [head, tail]
    } else {
        [tail, head]
    };
    Uuid::from_bytes((u128::from(both[1]) << 64 | u128::from(both[0])).to_ne_bytes())
}

/// The id of a tick; of the random bytes, the first is not used.
#[inline]
pub(crate) fn id(tick: Tick, random: [u8; 8]) -> Uuid {
    join(head(tick), tail(tick, random))
}

/// The ids of the ticks from `first` on, one for each of `random`.
///
/// In runs of up to 64 that share their first eight bytes, all but the counter.
#[inline]
pub(crate) fn write(mut first: Tick, mut random: &[[u8; 8]], mut out: &mut [Uuid]) {
    while !out.is_empty() {
        #[expect(clippy::cast_possible_truncation, reason = "1 to 64")]
        let run = ((COUNTER_MASK + 1 - (first & COUNTER_MASK)) as usize).min(out.len());
        let (ids, later) = out.split_at_mut(run);
        let (used, unused) = random.split_at(run);
        let head = head(first);
        for ((id, random), tick) in ids.iter_mut().zip(used).zip(first..) {
            *id = join(head, tail(tick, *random));
        }
        (out, random, first) = (later, unused, first + run as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_becomes_milliseconds_and_the_fraction_of_the_rfc() {
        // RFC 9562, section 6.2, method 3: 0.4567 ms is 1870 of 4096.
        let tick = of_clock(Duration::new(1, 2_456_700)).expect("1970");
        let fields = id(tick, [0; 8]).v7_fields().expect("version 7");
        assert_eq!(
            (fields.unix_ms, fields.sub_ms, fields.counter),
            (1002, 1870, 0)
        );
        let tick = of_clock(Duration::new(0, 999_999_999)).expect("1970");
        let fields = id(tick, [0; 8]).v7_fields().expect("version 7");
        assert_eq!((fields.unix_ms, fields.sub_ms), (999, 4095));
    }

    #[test]
    fn the_next_tick_counts_and_carries_into_fraction_and_millisecond() {
        let last_of_ms = of_clock(Duration::new(0, 1_999_999)).expect("1970") | 0x3f;
        let fields = |tick| {
            let fields = id(tick, [0; 8]).v7_fields().expect("version 7");
            (fields.unix_ms, fields.sub_ms, fields.counter)
        };
        assert_eq!(fields(last_of_ms), (1, 4095, 63));
        assert_eq!(fields(last_of_ms + 1), (2, 0, 0));
        assert!(id(last_of_ms, [0xff; 8]) < id(last_of_ms + 1, [0; 8]));
    }

    #[test]
    fn clocks_past_4199_are_not_believed() {
        assert!(of_clock(Duration::from_secs(CLOCK_SECONDS_MAX - 1)).is_some());
        for secs in [
            CLOCK_SECONDS_MAX,
            1 << 46,
            i64::MAX.unsigned_abs(),
            u64::MAX,
        ] {
            assert_eq!(of_clock(Duration::new(secs, 999_999_999)), None);
        }
    }

    #[test]
    fn durations_and_ticks_agree() {
        assert_eq!(ticks(Duration::from_millis(3)), 3 * TICKS_PER_MS);
        assert_eq!(
            duration(3 * TICKS_PER_MS + 64),
            Duration::from_nanos(3_000_244)
        );
        assert_eq!(ticks(Duration::MAX), u64::MAX);
    }
}
