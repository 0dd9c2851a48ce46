//! Arbitrary bytes to every reader: none panics, and what is read prints as it was.
#![no_main]

use ids::Uuid;
use ids::trace::TraceParent;
use ids::typeid::TypeId;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let read = Uuid::parse_bytes(bytes);
    let Ok(text) = str::from_utf8(bytes) else {
        assert!(read.is_err(), "not UTF-8, so not an id");
        return;
    };
    // The fast path and the grammar are one reader.
    assert_eq!(read, Uuid::parse_const(text));
    match read {
        Ok(id) => {
            let lower = text.to_ascii_lowercase();
            let forms = [&*id.hyphenated(), &*id.simple(), &*id.braced(), &*id.urn()];
            assert!(forms.contains(&lower.as_str()), "{text}");
        }
        Err(error) => assert!(error.position() <= bytes.len() && !error.to_string().is_empty()),
    }
    if Uuid::parse_strict(text).is_ok() {
        assert!(read.is_ok());
    }
    if let Ok(id) = TypeId::parse(text) {
        assert_eq!(id.to_string(), text);
    }
    if let Ok(id) = ids::ulid::decode(text) {
        assert_eq!(ids::ulid::decode(&ids::ulid::encode(id)), Ok(id));
    }
    if let Ok(parent) = TraceParent::parse(text) {
        assert_eq!(TraceParent::parse(&parent.to_text()), Ok(parent));
    }
    if let Err(error) = ids::inspect::inspect(text) {
        assert!(error.position() <= text.len());
    }
});
