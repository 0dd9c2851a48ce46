//! The checks of what happens when the clock misbehaves, on a clock turned by hand.

use std::time::Duration;

use ids::{Error, ManualClock, Overrun, Policy, Rollback, Uuid};

use super::Verdict;
use super::source::{Clocked, Failed, Make, in_order};

/// Where the clock begins: 2025-11-18T23:54:49.715Z.
const START: Duration = Duration::from_millis(1_763_510_089_715);

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_hours(24);
const YEAR: Duration = Duration::from_hours(365 * 24);

/// Ids made after each turn of the clock.
const AFTER: usize = 1_000;

/// More than one millisecond holds: 2^18 (12 bits of fraction, 6 of counter).
const OVERFLOW: usize = 300_000;

fn clock() -> ManualClock {
    ManualClock::at(ms(START))
}

/// Whole milliseconds.
fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).expect("the checks stay within this century")
}

fn several(generator: &mut dyn Clocked, count: usize) -> Result<Vec<Uuid>, Error> {
    (0..count).map(|_| generator.one()).collect()
}

/// Fails if the id's time is further from the clock than the default policy lets it be.
fn near(id: Uuid, clock: Duration) -> Result<(), Failed> {
    let time = Duration::from_millis(id.unix_ms().unwrap_or(0));
    let off = time.abs_diff(clock);
    if off > Policy::DEFAULT.ahead_max {
        return Failed::because(format_args!("`{id}` is {} s from the clock", off.as_secs()));
    }
    Ok(())
}

fn restarts(generator: &dyn Clocked, expected: u64) -> Result<(), Failed> {
    match generator.restarts() {
        restarts if restarts == expected => Ok(()),
        restarts => Failed::because(format_args!("{restarts} restarts, not {expected}")),
    }
}

/// A small step back is bridged: the order holds, and the clock is followed again afterwards.
pub(super) fn step_back(make: &Make) -> Verdict {
    let clock = clock();
    let mut generator = make(&clock, Policy::DEFAULT);
    let mut ids = vec![generator.one()?];
    clock.step_back(3 * SECOND);
    ids.extend(several(&mut *generator, AFTER)?);
    let ahead = generator.ahead();
    clock.advance(4 * SECOND);
    let later = generator.one()?;
    ids.push(later);
    in_order(&ids)?;
    restarts(&*generator, 0)?;
    if later.unix_ms() != Some(ms(START + SECOND)) {
        return Failed::because(format_args!("`{later}` does not follow the clock again"));
    }
    Ok(format!(
        "in order, {} s ahead of the clock",
        ahead.as_secs()
    ))
}

/// A clock set right, days or years back, is followed at once and in the open, or refused.
pub(super) fn set_back(make: &Make) -> Verdict {
    for by in [3 * DAY, 3 * YEAR] {
        let clock = clock();
        let mut generator = make(&clock, Policy::DEFAULT);
        generator.one()?;
        clock.step_back(by);
        let ids = several(&mut *generator, AFTER)?;
        in_order(&ids)?;
        near(ids[0], START.saturating_sub(by))?;
        restarts(&*generator, 1)?;
    }
    let clock = clock();
    let strict = Policy {
        rollback: Rollback::Error,
        ..Policy::DEFAULT
    };
    let mut generator = make(&clock, strict);
    generator.one()?;
    clock.step_back(3 * DAY);
    match generator.one() {
        Err(Error::ClockBack { .. }) => Ok("followed, counted; or refused".to_owned()),
        Err(error) => Err(error.into()),
        Ok(id) => Failed::because(format_args!("`{id}` was made in spite of the policy")),
    }
}

/// One wrong reading in the future leaves no later id there.
pub(super) fn spike(make: &Make) -> Verdict {
    let clock = clock();
    let mut generator = make(&clock, Policy::DEFAULT);
    let mut ids = vec![generator.one()?];
    clock.spike(START + YEAR);
    // The first of these is made from the wrong reading.
    ids.extend(several(&mut *generator, AFTER)?);
    in_order(&ids)?;
    for id in &ids {
        near(*id, START)?;
    }
    restarts(&*generator, 0)?;
    Ok("not believed, order kept".to_owned())
}

