//! Ids from names: version 5 (SHA-1), its version 8 twin (SHA-256), and AnalyticsBot's namespaces.

use sha1::block_api::compress;
use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::Uuid;

/// Namespace of ids that stand for users: `6ba7b810-9dad-11d1-80b4-00c04fd430c8`.
///
/// AnalyticsBot's four namespaces differ in one digit. RFC 9562, section 6.6 gives this value to
/// domain names, the project's to URLs and the event's to ISO OIDs; the provider's is not in its
/// table, and section 6.5 says that it SHOULD NOT be used. A new scheme would draw four random
/// namespaces. These are kept because ids were minted with them: the same key must give the same
/// id for ever, and a key of ours (`user@example.com`, or a project and a client's message id)
/// meets the domain name of another system only where that system's ids are mixed with ours.
pub const NAMESPACE_USER: Uuid = Uuid::from_u128(0x6ba7_b810_9dad_11d1_80b4_00c0_4fd4_30c8);
/// Namespace of ids that stand for projects, `6ba7b811-…`: the RFC's for URLs. See
/// [`NAMESPACE_USER`].
pub const NAMESPACE_PROJECT: Uuid = Uuid::from_u128(0x6ba7_b811_9dad_11d1_80b4_00c0_4fd4_30c8);
/// Namespace of ids that stand for events, `6ba7b812-…`: the RFC's for OIDs. See
/// [`NAMESPACE_USER`].
pub const NAMESPACE_EVENT: Uuid = Uuid::from_u128(0x6ba7_b812_9dad_11d1_80b4_00c0_4fd4_30c8);
/// Namespace of ids that stand for providers, `6ba7b813-…`: discouraged by RFC 9562, section 6.5.
/// See [`NAMESPACE_USER`].
pub const NAMESPACE_PROVIDER: Uuid = Uuid::from_u128(0x6ba7_b813_9dad_11d1_80b4_00c0_4fd4_30c8);

/// The four namespaces of RFC 9562, section 6.6, for names that really are of their kind.
pub mod namespaces {
    use crate::Uuid;

    /// Fully qualified domain names.
    pub const DNS: Uuid = super::NAMESPACE_USER;
    /// URLs.
    pub const URL: Uuid = super::NAMESPACE_PROJECT;
    /// ISO object identifiers.
    pub const OID: Uuid = super::NAMESPACE_EVENT;
    /// X.500 distinguished names, in DER or text.
    pub const X500: Uuid = Uuid::from_u128(0x6ba7_b814_9dad_11d1_80b4_00c0_4fd4_30c8);
}

/// A namespace, for the ids of many names.
///
/// ```
/// let users = ids::Namespace::new(ids::NAMESPACE_USER);
/// assert_eq!(users.v5(b"www.example.com").to_string(), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Namespace {
    id: Uuid,
}

impl Namespace {
    /// Any id may be a namespace; draw a new one as version 4 or 7 (RFC 9562, section 6.6).
    #[must_use]
    pub const fn new(id: Uuid) -> Self {
        Self { id }
    }

    /// The version 5 id of a name: leftmost 128 bits of SHA-1 over namespace and name.
    ///
    /// The same bytes give the same id everywhere; bring a name to its canonical form (case,
    /// Unicode normalisation) first. As a primary key it is random, and wrong when the name
    /// changes (RFC 9562, section 6.13). SHA-1 is not collision-resistant: where an attacker
    /// chooses names, take [`v8`](Self::v8).
    #[must_use]
    pub fn v5(self, name: &[u8]) -> Uuid {
        match Block::of(self.id, name) {
            Some(block) => block.v5(),
            None => leftmost(Sha1::new().chain_update(self.id).chain_update(name), 5),
        }
    }

    /// The version 8 id of a name: leftmost 128 bits of SHA-256 over namespace and name, as in
    /// RFC 9562, appendix B.2. For those who may not use SHA-1.
    #[must_use]
    pub fn v8(self, name: &[u8]) -> Uuid {
        leftmost(Sha256::new().chain_update(self.id).chain_update(name), 8)
    }

    /// The version 5 id of several parts, each behind its length, so that `("a", "bc")` and
    /// `("ab", "c")` differ, as do `("a")` and `("a", "")`.
    ///
    /// The name that is hashed is the byte `ff`, the number of parts, then for each its length and
    /// its bytes; the numbers are 8 bytes, big-endian. UTF-8 has no byte `ff`, so no key that is
    /// text gives the same.
    #[must_use]
    pub fn v5_of_parts(self, parts: &[&[u8]]) -> Uuid {
        leftmost(self.hash_parts::<Sha1>(parts), 5)
    }

    /// The version 8 twin of [`v5_of_parts`](Self::v5_of_parts).
    #[must_use]
    pub fn v8_of_parts(self, parts: &[&[u8]]) -> Uuid {
        leftmost(self.hash_parts::<Sha256>(parts), 8)
    }

