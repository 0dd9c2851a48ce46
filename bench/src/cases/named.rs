//! Ids made from names: version 5 (SHA-1) and its SHA-256 twin.

use sha1::{Digest as _, Sha1};
use sha2::Sha256;

use crate::case::{Case, Role};
use crate::harness::Table;
use crate::inputs::names;

const COLUMNS: &[&str] = &["hash"];
const NAMESPACE: uuid::Uuid = uuid::Uuid::NAMESPACE_DNS;

pub(super) fn tables() -> Vec<Table> {
    let table = |key, title, cases| Table {
        key,
        title,
        columns: COLUMNS,
        cases,
    };
    vec![
        table("v5-15", "Version 5 of a name of 15 bytes", five(15)),
        // The last length that fits one block of SHA-1 together with the namespace.
        table("v5-39", "Version 5 of a name of 39 bytes", five(39)),
        table("v5-100", "Version 5 of a name of 100 bytes", five(100)),
        table(
            "v8-15",
            "Version 8 (SHA-256) of a name of 15 bytes",
            eight(15),
        ),
    ]
}

fn five(length: usize) -> Vec<Case> {
    let ours = ids::Uuid::from_bytes(*NAMESPACE.as_bytes());
    let prepared = ids::Namespace::new(ours);
    let (one, two, three, four) = (names(length), names(length), names(length), names(length));
    vec![
        Case::new("ids Uuid::new_v5", move |at| {
            ids::Uuid::new_v5(ours, one.get(at).as_bytes())
        })
        .role(Role::Ours)
        .notes(&["sha1, detected"]),
        Case::new("ids Namespace::v5", move |at| {
            prepared.v5(two.get(at).as_bytes())
        })
        .role(Role::Ours)
        .notes(&["sha1, detected"]),
        Case::new("uuid new_v5", move |at| {
            uuid::Uuid::new_v5(&NAMESPACE, three.get(at).as_bytes())
        })
        .role(Role::Rival)
        .notes(&["sha1_smol"]),
        Case::new("sha1 + uuid Builder", move |at| {
            let hash = Sha1::new()
                .chain_update(NAMESPACE)
                .chain_update(four.get(at))
                .finalize();
            uuid::Builder::from_sha1_bytes(first(&hash)).into_uuid()
        })
        .role(Role::Rival)
        .notes(&["sha1, detected"]),
    ]
}

fn eight(length: usize) -> Vec<Case> {
    let ours = ids::Uuid::from_bytes(*NAMESPACE.as_bytes());
    let (one, two) = (names(length), names(length));
    vec![
        Case::new("ids Uuid::new_v8_sha256", move |at| {
            ids::Uuid::new_v8_sha256(ours, one.get(at).as_bytes())
        })
        .role(Role::Ours)
        .notes(&["sha2, detected"]),
        Case::new("sha2 + uuid new_v8", move |at| {
            let hash = Sha256::new()
                .chain_update(NAMESPACE)
                .chain_update(two.get(at))
                .finalize();
            uuid::Uuid::new_v8(first(&hash))
        })
        .role(Role::Rival)
        .notes(&["sha2, detected"]),
    ]
}

fn first(hash: &[u8]) -> [u8; 16] {
    *hash
        .first_chunk()
        .expect("both hashes are longer than an id")
}
