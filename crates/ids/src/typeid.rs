//! `TypeID`: an id that says what it is the id of, `user_01kacp8xzkehwvs7tgzxqachqh`.
//!
//! A prefix of lower-case letters and underscores, an underscore, and 128 bits in base 32. Source:
//! the `TypeID` specification, version 0.3 (`jetify-com/typeid`). The specification asks makers
//! for version 7 and readers for any UUID.

use core::fmt;
use core::ops::Deref;

use crate::base32::{self, Accept};
use crate::text::Text;
use crate::{ParseError, Uuid};

/// The longest prefix that the specification allows.
pub const PREFIX_BYTES_MAX: usize = 63;

const SUFFIX_BYTES: usize = 26;
const TEXT_BYTES_MAX: usize = PREFIX_BYTES_MAX + 1 + SUFFIX_BYTES;

const TYPEID: &str = "a TypeID";

/// An id and the prefix that it is written with; the prefix is borrowed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TypeId<'a> {
    prefix: &'a str,
    id: Uuid,
}

impl<'a> TypeId<'a> {
    /// An id with a prefix of 0 to 63 characters `a` to `z` and `_`, no underscore at either end.
    ///
    /// # Errors
    /// The prefix and the byte of it that does not fit.
    pub const fn new(prefix: &'a str, id: Uuid) -> Result<Self, ParseError> {
        match check_prefix(prefix.as_bytes()) {
            Ok(()) => Ok(Self { prefix, id }),
            Err((at, expected)) => Err(ParseError::new(
                prefix.as_bytes(),
                "a TypeID's prefix",
                at,
                expected,
            )),
        }
    }

    /// Reads `prefix_suffix`, or a suffix alone.
    ///
    /// # Errors
    /// The byte that does not fit: in the prefix; in the suffix, where only lower case is valid;
    /// a suffix of more than 128 bits; an underscore with no prefix in front of it.
    ///
    /// ```
    /// let id = ids::typeid::TypeId::parse("user_01kacp8xzkehwvs7tgzxqachqh")?;
    /// assert_eq!((id.prefix(), id.uuid().is_v7()), ("user", true));
    /// # Ok::<(), ids::ParseError>(())
    /// ```
    #[inline]
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let bytes = text.as_bytes();
        let refuse = |(at, expected)| ParseError::new(bytes, TYPEID, at, expected);
        let Some((front, suffix)) = bytes.split_last_chunk::<SUFFIX_BYTES>() else {
            return Err(refuse(misplaced(bytes)));
        };
        let prefix = match front {
            [] => "",
            [.., b'_'] => {
                let prefix = &front[..front.len() - 1];
                if prefix.is_empty() {
                    return Err(refuse((0, "a prefix before the underscore")));
                }
                check_prefix(prefix).map_err(refuse)?;
                &text[..prefix.len()]
            }
            _ => return Err(refuse(misplaced(bytes))),
        };
        let value = base32::decode(suffix, Accept::Lower)
            .map_err(|(at, expected)| refuse((front.len() + at, expected)))?;
        Ok(Self {
            prefix,
            id: Uuid::from_u128(value),
        })
    }

    /// What the id is the id of; may be empty.
    #[must_use]
    pub const fn prefix(&self) -> &'a str {
        self.prefix
    }

    /// The id.
    #[must_use]
    pub const fn uuid(&self) -> Uuid {
        self.id
    }

    /// The text on the stack, up to 90 characters.
    #[must_use]
    #[inline]
    pub fn to_text(self) -> TypeIdText {
        write(self.prefix, self.id)
    }
}

/// A `TypeID`'s text on the stack, 26 to 90 characters; reads as a `&str`.
#[derive(Clone, Copy)]
pub struct TypeIdText {
    text: Text<TEXT_BYTES_MAX>,
    len: usize,
}

impl Deref for TypeIdText {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        &self.text[..self.len]
    }
}

impl fmt::Display for TypeIdText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for TypeIdText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// `prefix_suffix` for a prefix that was checked.
#[inline]
pub(crate) fn write(prefix: &str, id: Uuid) -> TypeIdText {
    // No underscore for no prefix.
    let start = prefix.len() + usize::from(!prefix.is_empty());
    let text = Text::written(|ascii: &mut [u8; TEXT_BYTES_MAX]| {
        ascii[prefix.len()] = b'_';
        ascii[..prefix.len()].copy_from_slice(prefix.as_bytes());
        if let Some(suffix) = ascii[start..].first_chunk_mut() {
            base32::encode_lower(id.to_u128(), suffix);
        }
    });
    TypeIdText {
        text,
        len: start + SUFFIX_BYTES,
    }
}

