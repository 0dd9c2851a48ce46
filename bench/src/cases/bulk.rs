//! Many ids into a slice.

use std::time::{SystemTime, UNIX_EPOCH};

use super::PROMISES;
use super::generate::{ENTROPY, uuid7_generator};
use crate::case::{Case, Role};
use crate::harness::Table;

pub(super) fn tables() -> Vec<Table> {
    vec![
        Table {
            key: "bulk-1000",
            title: "1,000 ids into a slice, per id",
            columns: PROMISES,
            cases: cases(1_000),
        },
        Table {
            key: "bulk-10000",
            title: "10,000 ids into a slice, per id",
            columns: PROMISES,
            cases: cases(10_000),
        },
    ]
}

fn cases(count: usize) -> Vec<Case> {
    let mut cases = ours(count);
    cases.extend(process(count));
    cases.extend(generator(count));
    cases
}

fn ours(count: usize) -> Vec<Case> {
    const PROCESS: &[&str] = &["CSPRNG, 56 bit", "process", "safe"];
    let mut local = ids::Local::new();
    let nil = vec![ids::Uuid::NIL; count];
    vec![
        Case::bulk("ids fill_v7", nil.clone(), |out| {
            ids::fill_v7(out).expect(ENTROPY);
        })
        .role(Role::Ours)
        .notes(PROCESS),
        Case::bulk("ids Local::fill", nil, move |out| {
            local.fill(out).expect(ENTROPY);
        })
        .role(Role::Ours)
        .notes(&["CSPRNG, 56 bit", "generator", "safe"]),
        // The slice only counts here: the ids come in a new `Vec`.
        Case::bulk("ids v7s (a new Vec)", vec![(); count], |out| {
            let made = ids::v7s(out.len()).expect("the count is within the limit");
            std::hint::black_box(&made);
        })
        .role(Role::Ours)
        .notes(PROCESS),
    ]
}

/// Loops over the calls for one id, as these crates have none for many.
fn process(count: usize) -> Vec<Case> {
    const SAFE: &[&str] = &["CSPRNG, 32 bit", "process", "safe"];
    let nil = vec![uuid::Uuid::nil(); count];
    let seven = vec![uuid7::Uuid::NIL; count];
    vec![
        Case::bulk("uuid now_v7", nil.clone(), |out| {
            out.fill_with(uuid::Uuid::now_v7);
        })
        .role(Role::Rival)
        .notes(SAFE),
        Case::bulk("uuid now_v7, fast-rng", nil, |out| {
            out.fill_with(uuid::Uuid::now_v7);
        })
        .tuned()
        .notes(&["CSPRNG, 32 bit", "process", "REPEATS"]),
        Case::bulk("uuid7 uuid7", seven.clone(), |out| {
            out.fill_with(uuid7::uuid7);
        })
        .role(Role::Rival)
        .notes(&["CSPRNG, 32 bit", "process, 10 s", "safe"]),
        Case::bulk("uuid7 uuid7, atfork", seven, |out| {
            out.fill_with(uuid7::uuid7);
        })
        .tuned()
        .role(Role::Rival)
        .notes(&["CSPRNG, 32 bit", "process, 10 s", "safe"]),
    ]
}

/// Loops over generators, with one read of the clock where the crate allows it.
fn generator(count: usize) -> Vec<Case> {
    const REPEATS: &[&str] = &["CSPRNG, 32 bit", "generator", "REPEATS"];
    let context = uuid::ContextV7::new();
    let mut seven = uuid7_generator();
    let mut ulids = ulid::Generator::new();
    let mut sequence = fast_uuid_v7::SequentialGenerator::new();
    vec![
        Case::bulk(
            "uuid ContextV7, one clock, fast-rng",
            vec![uuid::Uuid::nil(); count],
            {
                move |out| {
                    let (now, nanos) = (since_1970().as_secs(), since_1970().subsec_nanos());
                    out.fill_with(|| {
                        uuid::Uuid::new_v7(uuid::Timestamp::from_unix(&context, now, nanos))
                    });
                }
            },
        )
        .tuned()
        .notes(REPEATS),
        Case::bulk(
            "uuid7 V7Generator, one clock",
            vec![uuid7::Uuid::NIL; count],
            move |out| {
                let ms =
                    u64::try_from(since_1970().as_millis()).expect("before the year 584 million");
                out.fill_with(|| seven.generate_or_reset_with_ts(ms));
            },
        )
        .notes(REPEATS),
        Case::bulk(
            "ulid Generator",
            vec![ulid::Ulid::nil(); count],
            move |out| {
                out.fill_with(|| {
                    ulids
                        .generate()
                        .map_err(drop)
                        .expect("below 2^80 ids in one ms")
                });
            },
        )
        .notes(&["+1 per ms", "generator", "REPEATS"]),
        Case::bulk("fast-uuid-v7 Sequential", vec![0_u128; count], move |out| {
            out.fill_with(|| sequence.next_id());
        })
        .notes(&["weak", "generator", "REPEATS"]),
    ]
}

fn since_1970() -> std::time::Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("the clock of a machine in use")
}
