//! Numbers: written out without an exponent, kept exactly, or kept as a string.
//!
//! Every store gives back a number's text as it was written, provided that it has no exponent and
//! no negative zero. As values they agree on integers of 64 bits and on what an `f64` holds. So an
//! integer beyond 64 bits, which is an identifier more often than a quantity, and a number beyond
//! `f64` become strings: they stay exact, and equal on every store.

use std::borrow::Cow;

/// The end of the number that begins at `start`, by RFC 8259, section 6; the position of a byte
/// that should be a digit.
pub(super) fn end(bytes: &[u8], start: usize) -> Result<usize, usize> {
    let digits = |at: usize| {
        let count = bytes[at..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        if count == 0 { Err(at) } else { Ok(at + count) }
    };
    let mut at = start + usize::from(bytes[start] == b'-');
    at = if bytes.get(at) == Some(&b'0') {
        at + 1
    } else {
        digits(at)?
    };
    if bytes.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let signed = matches!(bytes.get(at + 1), Some(b'+' | b'-'));
        at = digits(at + 1 + usize::from(signed))?;
    }
    Ok(at)
}

/// Writes `number`, a JSON number, so that every store answers it alike; tells whether it is
/// another value now. None if it is longer than `bytes_max`, as it is or written out.
pub(super) fn write(number: &str, bytes_max: usize, out: &mut String) -> Option<bool> {
    if number.len() > bytes_max {
        return None;
    }
    match plain(number) {
        Plain::Number(text) if text.len() > bytes_max => None,
        Plain::Number(text) => {
            out.push_str(&text);
            Some(false)
        }
        Plain::Zero(text) => {
            out.push_str(text);
            Some(number.starts_with('-'))
        }
        Plain::Beyond => {
            out.push('"');
            out.push_str(number);
            out.push('"');
            Some(true)
        }
    }
}

/// A number without its exponent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Plain<'a> {
    /// An integer of 64 bits, or digits, a point and digits.
    Number(Cow<'a, str>),
    /// Zero, without a sign, with the digits behind the point that it had.
    Zero(&'a str),
    /// An integer beyond 64 bits, or a number that is infinite or zero as an `f64`, but is not.
    Beyond,
}

/// `number`, a JSON number, without its exponent. Sizes are within what an `f64` may have, and so
/// is the work.
pub(super) fn plain(number: &str) -> Plain<'_> {
    let unsigned = number.strip_prefix('-').unwrap_or(number);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    if mantissa.bytes().all(|b| matches!(b, b'0' | b'.')) {
        return Plain::Zero(if exponent.is_some() { "0" } else { mantissa });
    }
    let integer = exponent.is_none() && !mantissa.contains('.');
    // 18 digits are within 64 bits; 300 that are not all zero, wherever the point is, are within an
    // f64.
    let plain_max = if integer { 18 } else { 300 };
    let fits = if exponent.is_none() && mantissa.len() <= plain_max {
        true
    } else if integer {
        number.parse::<i64>().is_ok()
    } else {
        number
            .parse::<f64>()
            .is_ok_and(|value| value.is_finite() && value != 0.0)
    };
    match exponent {
        _ if !fits => Plain::Beyond,
        None => Plain::Number(number.into()),
        Some(exponent) => match exponent.parse() {
            Ok(exponent) => Plain::Number(expand(number, mantissa, exponent).into()),
            // Cannot be: a mantissa long enough to bring such an exponent back into an f64 would
            // not fit in memory.
            Err(_) => Plain::Beyond,
        },
    }
}

