//! Documents: what is a node, how it is identified, and what is reported.

use std::fmt::Write as _;

use proptest::prelude::*;
use schema::documents::{self, Documents};
use schema::{ProblemKind, Source};

fn read(text: &str) -> Documents {
    documents::read(&Source::new("a.jsonld", text).expect("the fixture is short"))
}

/// One line per node: where it is, its identifier and form, its types, and remarks.
fn render(found: &Documents) -> Vec<String> {
    let lines = found.nodes.iter().map(|node| {
        let mut line = format!("{}:", node.pointer);
        if let Some(id) = &node.id {
            write!(line, " {} {:?}", id.value, id.form).unwrap();
            if let Some(expanded) = &id.expanded {
                write!(line, " <{expanded}>").unwrap();
            }
            line.push_str(if id.has_base { " based" } else { "" });
        }
        if !node.types.is_empty() {
            write!(line, " of {}", node.types.join(", ")).unwrap();
        }
        line.push_str(if node.in_context { "" } else { " outside" });
        line.push_str(if node.is_reference { " reference" } else { "" });
        line
    });
    lines.collect()
}

fn check(text: &str, expected: &[&str]) {
    let found = read(text);
    assert_eq!(render(&found), expected, "{text}");
    let messages: Vec<&str> = found
        .problems
        .iter()
        .map(|it| it.message.as_str())
        .collect();
    assert_eq!(messages, [""; 0], "{text}");
}

#[test]
fn nodes_are_found_with_their_identifiers() {
    check(
        r#"{"@context": {"@vocab": "https://v.example/", "ex": "https://ex.example/"},
            "@id": "ex:1", "@type": ["A", "B"],
            "knows": [{"@id": "urn:uuid:018f3b7e-0000-7000-8000-000000000000"}, {"name": "x"}],
            "at": {"@value": "2020", "@type": "Date"},
            "list": {"@list": [{"@id": "_:b0", "n": 1}]}}"#,
        &[
            ": ex:1 Compact <https://ex.example/1> of A, B",
            "/knows/0: urn:uuid:018f3b7e-0000-7000-8000-000000000000 Absolute reference",
            "/knows/1:",
            "/list/@list/0: _:b0 Blank",
        ],
    );
}

#[test]
fn graphs_and_aliases_are_understood() {
    check(
        r#"{"@graph": [{"id": "1", "kind": "T"}, {"key": 5, "uri": 7}],
            "@context": {"id": "@id", "kind": {"@id": "@type"},
                         "uri": "@id", "@base": "https://a.example/"}}"#,
        &[
            "/@graph/0: 1 Relative based of T",
            "/@graph/1: 7 NotText based",
        ],
    );
    check(
        r#"{"@context": ["https://schema.org", {"x": null}], "id": "a b",
            "author": {"type": "Person"}}"#,
        &[": a b Relative", "/author: of Person"],
    );
}

#[test]
fn contexts_reach_as_far_as_they_reach() {
    // A context of a property, of a type, a null context, and one beside.
    check(
        r#"[{"@context": {"p": {"@id": "https://p.example", "@context": {"key": "@id"}},
                          "T": {"@id": "https://t.example", "@context": {"k": "@id"}},
                          "q": "https://q.example"},
             "p": {"key": "urn:a:1"}, "q": [{"key": "urn:a:2"}, 
             {"@type": "T", "k": "urn:a:3", "q": {"k": "no"}},
             {"@context": null, "key": 1}], "unknown": {"deep": {"@id": "x"}}},
            {"key": "no node"}]"#,
        &[
            "/0:",
            "/0/p: urn:a:1 Absolute reference",
            "/0/q/0:",
            "/0/q/1: urn:a:3 Absolute of T",
            "/0/q/1/q:",
            "/0/unknown/deep: x Relative outside reference",
        ],
    );
}

#[test]
fn maps_and_literals_are_no_nodes() {
    check(
        r#"{"@context": {"@vocab": "https://v.example/", "by": {"@container": "@id"},
             "in": {"@container": ["@index", "@set"]}, "raw": {"@type": "@json"},
             "label": {"@container": "@language"}},
            "by": {"users/1": {"n": 1}, "@none": {"n": 2}}, "in": {"a": [{"@id": "/x"}]},
            "raw": {"@id": "no node", "a": {}}, "label": {"en": "x"},
            "@reverse": {"parent": [{"@id": "urn:a:1"}]}, "@included": [{"@id": "urn:a:2"}]}"#,
        &[
            ":",
            "/by/users~11: users/1 Relative",
            "/by/@none:",
            "/in/a/0: /x Relative reference",
            "/@reverse/parent/0: urn:a:1 Absolute reference",
            "/@included/0: urn:a:2 Absolute reference",
        ],
    );
}

