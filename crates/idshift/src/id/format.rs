//! The text forms of a 128-bit id: their names, and writing them without allocating.

use std::io::Write;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ids::typeid::TypeId;
use ids::{Uuid, ulid};

/// What the options that take a form say about it.
pub(crate) const HELP: &str = "\
hyphenated, simple, braced, urn, upper, ulid, typeid:PREFIX, int, hex, base64 or base64url";

/// How an id is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `019a9964-77f3-7479-bc9f-50ff6ea646f1`
    Hyphenated,
    /// `019a996477f37479bc9f50ff6ea646f1`
    Simple,
    /// `{019a9964-77f3-7479-bc9f-50ff6ea646f1}`
    Braced,
    /// `urn:uuid:019a9964-77f3-7479-bc9f-50ff6ea646f1`
    Urn,
    /// `019A9964-77F3-7479-BC9F-50FF6EA646F1`
    Upper,
    /// `01KACP8XZKEHWVS7TGZXQACHQH`
    Ulid,
    /// `user_01kacp8xzkehwvs7tgzxqachqh`, with the prefix
    TypeId(String),
    /// The decimal number
    Int,
    /// `0x019a996477f37479bc9f50ff6ea646f1`
    Hex,
    /// RFC 4648, section 4, padded: 24 characters
    Base64,
    /// RFC 4648, section 5, without padding: 22 characters
    Base64Url,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(prefix) = text.strip_prefix("typeid:") {
            // Tried once here, so that the prefix is known to be good when an id is written.
            return match TypeId::new(prefix, Uuid::NIL) {
                Ok(_) => Ok(Self::TypeId(prefix.to_owned())),
                Err(error) => Err(format!("failed to {error}")),
            };
        }
        Ok(match text {
            "hyphenated" => Self::Hyphenated,
            "simple" => Self::Simple,
            "braced" => Self::Braced,
            "urn" => Self::Urn,
            "upper" => Self::Upper,
            "ulid" => Self::Ulid,
            "int" => Self::Int,
            "hex" => Self::Hex,
            "base64" => Self::Base64,
            "base64url" => Self::Base64Url,
            "typeid" => {
                return Err(
                    "a TypeID has a prefix\n  hint: `typeid:user`, for `user_01h...`; \
                    `typeid:` for one without"
                        .to_owned(),
                );
            }
            _ => return Err(format!("no such form\n  hint: {HELP}")),
        })
    }
}

impl Format {
    /// Appends the id in this form.
    pub(crate) fn push(&self, id: Uuid, text: &mut Vec<u8>) {
        match self {
            Self::Hyphenated => text.extend_from_slice(id.hyphenated().as_bytes()),
            Self::Simple => text.extend_from_slice(id.simple().as_bytes()),
            Self::Braced => text.extend_from_slice(id.braced().as_bytes()),
            Self::Urn => text.extend_from_slice(id.urn().as_bytes()),
            Self::Upper => text.extend_from_slice(id.hyphenated().to_uppercase().as_bytes()),
            Self::Ulid => text.extend_from_slice(ulid::encode(id).as_bytes()),
            Self::TypeId(prefix) => {
                let id = TypeId::new(prefix, id).expect("the prefix was checked when it was read");
                text.extend_from_slice(id.to_text().as_bytes());
            }
            Self::Int => write!(text, "{}", id.to_u128()).expect("a vector takes every write"),
            Self::Hex => {
                text.extend_from_slice(b"0x");
                text.extend_from_slice(id.simple().as_bytes());
            }
            Self::Base64 => push_base64(&STANDARD, id, text),
            Self::Base64Url => push_base64(&URL_SAFE_NO_PAD, id, text),
        }
    }

    /// The id in this form.
    pub(crate) fn text(&self, id: Uuid) -> String {
        let mut text = Vec::new();
        self.push(id, &mut text);
        String::from_utf8(text).expect("each form is ASCII")
    }
}

fn push_base64(engine: &impl Engine, id: Uuid, text: &mut Vec<u8>) {
    let mut buffer = [0; 24];
    let length = engine
        .encode_slice(id.as_bytes(), &mut buffer)
        .expect("16 bytes make at most 24 letters");
    text.extend_from_slice(&buffer[..length]);
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "019a9964-77f3-7479-bc9f-50ff6ea646f1";

    #[test]
    fn each_form_is_written() {
        let check = |format: &str, expected: &str| {
            let format: Format = format.parse().unwrap();
            assert_eq!(format.text(ID.parse().unwrap()), expected);
        };
        check("hyphenated", ID);
        check("simple", "019a996477f37479bc9f50ff6ea646f1");
        check("braced", "{019a9964-77f3-7479-bc9f-50ff6ea646f1}");
        check("urn", "urn:uuid:019a9964-77f3-7479-bc9f-50ff6ea646f1");
        check("upper", "019A9964-77F3-7479-BC9F-50FF6EA646F1");
        check("ulid", "01KACP8XZKEHWVS7TGZXQACHQH");
        check("typeid:user", "user_01kacp8xzkehwvs7tgzxqachqh");
        check("typeid:", "01kacp8xzkehwvs7tgzxqachqh");
        check("int", "2131952880607924642772261902655833841");
        check("hex", "0x019a996477f37479bc9f50ff6ea646f1");
        check("base64", "AZqZZHfzdHm8n1D/bqZG8Q==");
        check("base64url", "AZqZZHfzdHm8n1D_bqZG8Q");
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for text in [
            "",
            "uuid",
            "Hyphenated",
            "typeid",
            "typeid:User",
            "typeid:a1",
            "base32",
        ] {
            assert!(text.parse::<Format>().is_err(), "{text}");
        }
    }
}
