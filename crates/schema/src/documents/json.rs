//! Reads JSON into values with their positions, as far as it goes.

use std::borrow::Cow;

use super::{NESTING_MAX, PROBLEMS_MAX};
use crate::problem::quote;

/// A value and its bytes.
#[derive(Debug)]
pub(super) struct Value<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug)]
pub(super) enum Kind<'a> {
    Object(Vec<Member<'a>>),
    Array(Vec<Value<'a>>),
    Text(Cow<'a, str>),
    /// A number, `true`, `false` or `null`, as written.
    Plain(&'a str),
}

/// One key of an object, and what it holds.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) key: Cow<'a, str>,
    /// Where the key is, quotes included.
    pub(super) key_span: (usize, usize),
    pub(super) value: Value<'a>,
}

impl<'a> Value<'a> {
    pub(super) fn members(&self) -> &[Member<'a>] {
        match &self.kind {
            Kind::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of an array, or the value itself: JSON-LD takes either.
    pub(super) fn items(&self) -> &[Value<'a>] {
        match &self.kind {
            Kind::Array(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn member(&self, key: &str) -> Option<&Value<'a>> {
        let found = self.members().iter().find(|member| member.key == key);
        found.map(|member| &member.value)
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Plain("null"))
    }
}

/// What does not follow the grammar, and where.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
}

/// All values of a text, one after the other. One that is damaged is taken as far as it can be
/// read; the next is looked for at the beginning of a later line.
pub(super) fn values(text: &str) -> (Vec<Value<'_>>, Vec<Fault>) {
    let mut reader = Reader {
        text,
        // A byte order mark, which some editors write and RFC 8259 lets readers ignore.
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        fault: None,
    };
    let (mut values, mut faults) = (Vec::new(), Vec::new());
    while faults.len() < PROBLEMS_MAX {
        reader.blanks();
        if reader.at == text.len() {
            break;
        }
        let start = reader.at;
        values.extend(reader.value(0));
        if let Some(fault) = reader.fault.take() {
            reader.at = next_document(text, fault.at.max(start + 1));
            faults.push(fault);
        }
    }
    (values, faults)
}

/// The beginning of the next line, or this one, that begins an object or a list.
fn next_document(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let begins = |at: &usize| bytes[at - 1] == b'\n' && matches!(bytes[*at], b'{' | b'[');
    (from..text.len()).find(begins).unwrap_or(text.len())
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// The first thing that could not be read; nothing is read behind it.
    fault: Option<Fault>,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Blanks, and the separator of JSON text sequences (RFC 7464).
    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r' | 0x1e)) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Notes that something else was expected here.
    fn expected<T>(&mut self, what: &str) -> Option<T> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = if rest.is_empty() {
            "the end".to_owned()
        } else {
            quote(rest)
        };
        self.fail(format!("read {found}: expected {what}"))
    }

    fn fail<T>(&mut self, message: String) -> Option<T> {
        let at = self.at;
        self.fault.get_or_insert(Fault { at, message });
        None
    }

    fn value(&mut self, depth: usize) -> Option<Value<'a>> {
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{' | b'[') if depth == NESTING_MAX => {
                return self.fail(format!("read on: at most {NESTING_MAX} levels are nested"));
            }
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Kind::Text(self.string()?),
            _ => Kind::Plain(self.plain()?),
        };
        let end = self.at;
        Some(Value { kind, start, end })
    }

    /// What was read before a fault stands.
    fn object(&mut self, depth: usize) -> Kind<'a> {
        let mut members = Vec::new();
        self.at += 1;
        self.blanks();
        if self.take(b'}') {
            return Kind::Object(members);
        }
        loop {
            members.extend(self.member(depth));
            self.blanks();
            if self.fault.is_some() || self.take(b'}') {
                break;
            }
            if !self.take(b',') {
                self.expected::<()>("`,` or `}`");
                break;
            }
        }
        Kind::Object(members)
    }

    fn member(&mut self, depth: usize) -> Option<Member<'a>> {
        self.blanks();
        let start = self.at;
        if self.peek() != Some(b'"') {
            return self.expected("a key in double quotes");
        }
        let key = self.string()?;
        let key_span = (start, self.at);
        self.blanks();
        if !self.take(b':') {
            return self.expected("`:`");
        }
        self.blanks();
        let value = self.value(depth + 1)?;
        Some(Member {
            key,
            key_span,
            value,
        })
    }

    fn array(&mut self, depth: usize) -> Kind<'a> {
        let mut items = Vec::new();
        self.at += 1;
        self.blanks();
        if self.take(b']') {
            return Kind::Array(items);
        }
        loop {
            self.blanks();
            items.extend(self.value(depth + 1));
            self.blanks();
            if self.fault.is_some() || self.take(b']') {
                break;
            }
            if !self.take(b',') {
                self.expected::<()>("`,` or `]`");
                break;
            }
        }
        Kind::Array(items)
    }

    /// A text; borrowed unless it has escapes.
    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.at += 1;
        let start = self.at;
        let mut owned: Option<String> = None;
        let mut copied = start;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let last = &self.text[copied..self.at];
                    self.at += 1;
                    return Some(match owned {
                        Some(text) => Cow::Owned(text + last),
                        None => Cow::Borrowed(last),
                    });
                }
                Some(b'\\') => {
                    let text = owned.get_or_insert_default();
                    text.push_str(&self.text[copied..self.at]);
                    let character = self.escape()?;
                    owned.get_or_insert_default().push(character);
                    copied = self.at;
                }
                Some(0x20..) => self.at += 1,
                Some(_) => {
                    return self.fail("read on: a text is open at the end of its line".to_owned());
                }
                None => return self.expected("`\"`"),
            }
        }
    }

    /// The character of an escape. Half of a surrogate pair is replaced: it stands for nothing.
    fn escape(&mut self) -> Option<char> {
        let letter = self.text.as_bytes().get(self.at + 1).copied();
        let plain = match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return self.expected("an escape of JSON"),
        };
        self.at += 2;
        Some(plain)
    }

    fn unicode(&mut self) -> Option<char> {
        let Some(first) = self.unit(self.at) else {
            return self.expected("four hexadecimal digits");
        };
        self.at += 6;
        let second = match first {
            0xd800..=0xdbff => self
                .unit(self.at)
                .filter(|it| (0xdc00..=0xdfff).contains(it)),
            _ => None,
        };
        let code = match second {
            Some(second) => {
                self.at += 6;
                0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            None => first,
        };
        Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// The number of `\u0041` that begins here.
    fn unit(&self, at: usize) -> Option<u32> {
        let digits = self.text.get(at..at + 6)?.strip_prefix("\\u")?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| u32::from_str_radix(digits, 16).ok())?
    }

    fn plain(&mut self) -> Option<&'a str> {
        let rest = &self.text[self.at..];
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let word = &rest[..end];
        if !matches!(word, "true" | "false" | "null") && !is_number(word) {
            return self.expected("a value");
        }
        self.at += end;
        Some(word)
    }
}

