//! A refused event as data: which, why, where in it, and a cut of what came.

use core::fmt;

/// Why one input of a request did not become an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Which input of the request, from 0.
    pub index: usize,
    /// The kind of refusal.
    pub code: Code,
    /// Where: a field as the client names it, and below it a JSON Pointer (RFC 6901), such as
    /// `properties/items/0/price`. None if it is the input as a whole.
    pub field: Option<String>,
    /// For the developer who sent it: a lowercase fragment with the value in backticks.
    pub message: String,
    /// The beginning of the input, at most
    /// [`rejection_input_bytes_max`](crate::Limits::rejection_input_bytes_max) bytes; bytes that
    /// cannot be stored as text are U+FFFD, and keys are blank: see [`rejected_input`].
    pub input: String,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)+) => {
        /// The kind of a refusal. The text form never changes its meaning: clients match on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* $variant,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The text form: `snake_case`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

codes! {
    /// The text is not JSON (RFC 8259).
    InvalidJson = "invalid_json",
    /// The bytes are not UTF-8.
    InvalidUtf8 = "invalid_utf8",
    /// An event, its properties or its context is not a JSON object.
    NotAnObject = "not_an_object",
    /// A field is of a type that it may not have.
    InvalidType = "invalid_type",
    /// The event has no name, or a blank one.
    MissingName = "missing_name",
    /// The event's name holds a control character.
    InvalidName = "invalid_name",
    /// The event's name is longer than `name_chars_max`.
    NameTooLong = "name_too_long",
    /// An id is longer than `id_bytes_max`.
    IdTooLong = "id_too_long",
    /// A time is neither RFC 3339 nor Unix time.
    InvalidTimestamp = "invalid_timestamp",
    /// The event is larger than `event_bytes_max`.
    EventTooLarge = "event_too_large",
    /// Objects and arrays within each other beyond `depth_max`.
    TooDeep = "too_deep",
    /// More keys than `keys_max`.
    TooManyKeys = "too_many_keys",
    /// A key is longer than `key_bytes_max`.
    KeyTooLong = "key_too_long",
    /// A string is longer than `string_bytes_max`.
    StringTooLong = "string_too_long",
    /// A number is longer than `number_bytes_max`.
    NumberTooLong = "number_too_long",
    /// The request has more events than `batch_events_max`.
    BatchTooLarge = "batch_too_large",
    /// The body is larger than `body_wire_bytes_max` or `body_bytes_max`.
    BodyTooLarge = "body_too_large",
    /// The body is compressed, but damaged, cut off, or compressed twice.
    InvalidEncoding = "invalid_encoding",
    /// The server could not make an id: nothing is wrong with the event; send it again.
    NoId = "no_id",
}

impl Code {
    /// Reads the text form. None for a code that this version does not know.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Fields in which clients repeat the key of their request in each event.
pub(crate) const CREDENTIALS: [&str; 3] = ["writeKey", "write_key", "api_key"];

/// The part of a refused input that is kept: its beginning, as [`cut`] leaves it, with asterisks
/// for the values of `writeKey`, `write_key` and `api_key`, because keys are never stored.
#[must_use]
pub fn rejected_input(bytes: &[u8], bytes_max: usize) -> String {
    let mut text = cut(bytes, bytes_max);
    for name in CREDENTIALS {
        let quoted = format!("\"{name}\"");
        let mut from = 0;
        while let Some(found) = text[from..].find(&quoted) {
            from += found + quoted.len();
            from = blank_value(&mut text, from);
        }
    }
    text
}

/// Overwrites the string behind the colon at `at`; gives the position behind it.
fn blank_value(text: &mut String, at: usize) -> usize {
    let rest = text[at..]
        .trim_start()
        .strip_prefix(':')
        .map(str::trim_start);
    let Some(value) = rest.and_then(|rest| rest.strip_prefix('"')) else {
        return at;
    };
    let start = text.len() - value.len();
    let end = start + value.find('"').unwrap_or(value.len());
    // Not more characters than there were: the text stays within its limit.
    let blank = "*".repeat((end - start).min(3));
    text.replace_range(start..end, &blank);
    start + blank.len()
}

/// The beginning of `bytes` as text that can be stored: at most `bytes_max` bytes, cut at a
/// character; invalid UTF-8 and U+0000 are U+FFFD.
#[must_use]
pub fn cut(bytes: &[u8], bytes_max: usize) -> String {
    // No byte becomes less than a byte, so what begins behind the limit is never needed; three
    // more, so that the character before it is whole.
    let head = &bytes[..bytes.len().min(bytes_max.saturating_add(3))];
    if let Ok(text) = core::str::from_utf8(head)
        && !head.contains(&0)
    {
        return text[..text.floor_char_boundary(bytes_max)].to_owned();
    }
    let mut out = String::new();
    for c in String::from_utf8_lossy(head).chars() {
        let c = if c == '\0' {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        };
        if out.len() + c.len_utf8() > bytes_max {
            break;
        }
        out.push(c);
    }
    out
}

/// `text` for a message: control characters as escapes, quotes as they are.
pub(crate) fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\'' | '\\' => out.push(c),
            _ => out.extend(c.escape_debug()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_and_is_one_word() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(*code));
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            assert!(code.as_str().bytes().all(plain), "{code}");
        }
        assert_eq!(Code::parse("Invalid_Json"), None);
    }

    #[test]
    fn a_key_is_not_kept_with_the_input() {
        let check = |text: &str, expected: &str| {
            assert_eq!(rejected_input(text.as_bytes(), 60), expected, "{text}");
        };
        check(
            r#"{"writeKey":"wk_secret","b":1}"#,
            r#"{"writeKey":"***","b":1}"#,
        );
        check(
            r#"{"api_key" : "s","api_key":"secret"}"#,
            r#"{"api_key" : "*","api_key":"***"}"#,
        );
        check(
            r#"{"write_key":7,"x":"write_key"}"#,
            r#"{"write_key":7,"x":"write_key"}"#,
        );
        check(r#"{"writeKey":"wk_sec"#, r#"{"writeKey":"***"#);
        check(
            r#"{"writeKey":"größe\"x","b":1}"#,
            r#"{"writeKey":"***"x","b":1}"#,
        );
        check(r#"{"writeKey":""}"#, r#"{"writeKey":""}"#);
        check(r#"{"writeKey""#, r#"{"writeKey""#);
        let long = format!("{}\"writeKey\":\"wk_secret\"", " ".repeat(46));
        check(&long, &format!("{}\"writeKey\":\"**", " ".repeat(46)));
    }

    #[test]
    fn a_cut_ends_at_a_character_and_can_be_stored() {
        assert_eq!(cut("größe".as_bytes(), 3), "gr");
        assert_eq!(cut("größe".as_bytes(), 4), "grö");
        assert_eq!(cut("größe".as_bytes(), 100), "größe");
        assert_eq!(cut(b"a\0b\xffc", 100), "a\u{fffd}b\u{fffd}c");
        assert_eq!(cut(b"\xff\xff", 5), "\u{fffd}");
        assert_eq!(cut("😀😀".as_bytes(), 4), "😀");
        assert_eq!(cut(b"abc", 0), "");
    }
}
