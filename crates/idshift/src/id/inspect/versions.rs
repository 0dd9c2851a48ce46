//! The fields of each version and variant of a UUID (RFC 9562, section 5).

use ids::{Uuid, Variant};

use super::anatomy::{Anatomy, Meaning};

/// Parts of a millisecond that the 12 bits after it count.
const SUB_MS_STEPS: u128 = 4096;

/// The meaning of the version's four bits.
const VERSION: Meaning = Meaning::Told(|number| format!("version {number}"));

/// The meaning of the RFC variant's two bits.
const RFC: &str = "variant of RFC 9562";

/// The names of the three parts of a hash.
const MD5: [&str; 3] = ["md5_high", "md5_mid", "md5_low"];
const SHA1: [&str; 3] = ["sha1_high", "sha1_mid", "sha1_low"];

/// The fields of a UUID.
pub(super) fn fields(id: Uuid) -> Anatomy {
    let anatomy = Anatomy::new(id.as_bytes());
    if id.is_nil() {
        return anatomy.field("nil", 128, "no id: all bits are zero");
    }
    if id.is_max() {
        return anatomy.field("max", 128, "after every id: all bits are one");
    }
    match (id.variant(), id.version()) {
        (Variant::Ncs, _) => other(anatomy, 1, "variant NCS, of the 1980s"),
        (Variant::Microsoft, _) => other(anatomy, 3, "variant Microsoft, of early COM"),
        (Variant::Future, _) => other(anatomy, 3, "variant reserved for the future"),
        (Variant::Rfc, Some(1)) => v1(anatomy),
        (Variant::Rfc, Some(2)) => v2(anatomy),
        (Variant::Rfc, Some(3)) => named(anatomy, MD5, "bits of the MD5 of a namespace and a name"),
        (Variant::Rfc, Some(4)) => v4(anatomy),
        (Variant::Rfc, Some(5)) => {
            named(anatomy, SHA1, "bits of the SHA-1 of a namespace and a name")
        }
        (Variant::Rfc, Some(6)) => v6(anatomy),
        (Variant::Rfc, Some(7)) => v7(anatomy),
        (Variant::Rfc, Some(8)) => v8(anatomy),
        (Variant::Rfc, _) => unassigned(anatomy),
    }
}

fn v1(anatomy: Anatomy) -> Anatomy {
    let anatomy = anatomy
        .field(
            "time_low",
            32,
            "low bits of the time, in 100 ns since 1582-10-15",
        )
        .field("time_mid", 16, "middle bits of the time")
        .field("version", 4, VERSION)
        .field("time_high", 12, "high bits of the time");
    clock_and_node(anatomy)
}

fn v2(anatomy: Anatomy) -> Anatomy {
    anatomy
        .field(
            "local_id",
            32,
            "a user or group number of the machine (DCE Security)",
        )
        .field("time_mid", 16, "middle bits of the time")
        .field("version", 4, VERSION)
        .field("time_high", 12, "high bits of the time")
        .field("variant", 2, RFC)
        .field("clock_seq", 6, "changes when the clock was set back")
        .field(
            "domain",
            8,
            "what the number at the front is: 0 a user, 1 a group",
        )
        .field("node", 48, "the machine")
        .note("RFC 9562 leaves version 2 to DCE; its low time bits are gone, so it has no time")
}

fn v6(anatomy: Anatomy) -> Anatomy {
    let anatomy = anatomy
        .field(
            "time_high",
            32,
            "high bits of the time, in 100 ns since 1582-10-15",
        )
        .field("time_mid", 16, "middle bits of the time")
        .field("version", 4, VERSION)
        .field("time_low", 12, "low bits of the time");
    clock_and_node(anatomy)
}

/// The right half of versions 1 and 6.
fn clock_and_node(anatomy: Anatomy) -> Anatomy {
    let anatomy = anatomy.field("variant", 2, RFC).field(
        "clock_seq",
        14,
        "changes when the clock was set back",
    );
    let random = anatomy.value(80..128) & MULTICAST != 0;
    let anatomy = anatomy.field("node", 48, Meaning::Told(node));
    if random {
        return anatomy;
    }
    anatomy.note(
        "the node is the address of a network card: whoever sees the id learns which machine \
         made it",
    )
}

/// The bit of a node that no network card's own address has set (RFC 9562, section 6.10).
const MULTICAST: u128 = 1 << 40;

fn node(value: u128) -> String {
    if value & MULTICAST != 0 {
        return "random: the multicast bit is set".to_owned();
    }
    let address: Vec<String> = (0..6)
        .rev()
        .map(|byte| format!("{:02x}", value >> (8 * byte) & 0xff))
        .collect();
    format!("MAC address {}", address.join(":"))
}

fn v4(anatomy: Anatomy) -> Anatomy {
    anatomy
        .field("random_a", 48, "random")
        .field("version", 4, VERSION)
        .field("random_b", 12, "random")
        .field("variant", 2, RFC)
        .field("random_c", 62, "random")
        .note("random and nothing else: no time, no order; keys of this kind scatter over an index")
}

