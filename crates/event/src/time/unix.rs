//! Unix time, in the unit that its size tells.

use ids::Timestamp;

use crate::sanitise::{is_number, plain_number};

/// Seconds, milliseconds, microseconds and nanoseconds: below which size, and how many nanoseconds.
const UNITS: [(i128, i128); 4] = [
    (100_000_000_000, 1_000_000_000),
    (100_000_000_000_000, 1_000_000),
    (100_000_000_000_000_000, 1000),
    (100_000_000_000_000_000_000, 1),
];

/// Reads `text`, a JSON number. None if it is anything else, or beyond 64 bits.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    if !is_number(text) {
        return None;
    }
    let number = plain_number(text)?;
    let unsigned = number.strip_prefix('-').unwrap_or(&number);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let whole: i128 = whole.parse().ok()?;
    let (_, unit_ns) = UNITS.into_iter().find(|(below, _)| whole < *below)?;
    // Nine digits are enough for the nanoseconds of a second, the largest unit.
    let billionths: i128 = format!("{fraction:0<9.9}").parse().ok()?;
    let distance_ns = whole * unit_ns + billionths * unit_ns / 1_000_000_000;
    let sign = if number.starts_with('-') { -1 } else { 1 };
    Some(Timestamp::from_unix_ns(sign * distance_ns))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let found = parse(text).map(|time| time.to_string());
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn the_size_tells_the_unit() {
        check("1795329704", Some("2026-11-22T06:41:44.000Z"));
        check("1795329704170", Some("2026-11-22T06:41:44.170Z"));
        check("1795329704170123", Some("2026-11-22T06:41:44.170123Z"));
        check(
            "1795329704170123456",
            Some("2026-11-22T06:41:44.170123456Z"),
        );
        check("99999999999", Some("5138-11-16T09:46:39.000Z"));
        check("100000000000", Some("1973-03-03T09:46:40.000Z"));
    }

    #[test]
    fn fractions_signs_and_exponents() {
        check("1795330361.294262", Some("2026-11-22T06:52:41.294262Z"));
        check("1795329704170.5", Some("2026-11-22T06:41:44.170500Z"));
        check("1.795329704e9", Some("2026-11-22T06:41:44.000Z"));
        check("1.79532970417e18", Some("2026-11-22T06:41:44.170Z"));
        check("0", Some("1970-01-01T00:00:00.000Z"));
        check("-1.5", Some("1969-12-31T23:59:58.500Z"));
        check("0.1234567899", Some("1970-01-01T00:00:00.123456789Z"));
    }

    #[test]
    fn what_is_no_unix_time_is_refused() {
        for text in [
            "",
            "-",
            "1e400",
            "1e20",
            "99999999999999999999",
            "0x10",
            "+1",
            " 1",
            "1 ",
            "007",
            "NaN",
            "1_000",
            "١",
        ] {
            check(text, None);
        }
    }
}
