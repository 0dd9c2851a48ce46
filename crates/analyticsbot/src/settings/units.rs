//! Sizes and lengths of time as people write them: `64 KiB`, `1.5 s`.

use std::time::Duration;

const UNITS_OF_SIZE: [(&str, u64); 5] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];

const UNITS_OF_TIME: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("min", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Reads a size: a number of bytes, or a whole number and its unit. None if it is none, or zero.
pub(super) fn read_bytes(text: &str) -> Option<u64> {
    read(text, &UNITS_OF_SIZE, "B")
}

/// Reads a length of time: a whole number and its unit. None if it is none, or zero.
pub(super) fn read_duration(text: &str) -> Option<Duration> {
    read(text, &UNITS_OF_TIME, "").map(Duration::from_millis)
}

/// A size in the largest unit of which it is a whole number.
pub(crate) fn bytes(size: u64) -> String {
    show(size, &UNITS_OF_SIZE)
}

/// A length of time in the largest unit of which it is a whole number.
pub(super) fn duration(length: Duration) -> String {
    let ms = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
    show(ms, &UNITS_OF_TIME)
}

fn read(text: &str, units: &[(&str, u64)], bare: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim_start() {
        "" => bare,
        unit => unit,
    };
    let (_, scale) = units
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    let number: u64 = number.parse().ok()?;
    number.checked_mul(*scale).filter(|number| *number > 0)
}

fn show(number: u64, units: &[(&str, u64)]) -> String {
    let (name, scale) = units
        .iter()
        .find(|(_, scale)| number.is_multiple_of(*scale))
        .expect("the last unit is 1, of which everything is a multiple");
    format!("{} {name}", number / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_shown() {
        for (text, expected) in [
            ("1", Some(1)),
            ("64 KiB", Some(65_536)),
            ("64KiB", Some(65_536)),
            ("64 kib", Some(65_536)),
            ("256 GiB", Some(256 << 30)),
            ("0", None),
            ("-1", None),
            ("1.5 MiB", None),
            ("64 KB", None),
            ("99999999999 TiB", None),
            ("", None),
        ] {
            assert_eq!(read_bytes(text), expected, "{text}");
        }
        assert_eq!(
            [1, 1024, 1_000_000].map(bytes),
            ["1 B", "1 KiB", "1000000 B"]
        );
    }

    #[test]
    fn lengths_of_time_are_read_and_shown() {
        for (text, ms) in [
            ("500 ms", Some(500)),
            ("5s", Some(5_000)),
            ("2 min", Some(120_000)),
            ("1 h", Some(3_600_000)),
            ("5", None),
            ("0 s", None),
            ("5 m", None),
            ("soon", None),
        ] {
            assert_eq!(read_duration(text), ms.map(Duration::from_millis), "{text}");
        }
        let shown = [10, 1_500, 60_000].map(|ms| duration(Duration::from_millis(ms)));
        assert_eq!(shown, ["10 ms", "1500 ms", "1 min"]);
    }
}
