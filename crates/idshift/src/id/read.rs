//! Reads a 128-bit id from any of its text forms, with a refusal that helps.

use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64::{DecodeError, Engine};
use clap::ValueEnum;
use ids::typeid::TypeId;
use ids::{ParseError, Uuid, inspect, ulid};

use crate::refusal::Refusal;

/// The form that an id is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum From {
    /// Find out from the text
    Auto,
    /// Hyphenated, simple, braced or URN, in any case
    Uuid,
    /// 26 characters of Crockford's base 32
    Ulid,
    /// With or without a prefix
    Typeid,
    /// A decimal number
    Int,
    /// Hexadecimal digits, with or without 0x
    Hex,
    /// Padded, 24 characters
    Base64,
    /// Unpadded, 22 characters
    Base64url,
}

/// Reads an id.
///
/// # Errors
/// What is wrong with the text, and where.
pub(crate) fn id(text: &str, form: From) -> Result<Uuid, Refusal> {
    match form {
        From::Auto => auto(text),
        From::Uuid => Uuid::parse(text).map_err(|error| not_an_id(text, &error)),
        From::Ulid => ulid::decode(text).map_err(|error| not_an_id(text, &error)),
        From::Typeid => match TypeId::parse(text) {
            Ok(id) => Ok(id.uuid()),
            Err(error) => Err(not_an_id(text, &error)),
        },
        From::Int => int(text),
        From::Hex => hex(text),
        From::Base64 => base64(&STANDARD, text)
            .map_err(|refusal| other_alphabet(refusal, text, &['-', '_'], "`--from base64url`")),
        From::Base64url => base64(&URL_SAFE_NO_PAD, text)
            .map_err(|refusal| other_alphabet(refusal, text, &['+', '/', '='], "`--from base64`")),
    }
}

/// Tells the forms apart by what only they can be. 32 decimal digits are read as hexadecimal: a
/// UUID of that look is far likelier than a number just so long.
fn auto(text: &str) -> Result<Uuid, Refusal> {
    if let Ok(id) = Uuid::parse(text) {
        return Ok(id);
    }
    if text.starts_with("0x") || text.starts_with("0X") {
        return hex(text);
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return int(text);
    }
    if text.len() == 24 && text.ends_with("==") {
        return base64(&STANDARD, text);
    }
    if text.len() == 22
        && let Ok(id) = base64(&URL_SAFE_NO_PAD, text)
    {
        return Ok(id);
    }
    let found = inspect::inspect(text).map_err(|error| not_an_id(text, &error))?;
    found.uuid().ok_or_else(|| {
        let kind = found.kind();
        let article = if kind.starts_with('O') { "an" } else { "a" };
        Refusal::new(
            "wrong_kind",
            format!("`{text}` is {article} {kind}, no id of 128 bits"),
        )
        .hint("`idshift id inspect` shows what is in it")
    })
}

fn int(text: &str) -> Result<Uuid, Refusal> {
    if let Some(at) = text.bytes().position(|byte| !byte.is_ascii_digit()) {
        return Err(malformed(text, "a decimal number", at));
    }
    let value: u128 = text.parse().map_err(|_| {
        let what = if text.is_empty() {
            "is empty"
        } else {
            "does not fit into 128 bits"
        };
        Refusal::new(
            "out_of_range",
            format!("the number `{}` {what}", excerpt(text)),
        )
    })?;
    Ok(Uuid::from_u128(value))
}

fn hex(text: &str) -> Result<Uuid, Refusal> {
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))
        .unwrap_or(text);
    if let Some(at) = digits.bytes().position(|byte| !byte.is_ascii_hexdigit()) {
        return Err(malformed(
            text,
            "a hexadecimal number",
            at + text.len() - digits.len(),
        ));
    }
    let value = u128::from_str_radix(digits, 16).map_err(|_| {
        let what = if digits.is_empty() {
            "has no digits"
        } else {
            "does not fit into 128 bits"
        };
        Refusal::new(
            "out_of_range",
            format!("the number `{}` {what}", excerpt(text)),
        )
    })?;
    Ok(Uuid::from_u128(value))
}

