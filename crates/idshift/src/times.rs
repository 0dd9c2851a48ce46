//! Times as people write and read them: moments, days and lengths, on the clocks of a zone.

mod read;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use ids::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Unit};

use crate::refusal::Refusal;

/// After so many years the calendar repeats, weekdays included, and with it the rules of zones.
const CYCLE_YEARS: i64 = 400;

/// The seconds of these years.
const CYCLE_S: i64 = 146_097 * 86_400;

/// From this year on a date is worked out a cycle earlier: the last ones of jiff's calendar, which
/// ends with 9999, are no moments in every zone.
const FAR_YEAR: i16 = 9000;

/// The time zone that times without an offset are in.
#[derive(Clone, Debug)]
pub(crate) struct Zone(TimeZone);

impl Zone {
    /// Greenwich's, which is the same everywhere.
    pub(crate) const UTC: Self = Self(TimeZone::UTC);

    /// The zone that this machine is set to; `None` if it is set to none that is known.
    pub(crate) fn local() -> Option<Self> {
        let zone = TimeZone::system();
        (!zone.is_unknown()).then_some(Self(zone))
    }
}

impl FromStr for Zone {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        if text == "local" {
            return Self::local().ok_or_else(|| {
                TimeError::new(
                    "this machine is set to no time zone that is known".to_owned(),
                    "set `TZ` to a name like `Europe/Berlin`, or give that name",
                )
            });
        }
        match TimeZone::get(text) {
            Ok(zone) => Ok(Self(zone)),
            Err(_) => Err(TimeError::new(
                format!("`{text}` is no time zone"),
                "`local`, `UTC` or a name like `Europe/Berlin`",
            )),
        }
    }
}

/// Why a time could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TimeError {
    /// What is wrong, with the value in backticks.
    message: String,
    /// What to write instead.
    hint: Cow<'static, str>,
}

impl TimeError {
    fn new(message: String, hint: impl Into<Cow<'static, str>>) -> Self {
        let hint = hint.into();
        Self { message, hint }
    }
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Shown by the command-line parser, which has no line of its own for the hint.
        write!(f, "{}\n  hint: {}", self.message, self.hint)
    }
}

impl std::error::Error for TimeError {}

impl From<TimeError> for Refusal {
    fn from(error: TimeError) -> Self {
        Self::usage(error.message).hint(error.hint)
    }
}

/// A time as it was written, which may depend on the present and on the zone.
#[derive(Clone, Debug)]
pub(crate) enum When {
    /// A moment.
    At(Timestamp),
    /// A moment on the clocks of a zone.
    On(DateTime),
    /// A whole day in a zone; as a moment, its beginning.
    Day(Date),
    /// This far from the present; negative is past.
    From(Span),
    /// The day so many days from the present one.
    DayFromToday(i64),
}

impl When {
    /// The present.
    pub(crate) fn now() -> Self {
        Self::From(Span::new())
    }

    /// The moment that is meant. Of a time that the clocks showed twice it is the first; one that
    /// they skipped is taken as much later as they skipped.
    ///
    /// # Errors
    /// When it is outside the years -9999 to 9999.
    pub(crate) fn moment(&self, now: jiff::Timestamp, zone: &Zone) -> Result<Timestamp, TimeError> {
        let Zone(zone) = zone;
        match self {
            Self::At(moment) => Ok(*moment),
            Self::From(span) => {
                let there = now.to_zoned(zone.clone()).checked_add(*span).map_err(far)?;
                Ok(Timestamp::from_unix_ns(there.timestamp().as_nanosecond()))
            }
            Self::On(_) | Self::Day(_) | Self::DayFromToday(_) => {
                let clock = self.clock(now, zone).map_err(far)?;
                let (clock, later_s) = near(clock.expect("each is on the clocks")).map_err(far)?;
                on(clock, later_s, zone).map_err(far)
            }
        }
    }

