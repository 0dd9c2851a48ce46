//! The floor: the least that a fresh and unguessable id asks of the machine.

use std::hint::black_box;
use std::time::SystemTime;

use chacha20::rand_core::Rng as _;

use crate::case::{Case, Role};
use crate::harness::Table;
use crate::inputs::seeded;

pub(super) fn tables() -> Vec<Table> {
    let mut small = seeded();
    let mut large = seeded();
    let cases = vec![
        Case::new("SystemTime::now", |_| SystemTime::now()).notes(&["one read of the clock"]),
        Case::new("ChaCha12 fill 8 B", move |_| {
            let mut out = [0_u8; 8];
            small.fill_bytes(&mut out);
            black_box(&out);
        })
        .notes(&["the random part of one id"]),
        Case::bulk("ChaCha12 fill 1 KiB", vec![[0_u8; 8]; 128], move |out| {
            large.fill_bytes(out.as_flattened_mut());
        })
        .notes(&["the same in bulk, per 8 B"]),
        Case::new("getrandom 16 B", |_| {
            let mut out = [0_u8; 16];
            getrandom::fill(&mut out).expect("the kernel gave entropy before");
            black_box(&out);
        })
        .notes(&["one call of the kernel's"]),
    ];
    let cases = cases
        .into_iter()
        .map(|case| case.role(Role::Floor))
        .collect();
    vec![Table {
        key: "floor",
        title: "The machine's floor",
        columns: &["what it is"],
        cases,
    }]
}
