//! The ids of RFC 9562 and its errata, and ids that AnalyticsBot minted long ago.

use ids::{Timestamp, Uuid, Variant};

/// RFC 9562, appendices A and B: text, version.
const RFC: [(&str, u8); 8] = [
    ("C232AB00-9414-11EC-B3C8-9F6BDECED846", 1),
    ("5df41881-3aed-3515-88a7-2f4a814cf09e", 3),
    ("919108f7-52d1-4320-9bac-f847db4148a8", 4),
    ("2ed6657d-e927-568b-95e1-2665a8aea6a2", 5),
    ("1EC9414C-232A-6B00-B3C8-9F6BDECED846", 6),
    ("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", 7),
    ("2489E9AD-2EE2-8E00-8EC9-32D5F69181C0", 8),
    ("5c146b14-3c52-8afd-938a-375d0df1fbf6", 8),
];

/// Made by AnalyticsBot on 2025-11-18, at 23:54:49 and these milliseconds, in this order.
const OLD: [(&str, i64); 6] = [
    ("019a9964-77f3-7479-bc9f-50ff6ea646f1", 715),
    ("019a9964-77f5-751f-8609-8a3a0bbb898a", 717),
    ("019a9964-77f7-70fd-8382-987b4537f29c", 719),
    ("019a9964-77f9-76cd-8b68-091177aa1199", 721),
    ("019a9964-77fb-71de-8cd2-26121c880628", 723),
    ("019a9964-77fe-771c-8b02-be239c87f3f1", 726),
];

#[test]
fn the_rfcs_vectors_have_their_version_and_print_as_they_were() {
    for (text, version) in RFC {
        let id = Uuid::parse_strict(text).expect(text);
        assert_eq!(
            (id.variant(), id.version()),
            (Variant::Rfc, Some(version)),
            "{text}"
        );
        assert_eq!(id.to_string(), text.to_lowercase());
    }
}

#[test]
fn the_fields_of_the_rfcs_version_7_vector() {
    let id = Uuid::parse(RFC[5].0).expect("valid");
    assert_eq!(id.unix_ms(), Some(1_645_557_742_000));
    let fields = id.v7_fields().expect("version 7");
    assert_eq!(fields.sub_ms, 0xcc3);
    // rand_b is 0x18C4DC0C0C07398F: six bits of counter, then 56 random in this library's reading.
    let rand_b = u64::from(fields.counter) << 56 | fields.random;
    assert_eq!(rand_b, 0x18c4_dc0c_0c07_398f);
}

#[test]
fn names_give_the_rfcs_ids() {
    let name = b"www.example.com";
    assert_eq!(
        Uuid::new_v5(ids::namespaces::DNS, name),
        Uuid::parse(RFC[3].0).expect("valid")
    );
    let v8 = Uuid::new_v8_sha256(ids::namespaces::DNS, name);
    // Erratum 7929: the top two bits of custom_c are 0b01, so this byte is 0x93, not 0x53.
    assert_eq!(v8, Uuid::parse(RFC[7].0).expect("valid"));
    assert_eq!(v8.as_bytes()[8], 0x93);
}

#[test]
fn nil_lies_in_the_first_row_of_the_variant_table() {
    // Erratum 7958.
    assert_eq!(Uuid::NIL.variant(), Variant::Ncs);
    assert_eq!(Uuid::MAX.variant(), Variant::Future);
    assert_eq!((Uuid::NIL.version(), Uuid::MAX.version()), (None, None));
}

#[test]
fn old_ids_tell_their_time_and_are_in_order() {
    for (text, ms) in OLD {
        let id = Uuid::parse(text).expect(text);
        assert!(id.is_v7());
        let time = id.timestamp().expect("version 7");
        assert_eq!(time.to_string(), format!("2025-11-18T23:54:49.{ms}Z"));
        let start = Timestamp::from_unix_ms(time.unix_ms() - 10);
        assert!(id.created_within(start..Timestamp::from_unix_ms(time.unix_ms() + 1)));
        assert!(!id.created_within(start..time));
    }
    assert!(
        OLD.map(|(text, _)| Uuid::parse(text).expect(text))
            .is_sorted()
    );
}

#[test]
fn the_namespaces_are_the_ones_that_old_ids_were_minted_with() {
    let check = |namespace: Uuid, text: &str, key: &str, id: &str| {
        assert_eq!(namespace.to_string(), text);
        assert_eq!(ids::canonical_id(namespace, key).to_string(), id);
    };
    // Computed with Python's uuid.uuid5.
    let user = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    check(
        ids::NAMESPACE_USER,
        user,
        "user@example.com",
        "b21b5663-c40d-51b7-8d60-c015e3de48e9",
    );
    let project = "6ba7b811-9dad-11d1-80b4-00c04fd430c8";
    check(
        ids::NAMESPACE_PROJECT,
        project,
        "acme",
        "7efecc64-b5ed-5dbf-b379-90a0ffcfe6df",
    );
    let event = "6ba7b812-9dad-11d1-80b4-00c04fd430c8";
    check(
        ids::NAMESPACE_EVENT,
        event,
        "p:1",
        "0f2e6644-b9bc-574a-b000-343cac92aa71",
    );
    let provider = "6ba7b813-9dad-11d1-80b4-00c04fd430c8";
    check(
        ids::NAMESPACE_PROVIDER,
        provider,
        "ga4",
        "c7577d8f-7c80-5d9a-ad8c-7fbfa8a35228",
    );
}