    /// The beginning and the end of the day that is meant; `None` if it is no day.
    ///
    /// # Errors
    /// When it is outside the years -9999 to 9999.
    pub(crate) fn whole_day(
        &self,
        now: jiff::Timestamp,
        zone: &Zone,
    ) -> Result<Option<(Timestamp, Timestamp)>, TimeError> {
        let Zone(zone) = zone;
        let Some(day) = self.day(now, zone).map_err(far)? else {
            return Ok(None);
        };
        let (first, later_s) = near(day.into()).map_err(far)?;
        let next = first.tomorrow().map_err(far)?;
        let [first, next] = [first, next].map(|clock| on(clock, later_s, zone));
        Ok(Some((first.map_err(far)?, next.map_err(far)?)))
    }

    /// What was asked for, if the clocks of the zone never showed it.
    pub(crate) fn skipped(&self, now: jiff::Timestamp, zone: &Zone) -> Option<DateTime> {
        let Zone(zone) = zone;
        let clock = self.clock(now, zone).ok().flatten()?;
        let offset = zone.to_ambiguous_timestamp(clock).offset();
        matches!(offset, AmbiguousOffset::Gap { .. }).then_some(clock)
    }

    fn clock(
        &self,
        now: jiff::Timestamp,
        zone: &TimeZone,
    ) -> Result<Option<DateTime>, jiff::Error> {
        match self {
            Self::On(clock) => Ok(Some(*clock)),
            _ => Ok(self.day(now, zone)?.map(DateTime::from)),
        }
    }

    fn day(&self, now: jiff::Timestamp, zone: &TimeZone) -> Result<Option<Date>, jiff::Error> {
        match self {
            Self::Day(day) => Ok(Some(*day)),
            Self::DayFromToday(days) => {
                let today = now.to_zoned(zone.clone()).date();
                today.checked_add(Span::new().try_days(*days)?).map(Some)
            }
            Self::At(_) | Self::On(_) | Self::From(_) => Ok(None),
        }
    }
}

/// The same time in a year that jiff reckons with in every zone, and the seconds from there.
fn near(clock: DateTime) -> Result<(DateTime, i64), jiff::Error> {
    if clock.year() < FAR_YEAR {
        return Ok((clock, 0));
    }
    let earlier = clock.checked_sub(Span::new().try_years(CYCLE_YEARS)?)?;
    Ok((earlier, CYCLE_S))
}

fn on(clock: DateTime, later_s: i64, zone: &TimeZone) -> Result<Timestamp, jiff::Error> {
    let moment = clock.to_zoned(zone.clone())?.timestamp();
    Ok(later(moment, later_s))
}

/// So many seconds after the moment.
fn later(moment: jiff::Timestamp, later_s: i64) -> Timestamp {
    Timestamp::from_unix_ns(moment.as_nanosecond() + i128::from(later_s) * 1_000_000_000)
}

fn far(_: jiff::Error) -> TimeError {
    let message = "the time is too far away".to_owned();
    TimeError::new(message, "times that are reckoned end with the year 9999")
}

/// A length of time that reaches back from the present, as in `--last 24h`.
#[derive(Clone, Debug)]
pub(crate) struct Length(Span);

impl FromStr for Length {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        match text.parse::<Span>() {
            Ok(span) if span.is_positive() => Ok(Self(span)),
            _ => Err(TimeError::new(
                format!("failed to read `{text}` as a length of time"),
                "a number and a unit: `24h`, `90 minutes`, `7 days`, `1 month`",
            )),
        }
    }
}

impl Length {
    /// The time this long before the present.
    pub(crate) fn ago(&self) -> When {
        When::From(-self.0)
    }
}

/// A time on the clocks of a zone, to the millisecond; `None` outside the years -9999 to 9999.
pub(crate) fn on_clocks(time: Timestamp, zone: &Zone) -> Option<String> {
    let zoned = jiff_timestamp(time)?.to_zoned(zone.0.clone());
    Some(zoned.strftime("%Y-%m-%d %H:%M:%S%.3f %Z").to_string())
}

