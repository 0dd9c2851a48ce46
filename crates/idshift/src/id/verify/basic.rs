//! The six checks that AnalyticsBot has always made of its ids, in one thread.

use std::time::Duration;

use ids::{Error, Policy, Uuid, Variant};

use super::Verdict;
use super::source::{Failed, Source, distinct, in_order};

const UNIQUE_COUNT: usize = 1_000;
const ORDER_COUNT: usize = 5;
const SPEED_COUNT: u32 = 10_000;
const BULK_COUNT: usize = 1_000;
const BULK_COUNT_MAX: usize = 10_000;
const INDEX_COUNT: usize = 100;

fn several(source: &impl Source, count: usize) -> Result<Vec<Uuid>, Error> {
    (0..count).map(|_| source.one()).collect()
}

/// One id is a well-formed version 7 of the present; `wall_ms` reads the clock.
pub(super) fn generation(
    source: &impl Source,
    wall_ms: &dyn Fn() -> Result<i64, Failed>,
) -> Verdict {
    let before = wall_ms()?;
    if before < 0 {
        return Failed::because("the clock is before 1970, where no id has a time");
    }
    let id = source.one()?;
    let after = wall_ms()?;
    if (id.variant(), id.version()) != (Variant::Rfc, Some(7)) {
        let (variant, version) = (id.variant(), id.version());
        return Failed::because(format_args!(
            "`{id}` has variant {variant}, version {version:?}"
        ));
    }
    if Uuid::parse(&id.hyphenated()) != Ok(id) {
        return Failed::because(format_args!("`{id}` is read as another id"));
    }
    let Some(time) = id.timestamp() else {
        return Failed::because(format_args!("`{id}` has no time"));
    };
    // Zero where the id's time lies between the two readings.
    let off_ms = (before - time.unix_ms()).max(time.unix_ms() - after).max(0);
    let bound = Policy::DEFAULT.ahead_max;
    if u128::from(off_ms.unsigned_abs()) > bound.as_millis() {
        return Failed::because(format_args!("`{id}` is {off_ms} ms from the clock"));
    }
    Ok(format!("version 7, {off_ms} ms from the clock"))
}

/// A thousand ids differ.
pub(super) fn uniqueness(source: &impl Source) -> Verdict {
    distinct(several(source, UNIQUE_COUNT)?)?;
    Ok("all different".to_owned())
}

/// Ids made with pauses come in the order of their making.
pub(super) fn time_order(source: &impl Source, pause: &dyn Fn()) -> Verdict {
    let mut ids = Vec::new();
    for index in 0..ORDER_COUNT {
        if index > 0 {
            pause();
        }
        ids.push(source.one()?);
    }
    in_order(&ids)?;
    let times = [ids[0], ids[ORDER_COUNT - 1]].map(Uuid::unix_ms);
    let [Some(first), Some(last)] = times else {
        return Failed::because("the ids have no time");
    };
    Ok(format!("in order, over {} ms", last.saturating_sub(first)))
}

/// Ten thousand ids one by one; `elapsed` is a monotonic clock. Slow is no failure.
pub(super) fn speed(source: &impl Source, elapsed: &dyn Fn() -> Duration) -> Verdict {
    let mut last = Uuid::NIL;
    let start = elapsed();
    for _ in 0..SPEED_COUNT {
        let id = source.one()?;
        in_order(&[last, id])?;
        last = id;
    }
    let each = elapsed().saturating_sub(start) / SPEED_COUNT;
    Ok(format!("{} ns per id", each.as_nanos()))
}

/// One call gives a thousand, and refuses none and too many.
pub(super) fn bulk(source: &impl Source) -> Verdict {
    let ids = source.bulk(BULK_COUNT)?;
    if ids.len() != BULK_COUNT {
        return Failed::because(format_args!("{} ids came", ids.len()));
    }
    in_order(&ids)?;
    for count in [0, BULK_COUNT_MAX + 1] {
        match source.bulk(count) {
            Err(Error::Count { .. }) => {}
            Err(error) => return Err(error.into()),
            Ok(ids) => return Failed::because(format_args!("{count} gave {} ids", ids.len())),
        }
    }
    Ok("in order, limits kept".to_owned())
}

