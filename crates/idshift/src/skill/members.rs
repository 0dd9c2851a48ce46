//! Changes members of a JSON object within its text, and leaves every other byte as it is.

use std::fmt;
use std::ops::Range;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::ser::{PrettyFormatter, Serializer};
use serde_json::value::RawValue;

/// What one level is indented by where the text shows none.
const INDENT_DEFAULT: &str = "  ";

/// A member of an object: its key, and where its value stands in the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) key: String,
    pub(super) value: Range<usize>,
}

/// The members of an object in the order of the text, values unread.
struct Raw<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Raw<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Raw<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Raw(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// The members of the object at `object`.
///
/// # Errors
/// If there is no object, or not one alone.
pub(super) fn members(text: &str, object: Range<usize>) -> serde_json::Result<Vec<Member>> {
    let Raw(raw) = serde_json::from_str(&text[object])?;
    let member = |(key, value): (String, &RawValue)| {
        // The value is a part of the text: nothing was copied.
        let start = value.get().as_ptr().addr() - text.as_ptr().addr();
        Member {
            key,
            value: start..start + value.get().len(),
        }
    };
    Ok(raw.into_iter().map(member).collect())
}

/// The text with the member `key` of the object at `object` set to `value`: in its place, or behind
/// the others.
///
/// # Errors
/// If there is no object.
pub(super) fn set(
    text: &str,
    object: Range<usize>,
    key: &str,
    value: &impl Serialize,
) -> serde_json::Result<String> {
    let members = members(text, object.clone())?;
    let style = Style::of(text);
    let known = members.iter().rev().find(|member| member.key == key);
    if let Some(Member { value: at, .. }) = known {
        let new = style.written(value, indent_at(text, at.start))?;
        return Ok(replaced(text, at.clone(), &new));
    }
    let key = serde_json::to_string(key)?;
    let last = members.last().map(|member| member.value.clone());
    let inner = &text[object.clone()];
    let in_lines = if last.is_some() {
        inner.contains('\n')
    } else {
        text.contains('\n')
    };
    if !in_lines {
        let comma = if last.is_some() { "," } else { "" };
        let at = last.map_or(object.start + 1, |last| last.end);
        let value = serde_json::to_string(value)?;
        return Ok(replaced(text, at..at, &format!("{comma}{key}:{value}")));
    }
    let line = style.newline;
    if let Some(last) = last {
        let indent = indent_at(text, last.start);
        let value = style.written(value, indent)?;
        let new = format!(",{line}{indent}{key}: {value}");
        return Ok(replaced(text, last.end..last.end, &new));
    }
    let outer = indent_at(text, object.start);
    let indent = format!("{outer}{}", style.unit);
    let value = style.written(value, &indent)?;
    let new = format!("{{{line}{indent}{key}: {value}{line}{outer}}}");
    Ok(replaced(text, object, &new))
}

/// The text without the member `key` of the object at `object`; the same text if it has none.
///
/// # Errors
/// If there is no object.
pub(super) fn without(text: &str, object: Range<usize>, key: &str) -> serde_json::Result<String> {
    let members = members(text, object.clone())?;
    let Some(place) = members.iter().position(|member| member.key == key) else {
        return Ok(text.to_owned());
    };
    let end = members[place].value.end;
    let cut = match place.checked_sub(1) {
        Some(before) => members[before].value.end..end,
        None if members.len() == 1 => object.start + 1..object.end - 1,
        // Between a value and the next key stand one comma and spaces.
        None => object.start + 1..end + text[end..].find(',').map_or(0, |comma| comma + 1),
    };
    let shorter = replaced(text, cut.clone(), "");
    // A key that is there twice goes twice.
    without(&shorter, object.start..object.end - cut.len(), key)
}

fn replaced(text: &str, at: Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &text[..at.start], &text[at.end..])
}

/// How the text is laid out.
struct Style<'a> {
    /// What one level is indented by.
    unit: &'a str,
    newline: &'static str,
}