/// How long before or after `now` a time is: `4 days 2 hours ago`, `in 3 minutes`, `now`.
pub(crate) fn age(time: Timestamp, now: jiff::Timestamp) -> Option<String> {
    let (time, now) = (jiff_timestamp(time)?, now.to_zoned(TimeZone::UTC));
    let span = now
        .since((Unit::Year, &time.to_zoned(TimeZone::UTC)))
        .ok()?;
    let ago = !span.is_negative();
    let span = span.abs();
    let units = [
        (i64::from(span.get_years()), "year"),
        (i64::from(span.get_months()), "month"),
        (i64::from(span.get_days()), "day"),
        (i64::from(span.get_hours()), "hour"),
        (span.get_minutes(), "minute"),
        (span.get_seconds(), "second"),
    ];
    // The largest unit and the one below it: the rest says nothing about an age.
    let Some(first) = units.iter().position(|(count, _)| *count > 0) else {
        return Some("now".to_owned());
    };
    let text: Vec<String> = units[first..]
        .iter()
        .take(2)
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}{}", if *count == 1 { "" } else { "s" }))
        .collect();
    let text = text.join(" ");
    Some(if ago {
        format!("{text} ago")
    } else {
        format!("in {text}")
    })
}

/// The time for the calendar; `None` outside the years -9999 to 9999.
fn jiff_timestamp(time: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_nanosecond(time.unix_ns()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-22T15:30:00Z";

    fn now() -> jiff::Timestamp {
        NOW.parse().unwrap()
    }

    fn check(text: &str, zone: &str, expected: &str) {
        let zone: Zone = zone.parse().unwrap();
        let moment = text.parse::<When>().unwrap().moment(now(), &zone).unwrap();
        assert_eq!(moment.to_string(), expected, "{text}");
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        check(
            "2025-11-18T23:54:49.715Z",
            "UTC",
            "2025-11-18T23:54:49.715Z",
        );
        check(
            "2025-11-19 00:54:49.715+01:00",
            "UTC",
            "2025-11-18T23:54:49.715Z",
        );
        check(
            "2025-11-19T00:54:49+01:00[Europe/Berlin]",
            "UTC",
            "2025-11-18T23:54:49.000Z",
        );
        check("1763510089", "UTC", "2025-11-18T23:54:49.000Z");
        check("1763510089715", "UTC", "2025-11-18T23:54:49.715Z");
        check("0", "UTC", "1970-01-01T00:00:00.000Z");
        check("-1", "UTC", "1969-12-31T23:59:59.000Z");
        check("now", "UTC", "2026-11-22T15:30:00.000Z");
        check("2 hours ago", "UTC", "2026-11-22T13:30:00.000Z");
        check("-2h", "UTC", "2026-11-22T13:30:00.000Z");
        check("in 90 minutes", "UTC", "2026-11-22T17:00:00.000Z");
        check("+1d", "UTC", "2026-11-23T15:30:00.000Z");
        check("1 month ago", "UTC", "2026-10-22T15:30:00.000Z");
    }

    #[test]
    fn times_without_an_offset_are_in_the_zone() {
        check("2026-11-22", "UTC", "2026-11-22T00:00:00.000Z");
        check("2026-11-22", "Europe/Berlin", "2026-11-21T23:00:00.000Z");
        check("2026-11-22T10:00", "UTC", "2026-11-22T10:00:00.000Z");
        check(
            "2026-11-22 10:00:00.5",
            "America/New_York",
            "2026-11-22T15:00:00.500Z",
        );
        check("today", "Asia/Tokyo", "2026-11-22T15:00:00.000Z");
        check("yesterday", "UTC", "2026-11-21T00:00:00.000Z");
        check("tomorrow", "UTC", "2026-11-23T00:00:00.000Z");
    }

    #[test]
    fn the_last_days_of_the_calendar_are_moments_too() {
        check("9999-12-31", "UTC", "9999-12-31T00:00:00.000Z");
        check(
            "9999-12-31 23:59:59",
            "Pacific/Pago_Pago",
            "+010000-01-01T10:59:59.000Z",
        );
        check("9999-07-01", "Europe/Berlin", "9999-06-30T22:00:00.000Z");
        let last: When = "9999-12-31".parse().unwrap();
        let (from, to) = last.whole_day(now(), &Zone::UTC).unwrap().unwrap();
        assert_eq!(to.unix_ms() - from.unix_ms(), 86_400_000);
    }

    #[test]
    fn a_time_that_the_clocks_skipped_is_known() {
        let skipped = |text: &str, zone: &str| {
            let zone = zone.parse().unwrap();
            text.parse::<When>().unwrap().skipped(now(), &zone)
        };
        let gap = skipped("2026-03-29 02:30", "Europe/Berlin").unwrap();
        assert_eq!(gap.to_string(), "2026-03-29T02:30:00");
        assert!(skipped("2011-12-30", "Pacific/Apia").is_some());
        assert_eq!(skipped("2026-03-29 03:30", "Europe/Berlin"), None);
        assert_eq!(skipped("2026-10-25 02:30", "Europe/Berlin"), None);
        assert_eq!(skipped("2026-03-29T02:30Z", "Europe/Berlin"), None);
    }

    #[test]
    fn a_time_past_the_calendar_is_an_error() {
        let when: When = "in 9000 years".parse().unwrap();
        assert!(when.moment(now(), &Zone::UTC).is_err());
    }

    #[test]
    fn a_day_in_a_zone_with_a_clock_change_is_as_long_as_it_is() {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let hours = |text: &str| {
            let day: When = text.parse().unwrap();
            let (from, to) = day.whole_day(now(), &zone).unwrap().unwrap();
            (to.unix_ms() - from.unix_ms()) / 3_600_000
        };
        assert_eq!(hours("2026-11-22"), 24);
        assert_eq!(hours("2026-03-29"), 23);
        assert_eq!(hours("2026-10-25"), 25);
        assert_eq!(hours("today"), 24);
        let moment: When = "2026-11-22T10:00Z".parse().unwrap();
        assert_eq!(moment.whole_day(now(), &zone).unwrap(), None);
    }

    #[test]
    fn lengths_are_positive() {
        assert!("24h".parse::<Length>().is_ok());
        assert!("1 month".parse::<Length>().is_ok());
        for text in ["", "-24h", "24h ago", "0h", "24", "soon"] {
            assert!(text.parse::<Length>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_age_has_its_two_largest_units() {
        let check = |text: &str, expected: &str| {
            let time = text
                .parse::<When>()
                .unwrap()
                .moment(now(), &Zone::UTC)
                .unwrap();
            assert_eq!(age(time, now()).as_deref(), Some(expected), "{text}");
        };
        check("now", "now");
        check("2026-11-22T15:29:59Z", "1 second ago");
        check("2026-11-22T13:29:50Z", "2 hours ago");
        check("2026-11-20T12:30:00Z", "2 days 3 hours ago");
        check("2025-11-18T23:54:49.715Z", "1 year ago");
        check("2025-09-18T15:30:00Z", "1 year 2 months ago");
        check("2026-11-22T15:31:01Z", "in 1 minute 1 second");
        // Beyond the calendar there is no age.
        assert_eq!(age(Timestamp::from_unix_ms(i64::MAX), now()), None);
    }

    #[test]
    fn clocks_show_the_zone() {
        let time = Timestamp::from_unix_ms(1_763_510_089_715);
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        assert_eq!(
            on_clocks(time, &berlin).unwrap(),
            "2025-11-19 00:54:49.715 CET"
        );
        assert_eq!(on_clocks(Timestamp::from_unix_ms(i64::MAX), &berlin), None);
    }
}