    fn hash_parts<H: Digest>(self, parts: &[&[u8]]) -> H {
        let mut hash = H::new().chain_update(self.id).chain_update([0xff]);
        hash.update((parts.len() as u64).to_be_bytes());
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash
    }
}

impl Uuid {
    /// The version 5 id of `name` in `namespace`: see [`Namespace::v5`].
    #[must_use]
    pub fn new_v5(namespace: Self, name: &[u8]) -> Self {
        Namespace::new(namespace).v5(name)
    }

    /// The version 8 id of `name` in `namespace` by SHA-256: see [`Namespace::v8`].
    #[must_use]
    pub fn new_v8_sha256(namespace: Self, name: &[u8]) -> Self {
        Namespace::new(namespace).v8(name)
    }
}

/// The id that always stands for `key` in `namespace`: version 5 over the key's UTF-8 bytes.
///
/// ```
/// use ids::{NAMESPACE_USER, canonical_id};
/// let id = canonical_id(NAMESPACE_USER, "user@example.com");
/// assert_eq!(id, canonical_id(NAMESPACE_USER, "user@example.com"));
/// assert_eq!(id.version(), Some(5));
/// ```
#[must_use]
pub fn canonical_id(namespace: Uuid, key: &str) -> Uuid {
    Namespace::new(namespace).v5(key.as_bytes())
}

/// The id that always stands for a key of several parts: see [`Namespace::v5_of_parts`].
#[must_use]
pub fn canonical_id_of_parts(namespace: Uuid, parts: &[&[u8]]) -> Uuid {
    Namespace::new(namespace).v5_of_parts(parts)
}

/// Namespace and a name short enough for one SHA-1 block, padded: no hasher, no buffering, half
/// the time.
struct Block([u8; 64]);

impl Block {
    /// 64 bytes less the namespace, the padding's first byte and the length.
    const NAME_BYTES_MAX: usize = 64 - 16 - 1 - 8;

    #[inline]
    fn of(namespace: Uuid, name: &[u8]) -> Option<Self> {
        if name.len() > Self::NAME_BYTES_MAX {
            return None;
        }
        let mut block = [0; 64];
        block[..16].copy_from_slice(namespace.as_bytes());
        block[16..16 + name.len()].copy_from_slice(name);
        block[16 + name.len()] = 0x80;
        let bits = (16 + name.len() as u64) * 8;
        block[56..].copy_from_slice(&bits.to_be_bytes());
        Some(Self(block))
    }

    #[inline]
    fn v5(self) -> Uuid {
        // The initial state of FIPS 180-4, section 5.3.1.
        let mut state = [
            0x6745_2301,
            0xefcd_ab89,
            0x98ba_dcfe,
            0x1032_5476,
            0xc3d2_e1f0,
        ];
        compress(&mut state, &[self.0]);
        let number = state[..4]
            .iter()
            .fold(0, |number, word| number << 32 | u128::from(*word));
        Uuid::with_version(number.to_be_bytes(), 5)
    }
}

fn leftmost(hash: impl Digest, version: u8) -> Uuid {
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::with_version(bytes, version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_vectors_of_the_rfc() {
        let name = b"www.example.com";
        let v5 = Uuid::new_v5(namespaces::DNS, name);
        assert_eq!(v5.to_string(), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
        let v8 = Uuid::new_v8_sha256(namespaces::DNS, name);
        assert_eq!(v8.to_string(), "5c146b14-3c52-8afd-938a-375d0df1fbf6");
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let id = |parts: &[&[u8]]| canonical_id_of_parts(NAMESPACE_EVENT, parts);
        let keys: [&[&[u8]]; 6] = [
            &[b"a", b"bc"],
            &[b"ab", b"c"],
            &[b"abc"],
            &[b"abc", b""],
            &[b"", b"abc"],
            &[],
        ];
        for (at, one) in keys.iter().enumerate() {
            for other in &keys[..at] {
                assert_ne!(id(one), id(other), "{one:?} {other:?}");
            }
        }
        let like_parts = "\0\0\0\0\0\0\0\u{1}\0\0\0\0\0\0\0\u{1}a";
        assert_ne!(id(&[b"a"]), canonical_id(NAMESPACE_EVENT, like_parts));
        let v8 = Namespace::new(NAMESPACE_EVENT).v8_of_parts(&[b"a", b"bc"]);
        assert_eq!(v8.to_string(), "053fc769-e007-8800-8a8b-e7b2a592cdd8");
        // Fixed: ids minted with it must come out the same in every version to come.
        assert_eq!(
            id(&[b"a", b"bc"]).to_string(),
            "dd30f190-a90b-5299-bbf0-b23a89a9a527"
        );
    }

    proptest! {
        #[test]
        fn one_block_gives_what_the_hasher_gives(
            number: u128, name in proptest::collection::vec(any::<u8>(), 0..80),
        ) {
            let id = Uuid::from_u128(number);
            let hashed = leftmost(Sha1::new().chain_update(id).chain_update(&name), 5);
            prop_assert_eq!(Uuid::new_v5(id, &name), hashed);
        }
    }
}
