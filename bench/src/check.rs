//! Holds our results against those of the peers before anything is timed: a fast wrong answer is
//! no answer.

use std::time::{SystemTime, UNIX_EPOCH};

use chacha20::ChaCha12Rng;
use chacha20::rand_core::Rng as _;
use sha2::{Digest as _, Sha256};
use type_safe_id::{DynamicType, TypeSafeId};

use crate::Result;
use crate::inputs::{bytes, seeded};

const TIMES: usize = 10_000;

/// How far an id's time may be from the clock, in milliseconds: the default bound on running
/// ahead of it, and a second for a machine that stalls.
const APART_MS_MAX: u64 = 11_000;

/// Checks parsing, formatting, named ids and the generators.
///
/// # Errors
///
/// At the first result that differs from the peer's; the text names both.
pub fn all() -> Result<()> {
    let mut rng = seeded();
    for _ in 0..TIMES {
        let id = bytes(&mut rng);
        texts(id, &mut rng)?;
        named(id, &mut rng)?;
        other_texts(id)?;
    }
    generators()
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, ours: &T, theirs: &T) -> Result<()> {
    if ours == theirs {
        return Ok(());
    }
    Err(format!("{what}: ours is `{ours:?}`, the peer's is `{theirs:?}`").into())
}

fn texts(id: [u8; 16], rng: &mut ChaCha12Rng) -> Result<()> {
    let (ours, theirs) = (ids::Uuid::from_bytes(id), uuid::Uuid::from_bytes(id));
    equal(
        "hyphenated",
        &ours.hyphenated().to_string(),
        &theirs.hyphenated().to_string(),
    )?;
    equal(
        "simple",
        &ours.simple().to_string(),
        &theirs.simple().to_string(),
    )?;
    equal(
        "braced",
        &ours.braced().to_string(),
        &theirs.braced().to_string(),
    )?;
    equal("urn", &ours.urn().to_string(), &theirs.urn().to_string())?;
    equal("display", &ours.to_string(), &theirs.to_string())?;
    for text in [
        theirs.hyphenated().to_string(),
        theirs.simple().to_string(),
        theirs.braced().to_string(),
        theirs.urn().to_string(),
    ] {
        parsed(&text)?;
        parsed(&text.to_uppercase())?;
        parsed(&spoiled(text, rng))?;
    }
    Ok(())
}

/// Both accept, and read the same; or both refuse.
fn parsed(text: &str) -> Result<()> {
    let ours = ids::Uuid::parse(text).ok().map(ids::Uuid::to_bytes);
    let theirs = uuid::Uuid::parse_str(text).ok().map(uuid::Uuid::into_bytes);
    equal(&format!("parse `{text}`"), &ours, &theirs)
}

/// The text with one byte replaced by another of ASCII.
fn spoiled(text: String, rng: &mut ChaCha12Rng) -> String {
    let mut text = text.into_bytes();
    let at = rng.next_u32() as usize % text.len();
    text[at] = (rng.next_u32() % 128) as u8;
    String::from_utf8(text).expect("ASCII with one byte of ASCII replaced")
}

fn named(id: [u8; 16], rng: &mut ChaCha12Rng) -> Result<()> {
    let mut name = [0_u8; 150];
    rng.fill_bytes(&mut name);
    let name = &name[..rng.next_u32() as usize % 150];
    let (ours, theirs) = (ids::Uuid::from_bytes(id), uuid::Uuid::from_bytes(id));
    let five = uuid::Uuid::new_v5(&theirs, name).into_bytes();
    equal(
        "version 5",
        &ids::Uuid::new_v5(ours, name).to_bytes(),
        &five,
    )?;
    equal(
        "prepared version 5",
        &ids::Namespace::new(ours).v5(name).to_bytes(),
        &five,
    )?;
    let hash = Sha256::new().chain_update(id).chain_update(name).finalize();
    let eight =
        uuid::Uuid::new_v8(*hash.first_chunk().expect("a SHA-256 has 32 bytes")).into_bytes();
    equal(
        "version 8",
        &ids::Uuid::new_v8_sha256(ours, name).to_bytes(),
        &eight,
    )
}

