//! Many at once: the limit of the convenient call, chunks of any number, and fresh bits in each.

use std::collections::HashSet;

use ids::{BULK_COUNT_MAX, Error, Keystream, Local, ManualClock, Policy, Process, Uuid};

#[test]
fn the_convenient_call_gives_1_to_10_000_and_says_so() {
    assert_eq!(ids::v7s(1).map(|ids| ids.len()), Ok(1));
    assert_eq!(ids::v7s(10_000).map(|ids| ids.len()), Ok(BULK_COUNT_MAX));
    for asked in [0, 10_001, usize::MAX] {
        let error = ids::v7s(asked).expect_err("outside the limit");
        assert_eq!(error, Error::Count { asked, max: 10_000 });
        let text = error.to_string();
        assert!(
            text.contains(&asked.to_string()) && text.contains("1 to 10000"),
            "{text}"
        );
    }
}

#[test]
fn chunks_give_any_number_in_order() {
    for count in [0, 1, 507, 508, 509, 100_000] {
        let mut ids = Vec::new();
        for chunk in Process::global().chunks(count) {
            ids.extend_from_slice(&chunk.expect("entropy"));
        }
        assert_eq!(ids.len() as u64, count);
        assert!(ids.is_sorted_by(|one, next| one < next));
        assert!(ids.iter().all(|id| id.is_v7()));
    }
    let from_local: usize = Local::new()
        .chunks(1000)
        .map(|chunk| chunk.expect("entropy").len())
        .sum();
    assert_eq!(from_local, 1000);
}

#[test]
fn chunks_end_with_the_first_error() {
    let policy = Policy {
        rollback: ids::Rollback::Error,
        ..Policy::DEFAULT
    };
    let clock = ManualClock::at(1_763_510_089_715);
    let process = Process::with(&clock, policy);
    process.generate().expect("usual");
    clock.set(std::time::Duration::ZERO);
    let items: Vec<_> = process.chunks(1_000_000).collect();
    assert_eq!(items.len(), 1);
    assert!(matches!(items[0], Err(Error::ClockBack { .. })));
}

#[test]
fn every_id_has_56_fresh_bits_in_bulk_too() {
    let random = |id: &Uuid| id.v7_fields().expect("version 7").random;
    let tails: HashSet<u64> = ids::v7s(10_000)
        .expect("within the limit")
        .iter()
        .map(random)
        .collect();
    // The chance of one pair among 10,000 of 2^56 values is 7 in 10 million.
    assert_eq!(tails.len(), 10_000);
    // Each of the 56 bits is one about half the time; 500 is ten standard deviations of 50.
    for bit in 0..56 {
        let ones = tails.iter().filter(|tail| *tail >> bit & 1 == 1).count();
        assert!(
            (4_500..=5_500).contains(&ones),
            "bit {bit} was one {ones} times of 10,000"
        );
    }
}

#[test]
fn seeded_ids_repeat_and_differ_by_seed() {
    let make = |seed| {
        let clock = ManualClock::at(1_763_510_089_715);
        let mut local = Local::with(clock, Keystream::repeatable([seed; 32]), Policy::DEFAULT);
        let mut ids = vec![Uuid::NIL; 1500];
        local.fill(&mut ids[..1000]).expect("repeatable");
        ids[1000..].fill_with(|| local.generate().expect("repeatable"));
        ids
    };
    assert_eq!(make(7), make(7));
    assert!(
        make(7)
            .iter()
            .zip(make(8))
            .all(|(one, other)| *one != other)
    );
    // Fixed, so that tests written against seeded ids keep passing.
    assert_eq!(
        make(7)[0].to_string(),
        "019a9964-77f3-7000-8088-f93da1cff420"
    );
}
