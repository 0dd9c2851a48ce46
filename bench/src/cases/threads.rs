//! Two threads making ids at the same time.

use super::PROMISES;
use super::generate::ENTROPY;
use crate::case::{Case, Role};
use crate::harness::Table;

pub(super) fn tables() -> Vec<Table> {
    const SAFE: &[&str] = &["CSPRNG", "process", "safe"];
    const WINDOW: &[&str] = &["CSPRNG", "process, 10 s", "safe"];
    let local = |generator: &mut ids::Local| generator.generate().expect(ENTROPY);
    let cases = vec![
        Case::two_threads("ids Uuid::now_v7", nothing, |()| ids::Uuid::now_v7())
            .role(Role::Ours)
            .notes(SAFE),
        Case::two_threads("ids Local::generate", ids::Local::new, local)
            .role(Role::Ours)
            .notes(&["CSPRNG", "generator", "safe"]),
        Case::two_threads("uuid now_v7", nothing, |()| uuid::Uuid::now_v7())
            .role(Role::Rival)
            .notes(SAFE),
        Case::two_threads("uuid now_v7, fast-rng", nothing, |()| uuid::Uuid::now_v7())
            .tuned()
            .notes(&["CSPRNG", "process", "REPEATS"]),
        Case::two_threads("uuid7 uuid7", nothing, |()| uuid7::uuid7())
            .role(Role::Rival)
            .notes(WINDOW),
        Case::two_threads("uuid7 uuid7, atfork", nothing, |()| uuid7::uuid7())
            .tuned()
            .role(Role::Rival)
            .notes(WINDOW),
        Case::two_threads("scru128 new (no UUID)", nothing, |()| scru128::new())
            .role(Role::Rival)
            .notes(WINDOW),
        Case::two_threads("ulid Ulid::generate", nothing, |()| ulid::Ulid::generate())
            .notes(&["CSPRNG", "none", "REPEATS"]),
        Case::two_threads("fast-uuid-v7 gen_id_with_count", nothing, |()| {
            fast_uuid_v7::gen_id_with_count()
        })
        .notes(&["weak", "thread", "REPEATS"]),
    ];
    let title = "Two threads together, time on the wall per id of both";
    vec![Table {
        key: "threads",
        title,
        columns: PROMISES,
        cases,
    }]
}

/// For generators that keep their state themselves.
fn nothing() {}
