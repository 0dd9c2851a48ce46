//! Text in and out, held against what every byte could do.

use ids::Uuid;
use proptest::prelude::*;

proptest! {
    #[test]
    fn every_form_reads_back(number: u128) {
        let id = Uuid::from_u128(number);
        for text in [&*id.hyphenated(), &*id.simple(), &*id.braced(), &*id.urn()] {
            prop_assert_eq!(Uuid::parse(text), Ok(id));
            prop_assert_eq!(Uuid::parse(&text.to_uppercase()), Ok(id));
            prop_assert_eq!(Uuid::parse_const(text), Ok(id));
        }
        prop_assert_eq!(Uuid::parse_strict(&id.hyphenated()), Ok(id));
        prop_assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn text_sorts_as_the_ids_do(one: u128, other: u128) {
        let (one, other) = (Uuid::from_u128(one), Uuid::from_u128(other));
        prop_assert_eq!(one.cmp(&other), one.hyphenated().as_str().cmp(&other.hyphenated()));
        prop_assert_eq!(one.cmp(&other), {
            ids::ulid::encode(one).as_str().cmp(&ids::ulid::encode(other))
        });
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let id = Uuid::parse_bytes(&bytes);
        if let Err(error) = id {
            prop_assert!(error.position() <= bytes.len());
            prop_assert!(error.to_string().len() < 400);
        }
        let text = String::from_utf8_lossy(&bytes);
        let _ = (ids::inspect::inspect(&text), ids::ulid::decode(&text));
        let _ = (ids::typeid::TypeId::parse(&text), ids::trace::TraceParent::parse(&text));
    }

    #[test]
    fn json_is_text_and_reads_back(number: u128) {
        let id = Uuid::from_u128(number);
        let json = serde_json::to_string(&id).expect("an id is JSON");
        prop_assert_eq!(&json, &format!("\"{id}\""));
        prop_assert_eq!(serde_json::from_str::<Uuid>(&json).ok(), Some(id));
    }
}

#[test]
fn json_that_is_no_id_is_refused_with_the_reason() {
    let check = |json: &str, words: &str| {
        let error = serde_json::from_str::<Uuid>(json)
            .expect_err(json)
            .to_string();
        assert!(error.contains(words), "{error}");
    };
    check(
        "\"019a\"",
        "it ends after 4 bytes, expected a hexadecimal digit",
    );
    check("7", "expected a UUID as text");
    check("null", "expected a UUID as text");
}