/// Where a text fails whose last underscore does not stand before its last 26 characters.
#[cold]
fn misplaced(text: &[u8]) -> base32::Fault {
    let suffix_start = text
        .iter()
        .rposition(|byte| *byte == b'_')
        .map_or(0, |at| at + 1);
    match text.len() - suffix_start {
        ..SUFFIX_BYTES => (text.len(), "26 base 32 digits behind the last underscore"),
        _ => (
            suffix_start + SUFFIX_BYTES,
            "the end: 26 base 32 digits, before them a prefix and `_`",
        ),
    }
}

/// Whether a prefix is valid, or where it is not. An empty one is.
pub(crate) const fn check_prefix(prefix: &[u8]) -> Result<(), base32::Fault> {
    if prefix.len() > PREFIX_BYTES_MAX {
        return Err((
            PREFIX_BYTES_MAX,
            "at most 63 characters before the last underscore",
        ));
    }
    let mut at = 0;
    while at < prefix.len() {
        match prefix[at] {
            b'a'..=b'z' => {}
            b'_' if at > 0 && at + 1 < prefix.len() => {}
            b'_' => return Err((at, "a letter at either end of the prefix")),
            _ => return Err((at, "a lower-case letter or an underscore")),
        }
        at += 1;
    }
    Ok(())
}

impl fmt::Display for TypeId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_text())
    }
}

impl fmt::Debug for TypeId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_valid_vectors_of_the_specification() {
        let check = |text: &str, prefix: &str, id: &str| {
            let read = TypeId::parse(text).expect(text);
            assert_eq!(
                (read.prefix(), read.uuid().to_string().as_str()),
                (prefix, id)
            );
            assert_eq!(read.to_string(), text);
        };
        check(
            "00000000000000000000000000",
            "",
            "00000000-0000-0000-0000-000000000000",
        );
        check(
            "00000000000000000000000001",
            "",
            "00000000-0000-0000-0000-000000000001",
        );
        check(
            "0000000000000000000000000a",
            "",
            "00000000-0000-0000-0000-00000000000a",
        );
        check(
            "0000000000000000000000000g",
            "",
            "00000000-0000-0000-0000-000000000010",
        );
        check(
            "00000000000000000000000010",
            "",
            "00000000-0000-0000-0000-000000000020",
        );
        check(
            "7zzzzzzzzzzzzzzzzzzzzzzzzz",
            "",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
        );
        let id = "0110c853-1d09-52d8-d73e-1194e95b5f19";
        check("prefix_0123456789abcdefghjkmnpqrs", "prefix", id);
        check(
            "pre_fix_00000000000000000000000000",
            "pre_fix",
            &Uuid::NIL.to_string(),
        );
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        check("prefix_01h455vb4pex5vsknk084sn02q", "prefix", id);
        let longest = "a".repeat(63);
        check(
            &format!("{longest}_01h455vb4pex5vsknk084sn02q"),
            &longest,
            id,
        );
    }

    #[test]
    fn the_invalid_vectors_of_the_specification() {
        let check = |text: &str, position| {
            assert_eq!(
                TypeId::parse(text).map_err(|e| e.position()),
                Err(position),
                "{text}"
            );
        };
        check("PREFIX_00000000000000000000000000", 0);
        check("12345_00000000000000000000000000", 0);
        check("pre.fix_00000000000000000000000000", 3);
        check("préfix_00000000000000000000000000", 2);
        check("  prefix_00000000000000000000000000", 0);
        check(
            &format!("{}_00000000000000000000000000", "a".repeat(64)),
            63,
        );
        check("_00000000000000000000000000", 0);
        check("_", 1);
        check("", 0);
        check("prefix_1234567890123456789012345", 32);
        check("prefix_123456789012345678901234567", 33);
        check("123456789012345678901234567", 26);
        check("prefix_1234567890123456789012345 ", 32);
        check("prefix_0123456789ABCDEFGHJKMNPQRS", 17);
        check("prefix_123456789-123456789-123456", 16);
        check("prefix_ooooooiiiiiiuuuuuuulllllll", 7);
        check("prefix_i23456789ol23456789oi23456", 7);
        check("prefix_123456789-0123456789-0123456", 33);
        check("prefix_8zzzzzzzzzzzzzzzzzzzzzzzzz", 7);
        check("_prefix_00000000000000000000000000", 0);
        check("prefix__00000000000000000000000000", 6);
    }

    proptest! {
        #[test]
        fn any_prefix_and_id_go_there_and_back(prefix in "([a-z]([a-z_]{0,61}[a-z])?)?", n: u128) {
            let id = TypeId::new(&prefix, Uuid::from_u128(n)).expect("a valid prefix");
            let text = id.to_string();
            prop_assert_eq!(TypeId::parse(&text), Ok(id));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = TypeId::parse(&text);
        }
    }
}
