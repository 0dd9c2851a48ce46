//! Holds a JSON document against a JSON schema.
//!
//! Own code: the published validators bring a whole library of Unicode with them, for formats and
//! host names that no schema here asks for. Of the language it knows what those schemas use, and
//! panics at a word that it does not know, rather than pass what it has not looked at.

use serde_json::Value;

/// Words that say nothing about a document.
const SILENT: [&str; 8] = [
    "$schema",
    "id",
    "$id",
    "title",
    "description",
    "default",
    "definitions",
    "format",
];

/// What in the document breaks the schema, each with the path to it.
pub(crate) fn violations(schema: &Value, document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Check { root: schema }.value(schema, document, "", &mut found);
    found
}

struct Check<'a> {
    root: &'a Value,
}

/// A value, the schema that it is held against, and the path to it.
#[derive(Clone, Copy)]
struct Site<'a> {
    schema: &'a Value,
    value: &'a Value,
    path: &'a str,
}

impl<'a> Check<'a> {
    fn value(&self, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
        let Value::Object(words) = schema else {
            panic!("{path}: a schema is an object, not {schema}");
        };
        let site = Site {
            schema,
            value,
            path,
        };
        for (word, expected) in words {
            match word.as_str() {
                "$ref" => self.value(self.target(expected), value, path, found),
                "items" => {
                    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.value(expected, item, &format!("{path}/{at}"), found);
                    }
                }
                "properties" => {
                    for (name, member) in value.as_object().into_iter().flatten() {
                        if let Some(schema) = expected.get(name) {
                            self.value(schema, member, &format!("{path}/{name}"), found);
                        }
                    }
                }
                "additionalProperties" => self.additional(site, expected, found),
                silent if SILENT.contains(&silent) => {}
                word if self.holds(site, word, expected) => {}
                word => found.push(format!("{path}: {word} {expected}")),
            }
        }
    }

    fn target(&self, reference: &Value) -> &'a Value {
        let pointer = reference.as_str().and_then(|it| it.strip_prefix('#'));
        let target = pointer.and_then(|pointer| self.root.pointer(pointer));
        target.expect("references stay within the schema")
    }

    /// Whether a word that judges the value alone is content with it.
    fn holds(&self, site: Site<'_>, word: &str, expected: &Value) -> bool {
        let Site { value, path, .. } = site;
        let number = || expected.as_f64().expect("a bound is a number");
        match word {
            "type" => match expected {
                Value::Array(kinds) => kinds.iter().any(|kind| is(value, kind)),
                kind => is(value, kind),
            },
            "enum" => list(expected).contains(value),
            "const" => expected == value,
            "minimum" => value.as_f64().is_none_or(|it| it >= number()),
            "maximum" => value.as_f64().is_none_or(|it| it <= number()),
            "minItems" => value.as_array().is_none_or(|items| {
                let least = expected.as_u64().expect("a bound is a number");
                items.len() as u64 >= least
            }),
            "uniqueItems" => value.as_array().is_none_or(|items| {
                let rest = |at: usize| &items[at + 1..];
                !items
                    .iter()
                    .enumerate()
                    .any(|(at, item)| rest(at).contains(item))
            }),
            "required" => value.as_object().is_none_or(|object| {
                let names = list(expected).iter();
                names
                    .filter_map(Value::as_str)
                    .all(|name| object.contains_key(name))
            }),
            "anyOf" => self.fitting(expected, value) > 0,
            "oneOf" => self.fitting(expected, value) == 1,
            other => panic!("{path}: this validator does not know `{other}`"),
        }
    }

    fn fitting(&self, schemas: &Value, value: &Value) -> usize {
        let fits = |schema: &&Value| {
            let mut found = Vec::new();
            self.value(schema, value, "", &mut found);
            found.is_empty()
        };
        list(schemas).iter().filter(fits).count()
    }

    fn additional(&self, site: Site<'_>, expected: &Value, found: &mut Vec<String>) {
        let path = site.path;
        for (name, member) in site.value.as_object().into_iter().flatten() {
            let known = site.schema.get("properties");
            if known.is_some_and(|it| it.get(name).is_some()) {
                continue;
            }
            match expected {
                Value::Bool(true) => {}
                Value::Bool(false) => found.push(format!("{path}: `{name}` is not foreseen")),
                schema => self.value(schema, member, &format!("{path}/{name}"), found),
            }
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("the schema has a list here")
}

fn is(value: &Value, kind: &Value) -> bool {
    match kind.as_str().expect("a type is a word") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("there is no type `{other}`"),
    }
}

#[test]
fn what_breaks_a_schema_is_found() {
    let schema = serde_json::json!({
        "type": "object", "required": ["a"], "additionalProperties": false,
        "properties": {
            "a": { "$ref": "#/definitions/a" },
            "b": {
                "type": "array", "minItems": 1, "uniqueItems": true, "items": { "enum": [1, 2] },
            },
            "c": { "oneOf": [{ "type": "string" }, { "type": "null" }] },
        },
        "definitions": { "a": { "type": "integer", "minimum": 1, "maximum": 3 } },
    });
    let count = |document: Value| violations(&schema, &document).len();
    assert_eq!(
        count(serde_json::json!({ "a": 1, "b": [1, 2], "c": null })),
        0
    );
    assert_eq!(count(serde_json::json!({})), 1);
    assert_eq!(count(serde_json::json!({ "a": 0 })), 1);
    assert_eq!(count(serde_json::json!({ "a": 4 })), 1);
    assert_eq!(count(serde_json::json!({ "a": "x" })), 1);
    assert_eq!(count(serde_json::json!({ "a": 1, "b": [] })), 1);
    assert_eq!(count(serde_json::json!({ "a": 1, "b": [1, 1] })), 1);
    assert_eq!(count(serde_json::json!({ "a": 1, "b": [3] })), 1);
    assert_eq!(count(serde_json::json!({ "a": 1, "c": 5 })), 1);
    assert_eq!(count(serde_json::json!({ "a": 1, "z": 5 })), 1);
}

#[test]
#[should_panic(expected = "does not know `pattern`")]
fn what_is_not_known_is_not_passed() {
    let schema = serde_json::json!({ "pattern": "a" });
    violations(&schema, &Value::Null);
}
