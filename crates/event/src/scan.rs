//! Cuts an array into its elements and an object into its members without judging them, so that one
//! bad event does not spoil its neighbours.
//!
//! Only strings and brackets are looked at, in one pass and with one counter, whatever the depth. A
//! piece may be anything: who reads it next finds out.

mod plain;

use crate::sanitise::{BYTE_ORDER_MARK, skip_space, unexpected};
use crate::{Code, Fault};
pub(crate) use plain::plain_end;

/// The elements of a JSON array, each as the bytes between its commas, without white space around
/// them. Made by [`elements`].
#[derive(Clone, Debug)]
pub struct Elements<'a>(Pieces<'a>);

/// The members of a JSON object: the key in its quotes, and the value. Made by [`members`].
#[derive(Clone, Debug)]
pub struct Members<'a>(Pieces<'a>);

/// The elements of the array in `bytes`.
///
/// # Errors
/// `bytes` does not begin with `[`. The iterator itself ends with a fault if the array is not
/// closed, or if something follows it.
///
/// ```
/// let found: Result<Vec<_>, _> = event::elements(b"[ {\"a\": [1, 2]}, oops, 3]")?.collect();
/// assert_eq!(found?, [b"{\"a\": [1, 2]}".as_slice(), b"oops", b"3"]);
/// # Ok::<(), event::Fault>(())
/// ```
pub fn elements(bytes: &[u8]) -> Result<Elements<'_>, Fault> {
    Pieces::begin(bytes, b'[', b']').map(Elements)
}

/// The members of the object in `bytes`.
///
/// # Errors
/// `bytes` does not begin with `{`. The iterator itself ends with a fault if the object is not
/// closed, if something follows it, or at a member without a key.
pub fn members(bytes: &[u8]) -> Result<Members<'_>, Fault> {
    Pieces::begin(bytes, b'{', b'}').map(Members)
}

/// The members of the object in `text`, as text.
///
/// # Errors
/// Those of [`members`].
pub(crate) fn text_members(
    text: &str,
) -> Result<impl Iterator<Item = Result<(&str, &str), Fault>>, Fault> {
    let part = move |piece: &[u8]| {
        let start = piece.as_ptr().addr() - text.as_ptr().addr();
        text.get(start..start + piece.len())
            .expect("cut out of this text at ASCII characters")
    };
    let members = members(text.as_bytes())?;
    Ok(members.map(move |member| member.map(|(key, value)| (part(key), part(value)))))
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<&'a [u8], Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let pieces = &mut self.0;
        if !pieces.has_next() {
            return None;
        }
        Some(pieces.value())
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Result<(&'a [u8], &'a [u8]), Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let pieces = &mut self.0;
        if !pieces.has_next() {
            return None;
        }
        Some(pieces.key().and_then(|key| Ok((key, pieces.value()?))))
    }
}

#[derive(Clone, Debug)]
struct Pieces<'a> {
    bytes: &'a [u8],
    at: usize,
    close: u8,
    /// No piece was read yet: an array or object may only close without one before its first.
    first: bool,
    done: bool,
}

impl<'a> Pieces<'a> {
    fn begin(bytes: &'a [u8], open: u8, close: u8) -> Result<Self, Fault> {
        let mark = if bytes.starts_with(BYTE_ORDER_MARK) {
            BYTE_ORDER_MARK.len()
        } else {
            0
        };
        let at = skip_space(bytes, mark);
        let mut pieces = Self {
            bytes,
            at,
            close,
            first: true,
            done: false,
        };
        if bytes.get(at) != Some(&open) {
            return Err(pieces.unexpected(at, &format!("`{}`", char::from(open))));
        }
        pieces.at = skip_space(bytes, at + 1);
        Ok(pieces)
    }

    /// Whether there is another piece, or a fault to tell.
    fn has_next(&mut self) -> bool {
        let empty = self.first && self.bytes.get(self.at) == Some(&self.close);
        self.first = false;
        if empty && skip_space(self.bytes, self.at + 1) == self.bytes.len() {
            self.done = true;
        }
        !self.done
    }

