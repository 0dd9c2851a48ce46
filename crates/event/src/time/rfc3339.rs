//! RFC 3339, with the liberties that clients take.

use ids::Timestamp;

/// Reads `text`. None if it is anything else, or no moment of the Gregorian calendar.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let number = |at: usize, len: usize| digits(bytes.get(at..at + len)?);
    let sign = |at: usize, among: &[u8]| bytes.get(at).filter(|b| among.contains(b)).copied();

    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
    sign(4, b"-")?;
    sign(7, b"-")?;
    sign(10, b"Tt ")?;
    sign(13, b":")?;
    sign(16, b":")?;
    let in_calendar = (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
    if !in_calendar || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (fraction_ns, offset_at) = fraction(bytes, 19)?;
    let offset_s = offset_seconds(&bytes[offset_at..])?;
    let seconds =
        days_from_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second.min(59)
            - offset_s;
    Some(Timestamp::from_unix_ns(
        i128::from(seconds) * 1_000_000_000 + i128::from(fraction_ns),
    ))
}

/// The value of ASCII digits, at least one.
fn digits(bytes: &[u8]) -> Option<i64> {
    let digit = |b: &u8| b.is_ascii_digit().then(|| i64::from(b - b'0'));
    let mut value = None;
    for b in bytes {
        value = Some(value.unwrap_or(0) * 10 + digit(b)?);
    }
    value
}

/// The nanoseconds of the fraction at `at`, if there is one, and where the offset begins. Digits
/// behind the ninth are left out.
fn fraction(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    if !matches!(bytes.get(at), Some(b'.' | b',')) {
        return Some((0, at));
    }
    let start = at + 1;
    let count = bytes[start..]
        .iter()
        .take_while(|b| b.is_ascii_digit())
        .count();
    let kept = &bytes[start..start + count.min(9)];
    let missing = 9 - u32::try_from(kept.len()).ok()?;
    Some((digits(kept)? * 10_i64.pow(missing), start + count))
}

/// Seconds that the local time is ahead of UTC: `Z`, `+01:00`, `+0100` or `+01`.
fn offset_seconds(bytes: &[u8]) -> Option<i64> {
    if matches!(bytes, b"Z" | b"z") {
        return Some(0);
    }
    let (sign, rest) = bytes.split_first()?;
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = match rest {
        [_, _] => (digits(rest)?, 0),
        [_, _, b':', minutes @ ..] | [_, _, minutes @ ..] if minutes.len() == 2 => {
            (digits(&rest[..2])?, digits(minutes)?)
        }
        _ => return None,
    };
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

const fn days_of(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01. Years are counted from March on, so that the leap day is a year's last;
/// from then on every five months have 153 days.
const fn days_from_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        let found = parse(text).map(|time| time.to_string());
        assert_eq!(found.as_deref(), Some(expected), "{text}");
    }

    #[test]
    fn any_offset_any_fraction() {
        check("2026-11-22T06:41:44.170Z", "2026-11-22T06:41:44.170Z");
        check("2026-11-22T06:41:44Z", "2026-11-22T06:41:44.000Z");
        check("2026-11-22t06:41:44z", "2026-11-22T06:41:44.000Z");
        check(
            "2026-11-22 06:42:46.880753+00:00",
            "2026-11-22T06:42:46.880753Z",
        );
        check("2026-11-22T06:41:44,5+0530", "2026-11-22T01:11:44.500Z");
        check("2026-11-22T06:41:44-08", "2026-11-22T14:41:44.000Z");
        check("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z");
        check(
            "2026-11-22T06:41:44.123456789123Z",
            "2026-11-22T06:41:44.123456789Z",
        );
        check("2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z");
        check("2024-02-29T23:59:60Z", "2024-02-29T23:59:59.000Z");
        check("0000-01-01T00:00:00-00:00", "0000-01-01T00:00:00.000Z");
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2026-11-22",
            "2026-11-22T06:41:44",
            "2026-11-22T06:41Z",
            "2025-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T06:60:44Z",
            "2026-11-22T06:41:61Z",
            "2026-11-22T06:41:44.Z",
            "2026-11-22T06:41:44+24:00",
            "2026-11-22T06:41:44+01:60",
            "2026-11-22T06:41:44+1",
            "2026-11-22T06:41:44+01:0",
            "2026-11-22T06:41:44 +01:00",
            "2026-11-22T06:41:44Z ",
            " 2026-11-22T06:41:44Z",
            "+2026-11-22T06:41:44Z",
            "2026/11/22T06:41:44Z",
            "2026-1-22T06:41:44Z0",
            "2026-11-22T06:41:44ZZ",
            "２026-11-22T06:41:44Z",
            "2026-11-22T-6:41:44Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn it_reads_what_jiff_reads(
            year in 0..=9999, month in 0..=13, day in 0..=32, hour in 0..=24, minute in 0..=60,
            second in 0..=59, fraction in "(\\.[0-9]{1,9})?",
            offset in "Z|[+-][01][0-9]:[0-5][0-9]",
        ) {
            let date = format!("{year:04}-{month:02}-{day:02}");
            let text = format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}");
            // The oracle's timestamps do not reach the edges of its own civil years.
            prop_assume!((1..=9998).contains(&year));
            let expected = text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_nanosecond);
            prop_assert_eq!(parse(&text).map(Timestamp::unix_ns), expected, "{}", text);
        }

        #[test]
        fn it_never_panics(text in "\\PC{0,40}", head in 0..24_usize) {
            let mut mixed = "2026-11-22T06:41:44.170Z"[..head].to_owned();
            mixed.push_str(&text);
            let _: Option<Timestamp> = parse(&mixed);
        }
    }
}
