use schema::{Source, prisma};

use crate::render::{problems, render};

/// A bad line costs that line and is reported where it is.
fn check(text: &str, expected: &str, messages: &[&str]) {
    let schema = prisma::read(&[Source::new("a.prisma", text).expect("the fixture is short")]);
    assert_eq!(render(&schema), expected, "{text}");
    assert_eq!(problems(&schema, &[text]), messages, "{text}");
}

const GOOD: &str = "A\n  id integer\n  b integer\n  key (id)\n";

#[test]
fn one_bad_line_costs_one_line() {
    let lines = [
        (
            "$$$",
            r#"2 "$" read the schema: expected a field, found `$`"#,
        ),
        (
            "c",
            r#"2 "\n" read the schema: expected a type, found the end of the line"#,
        ),
        (
            "c Int[",
            r#"2 "\n" read the schema: expected `]`, found the end of the line"#,
        ),
        (
            "@@index([id",
            r#"3 "b" read the schema: expected `,` or `]`, found `b`"#,
        ),
        (
            "@@",
            "2 \"\\n\" read the schema: expected the name of an attribute, \
             found the end of the line",
        ),
        (
            "= 5",
            r#"2 "=" read the schema: expected a field, found `=`"#,
        ),
    ];
    for (line, message) in lines {
        let text = format!("model A {{\n{line}\nb Int\nid Int @id\n}}\n");
        let expected = GOOD.replace("  id integer\n  b integer\n", "  b integer\n  id integer\n");
        check(&text, &expected, &[message]);
    }
}

#[test]
fn a_field_outlives_its_bad_attribute() {
    let cases = [
        (
            "b Int @default(",
            r#"4 "}" read the schema: expected a value, found `}`"#,
        ),
        (
            "b Int @",
            "3 \"\\n\" read the schema: expected the name of an attribute, \
             found the end of the line",
        ),
        (
            "b Int @@unique",
            r#"3 "@" read the schema: expected the name of an attribute, found `@`"#,
        ),
        (
            "b Int @x.y.z(1",
            r#"4 "}" read the schema: expected `,` or `)`, found `}`"#,
        ),
        (
            "b Int !!",
            r#"3 "!" read the schema: expected the end of the line, found `!`"#,
        ),
        (
            "b Int @default(\"x)",
            r#"3 "\"" read the schema: expected a value, found `"`"#,
        ),
    ];
    for (line, message) in cases {
        check(
            &format!("model A {{\nid Int @id\n{line}\n}}\n"),
            GOOD,
            &[message],
        );
    }
}

#[test]
fn a_block_that_is_not_closed_ends_where_the_next_begins() {
    check(
        "model A {\nid Int @id\nb Int\n\nmodel B {\nx Int @unique\n}\n",
        &format!("{GOOD}B\n  x integer\n  unique (x)\n"),
        &[r#"1 "model A" close `A`: expected `}`"#],
    );
    check(
        "model A {\nid Int @id\nb Int",
        GOOD,
        &[r#"1 "model A" close `A`: expected `}`"#],
    );
}

#[test]
fn an_unknown_block_is_reported_once() {
    check(
        "table X {\n id Int\n}\nmodel A {\nid Int @id\nb Int\n}\n",
        GOOD,
        &[
            "1 \"table\" read the schema: expected `model`, `enum`, `view`, `type`, `datasource` \
           or `generator`, found `table`",
        ],
    );
}

#[test]
fn what_is_not_known_is_reported() {
    let cases = [
        (
            "b Int @sparkle",
            r#"3 "@sparkle" read attribute `sparkle`: it is not known"#,
        ),
        (
            "b Int @default(magic())",
            r#"3 "magic()" read a default: unknown function `magic`"#,
        ),
        (
            "b Int @default",
            r#"3 "@default" read `@default`: it has no value"#,
        ),
        (
            "b Int\n@@sparkle",
            r#"4 "@@sparkle" read attribute `sparkle`: it is not known"#,
        ),
        ("b Int\n@@unique([c])", r#"4 "c" find field `c` in `A`"#),
        (
            "b Int\n@@index()",
            r#"4 "@@index()" read `index`: it names no fields"#,
        ),
        (
            "b Int\ni I[]",
            r#"4 "I[]" read field `i`: no model, enum or type `I` is declared"#,
        ),
        ("b Int\ni A", r#"4 "i A" find the other end of `i` in `A`"#),
    ];
    for (line, message) in cases {
        let text = format!("model A {{\nid Int @id\n{line}\n}}\n");
        let schema = prisma::read(&[Source::new("a", text.as_str()).expect("it is short")]);
        assert_eq!(problems(&schema, &[&text]), [message]);
        assert_eq!(schema.tables.len(), 1);
        assert!(schema.tables[0].column("b").is_some());
    }
}

#[test]
fn the_first_of_two_declarations_counts() {
    check(
        "model A {\nid Int @id\nb Int\n}\nmodel A {\nid String @id\n}\n",
        GOOD,
        &[r#"5 "A" read `A`: it is declared twice"#],
    );
}

#[test]
fn an_unknown_provider_and_bytes_that_are_no_text_are_reported() {
    let text = "datasource db {\n  provider = \"oracle\"\n}\n";
    check(
        text,
        "",
        &[r#"2 "\"oracle\"" read the datasource: unknown provider `oracle`"#],
    );
    let source = Source::new("a", b"// caf\xe9\n".to_vec()).expect("it is short");
    let schema = prisma::read(&[source]);
    assert_eq!(schema.problems[0].message, "read byte 6: it is no UTF-8");
}

#[test]
fn deep_brackets_are_refused_not_followed() {
    let deep = "[".repeat(100_000);
    let text = format!("model A {{\nid Int @id\nb Int @default({deep}\n}}\n");
    let schema = prisma::read(&[Source::new("a", text.as_str()).expect("it is short")]);
    assert_eq!(render(&schema), GOOD);
    assert_eq!(schema.problems.len(), 1);
}