fn other_texts(id: [u8; 16]) -> Result<()> {
    let ours = ids::Uuid::from_bytes(id);
    let ulid = ulid::Ulid::from_bytes(id).to_string();
    equal("ulid", &ids::ulid::encode(ours).to_string(), &ulid)?;
    equal(
        "parsed ulid",
        &ids::ulid::decode(&ulid).ok().map(ids::Uuid::to_bytes),
        &Some(id),
    )?;
    let prefix = DynamicType::new("project")?;
    let typed = TypeSafeId::from_type_and_uuid(prefix, uuid::Uuid::from_bytes(id)).to_string();
    equal(
        "typeid",
        &ids::typeid::TypeId::new("project", ours)?.to_string(),
        &typed,
    )?;
    let parsed = ids::typeid::TypeId::parse(&typed)?;
    equal("prefix of typeid", &parsed.prefix(), &"project")?;
    equal("parsed typeid", &parsed.uuid().to_bytes(), &id)
}

fn generators() -> Result<()> {
    let mut local = ids::Local::new();
    let mut filled = vec![ids::Uuid::NIL; TIMES];
    let each = (0..TIMES)
        .map(|_| ids::Uuid::try_now_v7())
        .collect::<std::result::Result<_, _>>();
    increasing("Uuid::now_v7", &each?)?;
    let each = (0..TIMES)
        .map(|_| local.generate())
        .collect::<std::result::Result<_, _>>();
    increasing("Local::generate", &each?)?;
    ids::fill_v7(&mut filled)?;
    increasing("fill_v7", &filled)?;
    local.fill(&mut filled)?;
    increasing("Local::fill", &filled)?;
    increasing("v7s", &ids::v7s(TIMES)?)
}

/// Every id is a version 7 to the uuid crate, of about now, and greater than the one before.
fn increasing(what: &str, made: &Vec<ids::Uuid>) -> Result<()> {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let now_ms = u64::try_from(since_1970.as_millis())?;
    for id in made {
        let theirs = uuid::Uuid::parse_str(&id.hyphenated())?;
        equal(&format!("version of {what}"), &7, &theirs.get_version_num())?;
        equal(
            &format!("variant of {what}"),
            &uuid::Variant::RFC4122,
            &theirs.get_variant(),
        )?;
        let (seconds, nanos) = theirs
            .get_timestamp()
            .ok_or("read the time of an id")?
            .to_unix();
        let apart_ms = (seconds * 1000 + u64::from(nanos) / 1_000_000).abs_diff(now_ms);
        if apart_ms > APART_MS_MAX {
            return Err(format!("{what}: `{id}` is {apart_ms} ms from the clock").into());
        }
    }
    match made.windows(2).find(|pair| pair[0] >= pair[1]) {
        Some(pair) => Err(format!("{what}: `{}` comes before `{}`", pair[0], pair[1]).into()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_equals_the_peers() {
        all().expect("every result equals the peer's");
    }

    #[test]
    fn differences_are_told() {
        let error = equal("sum", &3, &4).expect_err("they differ").to_string();
        assert_eq!(error, "sum: ours is `3`, the peer's is `4`");
    }

    #[test]
    fn ids_out_of_order_old_or_of_another_version_are_found() {
        let text = |made: Vec<ids::Uuid>| increasing("x", &made).map_err(|e| e.to_string());
        let (first, second) = (ids::Uuid::now_v7(), ids::Uuid::now_v7());
        assert_eq!(text(vec![first, second]), Ok(()));
        let error = text(vec![second, first]).expect_err("out of order");
        assert!(error.contains("comes before"), "{error}");
        let old = ids::Uuid::first_of(1_000).expect("a time that fits");
        assert!(
            text(vec![old])
                .expect_err("old")
                .contains("ms from the clock")
        );
        let other = ids::Uuid::new_v5(first, b"name");
        assert!(
            text(vec![other])
                .expect_err("version 5")
                .starts_with("version of x")
        );
    }
}