impl<'a> Style<'a> {
    fn of(text: &'a str) -> Self {
        let indents = text.lines().map(indent_of);
        Self {
            unit: indents
                .filter(|indent| !indent.is_empty())
                .min_by_key(|indent| indent.len())
                .unwrap_or(INDENT_DEFAULT),
            newline: if text.contains("\r\n") { "\r\n" } else { "\n" },
        }
    }

    /// The value over several lines, all but the first with `indent` before them.
    fn written(&self, value: &impl Serialize, indent: &str) -> serde_json::Result<String> {
        let mut out = Vec::new();
        let formatter = PrettyFormatter::with_indent(self.unit.as_bytes());
        value.serialize(&mut Serializer::with_formatter(&mut out, formatter))?;
        let text = String::from_utf8_lossy(&out);
        Ok(text.replace('\n', &format!("{}{indent}", self.newline)))
    }
}

/// The indent of the line that `at` is in.
fn indent_at(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    indent_of(&text[start..])
}

fn indent_of(line: &str) -> &str {
    let end = line.find(|letter| letter != ' ' && letter != '\t');
    &line[..end.unwrap_or(line.len())]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn whole(text: &str) -> Range<usize> {
        let start = text.find('{').unwrap();
        start..text.rfind('}').unwrap() + 1
    }

    #[track_caller]
    fn check_set(text: &str, expected: &str) {
        let value = json!({"x": [1]});
        let set = set(text, whole(text), "b", &value).unwrap();
        assert_eq!(set, expected);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&set).unwrap()["b"],
            value
        );
    }

    #[test]
    fn a_new_member_is_written_as_its_neighbours_are() {
        check_set("{}", r#"{"b":{"x":[1]}}"#);
        check_set(r#"{"a":1}"#, r#"{"a":1,"b":{"x":[1]}}"#);
        check_set(
            "{\n    \"a\" : 1.50\n}\n",
            "{\n    \"a\" : 1.50,\n    \"b\": {\n        \"x\": [\n            1\n        ]\n    \
             }\n}\n",
        );
        check_set(
            "{\r\n\t\"a\": 1\r\n}",
            "{\r\n\t\"a\": 1,\r\n\t\"b\": {\r\n\t\t\"x\": [\r\n\t\t\t1\r\n\t\t]\r\n\t}\r\n}",
        );
        check_set(
            "{\n}\n",
            "{\n  \"b\": {\n    \"x\": [\n      1\n    ]\n  }\n}\n",
        );
    }

    #[test]
    fn a_member_that_is_there_changes_in_its_place() {
        check_set(
            "{\n  \"b\": 0,\n  \"z\":[ ]\n}",
            "{\n  \"b\": {\n    \"x\": [\n      1\n    ]\n  },\n  \"z\":[ ]\n}",
        );
    }

    #[test]
    fn a_member_goes_with_its_comma() {
        for (text, expected) in [
            ("{\n  \"a\": 1,\n  \"b\": 2\n}\n", "{\n  \"a\": 1\n}\n"),
            ("{\n  \"b\": 2,\n  \"a\": 1\n}\n", "{\n  \"a\": 1\n}\n"),
            ("{\"a\":1 , \"b\":2, \"c\":3}", "{\"a\":1, \"c\":3}"),
            ("{ \"b\": {\"b\": 1} }", "{}"),
            ("{\"a\":1}", "{\"a\":1}"),
            ("{\"b\":1,\"a\":1,\"b\":2}", "{\"a\":1}"),
        ] {
            assert_eq!(without(text, whole(text), "b").unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_was_set_and_taken_out_again_leaves_no_trace() {
        for text in [
            "{\n  \"a\": {\"k\": [1,2 ,3]},\n\n  \"c\": \"\\u00e9\"\n}\n",
            "{\"a\":1}",
            "{\r\n\t\"a\":\ttrue\r\n}\r\n",
        ] {
            let set = set(text, whole(text), "b", &json!({"deep": {"er": []}})).unwrap();
            assert_ne!(set, text);
            assert_eq!(without(&set, whole(&set), "b").unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in ["[]", "{\"a\":1,}", "{\"a\":1} x", "// c\n{}", ""] {
            assert!(members(text, 0..text.len()).is_err(), "{text}");
        }
    }
}