/// RFC 8259, section 6.
fn is_number(text: &str) -> bool {
    fn digits(text: &str) -> bool {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
    }
    let text = text.strip_prefix('-').unwrap_or(text);
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (number, None),
    };
    let sign = |text: &str| digits(text.strip_prefix(['+', '-']).unwrap_or(text));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, faults: &[(usize, &str)]) {
        let (_, found) = values(text);
        let found: Vec<_> = found
            .iter()
            .map(|it| (it.at, it.message.as_str()))
            .collect();
        assert_eq!(found, faults, "{text}");
    }

    #[test]
    fn what_is_json_has_no_faults() {
        for text in [
            "",
            "\u{feff}{}",
            r#" {"a": [1, -0.5e+3, true, null, "\u00e9\ud83d\ude00\n", {}], "b": []} "#,
            "{}\n{}\n[]\n1 2 \u{1e}3",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn what_is_not_is_pointed_at() {
        check("{\"a\": }", &[(6, "read `}`: expected a value")]);
        check(
            "{a: 1}",
            &[(1, "read `a: 1}`: expected a key in double quotes")],
        );
        check("[1, 2", &[(5, "read the end: expected `,` or `]`")]);
        check("[01]", &[(1, "read `01]`: expected a value")]);
        check(
            r#"["\x"]"#,
            &[(2, r#"read `\x"]`: expected an escape of JSON"#)],
        );
        check(
            "[\"a\n\"]",
            &[(3, "read on: a text is open at the end of its line")],
        );
        let deep = "[".repeat(NESTING_MAX + 1);
        check(
            &deep,
            &[(NESTING_MAX, "read on: at most 128 levels are nested")],
        );
    }

    #[test]
    fn one_damaged_line_costs_that_line() {
        let (values, faults) =
            values("{\"a\":1}\n{\"b\":1,x}\n{\"c\":\n[\n{\"d\":\n{\"e\":1}\nx\n{}");
        assert_eq!((values.len(), faults.len()), (4, 2));
        assert_eq!(values[1].members()[0].key, "b", "what came before stands");
    }

    #[test]
    fn escapes_are_read() {
        let (values, _) = values(r#""a\"\\\/\u0041\ud83d\ude00\ud83d""#);
        assert_eq!(values[0].text(), Some("a\"\\/A\u{1f600}\u{fffd}"));
    }
}