fn base64(engine: &GeneralPurpose, text: &str) -> Result<Uuid, Refusal> {
    let mut bytes = [0; 18];
    match engine.decode_slice(text, &mut bytes) {
        Ok(16) => {
            let id = bytes.first_chunk().expect("18 bytes begin with 16");
            Ok(Uuid::from_bytes(*id))
        }
        Ok(count) => {
            let message = format!("`{}` as base 64 is {count} bytes, not 16", excerpt(text));
            Err(Refusal::new("out_of_range", message))
        }
        Err(base64::DecodeSliceError::OutputSliceTooSmall) => {
            let message = format!("`{}` as base 64 is more than 16 bytes", excerpt(text));
            Err(Refusal::new("out_of_range", message))
        }
        Err(base64::DecodeSliceError::DecodeError(error)) => Err(no_base64(text, &error)),
    }
}

fn no_base64(text: &str, error: &DecodeError) -> Refusal {
    let letter = |at: usize| {
        let letter = text.get(at..).and_then(|rest| rest.chars().next());
        let letter = letter.unwrap_or(char::REPLACEMENT_CHARACTER);
        letter.escape_debug().to_string()
    };
    let (at, why) = match *error {
        DecodeError::InvalidByte(at, _) => {
            // Of a letter of several bytes, any may be named.
            let at = text.floor_char_boundary(at);
            let why = format!("byte {at} is `{}`, expected a base 64 digit", letter(at));
            (Some(at), why)
        }
        DecodeError::InvalidLastSymbol { offset: at, .. } => {
            let why = format!(
                "byte {at} is `{}`, whose last bits are not zero",
                letter(at)
            );
            (Some(at), why)
        }
        DecodeError::InvalidLength(count) => {
            let why = format!("{count} digits make no whole number of bytes");
            (None, why)
        }
        DecodeError::InvalidPadding => (None, "the `=` at its end are missing or wrong".to_owned()),
    };
    let message = format!("failed to read `{}` as base 64: {why}", excerpt(text));
    let refusal = Refusal::new("not_an_id", message);
    match at {
        Some(at) => refusal.at(at),
        None => refusal,
    }
}

/// Points at the other alphabet of base 64 where the text has one of its letters.
fn other_alphabet(refusal: Refusal, text: &str, letters: &[char], form: &str) -> Refusal {
    if text.contains(letters) {
        refusal.hint(form)
    } else {
        refusal
    }
}

/// The refusal of a text that is no id.
pub(crate) fn not_an_id(text: &str, error: &ParseError) -> Refusal {
    let refusal = Refusal::new("not_an_id", format!("failed to {error}")).at(error.position());
    let wrapped = |byte: &u8| matches!(byte, b'"' | b'\'' | b',' | b';' | b'`');
    let bytes = text.as_bytes();
    if bytes.first().is_some_and(wrapped) || bytes.last().is_some_and(wrapped) {
        return refusal.hint("leave out the quotes and commas around the id");
    }
    if bytes.iter().any(u8::is_ascii_whitespace) {
        return refusal.hint("one id is expected on each line");
    }
    refusal
}

fn malformed(text: &str, what: &str, at: usize) -> Refusal {
    let message = format!(
        "failed to read `{}` as {what}: byte {at} is no digit",
        excerpt(text)
    );
    Refusal::new("not_an_id", message).at(at)
}

