//! Clocks that stop, step back, jump, lie once, or read nonsense.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use ids::{
    Clock, Error, Keystream, Local, ManualClock, Overrun, Policy, Process, Rollback, Timestamp,
    Uuid,
};

const START_MS: u64 = 1_763_510_089_715;
const DAY: Duration = Duration::from_hours(24);

fn process(clock: &ManualClock, policy: Policy) -> Process<&ManualClock> {
    Process::with(clock, policy)
}

fn ms(id: Uuid) -> u64 {
    id.unix_ms().expect("version 7")
}

#[test]
fn a_step_back_of_3_seconds_is_held() {
    let clock = ManualClock::at(START_MS);
    let ids = process(&clock, Policy::DEFAULT);
    let before = ids.generate().expect("usual");
    clock.step_back(Duration::from_secs(3));
    let held: Vec<_> = (0..1000).map(|_| ids.generate().expect("held")).collect();
    assert!(before < held[0] && held.is_sorted_by(|one, next| one < next));
    assert_eq!((ms(held[999]), ids.restarts()), (START_MS, 0));
    assert_eq!(ids.ahead_of_clock().as_secs(), 3);
    clock.advance(Duration::from_millis(3001));
    let after = ids.generate().expect("usual again");
    assert!(after > held[999] && ms(after) == START_MS + 1);
    assert_eq!(ids.ahead_of_clock(), Duration::ZERO);
}

#[test]
fn longer_steps_back_are_followed_once_and_counted() {
    for back in [3 * DAY, 3 * 365 * DAY] {
        let clock = ManualClock::at(START_MS);
        let ids = process(&clock, Policy::DEFAULT);
        let before = ids.generate().expect("usual");
        clock.step_back(back);
        let after = ids.generate().expect("restarted");
        assert!(after < before);
        assert_eq!(u128::from(ms(before) - ms(after)), back.as_millis());
        assert_eq!((ids.restarts(), ids.ahead_of_clock()), (1, Duration::ZERO));
        assert!(ids.generate().expect("usual") > after);
        assert_eq!(ids.restarts(), 1);
    }
}

#[test]
fn longer_steps_back_are_errors_to_those_who_ask_for_it() {
    let policy = Policy {
        rollback: Rollback::Error,
        ..Policy::DEFAULT
    };
    for back in [3 * DAY, 3 * 365 * DAY] {
        let clock = ManualClock::at(START_MS);
        let ids = process(&clock, policy);
        let before = ids.generate().expect("usual");
        clock.step_back(back);
        assert_eq!(ids.generate(), Err(Error::ClockBack { by: back }));
        assert_eq!(
            ids.fill(&mut [Uuid::NIL; 3]),
            Err(Error::ClockBack { by: back })
        );
        // Back within the bound, order goes on as if nothing had been.
        clock.set(Duration::from_millis(START_MS - 9_000));
        assert!(ids.generate().expect("within 10 s again") > before);
        assert_eq!(ids.restarts(), 0);
    }
}

#[test]
fn at_the_bound_a_small_step_back_is_held() {
    let ahead_max = Duration::from_millis(10);
    let clock = ManualClock::at(START_MS);
    let ids = process(
        &clock,
        Policy {
            ahead_max,
            ..Policy::DEFAULT
        },
    );
    let mut last = ids.generate().expect("usual");
    // 3,000,000 ticks are 11 ms: the lead is used up, and waiting has begun.
    let mut many = vec![Uuid::NIL; 3_000_000];
    ids.fill(&mut many)
        .expect("the manual clock moves when waited for");
    for back in [Duration::from_micros(1), Duration::from_millis(5)] {
        last = last.max(many[many.len() - 1]);
        clock.step_back(back);
        let next = ids.generate().expect("waited for");
        assert!(next > last && ids.restarts() == 0, "{back:?}");
        last = next;
    }
}

#[test]
fn a_wrong_reading_within_a_second_does_no_harm_under_a_small_bound() {
    for rollback in [Rollback::Restart, Rollback::Error] {
        let ahead_max = Duration::from_millis(100);
        let clock = ManualClock::at(START_MS);
        let ids = process(
            &clock,
            Policy {
                ahead_max,
                rollback,
                ..Policy::DEFAULT
            },
        );
        let before = ids.generate().expect("usual");
        clock.spike(Duration::from_millis(START_MS + 900));
        let during = ids.generate().expect("not believed");
        let after = ids.generate().expect("usual");
        assert!(before < during && during < after && ids.restarts() == 0);
    }
}

#[test]
fn who_refuses_to_restart_can_say_when_to() {
    let clock = ManualClock::at(START_MS);
    let ids = process(
        &clock,
        Policy {
            rollback: Rollback::Error,
            ..Policy::DEFAULT
        },
    );
    ids.generate().expect("usual");
    clock.step_back(DAY);
    assert!(ids.generate().is_err());
    ids.restart();
    assert_eq!(
        ms(ids.generate().expect("restarted")),
        START_MS - 86_400_000
    );
    assert_eq!(ids.restarts(), 1);
}

