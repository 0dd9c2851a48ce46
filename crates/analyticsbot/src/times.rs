//! Times as people write them, in UTC: RFC 3339, dates, Unix time, "2 hours ago".

use std::str::FromStr;

use ids::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Unit};

use crate::refusal::Refusal;

/// The forms that are read, for hints.
const FORMS: &str = "`2026-11-22T10:00:00Z`, `2026-11-22`, Unix seconds or milliseconds, `today`, \
                     `yesterday` or `2 hours ago`";

/// A time as it was written, which may depend on the present.
#[derive(Clone, Debug)]
pub(crate) enum When {
    /// A moment.
    At(Timestamp),
    /// This far from the present; negative is past.
    From(Span),
    /// The beginning of the day so many days from the present one.
    DayFromToday(i64),
}

impl When {
    /// The moment that is meant.
    ///
    /// # Errors
    /// When it is outside the years -9999 to 9999.
    pub(crate) fn moment(&self, now: Timestamp) -> Result<Timestamp, Refusal> {
        let there = || {
            let now = jiff::Timestamp::from_nanosecond(now.unix_ns())?.to_zoned(TimeZone::UTC);
            match self {
                Self::At(moment) => Ok(*moment),
                Self::From(span) => Ok(of_jiff(now.checked_add(*span)?.timestamp())),
                Self::DayFromToday(days) => {
                    let day = now.date().checked_add(Span::new().try_days(*days)?)?;
                    Ok(of_jiff(day.to_zoned(TimeZone::UTC)?.timestamp()))
                }
            }
        };
        there().map_err(|_: jiff::Error| {
            Refusal::usage("the time is too far away").hint("times end with the year 9999")
        })
    }
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "now" => return Ok(Self::From(Span::new())),
            "today" => return Ok(Self::DayFromToday(0)),
            "yesterday" => return Ok(Self::DayFromToday(-1)),
            _ => {}
        }
        // The same reader as that of events: RFC 3339 and Unix time.
        if let Some(moment) = event::parse_time(text) {
            return Ok(Self::At(moment));
        }
        let clock = match text.parse::<Date>() {
            Ok(day) if text.len() == "2026-11-22".len() => Some(day.into()),
            // The reader of clocks passes over an offset, which the one above has refused.
            _ if text.ends_with(['Z', 'z', ']']) => None,
            _ => text.parse::<DateTime>().ok(),
        };
        if let Some(clock) = clock {
            let moment = clock.to_zoned(TimeZone::UTC).map_err(|_| unread(text))?;
            return Ok(Self::At(of_jiff(moment.timestamp())));
        }
        match text.strip_prefix("in ").unwrap_or(text).parse::<Span>() {
            Ok(span) if span.is_negative() || text.starts_with("in ") => Ok(Self::From(span)),
            Ok(_) => Err(format!(
                "failed to read `{text}` as a time: it is a length of time\n  hint: say which way: \
                 `{text} ago`"
            )),
            Err(_) => Err(unread(text)),
        }
    }
}

fn unread(text: &str) -> String {
    // Shown by the command-line parser, which has no line of its own for the hint.
    format!("failed to read `{text}` as a time\n  hint: {FORMS}")
}

fn of_jiff(time: jiff::Timestamp) -> Timestamp {
    Timestamp::from_unix_ns(time.as_nanosecond())
}

/// On UTC's clocks to the second, for tables; a time beyond the calendar as ids print it.
pub(crate) fn short(time: Timestamp) -> String {
    match jiff::Timestamp::from_nanosecond(time.unix_ns()) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => time.to_string(),
    }
}

/// On UTC's clocks to the second, without the year if it is the present one.
pub(crate) fn brief(time: Timestamp, now: Timestamp) -> String {
    let (time, now) = (short(time), short(now));
    match time.split_once('-') {
        Some((year, rest)) if now.starts_with(&format!("{year}-")) => rest.to_owned(),
        _ => time,
    }
}

/// How long ago a time is, in its largest unit: `4 days ago`, `in 3 minutes`, `now`.
pub(crate) fn age(time: Timestamp, now: Timestamp) -> String {
    let zoned = |time: Timestamp| {
        jiff::Timestamp::from_nanosecond(time.unix_ns()).map(|time| time.to_zoned(TimeZone::UTC))
    };
    let span = zoned(now).and_then(|now| now.since((Unit::Year, &zoned(time)?)));
    let Ok(span) = span else {
        return short(time);
    };
    let (ago, span) = (!span.is_negative(), span.abs());
    let units = [
        (i64::from(span.get_years()), "year"),
        (i64::from(span.get_months()), "month"),
        (i64::from(span.get_days()), "day"),
        (i64::from(span.get_hours()), "hour"),
        (span.get_minutes(), "minute"),
        (span.get_seconds(), "second"),
    ];
    let Some((count, unit)) = units.into_iter().find(|(count, _)| *count > 0) else {
        return "now".to_owned();
    };
    let plural = if count == 1 { "" } else { "s" };
    if ago {
        format!("{count} {unit}{plural} ago")
    } else {
        format!("in {count} {unit}{plural}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        of_jiff("2026-11-22T15:30:00Z".parse().unwrap())
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, expected) in [
            ("2025-11-18T23:54:49.715Z", "2025-11-18T23:54:49.715Z"),
            ("2025-11-19T00:54:49+01:00", "2025-11-18T23:54:49.000Z"),
            ("1763510089", "2025-11-18T23:54:49.000Z"),
            ("1763510089715", "2025-11-18T23:54:49.715Z"),
            ("2026-11-22", "2026-11-22T00:00:00.000Z"),
            ("2026-11-22 10:00", "2026-11-22T10:00:00.000Z"),
            ("2026-11-22T10:00:01", "2026-11-22T10:00:01.000Z"),
            ("now", "2026-11-22T15:30:00.000Z"),
            ("today", "2026-11-22T00:00:00.000Z"),
            ("yesterday", "2026-11-21T00:00:00.000Z"),
            ("2 hours ago", "2026-11-22T13:30:00.000Z"),
            ("-2h", "2026-11-22T13:30:00.000Z"),
            ("1 month ago", "2026-10-22T15:30:00.000Z"),
            ("in 90 minutes", "2026-11-22T17:00:00.000Z"),
        ] {
            let when: When = text.parse().unwrap();
            let moment = when.moment(now()).unwrap().to_string();
            assert_eq!(moment, expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_says_what_is() {
        for (text, expected) in [
            ("", "today"),
            ("soon", "2 hours ago"),
            ("2026-13-01", "2026-11-22"),
            ("2026-11-22T25:00:00Z", "2026-11-22"),
            ("2 hours", "say which way"),
        ] {
            let error = text.parse::<When>().unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
        let far: When = "in 9000 years".parse().unwrap();
        assert!(far.moment(now()).is_err());
    }

    #[test]
    fn a_brief_time_has_the_year_if_it_is_another() {
        let ago = |text: &str| brief(text.parse::<When>().unwrap().moment(now()).unwrap(), now());
        assert_eq!(ago("now"), "11-22 15:30:00");
        assert_eq!(ago("1 year ago"), "2025-11-22 15:30:00");
    }

    #[test]
    fn an_age_has_its_largest_unit() {
        for (text, expected) in [
            ("now", "now"),
            ("1 second ago", "1 second ago"),
            ("2 hours ago", "2 hours ago"),
            ("2026-11-20T12:30:00Z", "2 days ago"),
            ("in 3 days", "in 3 days"),
        ] {
            let time = text.parse::<When>().unwrap().moment(now()).unwrap();
            assert_eq!(age(time, now()), expected);
        }
    }
}
