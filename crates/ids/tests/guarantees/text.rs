//! Text in and out, held against what every byte could do.

use ids::{Entity, Id, Uuid};
use proptest::prelude::*;
use serde_test::{Configure, Token, assert_de_tokens, assert_de_tokens_error, assert_tokens};

#[derive(Debug)]
struct Project;

impl Entity for Project {
    const PREFIX: &str = "project";
}

/// The id of that test, as a machine reads it.
const BYTES: &[u8] = b"\x01\x9a\x99\x64\x77\xf3\x74\x79\xbc\x9f\x50\xff\x6e\xa6\x46\xf1";

#[test]
fn serde_writes_text_for_people_and_16_bytes_for_machines() {
    let id = Uuid::from_u128(0x019a_9964_77f3_7479_bc9f_50ff_6ea6_46f1);
    assert_tokens(
        &id.readable(),
        &[Token::Str("019a9964-77f3-7479-bc9f-50ff6ea646f1")],
    );
    assert_tokens(&id.compact(), &[Token::Bytes(BYTES)]);
    let typed = Id::<Project>::from_uuid(id);
    assert_tokens(
        &typed.readable(),
        &[Token::Str("project_01kacp8xzkehwvs7tgzxqachqh")],
    );
    assert_tokens(&typed.compact(), &[Token::Bytes(BYTES)]);
    // What `flatten` and `untagged` have buffered calls itself readable and holds bytes.
    assert_de_tokens(&id.readable(), &[Token::Bytes(BYTES)]);
    let mut sequence = vec![Token::Seq { len: Some(16) }];
    sequence.extend(BYTES.iter().map(|byte| Token::U8(*byte)));
    sequence.push(Token::SeqEnd);
    assert_de_tokens(&id.compact(), &sequence);
    assert_de_tokens_error::<serde_test::Compact<Uuid>>(
        &[Token::Bytes(&BYTES[..15])],
        "invalid length 15, expected a UUID as text, or 16 bytes",
    );
}

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