/// Makes an id whenever it is asked for the time, as a clock that logs might.
struct Busy;

impl Clock for Busy {
    fn now(&self) -> Duration {
        ids::SystemClock
            .now()
            .max(Duration::from_millis(u64::from(Uuid::now_v7().is_nil())))
    }

    fn wait(&self, _: Duration) {}
}

#[test]
fn a_clock_may_itself_make_ids() {
    let ids = Process::with(Busy, Policy::DEFAULT);
    let mut out = [Uuid::NIL; 600];
    ids.fill(&mut out).expect("usual");
    assert!(out.is_sorted_by(|one, next| one < next));
}

#[test]
fn one_wrong_reading_of_the_future_is_not_believed() {
    let clock = ManualClock::at(START_MS);
    let ids = process(&clock, Policy::DEFAULT);
    for wrong in [Duration::from_secs(2_500_000_000), Duration::MAX] {
        // The first id of all has nothing to compare with: the two other readings outvote it.
        clock.spike(wrong);
        assert_eq!(ms(ids.generate().expect("outvoted")), START_MS);
        clock.spike(wrong);
        assert_eq!(ms(ids.generate().expect("outvoted")), START_MS);
    }
    // The same of the past: it would look like a clock set back, and end in a restart.
    clock.spike(Duration::from_secs(1));
    assert_eq!(ms(ids.generate().expect("outvoted")), START_MS);
    assert_eq!(ids.restarts(), 0);
    assert!(ids.ahead_of_clock() < Duration::from_millis(1));
}

/// Right but for one reading, which is 14 years ahead or back in 1970.
struct WrongOnce {
    reading: AtomicUsize,
    wrong: usize,
    instead: Duration,
}

impl Clock for WrongOnce {
    fn now(&self) -> Duration {
        let reading = self.reading.fetch_add(1, Ordering::Relaxed);
        let minutes = reading as u64 / 4;
        let right = Duration::from_millis(START_MS) + Duration::from_mins(minutes);
        if reading == self.wrong {
            self.instead
        } else {
            right
        }
    }

    fn wait(&self, _: Duration) {}
}

#[test]
fn whichever_reading_is_the_wrong_one_no_id_shows_it() {
    for instead in [
        Duration::ZERO,
        Duration::from_millis(START_MS) + 14 * 365 * DAY,
    ] {
        for wrong in 0..20 {
            let ids = Process::with(
                WrongOnce {
                    reading: AtomicUsize::new(0),
                    wrong,
                    instead,
                },
                Policy::DEFAULT,
            );
            let made: Vec<_> = (0..6).map(|_| ids.generate().expect("outvoted")).collect();
            assert!(made.is_sorted_by(|one, next| one < next), "reading {wrong}");
            assert!(
                made.iter().all(|id| ms(*id) - START_MS < 3_600_000),
                "reading {wrong}"
            );
            assert_eq!(ids.restarts(), 0);
        }
    }
}

#[test]
fn a_wrong_clock_that_is_set_right_leaves_no_trace_in_later_ids() {
    let clock = ManualClock::at(START_MS);
    let ids = process(&clock, Policy::DEFAULT);
    clock.advance(14 * 365 * DAY);
    assert!(ms(ids.generate().expect("a clock that insists is believed")) > START_MS);
    clock.set(Duration::from_millis(START_MS));
    assert_eq!(ms(ids.generate().expect("restarted")), START_MS);
    assert_eq!(ids.restarts(), 1);
}

#[test]
fn overflow_of_one_millisecond_moves_ahead_and_repeats_nothing() {
    let clock = ManualClock::at(START_MS);
    let ids = process(&clock, Policy::DEFAULT);
    let made: Vec<_> = (0..300_000)
        .map(|_| ids.generate().expect("within 10 s"))
        .collect();
    assert!(made.is_sorted_by(|one, next| one.to_u128() >> 56 < next.to_u128() >> 56));
    assert_eq!(
        (ms(made[262_143]), ms(made[262_144])),
        (START_MS, START_MS + 1)
    );
    let ahead = ids.ahead_of_clock();
    assert!(
        ahead > Duration::from_millis(1) && ahead < Duration::from_millis(2),
        "{ahead:?}"
    );
}

