//! A clock that goes wherever the bytes say: ids stay in order unless a restart is counted.
#![no_main]

use std::time::Duration;

use ids::{Error, Keystream, Local, ManualClock, Overrun, Policy, Rollback, Uuid};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, steps)) = bytes.split_first() else {
        return;
    };
    let policy = Policy {
        ahead_max: Duration::from_millis(u64::from(first >> 2) * 500),
        overrun: if first & 1 == 0 {
            Overrun::Wait
        } else {
            Overrun::Error
        },
        rollback: if first & 2 == 0 {
            Rollback::Restart
        } else {
            Rollback::Error
        },
    };
    let clock = ManualClock::at(1_763_510_089_715);
    let mut ids = Local::with(&clock, Keystream::repeatable([0; 32]), policy);
    let mut last = Uuid::NIL;
    for step in steps.as_chunks::<10>().0 {
        let [kind, count, amount @ ..] = *step;
        let amount = u64::from_le_bytes(amount);
        match kind & 3 {
            0 => clock.set(Duration::from_nanos(amount)),
            1 => clock.advance(Duration::from_micros(amount >> 16)),
            2 => clock.step_back(Duration::from_micros(amount >> 16)),
            _ => clock.spike(Duration::from_millis(amount)),
        }
        let mut out = [Uuid::MAX; 256];
        let out = &mut out[..usize::from(count)];
        let restarts = ids.restarts();
        match ids.fill(out) {
            Ok(()) => {
                assert!(out.is_sorted_by(|one, next| one < next));
                let follows = out.first().is_none_or(|id| *id > last);
                assert!(follows || ids.restarts() > restarts);
                last = out.last().copied().unwrap_or(last);
            }
            Err(Error::Overrun { .. }) => assert_eq!(policy.overrun, Overrun::Error),
            Err(Error::ClockBack { .. }) => assert_eq!(policy.rollback, Rollback::Error),
            Err(Error::ClockRange) => {}
            Err(error) => panic!("{error}"),
        }
    }
});