/// `mantissa` times ten to the `exponent`, with the sign of `number`.
fn expand(number: &str, mantissa: &str, exponent: i32) -> String {
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let sign = if number.starts_with('-') { "-" } else { "" };
    // Digits behind the point.
    let scale = i64::try_from(fraction.len()).unwrap_or(i64::MAX) - i64::from(exponent);
    let Ok(scale) = usize::try_from(scale) else {
        let zeros = usize::try_from(scale.unsigned_abs()).unwrap_or(usize::MAX);
        return whole_number(format!("{sign}{digits}{}", "0".repeat(zeros)));
    };
    if scale == 0 {
        return whole_number(format!("{sign}{digits}"));
    }
    let missing = (scale + 1).saturating_sub(digits.len());
    let digits = format!("{}{digits}", "0".repeat(missing));
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

/// A whole number that was written with an exponent: beyond 64 bits it gets a `.0`, so that it is
/// still a quantity, not an identifier, when it is read again.
fn whole_number(mut digits: String) -> String {
    if digits.parse::<i64>().is_err() {
        digits.push_str(".0");
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(number: &str, expected: &str) {
        assert_eq!(end(number.as_bytes(), 0), Ok(number.len()), "{number}");
        let mut out = String::new();
        let changed = write(number, 512, &mut out);
        let verdict = match changed {
            None => "too long".to_owned(),
            Some(true) => format!("changed {out}"),
            Some(false) => out,
        };
        assert_eq!(verdict, expected, "{number}");
    }

    #[test]
    fn numbers_keep_their_digits() {
        for number in [
            "0",
            "0.00",
            "7",
            "-7",
            "1.50",
            "0.1",
            "9007199254740993",
            "12345678.901234567",
            "9223372036854775807",
            "-9223372036854775808",
            "0.1234567890123456789012345",
            "9223372036854775808.0",
        ] {
            check(number, number);
        }
    }

    #[test]
    fn exponents_are_written_out() {
        check("1e2", "100");
        check("1E+2", "100");
        check("1.50e1", "15.0");
        check("1.5e1", "15");
        check("-1.0e2", "-100");
        check("1e-7", "0.0000001");
        check("-12.5e-1", "-1.25");
        check("0.001e3", "1");
        check("0.0012e3", "1.2");
        check("10e-1", "1.0");
        check("1e18", "1000000000000000000");
        check("1e19", "10000000000000000000.0");
        check("6.02e23", "602000000000000000000000.0");
        check("0e99999999999999999999", "0");
        check("0.0e-5", "0");
    }

    #[test]
    fn what_some_store_would_bend_becomes_a_string_or_loses_its_sign() {
        check("-0", "changed 0");
        check("-0.0", "changed 0.0");
        check("-0e1", "changed 0");
        check("9223372036854775808", "changed \"9223372036854775808\"");
        check("18446744073709551615", "changed \"18446744073709551615\"");
        check("-9223372036854775809", "changed \"-9223372036854775809\"");
        check(
            "12345678901234567890123",
            "changed \"12345678901234567890123\"",
        );
        check("1e400", "changed \"1e400\"");
        check("-1.5E309", "changed \"-1.5E309\"");
        check("1e130000", "changed \"1e130000\"");
        check("1e-400", "changed \"1e-400\"");
        check(
            "1e99999999999999999999",
            "changed \"1e99999999999999999999\"",
        );
    }

    #[test]
    fn the_widest_float_fits_and_a_longer_text_does_not() {
        let mut out = String::new();
        assert_eq!(
            write("-1.2345678901234567e-308", 512, &mut out),
            Some(false)
        );
        assert_eq!(out.len(), "-0.".len() + 308 + 16);
        check(
            &format!("0.{}", "1".repeat(510)),
            &format!("0.{}", "1".repeat(510)),
        );
        check(&format!("0.{}", "1".repeat(511)), "too long");
        check(
            &format!("{}e-300", "1".repeat(300)),
            &format!("{}.{}", "0", "1".repeat(300)),
        );
        check(&format!("0.{}e-100", "1".repeat(500)), "too long");
    }

    #[test]
    fn what_is_no_number_ends_where_the_digit_is_missing() {
        for (text, at) in [
            ("-", 1),
            ("-x", 1),
            ("1.", 2),
            (".5", 0),
            ("1e", 2),
            ("1e+", 3),
        ] {
            assert_eq!(end(text.as_bytes(), 0), Err(at), "{text}");
        }
        // The rest is for the caller to refuse.
        for (text, at) in [
            ("01", 1),
            ("1.2.3", 3),
            ("0x1", 1),
            ("1\0", 1),
            ("1e5e5", 3),
        ] {
            assert_eq!(end(text.as_bytes(), 0), Ok(at), "{text}");
        }
    }
}
