//! Order: across eight threads, with ids handed from one to the next, and in bulk.

use std::sync::Mutex;
use std::time::Duration;

use ids::{Keystream, Local, ManualClock, Policy, Process, Uuid};

const THREADS: usize = 8;

/// Passes the newest id from thread to thread under a lock, so that each making happens before the
/// next; counts how often the next id is not greater.
fn out_of_order(rounds: usize, make: impl Fn(usize) -> Uuid + Sync) -> usize {
    let state = Mutex::new((Uuid::NIL, 0));
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (state, make) = (&state, &make);
            scope.spawn(move || {
                for _ in 0..rounds {
                    let mut state = state.lock().expect("no thread panics");
                    let id = make(thread);
                    state.1 += usize::from(id <= state.0);
                    state.0 = id;
                }
            });
        }
    });
    state.into_inner().expect("no thread panicked").1
}

#[test]
fn ids_handed_between_threads_only_rise() {
    assert_eq!(out_of_order(5_000, |_| Uuid::now_v7()), 0);
}

#[test]
fn ids_handed_between_threads_rise_even_when_the_clock_stands_still() {
    let process = Process::with(ManualClock::at(1_763_510_089_715), Policy::DEFAULT);
    assert_eq!(
        out_of_order(5_000, |_| process.generate().expect("within the bound")),
        0
    );
    // The control: a generator for each thread keeps order in that thread only.
    let clock = ManualClock::at(1_763_510_089_715);
    let locals: Vec<_> = (0..THREADS)
        .map(|_| Mutex::new(Local::with(&clock, Keystream::new(), Policy::DEFAULT)))
        .collect();
    let make = |thread: usize| {
        locals[thread]
            .lock()
            .expect("own lock")
            .generate()
            .expect("within the bound")
    };
    assert!(out_of_order(5_000, make) > 0, "the control must fail");
}

#[test]
fn threads_at_full_speed_make_no_id_twice_and_each_sees_its_own_rise() {
    let mut all: Vec<Uuid> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    let ids: Vec<_> = (0..20_000).map(|_| Uuid::now_v7()).collect();
                    assert!(ids.is_sorted_by(|one, next| one < next));
                    ids
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("sorted"))
            .collect()
    });
    all.sort_unstable();
    assert!(
        all.is_sorted_by(|one, next| ticks(*one) < ticks(*next)),
        "one tick was used twice"
    );
}

/// The id without its random bits: order and uniqueness must not rest on them.
fn ticks(id: Uuid) -> u128 {
    id.to_u128() >> 56
}

#[test]
fn bulk_and_single_ids_of_one_process_are_one_sequence() {
    let mut ids = vec![Uuid::NIL; 3000];
    for part in ids.chunks_mut(1000) {
        part[0] = Uuid::now_v7();
        ids::fill_v7(&mut part[1..]).expect("entropy");
    }
    assert!(ids.is_sorted_by(|one, next| ticks(*one) < ticks(*next)));
}

#[test]
fn a_local_generator_keeps_its_own_order() {
    // A clock that stands still, so that the order can come from the generator only.
    let clock = ManualClock::at(1_763_510_089_715);
    let mut local = Local::with(&clock, Keystream::new(), Policy::DEFAULT);
    let mut ids = vec![Uuid::NIL; 10_000];
    for (at, part) in ids.chunks_mut(100).enumerate() {
        if at % 2 == 0 {
            local.fill(part).expect("entropy");
        } else {
            part.fill_with(|| local.generate().expect("entropy"));
        }
    }
    assert!(ids.is_sorted_by(|one, next| ticks(*one) < ticks(*next)));
    assert_eq!(local.restarts(), 0);
}

#[test]
fn ids_follow_the_clock_when_nothing_hurries_them() {
    let clock = ManualClock::at(5_000);
    let process = Process::with(&clock, Policy::DEFAULT);
    for ms in 5_000..5_050 {
        clock.set(Duration::from_millis(ms));
        let id = process.generate().expect("usual");
        assert_eq!(id.unix_ms(), Some(ms));
        assert_eq!(process.ahead_of_clock(), Duration::ZERO);
    }
}