#[test]
fn at_the_bound_the_policy_errs_or_waits() {
    let bound = Policy {
        ahead_max: Duration::from_millis(1),
        ..Policy::DEFAULT
    };
    let clock = ManualClock::at(START_MS);
    let errs = process(
        &clock,
        Policy {
            overrun: Overrun::Error,
            ..bound
        },
    );
    let made = (0..400_000).map_while(|_| errs.generate().ok()).count();
    // The tick of the clock itself, and one millisecond of them ahead of it.
    assert_eq!(made, 262_145);
    assert!(matches!(errs.generate(), Err(Error::Overrun { ahead }) if ahead.as_millis() == 1));
    clock.advance(Duration::from_millis(1));
    assert!(errs.generate().is_ok(), "it goes on when the clock does");

    let clock = ManualClock::at(START_MS);
    let waits = process(&clock, bound);
    let mut many = vec![Uuid::NIL; 1_000_000];
    waits
        .fill(&mut many)
        .expect("the manual clock moves when waited for");
    assert!(many.is_sorted_by(|one, next| one < next));
    assert!(waits.ahead_of_clock() <= Duration::from_millis(1));
    assert!(
        clock.now() >= Duration::from_millis(START_MS + 2),
        "it waited"
    );
}

/// Stands still however long one waits.
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Duration {
        Duration::from_millis(START_MS)
    }

    fn wait(&self, _: Duration) {}
}

#[test]
fn waiting_for_a_stopped_clock_ends() {
    let policy = Policy {
        ahead_max: Duration::from_millis(1),
        ..Policy::DEFAULT
    };
    let ids = Process::with(Stopped, policy);
    let made = (0..400_000).map_while(|_| ids.generate().ok()).count();
    assert_eq!(made, 262_145);
    assert!(matches!(ids.generate(), Err(Error::Overrun { .. })));
}

#[test]
fn readings_at_the_edges_of_integers_are_refused_or_used() {
    let year_4199 = Duration::from_millis((1 << 46) - 2 * 3_600_000 - 2000);
    let edges = [
        (Duration::ZERO, true),
        (Duration::from_nanos(i64::MAX.unsigned_abs()), true),
        (Duration::from_nanos(u64::MAX), true),
        (year_4199, true),
        (Duration::from_millis(1 << 46), false),
        (Duration::from_millis((1 << 48) - 1), false),
        (Duration::from_secs(i64::MAX.unsigned_abs()), false),
        (Duration::MAX, false),
    ];
    for (time, usable) in edges {
        let clock = ManualClock::at(START_MS);
        clock.set(time);
        let mut local = Local::with(&clock, Keystream::new(), Policy::DEFAULT);
        for ids in [
            local.generate(),
            process(&clock, Policy::DEFAULT).generate(),
        ] {
            match ids {
                Ok(id) => assert!(usable && u128::from(ms(id)) == time.as_millis(), "{time:?}"),
                Err(error) => assert!(!usable && error == Error::ClockRange, "{time:?} {error}"),
            }
        }
    }
}

#[test]
fn a_clock_that_leaps_from_edge_to_edge_never_repeats_a_tick() {
    let clock = ManualClock::at(0);
    let mut local = Local::with(&clock, Keystream::new(), Policy::DEFAULT);
    let mut seen = std::collections::HashSet::new();
    let far = Duration::from_nanos(i64::MAX.unsigned_abs());
    for time in [
        Duration::ZERO,
        far,
        Duration::from_millis(START_MS),
        far,
        Duration::ZERO,
    ] {
        clock.set(time);
        // Another visit to a moment may meet its ticks again after a restart: that is what
        // `restarts` counts, and what the 56 random bits are for.
        let id = local.generate().expect("usable");
        assert!(seen.insert(id), "{id} twice");
        assert_eq!(u128::from(ms(id)), time.as_millis());
    }
    assert_eq!(local.restarts(), 2);
}

#[test]
fn explicit_times_reach_from_1970_to_10889_and_move_nothing() {
    let ids = Process::global();
    let before = ids.generate().expect("usual");
    for unix_ms in [0, 1, (1 << 48) - 1] {
        let id = Uuid::at(Timestamp::from_unix_ms(unix_ms)).expect("in range");
        assert_eq!(id.timestamp(), Some(Timestamp::from_unix_ms(unix_ms)));
    }
    let fine = Uuid::at(Timestamp::from_unix_ns(5_456_700)).expect("in range");
    assert_eq!(fine.v7_fields().map(|fields| fields.sub_ms), Some(1870));
    for unix_ms in [-1, 1 << 48, i64::MIN, i64::MAX] {
        let refused = Uuid::at(Timestamp::from_unix_ms(unix_ms));
        assert_eq!(refused, Err(Error::Time { unix_ms }));
    }
    let after = ids.generate().expect("usual");
    assert!(before < after && ids.ahead_of_clock() < Duration::from_secs(1));
}

#[test]
fn system_times_at_the_edges_become_timestamps() {
    let far = Duration::from_secs(i64::MAX.unsigned_abs() / 2);
    let after = SystemTime::UNIX_EPOCH + far;
    let before = SystemTime::UNIX_EPOCH - far;
    assert_eq!(
        Timestamp::from(after).unix_ns(),
        far.as_nanos().cast_signed()
    );
    assert_eq!(
        Timestamp::from(before).unix_ns(),
        -far.as_nanos().cast_signed()
    );
    assert!(
        Uuid::at(Timestamp::from(after)).is_err() && Uuid::at(Timestamp::from(before)).is_err()
    );
}
