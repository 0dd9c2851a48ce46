//! Reading the four text forms of a UUID: a fast path that accepts, and the grammar that decides.
//!
//! The grammar is scalar, constant and exact about the position of a fault. The fast path knows
//! only "yes" and "look again"; a property test holds the two equal on arbitrary bytes.

use crate::Uuid;
use crate::error::ParseError;
use crate::hex;

const UUID: &str = "a UUID";
const DIGIT: &str = "a hexadecimal digit";

/// Any of the four forms.
#[inline]
pub(crate) fn read(text: &[u8]) -> Result<Uuid, ParseError> {
    // Inlined into the caller for the form that nearly everyone writes.
    match accept_hyphenated(text) {
        Some(id) => Ok(id),
        None => read_other(text),
    }
}

/// `8-4-4-4-12` and nothing else: the grammar of RFC 9562, section 4.
#[inline]
pub(crate) fn read_strict(text: &[u8]) -> Result<Uuid, ParseError> {
    match accept_hyphenated(text) {
        Some(id) => Ok(id),
        None => hyphenated_const(text),
    }
}

#[inline]
fn accept_hyphenated(text: &[u8]) -> Option<Uuid> {
    hex::parse_hyphenated(text.try_into().ok()?).map(Uuid::from_bytes)
}

#[inline(never)]
fn read_other(text: &[u8]) -> Result<Uuid, ParseError> {
    match accept(text) {
        Some(bytes) => Ok(Uuid::from_bytes(bytes)),
        // The grammar finds the fault and names it.
        None => read_const(text),
    }
}

fn accept(text: &[u8]) -> Option<[u8; 16]> {
    let hyphenated = match text.len() {
        32 => return hex::parse_simple(text.first_chunk()?),
        38 => text.strip_prefix(b"{")?.strip_suffix(b"}")?,
        45 => {
            let (prefix, rest) = text.split_at(URN.len());
            prefix.eq_ignore_ascii_case(URN).then_some(rest)?
        }
        _ => return None,
    };
    hex::parse_hyphenated(hyphenated.first_chunk()?)
}

const URN: &[u8] = b"urn:uuid:";

