//! Arbitrary bytes as a Prisma schema: nothing panics, and no byte of the text is lost.
#![no_main]

use libfuzzer_sys::fuzz_target;
use schema::Source;
use schema::prisma::{self, Document};

fuzz_target!(|bytes: &[u8]| {
    let source = Source::new("schema.prisma", bytes).expect("the fuzzer's inputs are short");
    let document = Document::parse(&source, 0);
    let tokens = document.tokens.iter();
    let kept: String = tokens
        .map(|token| &source.text()[token.start..token.end])
        .collect();
    assert_eq!(kept, source.text());
    let schema = prisma::read(std::slice::from_ref(&source));
    for problem in &schema.problems {
        assert!(source.text().get(problem.span.range()).is_some());
    }
});