#[test]
fn plain_json_and_lines_of_it_have_only_what_is_marked() {
    check(r#"{"id": 1, "items": [{"id": "a"}]}"#, &[]);
    check(
        "{\"@id\": \"\"}\n{\"a\": {\"@type\": \"T\"}}\n{}\n",
        &["/0:  Empty outside reference", "/1/a: of T outside"],
    );
}

#[test]
fn identifiers_are_pointed_at() {
    let text = r#"{"@context": {"id": "@id"}, "id": "user\/1"}"#;
    let found = read(text);
    let id = found.nodes[0].id.as_ref().unwrap();
    assert_eq!(id.value, "user/1");
    assert_eq!(&text[id.span.range()], r#""user\/1""#);
    assert_eq!(&text[found.nodes[0].span.range()], text);
}

#[test]
fn what_cannot_be_read_is_reported_and_the_rest_stands() {
    let text = "{\"@id\": \"urn:a:1\", \"x\": }\n{\"@id\": \"urn:a:2\"}\nnonsense";
    let found = read(text);
    assert_eq!(found.nodes.len(), 2);
    let places: Vec<u32> = found.problems.iter().map(|it| it.span.start).collect();
    assert_eq!(places, [24, 45]);
    let context = r#"{"@context": "https://own.example/context.json", "id": 1}"#;
    let found = read(context);
    assert_eq!(found.problems[0].kind, ProblemKind::NotApplied);
    let address = "\"https://own.example/context.json\"";
    assert_eq!(&context[found.problems[0].span.range()], address);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Bytes of nobody's, and pieces of the grammar in any order.
    #[test]
    fn nothing_panics_and_spans_lie_within(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        pieces in prop::collection::vec(prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"@id\"", "\"@context\"", "\"@type\"", "\"@graph\"",
            "\"a\"", "\"@container\"", "\"@value\"", "\"\\ud83d\"", "null", "1", "-", "\n", "é",
            "\"@id\":", "{\"@context\":{\"a\":\"@id\"},", "\"@reverse\":", "\"a:b\"", "\"", "\\",
        ]), 0..60),
    ) {
        for bytes in [bytes, pieces.concat().into_bytes()] {
            let source = Source::new("a.json", bytes).unwrap();
            let found = documents::read(&source);
            for node in &found.nodes {
                prop_assert!(source.text().get(node.span.range()).is_some());
                prop_assert!(node.parent.is_none_or(|parent| parent < found.nodes.len()));
            }
            for problem in &found.problems {
                prop_assert!(source.text().get(problem.span.range()).is_some());
            }
        }
    }

    /// What another parser takes for JSON is taken here without a problem.
    #[test]
    fn json_is_json(text in json(4)) {
        prop_assert_eq!(read(&text).problems, []);
    }
}

fn json(depth: u32) -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        "[a-z \\u{e9}]{0,6}".prop_map(|text| format!("\"{text}\"")),
    ];
    leaf.prop_recursive(depth, 24, 4, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..4);
        let list = list.prop_map(|items| format!("[{}]", items.join(" , ")));
        let members = prop::collection::vec(("[a-z@]{1,3}", inner), 0..4);
        let object = members.prop_map(|members| {
            let members = members
                .iter()
                .map(|(key, value)| format!("\"{key}\" :\t{value}"));
            format!("{{{}}}", members.collect::<Vec<_>>().join(",\n"))
        });
        prop_oneof![list, object]
    })
}

/// A mebibyte of each kind of garbage: whatever takes more than linear time takes minutes.
#[test]
fn garbage_is_read_in_linear_time() {
    for piece in [
        "[",
        "{\"a\":",
        "[\n",
        "{\n",
        "\"",
        "\\",
        "[\"\n",
        "{\"@id\":1}",
        "x\n",
        "[[]",
        "é",
    ] {
        let text = piece.repeat((1 << 20) / piece.len());
        let found = read(&text);
        assert!(found.problems.len() <= documents::PROBLEMS_MAX, "{piece}");
    }
}
