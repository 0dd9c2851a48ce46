//! One id at a time: order across the process, and order per generator.

use chacha20::ChaCha12Rng;

use super::PROMISES;
use crate::case::{Case, Role};
use crate::harness::Table;
use crate::inputs::seeded;

/// Why ours cannot fail here.
pub(super) const ENTROPY: &str = "the kernel gave entropy before";

pub(super) fn tables() -> Vec<Table> {
    vec![
        Table {
            key: "one",
            title: "One id, fresh clock, order across the process",
            columns: PROMISES,
            cases: process(),
        },
        Table {
            key: "local",
            title: "One id, order per generator (no other is safe after fork: rivals need not be)",
            columns: PROMISES,
            cases: generator(),
        },
    ]
}

fn process() -> Vec<Case> {
    const SAFE: &[&str] = &["CSPRNG", "process", "safe"];
    // Order ends, silently, if the clock steps back by more than 10 s.
    const WINDOW: &[&str] = &["CSPRNG", "process, 10 s", "safe"];
    vec![
        Case::new("ids Uuid::now_v7", |_| ids::Uuid::now_v7())
            .role(Role::Ours)
            .notes(SAFE),
        Case::new("ids Process::generate", |_| {
            ids::Process::global().generate().expect(ENTROPY)
        })
        .role(Role::Ours)
        .notes(SAFE),
        Case::new("uuid now_v7", |_| uuid::Uuid::now_v7())
            .role(Role::Rival)
            .notes(SAFE),
        Case::new("uuid now_v7, fast-rng", |_| uuid::Uuid::now_v7())
            .tuned()
            .notes(&["CSPRNG", "process", "REPEATS"]),
        Case::new("uuid7 uuid7", |_| uuid7::uuid7())
            .role(Role::Rival)
            .notes(WINDOW),
        Case::new("uuid7 uuid7, atfork", |_| uuid7::uuid7())
            .tuned()
            .role(Role::Rival)
            .notes(WINDOW),
        Case::new("scru128 new (no UUID)", |_| scru128::new())
            .role(Role::Rival)
            .notes(WINDOW),
        Case::new("scru128 new (no UUID), atfork", |_| scru128::new())
            .tuned()
            .role(Role::Rival)
            .notes(WINDOW),
        Case::new("ulid Ulid::generate", |_| ulid::Ulid::generate())
            .notes(&["CSPRNG", "none", "REPEATS"]),
        Case::new("fast-uuid-v7 gen_id (gated)", |_| fast_uuid_v7::gen_id())
            .notes(&["weak", "none", "REPEATS"]),
    ]
}

/// Nobody else has a generator of one's own with all three promises; the rivals here have
/// randomness and order.
fn generator() -> Vec<Case> {
    let mut ours = ids::Local::new();
    let plain = uuid::ContextV7::new();
    let tuned = uuid::ContextV7::new();
    let mut seven = uuid7_generator();
    let mut ulids = ulid::Generator::new();
    let mut sequence = fast_uuid_v7::SequentialGenerator::new();
    vec![
        Case::new("ids Local::generate", move |_| {
            ours.generate().expect(ENTROPY)
        })
        .role(Role::Ours)
        .notes(&["CSPRNG", "generator", "safe"]),
        Case::new("uuid ContextV7", move |_| uuid_of(&plain))
            .role(Role::Rival)
            .notes(&["CSPRNG", "generator", "partly"]),
        Case::new("uuid ContextV7, fast-rng", move |_| uuid_of(&tuned))
            .tuned()
            .role(Role::Rival)
            .notes(&["CSPRNG", "generator", "REPEATS"]),
        Case::new("uuid7 V7Generator (ChaCha12)", move |_| seven.generate())
            .role(Role::Rival)
            .notes(&["CSPRNG", "generator, 10 s", "REPEATS"]),
        Case::new("ulid Generator", move |_| {
            ulids
                .generate()
                .map_err(drop)
                .expect("below 2^80 ids in one millisecond")
        })
        .notes(&["+1 per ms", "generator", "REPEATS"]),
        Case::new("fast-uuid-v7 Sequential (gated)", move |_| {
            sequence.next_id()
        })
        .notes(&["weak", "generator", "REPEATS"]),
    ]
}

fn uuid_of(context: &uuid::ContextV7) -> uuid::Uuid {
    uuid::Uuid::new_v7(uuid::Timestamp::now(context))
}

pub(super) type SevenGenerator =
    uuid7::V7Generator<uuid7::generator::with_rand010::Adapter<ChaCha12Rng>>;

pub(super) fn uuid7_generator() -> SevenGenerator {
    uuid7::V7Generator::with_rand010(seeded())
}
