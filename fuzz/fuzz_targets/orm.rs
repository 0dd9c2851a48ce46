//! Arbitrary bytes as the files of each mapper: nothing panics, and every position is in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use schema::Source;
use schema::orm::Orm;

/// A path under which each mapper takes a file for its own.
fn path(orm: Orm) -> &'static str {
    match orm {
        Orm::Rails => "db/schema.rb",
        Orm::Django => "a/migrations/0001_a.py",
        Orm::Drizzle => "meta/0000_snapshot.json",
        Orm::EfCore => "AModelSnapshot.cs",
        Orm::TypeOrm => "migrations/1.ts",
        Orm::Sequelize => "migrations/1.js",
        Orm::Laravel => "migrations/1.php",
        Orm::Ecto => "migrations/1.exs",
        Orm::Jpa => "A.java",
    }
}

fuzz_target!(|bytes: &[u8]| {
    for orm in Orm::ALL {
        let source = Source::new(path(orm), bytes).expect("the fuzzer's inputs are short");
        let schema = orm.read(std::slice::from_ref(&source));
        let spans = schema.problems.iter().map(|it| it.span);
        for span in spans.chain(schema.tables.iter().map(|it| it.span)) {
            assert!(source.text().get(span.range()).is_some());
        }
    }
});