/// More ids than a millisecond holds: they run ahead in order, up to the bound, where the policy
/// acts.
pub(super) fn overflow(make: &Make) -> Verdict {
    let clock = clock();
    let mut generator = make(&clock, Policy::DEFAULT);
    rising(&mut *generator, OVERFLOW)?;
    let ahead = generator.ahead();
    if ahead.is_zero() || ahead > Policy::DEFAULT.ahead_max {
        return Failed::because(format_args!("{ahead:?} ahead of the clock"));
    }
    let bound = Duration::from_millis(1);
    let tight = Policy {
        ahead_max: bound,
        ..Policy::DEFAULT
    };
    refused_at_bound(&mut *make(
        &clock,
        Policy {
            overrun: Overrun::Error,
            ..tight
        },
    ))?;
    // Waiting turns this clock, so the second generator never stops.
    let mut generator = make(
        &clock,
        Policy {
            overrun: Overrun::Wait,
            ..tight
        },
    );
    rising(&mut *generator, 2 * OVERFLOW)?;
    if generator.ahead() > bound {
        let ahead = generator.ahead();
        return Failed::because(format_args!(
            "{ahead:?} ahead in spite of a bound of {bound:?}"
        ));
    }
    Ok(format!(
        "in order, {} \u{b5}s ahead; bounded",
        ahead.as_micros()
    ))
}

/// Makes so many ids and keeps none: a machine short of memory is checked as well.
fn rising(generator: &mut dyn Clocked, count: usize) -> Result<(), Failed> {
    let mut last = Uuid::NIL;
    for _ in 0..count {
        let id = generator.one()?;
        in_order(&[last, id])?;
        last = id;
    }
    Ok(())
}

fn refused_at_bound(generator: &mut dyn Clocked) -> Result<(), Failed> {
    let mut last = Uuid::NIL;
    for _ in 0..2 * OVERFLOW {
        match generator.one() {
            Ok(id) => {
                in_order(&[last, id])?;
                last = id;
            }
            Err(Error::Overrun { .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
    Failed::because("the bound on running ahead was passed")
}

#[cfg(test)]
mod tests {
    use ids::Clock;

    use super::super::source::manual;
    use super::*;

    #[test]
    fn ours_keeps_order_whatever_the_clock_does() {
        for check in [step_back, set_back, spike, overflow] {
            assert!(check(&manual).is_ok(), "{:?}", check(&manual));
        }
    }

    /// What a wrong generator makes of a reading of the clock.
    #[derive(Clone, Copy, PartialEq)]
    enum Fault {
        /// Takes the clock's time as it is: order breaks when the clock goes back.
        Follows,
        /// Never goes below the highest reading: one wrong reading stays for ever.
        Pinned,
        /// Counts 18 bits and begins again.
        Wraps,
        /// Counts on and on, past every bound.
        Unbounded,
    }

    struct Naive<'c> {
        clock: &'c ManualClock,
        fault: Fault,
        ms: u64,
        count: u128,
    }

    impl Clocked for Naive<'_> {
        fn one(&mut self) -> Result<Uuid, Error> {
            let now = ms(self.clock.now());
            let held = if self.fault == Fault::Follows {
                0
            } else {
                self.ms
            };
            self.ms = now.max(held);
            self.count += 1;
            let count = if self.fault == Fault::Wraps {
                self.count % (1 << 18)
            } else {
                self.count
            };
            Ok(Uuid::from_u128(Uuid::first_of(self.ms)?.to_u128() | count))
        }

        fn restarts(&self) -> u64 {
            0
        }

        fn ahead(&self) -> Duration {
            Duration::from_millis(self.ms).saturating_sub(self.clock.now())
        }
    }

    fn failure(check: fn(&Make) -> Verdict, fault: Fault) -> String {
        check(&move |clock, _| {
            Box::new(Naive {
                clock,
                fault,
                ms: 0,
                count: 0,
            })
        })
        .unwrap_err()
        .0
    }

    #[test]
    fn a_generator_that_follows_the_clock_back_is_seen() {
        assert!(failure(step_back, Fault::Follows).contains("came after"));
        assert_eq!(failure(set_back, Fault::Follows), "0 restarts, not 1");
        assert!(failure(spike, Fault::Follows).contains("came after"));
    }

    #[test]
    fn a_generator_pinned_to_the_future_is_seen() {
        assert!(failure(set_back, Fault::Pinned).contains("s from the clock"));
        assert!(failure(spike, Fault::Pinned).contains("s from the clock"));
    }

    #[test]
    fn a_counter_that_wraps_or_knows_no_bound_is_seen() {
        assert!(failure(overflow, Fault::Wraps).contains("came after"));
        assert!(failure(overflow, Fault::Unbounded).contains("ahead of the clock"));
        let clock = clock();
        let mut endless = Naive {
            clock: &clock,
            fault: Fault::Unbounded,
            ms: 0,
            count: 0,
        };
        assert!(refused_at_bound(&mut endless).is_err());
    }
}