fn named(anatomy: Anatomy, names: [&'static str; 3], meaning: &'static str) -> Anatomy {
    anatomy
        .field(names[0], 48, meaning)
        .field("version", 4, VERSION)
        .field(names[1], 12, "further bits of it")
        .field("variant", 2, RFC)
        .field(names[2], 62, "further bits of it")
        .note("the same namespace and name give the same id; neither can be read from it")
}

fn v7(anatomy: Anatomy) -> Anatomy {
    anatomy
        .field(
            "unix_ts_ms",
            48,
            Meaning::Told(|ms| format!("{ms} ms since 1970")),
        )
        .field("version", 4, VERSION)
        .field("sub_ms", 12, Meaning::Told(sub_ms))
        .field("variant", 2, RFC)
        .field(
            "counter",
            6,
            Meaning::Told(|count| format!("{count} of 64 in that step *")),
        )
        .field("random", 56, "random")
        .note(
            "* as AnalyticsBot and `idshift id new` make them; PostgreSQL 18 has the sub_ms and \
             no counter; with other makers these bits may be random or a longer counter",
        )
}

fn sub_ms(value: u128) -> String {
    // In tenths of a microsecond, so that whole numbers do.
    let tenths = value * 10_000 / SUB_MS_STEPS;
    let (whole, tenth) = (tenths / 10, tenths % 10);
    format!("{value}/{SUB_MS_STEPS} of the ms: {whole}.{tenth} \u{b5}s *")
}

fn v8(anatomy: Anatomy) -> Anatomy {
    anatomy
        .field("custom_a", 48, "the maker's own")
        .field("version", 4, VERSION)
        .field("custom_b", 12, "the maker's own")
        .field("variant", 2, RFC)
        .field("custom_c", 62, "the maker's own")
        .note("only its maker knows what a version 8 means, whether it has a time and is unique")
}

fn unassigned(anatomy: Anatomy) -> Anatomy {
    let version = Meaning::Told(|number| format!("{number}, which nobody has assigned"));
    anatomy
        .field("data", 48, "unknown")
        .field("version", 4, version)
        .field("data", 12, "unknown")
        .field("variant", 2, RFC)
        .field("data", 62, "unknown")
}

/// An id of another variant, whose first bits after the 64th say which.
fn other(anatomy: Anatomy, variant_bits: usize, meaning: &'static str) -> Anatomy {
    anatomy
        .field("data", 64, "unknown")
        .field("variant", variant_bits, meaning)
        .field("data", 64 - variant_bits, "unknown")
        .note("not of RFC 9562, so it has no version; perhaps no UUID at all but 128 other bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: &str, field: &str, text: &str, meaning: &str) {
        let anatomy = fields(id.parse().unwrap());
        let found = anatomy
            .fields
            .iter()
            .find(|found| found.name == field)
            .unwrap();
        assert_eq!(
            (&*anatomy.shown(found).to_string(), &*anatomy.meaning(found)),
            (text, meaning),
            "{id}"
        );
    }

    #[test]
    fn a_v7_shows_time_fraction_and_counter() {
        let id = "019a9964-77f3-7479-bc9f-50ff6ea646f1";
        check(
            id,
            "unix_ts_ms",
            "0x019a996477f3",
            "1763510089715 ms since 1970",
        );
        check(id, "version", "0111", "version 7");
        check(
            id,
            "sub_ms",
            "010001111001",
            "1145/4096 of the ms: 279.5 \u{b5}s *",
        );
        check(id, "variant", "10", "variant of RFC 9562");
        check(id, "counter", "111100", "60 of 64 in that step *");
        check(id, "random", "0x9f50ff6ea646f1", "random");
    }

    #[test]
    fn a_node_is_shown_as_the_address_it_is_or_as_random() {
        let leaks = |id: &str| fields(id.parse().unwrap()).notes.len() == 1;
        let (random, address) = (
            "random: the multicast bit is set",
            "MAC address 00:0c:29:4f:8e:35",
        );
        check(
            "c232ab00-9414-11ec-b3c8-9f6bdeced846",
            "node",
            "0x9f6bdeced846",
            random,
        );
        check(
            "1ec9414c-232a-6b00-b3c8-9f6bdeced846",
            "node",
            "0x9f6bdeced846",
            random,
        );
        check(
            "c232ab00-9414-11ec-b3c8-000c294f8e35",
            "node",
            "0x000c294f8e35",
            address,
        );
        check(
            "1ec9414c-232a-6b00-b3c8-000c294f8e35",
            "node",
            "0x000c294f8e35",
            address,
        );
        assert!(leaks("c232ab00-9414-11ec-b3c8-000c294f8e35"));
        assert!(!leaks("c232ab00-9414-11ec-b3c8-9f6bdeced846"));
    }

    #[test]
    fn other_kinds_say_what_they_are() {
        check(
            "2ed6657d-e927-568b-95e1-2665a8aea6a2",
            "version",
            "0101",
            "version 5",
        );
        check(
            "5df41881-3aed-3515-88a7-2f4a814cf09e",
            "md5_high",
            "0x5df418813aed",
            "bits of the MD5 of a namespace and a name",
        );
        check(
            "2489e9ad-2ee2-fe00-8ec9-32d5f69181c0",
            "version",
            "1111",
            "15, which nobody has assigned",
        );
        check(
            "6fe2ac00-9414-41ec-c3c8-9f6bdeced846",
            "variant",
            "110",
            "variant Microsoft, of early COM",
        );
        check(
            "6fe2ac00-9414-41ec-13c8-9f6bdeced846",
            "variant",
            "0",
            "variant NCS, of the 1980s",
        );
        let nil = "00000000-0000-0000-0000-000000000000";
        check(
            nil,
            "nil",
            "0x00000000000000000000000000000000",
            "no id: all bits are zero",
        );
    }
}
