//! Keys as text: a prefix that says what they are good for, 256 random bits, a check sum.

use std::fmt;

use sha2::{Digest as _, Sha256};
use store::{Digest, KeyKind};

/// A key, such as `wk_` and 49 letters and digits. It is shown once, to the person it is made for;
/// stored is its [`digest`](Self::digest).
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    text: String,
    kind: KeyKind,
}

/// Why a text is not a key. It does not quote the text, which may be somebody's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It begins neither with `wk_` nor with `ak_`.
    #[error("read a key: it begins neither with `wk_` nor with `ak_`")]
    Prefix,
    /// It has not the length of a key, or other characters than letters and digits.
    #[error("read a key: expected `{KEY_CHARS}` letters and digits with its prefix")]
    Shape,
    /// Its last characters do not fit the others: it was mistyped or cut.
    #[error("read a key: its check sum does not fit, so a character of it is wrong")]
    CheckSum,
}

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// 256 bits in base 62.
const RANDOM_CHARS: usize = 43;
/// 32 bits in base 62.
const CHECK_CHARS: usize = 6;
/// All of a key.
const KEY_CHARS: usize = 3 + RANDOM_CHARS + CHECK_CHARS;
/// What of a key is kept to recognise it in a list: the prefix and eight characters, which leave
/// 208 bits unknown.
const HINT_CHARS: usize = 11;

impl Key {
    /// A key of these 256 random bits.
    #[must_use]
    pub fn make(kind: KeyKind, entropy: [u8; 32]) -> Self {
        let mut text = String::with_capacity(KEY_CHARS);
        text.push_str(prefix(kind));
        push_base62::<RANDOM_CHARS>(&mut text, entropy);
        let check = crc32(text.as_bytes());
        push_base62::<CHECK_CHARS>(&mut text, check.to_be_bytes());
        Self { text, kind }
    }

    /// Reads a key as it was shown.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let kinds = [KeyKind::Write, KeyKind::Admin];
        let kind = kinds
            .into_iter()
            .find(|kind| text.starts_with(prefix(*kind)));
        let kind = kind.ok_or(KeyError::Prefix)?;
        let is_plain = text
            .bytes()
            .skip(3)
            .all(|byte| byte.is_ascii_alphanumeric());
        if text.len() != KEY_CHARS || !is_plain {
            return Err(KeyError::Shape);
        }
        let (random, check) = text.split_at(KEY_CHARS - CHECK_CHARS);
        let mut expected = String::with_capacity(CHECK_CHARS);
        push_base62::<CHECK_CHARS>(&mut expected, crc32(random.as_bytes()).to_be_bytes());
        if check != expected {
            return Err(KeyError::CheckSum);
        }
        let text = text.to_owned();
        Ok(Self { text, kind })
    }

    /// The key itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it is good for.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// What is stored of it, and looked up by: SHA-256 of its text. A slow hash would protect
    /// nothing, because 256 random bits cannot be guessed, and would cost each request.
    #[must_use]
    pub fn digest(&self) -> Digest {
        digest_of(&self.text)
    }

    /// Its first characters, to recognise it in a list.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.text[..HINT_CHARS]
    }
}

impl fmt::Debug for Key {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({:?}, ..)", self.kind)
    }
}

/// The digest of any text that claims to be a key.
pub(crate) fn digest_of(text: &str) -> Digest {
    Sha256::digest(text.as_bytes()).into()
}

const fn prefix(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Write => "wk_",
        KeyKind::Admin => "ak_",
    }
}

/// `bytes` as a number, highest byte first, in `CHARS` digits of base 62. `CHARS` holds them all.
fn push_base62<const CHARS: usize>(text: &mut String, mut bytes: impl AsMut<[u8]>) {
    let bytes = bytes.as_mut();
    let mut digits = [0_u8; CHARS];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0_u16;
        for byte in bytes.iter_mut() {
            let value = rest << 8 | u16::from(*byte);
            let quotient = u8::try_from(value / 62);
            *byte = quotient.expect("the rest is below 62, so the quotient is below 256");
            rest = value % 62;
        }
        *digit = DIGITS[usize::from(rest)];
    }
    text.extend(digits.iter().map(|digit| char::from(*digit)));
}

/// CRC-32 as zip and PNG have it (ISO 3309), bit by bit: keys are read seldom.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_is_always_the_same_text() {
        // Keys that were given out must be read for ever. The check value of CRC-32 is published.
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        let zero = Key::make(KeyKind::Write, [0; 32]);
        assert_eq!(&zero.as_str()[..46], format!("wk_{}", "0".repeat(43)));
        let most = Key::make(KeyKind::Admin, [0xff; 32]);
        // 2^256 - 1 in base 62, computed with Python.
        assert_eq!(
            &most.as_str()[..46],
            "ak_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1"
        );
        assert_eq!(zero.hint(), "wk_00000000");
        assert_eq!(format!("{zero:?}"), "Key(Write, ..)");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let good = Key::make(KeyKind::Write, [7; 32]).as_str().to_owned();
        let mut mistyped = good.clone();
        mistyped.replace_range(9..10, if &good[9..10] == "A" { "B" } else { "A" });
        for (text, expected) in [
            ("", KeyError::Prefix),
            ("xk_1", KeyError::Prefix),
            ("wk_", KeyError::Shape),
            (&good[..good.len() - 1], KeyError::Shape),
            (&format!("{good}0"), KeyError::Shape),
            (&format!("wk_{}", "-".repeat(49)), KeyError::Shape),
            (&format!("wk_{}", "ö".repeat(24) + "0"), KeyError::Shape),
            (&mistyped, KeyError::CheckSum),
            (&good.replace("wk_", "ak_"), KeyError::CheckSum),
        ] {
            assert_eq!(Key::parse(text), Err(expected), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_key_is_read_back(entropy: [u8; 32], admin: bool) {
            let kind = if admin { KeyKind::Admin } else { KeyKind::Write };
            let key = Key::make(kind, entropy);
            prop_assert_eq!(key.as_str().len(), KEY_CHARS);
            prop_assert_eq!(Key::parse(key.as_str()), Ok(key.clone()));
            prop_assert_eq!(key.kind(), kind);
        }
    }
}
