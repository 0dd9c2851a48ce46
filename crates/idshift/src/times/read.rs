//! Reads a time from text: RFC 3339, dates, Unix time, "2 hours ago".

use std::str::FromStr;

use ids::Timestamp;
use jiff::civil::Date;
use jiff::{Span, Zoned};

use super::{CYCLE_S, CYCLE_YEARS, FAR_YEAR, TimeError, When, later};

/// From this many digits on, a number is read as milliseconds: 100000000000 s is the year 5138,
/// as milliseconds it is March 1973.
const MILLISECOND_DIGITS: usize = 12;

/// From this many digits on, a number is finer than milliseconds, which would be a guess.
const TOO_FINE_DIGITS: usize = 16;

/// The digits of a date without dashes, which as seconds would be in 1970.
const DATE_DIGITS: usize = 8;

/// The last hour of an offset (RFC 3339, section 5.6).
const OFFSET_HOURS_MAX: u8 = 23;

impl FromStr for When {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        match text {
            "now" => return Ok(Self::now()),
            "yesterday" => return Ok(Self::DayFromToday(-1)),
            "today" => return Ok(Self::DayFromToday(0)),
            "tomorrow" => return Ok(Self::DayFromToday(1)),
            _ => {}
        }
        let digits = text.strip_prefix('-').unwrap_or(text);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return unix(text, digits.len());
        }
        let offset = offset_hours(text);
        if offset.is_some_and(|hours| hours > OFFSET_HOURS_MAX) {
            return Err(unread(text));
        }
        if let Some(moment) = moment(text) {
            return Ok(Self::At(moment));
        }
        // A date is tried by its length: the parser of dates also takes the date off a time.
        if text.len() == "2026-11-22".len()
            && let Ok(day) = text.parse()
        {
            return Ok(Self::Day(day));
        }
        // The parser of clocks passes over an offset.
        if offset.is_none()
            && let Ok(clock) = text.parse()
        {
            return Ok(Self::On(clock));
        }
        relative(text)
    }
}

/// Reads a number of seconds or milliseconds since 1970.
fn unix(text: &str, digits: usize) -> Result<When, TimeError> {
    if digits >= TOO_FINE_DIGITS {
        return Err(TimeError::new(
            format!("failed to read `{text}` as a Unix time: it is finer than milliseconds"),
            "give Unix seconds or milliseconds",
        ));
    }
    if text.len() == DATE_DIGITS
        && let Ok(day) = text.parse::<Date>()
    {
        return Err(TimeError::new(
            format!("failed to read `{text}` as a time: it may be a day or Unix seconds"),
            format!("`{day}` for the day, `0{text}` for the seconds"),
        ));
    }
    let number: i64 = text.parse().expect("up to 15 digits fit");
    let scale = if digits >= MILLISECOND_DIGITS {
        1
    } else {
        1000
    };
    Ok(When::At(Timestamp::from_unix_ms(number * scale)))
}

/// Reads a time that names its offset or its zone.
fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(zoned) = text.parse::<Zoned>() {
        return Some(later(zoned.timestamp(), 0));
    }
    match text.parse() {
        Ok(moment) => Some(later(moment, 0)),
        Err(_) => far_moment(text),
    }
}

