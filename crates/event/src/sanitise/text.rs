//! JSON strings: read once, into canonical form or into the text itself.

use core::fmt::Write;

use crate::scan::plain_end;

/// What is known of a string that was read.
pub(crate) struct Found {
    /// The position behind the closing quote.
    pub(crate) end: usize,
    /// Bytes of UTF-8 of the text itself.
    pub(crate) bytes: usize,
    /// Whether a character was replaced by U+FFFD.
    pub(crate) changed: bool,
}

/// Where a string's text goes.
pub(crate) trait Sink {
    /// Text without quotes, backslashes and control characters.
    fn plain(&mut self, text: &str);
    /// Any character but U+0000.
    fn character(&mut self, c: char);
}

/// The text itself.
impl Sink for String {
    fn plain(&mut self, text: &str) {
        self.push_str(text);
    }

    fn character(&mut self, c: char) {
        self.push(c);
    }
}

/// A JSON string with only the escapes that it needs.
pub(crate) struct Escaped<'a>(&'a mut String);

impl<'a> Escaped<'a> {
    /// Writes the opening quote; the closing one is the caller's.
    pub(crate) fn begin(out: &'a mut String) -> Self {
        out.push('"');
        Self(out)
    }
}

impl Sink for Escaped<'_> {
    fn plain(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn character(&mut self, c: char) {
        match c {
            '"' => self.0.push_str("\\\""),
            '\\' => self.0.push_str("\\\\"),
            '\u{8}' => self.0.push_str("\\b"),
            '\t' => self.0.push_str("\\t"),
            '\n' => self.0.push_str("\\n"),
            '\u{c}' => self.0.push_str("\\f"),
            '\r' => self.0.push_str("\\r"),
            // Writing into a String never fails.
            '\0'..'\u{20}' => _ = write!(self.0, "\\u{:04x}", u32::from(c)),
            _ => self.0.push(c),
        }
    }
}

/// Position and expectation of the byte that does not fit.
type Misfit = (usize, &'static str);

/// Reads the JSON string whose opening quote is at `start`.
///
/// U+0000, which no PostgreSQL text holds and at which SQLite cuts, and surrogates without their
/// other half, which are no characters, become U+FFFD. They are replaced rather than left out, so
/// that nothing is joined that was apart (Unicode Technical Report 36, section 3.5).
pub(crate) fn read(text: &str, start: usize, sink: &mut impl Sink) -> Result<Found, Misfit> {
    let bytes = text.as_bytes();
    let mut found = Found {
        end: start + 1,
        bytes: 0,
        changed: false,
    };
    loop {
        let at = plain_end(bytes, found.end);
        sink.plain(&text[found.end..at]);
        found.bytes += at - found.end;
        match bytes.get(at) {
            Some(b'"') => {
                found.end = at + 1;
                return Ok(found);
            }
            Some(b'\\') => {
                let (c, end) = escape(bytes, at)?;
                let c = c.unwrap_or_else(|| {
                    found.changed = true;
                    char::REPLACEMENT_CHARACTER
                });
                sink.character(c);
                found.bytes += c.len_utf8();
                found.end = end;
            }
            Some(_) => return Err((at, "no control character within a string")),
            None => return Err((at, "`\"`")),
        }
    }
}

/// The text of a JSON string that has no escapes. None for all else.
pub(crate) fn plain(json: &str) -> Option<&str> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    (plain_end(inner.as_bytes(), 0) == inner.len()).then_some(inner)
}

/// The character of the escape at `at`, None if it cannot be stored, and the position behind it.
fn escape(bytes: &[u8], at: usize) -> Result<(Option<char>, usize), Misfit> {
    let c = match bytes.get(at + 1) {
        Some(c @ (b'"' | b'\\' | b'/')) => char::from(*c),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_escape(bytes, at),
        _ => return Err((at + 1, "one of `\"\\/bfnrtu` behind a backslash")),
    };
    Ok((Some(c), at + 2))
}

fn unicode_escape(bytes: &[u8], at: usize) -> Result<(Option<char>, usize), Misfit> {
    let (high, end) = (hex4(bytes, at + 2)?, at + 6);
    if (0xd800..0xdc00).contains(&high) && bytes[end..].starts_with(b"\\u") {
        let low = hex4(bytes, end + 2)?;
        if (0xdc00..0xe000).contains(&low) {
            let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            return Ok((char::from_u32(code), end + 6));
        }
    }
    // None for surrogates: a high one without a low one, or the reverse.
    Ok((char::from_u32(high).filter(|c| *c != '\0'), end))
}

fn hex4(bytes: &[u8], start: usize) -> Result<u32, Misfit> {
    let mut code = 0;
    for at in start..start + 4 {
        let digit = bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
        code = code << 4 | digit.ok_or((at, "four hexadecimal digits behind `\\u`"))?;
    }
    Ok(code)
}

/// The text of a canonical string, given between its quotes.
pub(crate) fn decode_canonical(escaped: &str) -> String {
    let mut out = String::with_capacity(escaped.len());
    let quoted = format!("\"{escaped}\"");
    // A canonical string is a JSON string; anything else would be our own mistake, and then its
    // beginning is still good for an error's path.
    debug_assert!(read(&quoted, 0, &mut String::new()).is_ok(), "{escaped}");
    drop(read(&quoted, 0, &mut out));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Any code unit; half of them surrogates, and the edges of their ranges more often still.
    fn code_unit() -> impl Strategy<Value = u16> {
        const EDGES: [u16; 10] = [
            0, 1, 0x41, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xffff,
        ];
        prop_oneof![
            prop::sample::select(&EDGES),
            0xd7fe..0xe002_u16,
            any::<u16>()
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn escapes_are_utf_16(units in proptest::collection::vec(code_unit(), 0..6)) {
            let expected = String::from_utf16_lossy(&units).replace('\0', "\u{fffd}");
            let escapes = units.iter().map(|unit| format!("\\u{unit:04x}"));
            let escapes = escapes.collect::<Vec<_>>().concat();
            let quoted = format!("\"{escapes}\"");
            let mut decoded = String::new();
            let found = read(&quoted, 0, &mut decoded);
            let Ok(found) = found else {
                return Err(TestCaseError::fail(escapes));
            };
            prop_assert_eq!(&decoded, &expected, "{}", escapes);
            prop_assert_eq!((found.end, found.bytes), (quoted.len(), expected.len()));
            let lossless = String::from_utf16(&units).is_ok_and(|text| !text.contains('\0'));
            prop_assert_eq!(found.changed, !lossless, "{}", escapes);
        }

        #[test]
        fn what_is_written_canonically_is_read_back(
            text in "[^\\x00]{0,20}|[\\x01-\\x1f\"\\\\/]{0,9}",
        ) {
            let mut escaped = String::new();
            let mut sink = Escaped::begin(&mut escaped);
            for c in text.chars() {
                sink.character(c);
            }
            prop_assert_eq!(decode_canonical(&escaped[1..]), text.as_str());
            let theirs = serde_json::Value::from(text.as_str()).to_string();
            prop_assert_eq!(escaped + "\"", theirs);
        }
    }
}