/// The beginning of a text that may be long.
fn excerpt(text: &str) -> String {
    const CHARACTERS_MAX: usize = 48;
    match text.char_indices().nth(CHARACTERS_MAX) {
        Some((end, _)) => format!("{}...", text[..end].escape_debug()),
        None => text.escape_debug().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::format::Format;

    const ID: &str = "019a9964-77f3-7479-bc9f-50ff6ea646f1";

    fn own() -> Uuid {
        Uuid::parse(ID).unwrap()
    }

    fn refused(text: &str, form: From) -> String {
        id(text, form).unwrap_err().to_string()
    }

    #[test]
    fn every_form_that_is_written_is_read_again() {
        let forms = [
            ("hyphenated", From::Uuid),
            ("simple", From::Uuid),
            ("braced", From::Uuid),
            ("urn", From::Uuid),
            ("upper", From::Uuid),
            ("ulid", From::Ulid),
            ("typeid:user", From::Typeid),
            ("typeid:", From::Typeid),
            ("int", From::Int),
            ("hex", From::Hex),
            ("base64", From::Base64),
            ("base64url", From::Base64url),
        ];
        for (format, from) in forms {
            let text = format.parse::<Format>().unwrap().text(own());
            assert_eq!(id(&text, From::Auto), Ok(own()), "{text}");
            assert_eq!(id(&text, from), Ok(own()), "{text}");
        }
    }

    #[test]
    fn numbers_fill_128_bits_and_no_more() {
        assert_eq!(id("0", From::Auto), Ok(Uuid::NIL));
        assert_eq!(id(&u128::MAX.to_string(), From::Auto), Ok(Uuid::MAX));
        assert!(
            refused("340282366920938463463374607431768211456", From::Auto).contains("128 bits")
        );
        assert_eq!(id("0xff", From::Auto), Ok(Uuid::from_u128(255)));
        assert_eq!(id("FF", From::Hex), Ok(Uuid::from_u128(255)));
        assert!(refused(&format!("0x1{}", "0".repeat(32)), From::Auto).contains("128 bits"));
        assert!(refused("0x", From::Auto).contains("no digits"));
        assert!(refused("", From::Int).contains("is empty"));
        assert!(refused("+5", From::Int).contains("byte 0 is no digit"));
        assert!(refused("0x12g4", From::Auto).contains("byte 4 is no digit"));
    }

    #[test]
    fn base64_is_16_bytes_without_stray_bits() {
        assert!(refused("AZqZZHfzdHm8n1D/bqZG8R==", From::Base64).contains("as base 64"));
        assert!(refused("AZqZZHfzdHm8", From::Base64).contains("9 bytes"));
        assert!(refused(&"A".repeat(40), From::Base64).contains("more than 16 bytes"));
        // The other alphabet.
        assert!(id("AZqZZHfzdHm8n1D/bqZG8Q", From::Base64url).is_err());
    }

    #[test]
    fn bad_base64_is_told_in_our_words_with_its_place() {
        let check = |text: &str, form, expected: &str, hint: Option<&str>| {
            let refusal = id(text, form).unwrap_err();
            assert!(refusal.message().ends_with(expected), "{refusal}");
            assert_eq!(refusal.advice(), hint, "{text}");
        };
        let (url, plain) = (Some("`--from base64url`"), Some("`--from base64`"));
        check(
            "AqZqZHfzdHm8n1D_bqZG8Q",
            From::Base64,
            "byte 15 is `_`, expected a base 64 digit",
            url,
        );
        check(
            "AZqZZHfzdHm8n1D/bqZG8Q",
            From::Base64url,
            "byte 15 is `/`, expected a base 64 digit",
            plain,
        );
        check(
            "AZq\u{fc}",
            From::Base64,
            "byte 3 is `\u{fc}`, expected a base 64 digit",
            None,
        );
        check(
            "AZqZZHfzdHm8n1D/bqZG8R==",
            From::Base64,
            "byte 21 is `R`, whose last bits are not zero",
            None,
        );
        check(
            "AZqZZHfzdHm8n1D/bqZG8Q",
            From::Base64,
            "the `=` at its end are missing or wrong",
            None,
        );
        check(
            "AZqZZ",
            From::Base64url,
            "5 digits make no whole number of bytes",
            None,
        );
    }

    #[test]
    fn what_is_no_id_of_128_bits_says_what_it_is() {
        let refusal = id("0ujtsYcgvSTl8PAuAdqWYSMnLOv", From::Auto).unwrap_err();
        assert!(refusal.message().contains("is a KSUID"), "{refusal}");
        let refusal = id("507f1f77bcf86cd799439011", From::Auto).unwrap_err();
        assert!(refusal.message().contains("is an ObjectId"), "{refusal}");
        assert!(refusal.advice().unwrap().contains("inspect"), "{refusal:?}");
        assert!(refused("", From::Auto).contains("as an identifier"));
    }

    #[test]
    fn wrappings_are_named_in_the_hint() {
        let hint = |text: &str| {
            id(text, From::Auto)
                .unwrap_err()
                .advice()
                .map(str::to_owned)
        };
        assert!(hint(&format!("\"{ID}\"")).unwrap().contains("quotes"));
        assert!(hint(&format!("{ID},")).unwrap().contains("commas"));
        assert!(
            hint(&format!("{ID} {ID}"))
                .unwrap()
                .contains("on each line")
        );
        assert_eq!(hint("xyz"), None);
    }

    #[test]
    fn a_long_text_is_cut_in_the_message() {
        for text in [
            "9".repeat(100_000),
            "ü".repeat(100_000),
            "\u{1b}[2J".repeat(1000),
        ] {
            for form in [From::Auto, From::Int, From::Hex, From::Base64, From::Ulid] {
                let message = refused(&text, form);
                assert!(message.len() < 600, "{}", message.len());
                assert!(!message.contains('\u{1b}'), "{message:?}");
            }
        }
    }
}
