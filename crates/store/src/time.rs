//! Moments as the databases keep them: whole microseconds.

use ids::Timestamp;

const NS_PER_US: i128 = 1_000;

/// Microseconds from 1970, rounded down; the nearest `i64` where it does not fit.
pub(crate) fn to_us(moment: Timestamp) -> i64 {
    let us = moment.unix_ns().div_euclid(NS_PER_US);
    let nearest = if us < 0 { i64::MIN } else { i64::MAX };
    i64::try_from(us).unwrap_or(nearest)
}

/// The moment `us` microseconds from 1970.
pub(crate) fn from_us(us: i64) -> Timestamp {
    Timestamp::from_unix_ns(i128::from(us) * NS_PER_US)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microseconds_survive_both_ways() {
        for us in [-1, 0, 1, 1_763_510_089_715_123, -62_135_596_800_000_000] {
            assert_eq!(to_us(from_us(us)), us);
        }
        assert_eq!(to_us(Timestamp::from_unix_ns(-1)), -1, "rounded down");
        assert_eq!(to_us(Timestamp::from_unix_ns(i128::MAX)), i64::MAX);
        assert_eq!(to_us(Timestamp::from_unix_ns(i128::MIN)), i64::MIN);
    }
}