/// Any of the four forms, by the grammar alone.
pub(crate) const fn read_const(text: &[u8]) -> Result<Uuid, ParseError> {
    match text {
        [] => Err(ParseError::new(text, UUID, 0, "a UUID")),
        [b'{', ..] => match digits(text, 1, true) {
            Ok((id, end)) => match expect(text, end, b'}', "a closing brace") {
                Ok(end) => finish(text, id, end),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        },
        [b'u' | b'U', b'r' | b'R', ..] => match prefix(text) {
            Ok(start) => hyphenated_from(text, start),
            Err(error) => Err(error),
        },
        // A hyphen behind the first group decides between the two bare forms, so that a fault in
        // either is reported by the grammar that its writer had in mind.
        _ if text.len() > 8 && text[8] == b'-' => hyphenated_const(text),
        _ if text.len() == 36 => hyphenated_const(text),
        _ => match digits(text, 0, false) {
            Ok((id, end)) => finish(text, id, end),
            Err(error) => Err(error),
        },
    }
}

const fn hyphenated_const(text: &[u8]) -> Result<Uuid, ParseError> {
    hyphenated_from(text, 0)
}

const fn hyphenated_from(text: &[u8], start: usize) -> Result<Uuid, ParseError> {
    match digits(text, start, true) {
        Ok((id, end)) => finish(text, id, end),
        Err(error) => Err(error),
    }
}

/// The 32 digits from `start`, with or without the hyphens, and where they end.
const fn digits(text: &[u8], start: usize, hyphens: bool) -> Result<(Uuid, usize), ParseError> {
    let mut number: u128 = 0;
    let mut at = start;
    let mut count = 0;
    while count < 32 {
        if hyphens && matches!(count, 8 | 12 | 16 | 20) {
            at = match expect(text, at, b'-', "a hyphen") {
                Ok(at) => at,
                Err(error) => return Err(error),
            };
        }
        let value = if at < text.len() {
            hex::value(text[at])
        } else {
            None
        };
        match value {
            Some(value) => number = number << 4 | value as u128,
            None => return Err(ParseError::new(text, UUID, at, DIGIT)),
        }
        at += 1;
        count += 1;
    }
    Ok((Uuid::from_u128(number), at))
}

const fn prefix(text: &[u8]) -> Result<usize, ParseError> {
    let mut at = 0;
    while at < URN.len() {
        if at >= text.len() || text[at].to_ascii_lowercase() != URN[at] {
            return Err(ParseError::new(text, UUID, at, "the prefix `urn:uuid:`"));
        }
        at += 1;
    }
    Ok(at)
}

const fn expect(
    text: &[u8],
    at: usize,
    byte: u8,
    expected: &'static str,
) -> Result<usize, ParseError> {
    if at < text.len() && text[at] == byte {
        return Ok(at + 1);
    }
    Err(ParseError::new(text, UUID, at, expected))
}

const fn finish(text: &[u8], id: Uuid, end: usize) -> Result<Uuid, ParseError> {
    if end == text.len() {
        return Ok(id);
    }
    Err(ParseError::new(text, UUID, end, "the end"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "019a9964-77f3-7479-bc9f-50ff6ea646f1";

    #[test]
    fn each_form_is_read_in_any_case() {
        let simple = ID.replace('-', "");
        let forms = [
            ID.to_owned(),
            simple,
            format!("{{{ID}}}"),
            format!("urn:uuid:{ID}"),
        ];
        for form in forms
            .iter()
            .flat_map(|form| [form.clone(), form.to_uppercase()])
        {
            assert_eq!(
                read(form.as_bytes()).map(|id| id.to_string()),
                Ok(ID.to_owned()),
                "{form}"
            );
            assert_eq!(read_const(form.as_bytes()), read(form.as_bytes()));
        }
        assert!(read(b"uRn:UuId:019a9964-77f3-7479-bc9f-50ff6ea646f1").is_ok());
    }

    #[test]
    fn a_fault_is_named_with_its_position() {
        let check = |text: &str, position, expected: &str| {
            let error = read(text.as_bytes()).expect_err(text);
            assert_eq!(
                (error.position(), error.expected()),
                (position, expected),
                "{text}"
            );
        };
        check("", 0, "a UUID");
        check("hello", 0, DIGIT);
        check("019a", 4, DIGIT);
        check("019a9964-77f3-7479-bc9f-50ff6ea646f", 35, DIGIT);
        check("019a9964-77f3-7479-bc9f-50ff6ea646f12", 36, "the end");
        check("019a9964-77f3-7479-bc9f-50ff6ea646f1 ", 36, "the end");
        check(" 019a9964-77f3-7479-bc9f-50ff6ea646f1", 0, DIGIT);
        check("019a9964-77f3-7479-bc9f_50ff6ea646f1", 23, "a hyphen");
        check("019a9964x77f3-7479-bc9f-50ff6ea646f1", 8, "a hyphen");
        check("019a996477f37479bc9f50ff6ea646f", 31, DIGIT);
        check("019a996477f37479bc9f50ff6ea646f1a", 32, "the end");
        check(
            "{019a9964-77f3-7479-bc9f-50ff6ea646f1",
            37,
            "a closing brace",
        );
        check("{019a9964-77f3-7479-bc9f-50ff6ea646f1}}", 38, "the end");
        check("{019a996477f37479bc9f50ff6ea646f1}", 9, "a hyphen");
        check("user_01kacp8xzkehwvs7tgzxqachqh", 0, DIGIT);
        check("urn:uuid", 8, "the prefix `urn:uuid:`");
        check(
            "urn:guid:019a9964-77f3-7479-bc9f-50ff6ea646f1",
            4,
            "the prefix `urn:uuid:`",
        );
        check("urn:uuid:019a996477f37479bc9f50ff6ea646f1", 17, "a hyphen");
        check("019a9964-77f3-7479-bc9f-50ff6ea646ﬀ", 34, DIGIT);
    }

    #[test]
    fn strict_takes_the_grammar_of_the_rfc_only() {
        assert!(hyphenated_const(ID.as_bytes()).is_ok());
        assert!(hyphenated_const(ID.to_uppercase().as_bytes()).is_ok());
        for other in [
            ID.replace('-', ""),
            format!("{{{ID}}}"),
            format!("urn:uuid:{ID}"),
        ] {
            assert!(hyphenated_const(other.as_bytes()).is_err(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn the_fast_path_and_the_grammar_agree_on_any_bytes(
            text in proptest::collection::vec(any::<u8>(), 0..60),
        ) {
            prop_assert_eq!(read(&text), read_const(&text));
            prop_assert_eq!(read_strict(&text), hyphenated_const(&text));
        }

        #[test]
        fn the_fast_path_and_the_grammar_agree_next_to_valid_text(
            number: u128, form in 0..4, place in 0_usize..45, byte: u8, upper: bool,
        ) {
            let id = Uuid::from_u128(number);
            let mut text = match form {
                0 => id.hyphenated().to_string(),
                1 => id.simple().to_string(),
                2 => id.braced().to_string(),
                _ => id.urn().to_string(),
            }
            .into_bytes();
            if upper {
                text.make_ascii_uppercase();
            }
            prop_assert_eq!(read(&text), Ok(id));
            let place = place % text.len();
            text[place] = byte;
            prop_assert_eq!(read(&text), read_const(&text));
            prop_assert_eq!(read_strict(&text), hyphenated_const(&text));
            text.truncate(place);
            prop_assert_eq!(read(&text), read_const(&text));
        }
    }
}