/// The share of neighbours in order; an index takes what comes last at its end, without a split.
pub(super) fn index_order(source: &impl Source) -> Verdict {
    let ids = several(source, INDEX_COUNT)?;
    let pairs = ids.len() - 1;
    let rising = ids.windows(2).filter(|pair| pair[0] < pair[1]).count();
    let text = format!(
        "{rising} of {pairs} pairs in order ({} %)",
        rising * 100 / pairs
    );
    if rising == pairs {
        Ok(text)
    } else {
        Failed::because(text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::broken::{Constant, Failing, Scattered, Short, Stale};
    use super::super::source::OfProcess;
    use super::*;

    fn wall() -> Result<i64, Failed> {
        Ok(crate::clock::now()?.as_millisecond())
    }

    fn failure(verdict: Verdict) -> String {
        verdict.unwrap_err().0
    }

    #[test]
    fn generation_sees_another_version_and_another_time() {
        assert!(failure(generation(&Scattered::default(), &wall)).contains("version Some(4)"));
        assert!(failure(generation(&Stale, &wall)).contains("ms from the clock"));
        let far = || Ok(wall()? + 3_600_000);
        assert!(failure(generation(&OfProcess, &far)).contains("ms from the clock"));
        let early = || Ok(-157_766_399_555);
        assert!(failure(generation(&OfProcess, &early)).contains("before 1970"));
    }

    #[test]
    fn uniqueness_sees_an_id_that_comes_again() {
        assert_eq!(
            failure(uniqueness(&Constant)),
            "999 of 1000 ids were there before"
        );
    }

    #[test]
    fn order_is_missed_in_random_ids() {
        assert!(failure(time_order(&Scattered::default(), &|| ())).contains("came after"));
        assert!(failure(time_order(&Constant, &|| ())).contains("came after"));
    }

    #[test]
    fn order_is_checked_over_pauses() {
        let pauses = std::cell::Cell::new(0);
        time_order(&OfProcess, &|| pauses.set(pauses.get() + 1)).unwrap();
        assert_eq!(pauses.get(), ORDER_COUNT - 1);
    }

    #[test]
    fn speed_is_reported_and_never_too_slow() {
        let reading = std::cell::Cell::new(Duration::ZERO);
        let elapsed = || reading.replace(reading.get() + Duration::from_hours(1));
        assert_eq!(speed(&OfProcess, &elapsed).unwrap(), "360000000 ns per id");
        assert!(failure(speed(&Scattered::default(), &elapsed)).contains("came after"));
        assert!(failure(speed(&Failing, &elapsed)).contains("random bytes"));
    }

    #[test]
    fn bulk_sees_disorder_a_short_answer_and_a_missing_limit() {
        assert!(failure(bulk(&Scattered::default())).contains("came after"));
        assert_eq!(failure(bulk(&Short)), "999 ids came");
        assert_eq!(failure(bulk(&Endless)), "0 gave 0 ids");
        assert!(failure(bulk(&Failing)).contains("random bytes"));
    }

    #[test]
    fn index_order_counts_the_pairs() {
        let text = failure(index_order(&Scattered::default()));
        assert!(text.contains("of 99 pairs"), "{text}");
        assert_eq!(
            failure(index_order(&Constant)),
            "0 of 99 pairs in order (0 %)"
        );
    }

    /// In order, but without limits.
    struct Endless;

    impl Source for Endless {
        fn one(&self) -> Result<Uuid, Error> {
            OfProcess.one()
        }

        fn bulk(&self, count: usize) -> Result<Vec<Uuid>, Error> {
            several(self, count)
        }
    }
}
