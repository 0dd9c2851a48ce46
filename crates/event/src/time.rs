//! When an event happened: what the client wrote, corrected for the client's clock, within bounds.

mod rfc3339;
mod unix;

use ids::Timestamp;

const NS_PER_MS: i128 = 1_000_000;

/// No event is older: 2000-01-01T00:00:00Z. What claims to be has a clock that was never set.
pub const EARLIEST: Timestamp = Timestamp::from_unix_ms(946_684_800_000);

/// No event is later than its receipt by more than 24 hours, the widest error of a clock that is
/// set to the wrong time zone.
pub const FUTURE_MS_MAX: i64 = 24 * 60 * 60 * 1000;

/// A difference between the client's clock and the server's of less than 5 s is not corrected: it
/// is as likely to be the way through the network.
pub const SKEW_MS_MIN: i64 = 5_000;

/// Reads a time as clients write it.
///
/// - RFC 3339 with any offset (`Z`, `+01:00`, `+0100`, `+01`) and any fraction, read to the
///   nanosecond; `T` or a space in between; second 60 is second 59, as no Unix time tells them
///   apart.
/// - Unix time as a JSON number or the same digits. Its size tells the unit: below 10^11 seconds
///   (the year 5138), below 10^14 milliseconds, below 10^17 microseconds, below 10^20 nanoseconds.
///
/// None for all else: a time without an offset is not a moment, and is not guessed to be UTC.
#[must_use]
pub fn parse_time(text: &str) -> Option<Timestamp> {
    rfc3339::parse(text).or_else(|| unix::parse(text))
}

/// What became of a client's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    /// Taken as it was written.
    None,
    /// Moved by what the client's clock was wrong.
    Skew,
    /// Brought to the nearest allowed moment.
    Clamped,
}

/// The moment of an event that the client says happened at `written`, by a clock that showed
/// `sent_at` when the server's showed `received_at`. In whole microseconds, which is what both
/// stores hold.
///
/// The correction is `written + (received_at - sent_at)`. It is made only where it is plausible:
/// the clocks differ by [`SKEW_MS_MIN`] or more, the event is not later than its sending by as
/// much, and the corrected moment is not before [`EARLIEST`]. Otherwise `sent_at` and `written` are
/// not of one clock, and `written` is believed. The result is at least [`EARLIEST`] and at most
/// [`FUTURE_MS_MAX`] after `received_at`.
#[must_use]
pub fn settle(
    written: Timestamp,
    sent_at: Option<Timestamp>,
    received_at: Timestamp,
) -> (Timestamp, Correction) {
    let tolerance_ns = i128::from(SKEW_MS_MIN) * NS_PER_MS;
    let latest_ns = received_at.unix_ns() + i128::from(FUTURE_MS_MAX) * NS_PER_MS;
    let written_ns = written.unix_ns();
    let corrected = sent_at.and_then(|sent_at| {
        let skew_ns = received_at.unix_ns() - sent_at.unix_ns();
        let corrected_ns = written_ns + skew_ns;
        let plausible = skew_ns.abs() >= tolerance_ns
            && written_ns < sent_at.unix_ns() + tolerance_ns
            && corrected_ns >= EARLIEST.unix_ns();
        plausible.then_some(corrected_ns)
    });
    let (moment_ns, correction) = match corrected {
        Some(corrected_ns) => (corrected_ns, Correction::Skew),
        None => (written_ns, Correction::None),
    };
    // Not `clamp`, which panics if the server's own clock is before `EARLIEST`.
    let bounded_ns = moment_ns.min(latest_ns).max(EARLIEST.unix_ns());
    let correction = if bounded_ns == moment_ns {
        correction
    } else {
        Correction::Clamped
    };
    (micros(Timestamp::from_unix_ns(bounded_ns)), correction)
}

/// `time` down to the whole microsecond.
pub(crate) const fn micros(time: Timestamp) -> Timestamp {
    let ns = time.unix_ns();
    Timestamp::from_unix_ns(ns - ns.rem_euclid(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        parse_time(text).expect("the table holds times")
    }

    const RECEIVED: &str = "2026-11-22T12:00:00Z";

    fn check(written: &str, sent_at: Option<&str>, expected: &str, correction: Correction) {
        let (moment, found) = settle(time(written), sent_at.map(time), time(RECEIVED));
        assert_eq!(
            (moment.to_string().as_str(), found),
            (expected, correction),
            "{written} sent {sent_at:?}"
        );
    }

    #[test]
    fn a_wrong_clock_is_corrected_by_its_own_error() {
        let skew = Correction::Skew;
        // Ten minutes slow, sent two seconds after it happened.
        let sent = Some("2026-11-22T11:50:00Z");
        check(
            "2026-11-22T11:49:58Z",
            sent,
            "2026-11-22T11:59:58.000Z",
            skew,
        );
        // An hour fast; an event of yesterday that waited offline.
        let sent = Some("2026-11-22T13:00:00Z");
        check(
            "2026-11-21T09:00:00Z",
            sent,
            "2026-11-21T08:00:00.000Z",
            skew,
        );
        // Never set.
        let sent = Some("1970-01-01T00:10:00Z");
        check(
            "1970-01-01T00:09:59Z",
            sent,
            "2026-11-22T11:59:59.000Z",
            skew,
        );
        // Exactly the least difference that counts.
        let sent = Some("2026-11-22T11:59:55Z");
        check(
            "2026-11-22T11:59:00Z",
            sent,
            "2026-11-22T11:59:05.000Z",
            skew,
        );
    }

    #[test]
    fn what_is_not_of_one_clock_is_believed_as_written() {
        let none = Correction::None;
        let written = "2026-01-02T03:04:05.678Z";
        check(written, None, written, none);
        // The way through the network.
        check(written, Some("2026-11-22T11:59:55.001Z"), written, none);
        // Sent before it happened.
        check(written, Some("1970-01-01T00:00:00Z"), written, none);
        // The correction would lead out of the window.
        check(written, Some("2100-01-01T00:00:00Z"), written, none);
        // An appointment of this evening.
        let evening = "2026-11-22T20:00:00.000Z";
        check(evening, Some("2026-11-22T11:00:00Z"), evening, none);
    }

    #[test]
    fn the_result_is_within_the_window_and_in_microseconds() {
        let clamped = Correction::Clamped;
        check(
            "1999-12-31T23:59:59Z",
            None,
            "2000-01-01T00:00:00.000Z",
            clamped,
        );
        check("0", None, "2000-01-01T00:00:00.000Z", clamped);
        check(
            "2026-11-23T12:00:00.001Z",
            None,
            "2026-11-23T12:00:00.000Z",
            clamped,
        );
        check(
            "9999-12-31T23:59:59Z",
            None,
            "2026-11-23T12:00:00.000Z",
            clamped,
        );
        let edge = "2026-11-23T12:00:00.000Z";
        check(edge, None, edge, Correction::None);
        let fine = "2026-11-22T11:00:00.123456Z";
        check(
            "2026-11-22T11:00:00.123456789Z",
            None,
            fine,
            Correction::None,
        );
    }

    #[test]
    fn a_server_without_a_clock_does_not_panic() {
        let received = Timestamp::from_unix_ms(0);
        let (moment, _) = settle(time("2026-11-22T11:00:00Z"), None, received);
        assert_eq!(moment, EARLIEST);
    }
}