/// Reads RFC 3339 with a year past jiff's calendar, of six digits and a sign, as ids print it.
fn far_moment(text: &str) -> Option<Timestamp> {
    let (digits, rest) = match text.strip_prefix('+') {
        Some(signed) => signed.split_at_checked(6)?,
        None => text.split_at_checked(4)?,
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let years = digits.parse::<i64>().ok()? - i64::from(FAR_YEAR);
    // Nearer ones have been read before, or are wrong in another way.
    if years < 0 {
        return None;
    }
    let year = i64::from(FAR_YEAR) + years % CYCLE_YEARS - CYCLE_YEARS;
    let moment = format!("{year}{rest}").parse().ok()?;
    Some(later(moment, (years / CYCLE_YEARS + 1) * CYCLE_S))
}

/// Reads `2 hours ago`, `-2h`, `in 2 hours` and `+2h`.
fn relative(text: &str) -> Result<When, TimeError> {
    let later = text.strip_prefix("in ").or_else(|| text.strip_prefix('+'));
    if let Some(rest) = later {
        return match rest.parse::<Span>() {
            Ok(span) if !span.is_negative() => Ok(When::From(span)),
            _ => Err(unread(text)),
        };
    }
    match text.parse::<Span>() {
        Ok(span) if span.is_negative() => Ok(When::From(span)),
        Ok(_) => Err(TimeError::new(
            format!("failed to read `{text}` as a time: it is a length of time"),
            "say which way: `2 hours ago` or `in 2 hours`",
        )),
        Err(_) => Err(unread(text)),
    }
}

fn unread(text: &str) -> TimeError {
    let why = reason(text).map_or_else(String::new, |why| format!(": {why}"));
    TimeError::new(
        format!("failed to read `{text}` as a time{why}"),
        "`2026-11-22T10:00:00Z`, `2026-11-22`, Unix seconds or milliseconds, `now`, \
         `2 hours ago` or `in 3 days`",
    )
}

/// What is wrong with a text that has the shape of a date, perhaps with a time behind it.
fn reason(text: &str) -> Option<String> {
    let dashes = [4, 7].map(|at| text.as_bytes().get(at));
    if dashes != [Some(&b'-'); 2] {
        return None;
    }
    let number = |from: usize| text.get(from..from + 2)?.parse::<i8>().ok();
    let year: i16 = text.get(..4)?.parse().ok()?;
    let (month, day) = (number(5)?, number(8)?);
    let Ok(first) = Date::new(year, month, 1) else {
        return Some(format!("there is no month {month}"));
    };
    let days = first.days_in_month();
    if !(1..=days).contains(&day) {
        return Some(format!("that month has {days} days"));
    }
    let above = |from, last: i8| number(from).is_some_and(|number| number > last);
    if above(11, 23) {
        return Some("hours end at 23".to_owned());
    }
    if above(14, 59) {
        return Some("minutes end at 59".to_owned());
    }
    let far = offset_hours(text).is_some_and(|hours| hours > OFFSET_HOURS_MAX);
    far.then(|| "offsets end at 23:59".to_owned())
}

/// The hours of the offset behind a date and a time.
fn offset_hours(text: &str) -> Option<u8> {
    let clock = text.get("2026-11-22T".len()..)?.split('[').next()?;
    let sign = clock.rfind(['+', '-'])?;
    clock.get(sign + 1..sign + 3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment_of(text: &str) -> String {
        match text.parse().unwrap() {
            When::At(moment) => moment.to_string(),
            other => panic!("{text} is {other:?}"),
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_forms_that_are() {
        for text in ["", "soon", "in", "in -2h", "+", "12:00", "++1", "+01088"] {
            let error = text.parse::<When>().unwrap_err();
            assert_eq!(error, unread(text));
            assert!(error.hint.contains("in 3 days"), "{error:?}");
        }
        let error = "2 hours".parse::<When>().unwrap_err();
        assert!(error.hint.contains("2 hours ago"), "{error:?}");
        let error = "1763510089715000".parse::<When>().unwrap_err();
        assert!(
            error.message.contains("finer than milliseconds"),
            "{error:?}"
        );
    }

    #[test]
    fn a_wrong_date_says_what_is_wrong_with_it() {
        let check = |text: &str, expected: &str| {
            let error = text.parse::<When>().unwrap_err();
            assert!(error.message.ends_with(expected), "{error:?}");
        };
        check("2026-13-01", "as a time: there is no month 13");
        check("2023-02-29", "as a time: that month has 28 days");
        check("2026-11-31T10:00Z", "as a time: that month has 30 days");
        check("2026-11-22T25:00", "as a time: hours end at 23");
        check("2026-11-22T10:60Z", "as a time: minutes end at 59");
        check("2026-11-22T10:00:00+25:00", "offsets end at 23:59");
        check("2026-11-22T10:00:00-24:00", "offsets end at 23:59");
        check("2026-11-22T10:00:00+99:00", "offsets end at 23:59");
        assert_eq!(
            moment_of("2026-11-22T10:00:00+23:59"),
            "2026-11-21T10:01:00.000Z"
        );
    }

    #[test]
    fn eight_digits_may_be_a_day() {
        let error = "20261122".parse::<When>().unwrap_err();
        assert_eq!(
            error.hint,
            "`2026-11-22` for the day, `020261122` for the seconds"
        );
        assert_eq!(moment_of("020261122"), "1970-08-23T12:05:22.000Z");
        assert_eq!(moment_of("20269922"), "1970-08-23T14:32:02.000Z");
    }

    #[test]
    fn every_time_that_an_id_holds_can_be_read() {
        for text in [
            "9999-12-30T22:00:01.000Z",
            "9999-12-31T23:59:59.000Z",
            "+010000-02-29T00:00:00.000Z",
            "+010889-08-02T05:31:50.655Z",
        ] {
            assert_eq!(moment_of(text), text);
        }
        assert_eq!(moment_of("281474976710655"), "+010889-08-02T05:31:50.655Z");
        assert_eq!(
            moment_of("9999-12-31T23:59:59-02:00"),
            "+010000-01-01T01:59:59.000Z"
        );
        assert!("+010889-02-29T00:00:00Z".parse::<When>().is_err());
    }
}