    /// The quoted key that is next, and on to its value.
    fn key(&mut self) -> Result<&'a [u8], Fault> {
        let start = self.at;
        if self.bytes.get(start) != Some(&b'"') {
            return Err(self.unexpected(start, "a key in `\"`"));
        }
        let Some(end) = string_end(self.bytes, start) else {
            return Err(self.unexpected(self.bytes.len(), "`\"`"));
        };
        let colon = skip_space(self.bytes, end);
        if self.bytes.get(colon) != Some(&b':') {
            return Err(self.unexpected(colon, "`:`"));
        }
        self.at = skip_space(self.bytes, colon + 1);
        Ok(&self.bytes[start..end])
    }

    /// The value that is next, and on to the piece behind it.
    fn value(&mut self) -> Result<&'a [u8], Fault> {
        let start = self.at;
        let end = value_end(self.bytes, start);
        match self.bytes.get(end) {
            Some(b',') => self.at = skip_space(self.bytes, end + 1),
            Some(found) if *found == self.close => self.ends(end)?,
            _ => {
                let expected = format!("`,` or `{}`", char::from(self.close));
                return Err(self.unexpected(end, &expected));
            }
        }
        Ok(trim_space_end(&self.bytes[start..end]))
    }

    /// Checks that the bracket at `close` is the last thing of the text.
    fn ends(&mut self, close: usize) -> Result<(), Fault> {
        self.done = true;
        let end = skip_space(self.bytes, close + 1);
        if end < self.bytes.len() {
            return Err(self.unexpected(end, "the end of the text"));
        }
        Ok(())
    }

    /// A fault, after which there are no more pieces.
    fn unexpected(&mut self, at: usize, expected: &str) -> Fault {
        self.done = true;
        Fault {
            code: Code::InvalidJson,
            position: at,
            path: String::new(),
            message: unexpected(self.bytes, at, expected),
        }
    }
}

/// `bytes` without JSON's white space at the end. ASCII has more, which JSON does not allow.
fn trim_space_end(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t' | b'\n' | b'\r'] = bytes {
        bytes = rest;
    }
    bytes
}

/// The position behind the string whose opening quote is at `start`.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at = plain_end(bytes, at);
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The comma or closing bracket that ends the value at `start`, or the end of the bytes.
fn value_end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => match string_end(bytes, at) {
                Some(end) => {
                    at = end;
                    continue;
                }
                None => return bytes.len(),
            },
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth > 0 => depth -= 1,
            b',' | b'}' | b']' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str], fault_position: Option<usize>) {
        let (mut found, mut fault) = (Vec::new(), None);
        for piece in elements(text.as_bytes()).expect("an array") {
            assert_eq!(fault, None, "nothing comes after a fault: {text}");
            match piece {
                Ok(piece) => found.push(core::str::from_utf8(piece).expect("cut at ASCII")),
                Err(error) => fault = Some(error.position),
            }
        }
        assert_eq!(
            (found.as_slice(), fault),
            (expected, fault_position),
            "{text}"
        );
    }

    #[test]
    fn elements_are_cut_at_their_commas() {
        check("[]", &[], None);
        check(" [ ] ", &[], None);
        check("\u{feff}[1 , 2\n]\n", &["1", "2"], None);
        check(
            r#"[{"a":[1,{"b":"],"}]},"\"],[",[[]]]"#,
            &[r#"{"a":[1,{"b":"],"}]}"#, r#""\"],[""#, "[[]]"],
            None,
        );
    }

    #[test]
    fn a_bad_element_does_not_spoil_its_neighbours() {
        check(
            r#"[oops,{"a":1},{"b":2],3]"#,
            &["oops", r#"{"a":1}"#, r#"{"b":2]"#, "3"],
            None,
        );
        check("[1\u{c},\u{a0}2 ]", &["1\u{c}", "\u{a0}2"], None);
        check("[1,,2,]", &["1", "", "2", ""], None);
    }

    #[test]
    fn what_does_not_end_is_told_once() {
        check("[1,2", &["1"], Some(4));
        check("[1,[2]", &["1"], Some(6));
        check("[1,\"2]", &["1"], Some(6));
        check("[1,\"2\\", &["1"], Some(6));
        check("[", &[], Some(1));
        check("[1}", &[], Some(2));
        check("[1] x", &[], Some(4));
        check("[] x", &[], Some(3));
        for text in ["", "{}", "1", "\u{feff}"] {
            assert!(elements(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn members_are_key_and_value() {
        let all = |text: &'static str| members(text.as_bytes())?.collect::<Result<Vec<_>, _>>();
        let found = all(r#"{ "a" : 1, "b\"c":{"d":2} }"#).expect("an object");
        let expected: [(&[u8], &[u8]); 2] = [(b"\"a\"", b"1"), (b"\"b\\\"c\"", b"{\"d\":2}")];
        assert_eq!(found, expected);
        assert_eq!(all("{}"), Ok(Vec::new()));
        for (text, position) in [
            ("[]", 0),
            ("{", 1),
            ("{a:1}", 1),
            ("{\"a\"}", 4),
            ("{\"a\":1,}", 7),
            ("{\"a", 3),
            ("{\"a\":1]", 6),
            ("{\"a\":1}}", 7),
        ] {
            let fault = all(text).expect_err(text);
            assert_eq!(
                (fault.code, fault.position),
                (Code::InvalidJson, position),
                "{text}"
            );
        }
    }

    #[test]
    fn depth_costs_nothing() {
        let deep = format!("[{}{}]", "[".repeat(500_000), "]".repeat(500_000));
        assert_eq!(elements(deep.as_bytes()).expect("an array").count(), 1);
    }
}
