//! ULID: the same 128 bits as 26 characters, 48 of them the same milliseconds.
//!
//! A ULID has no version bits. A version 7 id written as a ULID keeps its order and its time, and
//! reads back as itself; a true ULID read as a [`Uuid`] is 128 bits of no version in particular.
//! Source: the ULID specification (`ulid/spec`).

use crate::base32::{self, Accept};
use crate::text::Text;
use crate::{ParseError, Timestamp, Uuid};

/// The 26 characters, in upper case as its specification writes them.
///
/// ```
/// let id = ids::Uuid::parse("019a9964-77f3-7479-bc9f-50ff6ea646f1")?;
/// assert_eq!(ids::ulid::encode(id).as_str(), "01KACP8XZKEHWVS7TGZXQACHQH");
/// assert_eq!(ids::ulid::decode("01KACP8XZKEHWVS7TGZXQACHQH")?, id);
/// # Ok::<(), ids::ParseError>(())
/// ```
#[must_use]
pub fn encode(id: Uuid) -> Text<26> {
    Text::written(|ascii| base32::encode_upper(id.to_u128(), ascii))
}

/// Reads 26 characters of Crockford's base 32 in either case; `I`, `L` and `O` as the digits that
/// they look like.
///
/// # Errors
/// A wrong length or character; a value above 128 bits (a first character above `7`), which many
/// readers take for another id.
#[inline]
pub fn decode(text: &str) -> Result<Uuid, ParseError> {
    decode_bytes(text.as_bytes())
}

#[inline]
pub(crate) fn decode_bytes(text: &[u8]) -> Result<Uuid, ParseError> {
    const ULID: &str = "a ULID";
    let Ok(digits) = <&[u8; 26]>::try_from(text) else {
        let (at, expected) = match text.len() {
            27.. => (26, "the end"),
            short => (short, "26 base 32 digits"),
        };
        return Err(ParseError::new(text, ULID, at, expected));
    };
    base32::decode(digits, Accept::AnyCase)
        .map(Uuid::from_u128)
        .map_err(|(at, expected)| ParseError::new(text, ULID, at, expected))
}

/// The time that 128 bits tell when they are a ULID: the first 48 are Unix milliseconds.
#[must_use]
pub const fn timestamp(id: Uuid) -> Timestamp {
    let ms = (id.to_u128() >> 80) as i64;
    Timestamp::from_unix_ms(ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification() {
        let id = decode("01ARZ3NDEKTSV4RRFFQ69G5FAV").expect("the specification's example");
        assert_eq!(timestamp(id).to_string(), "2016-07-30T23:54:10.259Z");
        assert_eq!(encode(id).as_str(), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
        assert_eq!(decode("01arz3ndektsv4rrffq69g5fav"), Ok(id));
    }

    #[test]
    fn overflow_and_wrong_lengths_are_refused() {
        assert_eq!(decode("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"), Ok(Uuid::MAX));
        let check = |text: &str, position| {
            assert_eq!(
                decode(text).map_err(|error| error.position()),
                Err(position),
                "{text}"
            );
        };
        check("8ZZZZZZZZZZZZZZZZZZZZZZZZZ", 0);
        check("01ARZ3NDEKTSV4RRFFQ69G5FA", 25);
        check("01ARZ3NDEKTSV4RRFFQ69G5FAV0", 26);
        check("01ARZ3NDEKTSV4RRFFQ69G5FA!", 25);
        check("", 0);
    }
}
