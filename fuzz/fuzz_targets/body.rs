//! Arbitrary bytes as the body of a request: expanded and split within the limits, whatever they
//! are and claim to be.
#![no_main]

use std::borrow::Cow;

use event::{Code, Limits};
use intake::split::write_key;
use intake::{Body, Shape, drafts, expand, split};
use libfuzzer_sys::fuzz_target;

const CLAIMS: [Option<&str>; 6] = [
    None,
    Some("gzip"),
    Some("deflate"),
    Some("br"),
    Some("zstd"),
    Some("identity"),
];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    let limits = Limits {
        body_wire_bytes_max: 2048,
        body_bytes_max: 4096,
        batch_events_max: 10,
        ..Limits::DEFAULT
    };
    let claimed = CLAIMS[usize::from(*first) % CLAIMS.len()];
    let plain = match expand(&Body { bytes, claimed }, &limits) {
        Ok(plain) => plain,
        Err(refusal) => {
            let codes = [Code::BodyTooLarge, Code::InvalidEncoding];
            assert!(codes.contains(&refusal.code), "{refusal:?}");
            return;
        }
    };
    match &plain {
        Cow::Borrowed(same) => assert_eq!(*same, bytes),
        Cow::Owned(expanded) => assert!(expanded.len() <= limits.body_bytes_max),
    }
    // The key is a part of the body.
    if let Some(key) = write_key(&plain) {
        let quoted = format!("\"{key}\"");
        let mut windows = plain.windows(quoted.len());
        assert!(windows.any(|window| window == quoted.as_bytes()));
    }
    let inputs = match split(&plain, &limits) {
        Ok(inputs) => inputs,
        Err(refusal) => {
            assert!(refusal.index == 0 && !refusal.message.is_empty());
            return;
        }
    };
    assert!(inputs.inputs.len() <= limits.batch_events_max);
    assert!(inputs.shape == Shape::Several || inputs.inputs.len() == 1);
    let whole = plain.as_ptr_range();
    for input in &inputs.inputs {
        let part = input.as_ptr_range();
        assert!(whole.start <= part.start && part.end <= whole.end);
    }
    assert_eq!(drafts(&inputs, &limits).count(), inputs.inputs.len());
});
