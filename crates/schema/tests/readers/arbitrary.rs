use proptest::prelude::*;
use schema::prisma::{self, Document};
use schema::{Dialect, Schema, Source, sql};

/// Pieces that a Prisma file is made of, so that arbitrary files get past the first line.
const PIECES: [&str; 40] = [
    "model",
    "enum",
    "type",
    "view",
    "datasource",
    "generator",
    "A",
    "B",
    "id",
    "Int",
    "String",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "@",
    "@@",
    "@id",
    "@@id",
    "@default",
    "autoincrement()",
    "uuid(7)",
    "@relation",
    "fields: [a]",
    "references: [id]",
    "?",
    "\"x\"",
    "\"",
    "//",
    "///",
    "/*",
    "*/",
    ",",
    ":",
    ".",
    "=",
    "\r\n",
    "é",
];

/// The same for SQL.
const SQL_PIECES: [&str; 53] = [
    "create",
    "table",
    "alter",
    "drop",
    "index",
    "type",
    "as",
    "enum",
    "view",
    "a",
    "b",
    "id",
    "int",
    "serial",
    "primary key",
    "references",
    "default",
    "(",
    ")",
    ",",
    ";",
    "'",
    "\"",
    "`",
    "$$",
    "$x$",
    "--",
    "/*",
    "*/",
    "\\",
    "copy a from stdin;",
    "add",
    "column",
    "constraint",
    "foreign key",
    "rename to",
    "generated always as identity",
    "alter table a",
    "partition of",
    "partition by range (id)",
    "attach partition b default;",
    "detach partition b;",
    "inherits (a, b)",
    "like a including all",
    "create view v as select id from a;",
    "cascade;",
    "begin",
    "end",
    "unique",
    "like",
    ".",
    "[",
    "é",
];

fn soup(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = (
        prop::sample::select(words),
        prop::sample::select(&["", " ", "\n"][..]),
    );
    let pieces = prop::collection::vec(piece, 0..120);
    pieces.prop_map(|pieces| pieces.into_iter().flat_map(|(a, b)| [a, b]).collect())
}

fn source(bytes: impl Into<Vec<u8>>) -> Source {
    Source::new("a", bytes).expect("it is short")
}

/// Every position lies in the text, on a boundary of characters.
fn positions_hold(schema: &Schema, text: &str) {
    let spans = schema.problems.iter().map(|it| it.span);
    let spans = spans.chain(schema.tables.iter().map(|it| it.span));
    let columns = schema.tables.iter().flat_map(|it| &it.columns);
    for span in spans.chain(columns.map(|it| it.span)) {
        assert!(text.get(span.range()).is_some(), "{span:?}");
    }
}

fn prisma_is_lossless(source: &Source) {
    let document = Document::parse(source, 0);
    let text = source.text();
    let tokens = document
        .tokens
        .iter()
        .map(|token| &text[token.start..token.end]);
    assert_eq!(tokens.collect::<String>(), text);
    let items = document.items.iter().map(|item| source.part(item.span()));
    assert_eq!(items.collect::<String>(), text);
    for block in document.blocks() {
        assert!(source.part(block.span).starts_with(&block.keyword.text));
        for field in block.fields() {
            assert!(source.part(block.body).contains(source.part(field.span)));
            assert_eq!(source.part(field.name.span), field.name.text);
        }
    }
    positions_hold(&prisma::read(std::slice::from_ref(source)), text);
}

proptest! {
    #[test]
    fn any_bytes_are_read_as_prisma_and_kept(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prisma_is_lossless(&source(bytes));
    }

    #[test]
    fn any_soup_of_prisma_is_read_and_kept(text in soup(&PIECES)) {
        prisma_is_lossless(&source(text));
    }

    #[test]
    fn any_bytes_are_read_as_sql(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        sql_is_read(&source(bytes));
    }

    #[test]
    fn any_soup_of_sql_is_read(text in soup(&SQL_PIECES)) {
        sql_is_read(&source(text));
    }
}

fn sql_is_read(source: &Source) {
    for dialect in [Dialect::PostgreSql, Dialect::MySql, Dialect::Sqlite] {
        let schema = sql::read(dialect, std::slice::from_ref(source));
        positions_hold(&schema, source.text());
    }
}

/// What nests without end must not take the stack with it.
#[test]
fn deep_nesting_is_refused() {
    let pieces = [
        "(",
        "not ",
        "- ",
        "case when ",
        "[",
        "1+",
        "array[",
        "a.",
        "select (",
        "::int",
        "int[]",
    ];
    for piece in pieces {
        for count in [100, 380, 20_000] {
            let deep = piece.repeat(count);
            let text = format!("create table a (b int default {deep} 1, c int check ({deep}1));");
            sql_is_read(&source(text));
        }
    }
}
