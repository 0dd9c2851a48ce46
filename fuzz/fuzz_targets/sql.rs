//! Arbitrary bytes as a script of each dialect: nothing panics, and every position is in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use schema::{Dialect, Source, sql};

fuzz_target!(|bytes: &[u8]| {
    let source = Source::new("a.sql", bytes).expect("the fuzzer's inputs are short");
    for dialect in [Dialect::PostgreSql, Dialect::MySql, Dialect::Sqlite] {
        let schema = sql::read(dialect, std::slice::from_ref(&source));
        let spans = schema.problems.iter().map(|it| it.span);
        for span in spans.chain(schema.tables.iter().map(|it| it.span)) {
            assert!(source.text().get(span.range()).is_some());
        }
    }
});
