//! What is this string? Recognises the identifiers that systems use, and tells what they tell.

use crate::base32::{self, Accept};
use crate::typeid::TypeId;
use crate::{ParseError, Timestamp, Uuid, parse, ulid};

/// What a string turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found<'a> {
    /// A UUID in one of its four forms.
    Uuid {
        /// The id.
        id: Uuid,
        /// How it was written.
        form: Form,
    },
    /// A `TypeID`; with an empty prefix where the suffix alone holds a UUID version 7.
    TypeId(TypeId<'a>),
    /// A ULID, as the 128 bits that it holds.
    Ulid(Uuid),
    /// A KSUID: 27 characters of base 62 (`segmentio/ksuid`).
    Ksuid {
        /// Seconds since 2014-05-13T16:53:20Z.
        seconds: u32,
        /// 128 random bits.
        payload: [u8; 16],
    },
    /// A MongoDB ObjectId: 24 hexadecimal digits.
    ObjectId {
        /// Seconds since 1970, then 5 random bytes and a 3-byte counter.
        bytes: [u8; 12],
    },
    /// A whole number up to 64 bits: a Snowflake if it is long, else perhaps a row number. Its time
    /// needs the epoch that its maker chose: [`snowflake`].
    Number(u64),
    /// 21 characters of the URL-safe alphabet, 6 random bits each: a NanoID of the default length.
    /// Of any other length one cannot be told from a word.
    NanoId,
}

/// How a UUID was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `019a9964-77f3-7479-bc9f-50ff6ea646f1`
    Hyphenated,
    /// `019a996477f37479bc9f50ff6ea646f1`
    Simple,
    /// `{019a9964-77f3-7479-bc9f-50ff6ea646f1}`
    Braced,
    /// `urn:uuid:019a9964-77f3-7479-bc9f-50ff6ea646f1`
    Urn,
}

const NANOID_LEN: usize = 21;

/// The moment from which KSUIDs count.
const KSUID_EPOCH_S: i64 = 1_400_000_000;

/// The known epochs of Snowflakes, for [`snowflake`].
pub mod epochs {
    use crate::Timestamp;

    /// X, formerly Twitter: 2010-11-04T01:42:54.657Z.
    pub const TWITTER: Timestamp = Timestamp::from_unix_ms(1_288_834_974_657);
    /// Discord: 2015-01-01T00:00:00Z.
    pub const DISCORD: Timestamp = Timestamp::from_unix_ms(1_420_070_400_000);
}

/// Recognises a string, in this order: UUID (any form), `TypeID`, ULID, KSUID, ObjectId, whole
/// number, NanoID.
///
/// The order decides where several fit. 32 hexadecimal digits are a UUID; 26 base 32 digits are a
/// ULID unless they are lower-case and hold a UUID version 7, which a ULID's random bits do one
/// time in 64 (the time is the same either way); a NanoID can look like anything, so it comes last.
///
/// # Errors
/// The reading that came nearest, with the byte where it failed.
///
/// ```
/// use ids::inspect::{Found, inspect};
/// let found = inspect("01ARZ3NDEKTSV4RRFFQ69G5FAV")?;
/// assert!(matches!(found, Found::Ulid(_)));
/// assert_eq!(found.time().map(|t| t.to_string()).as_deref(), Some("2016-07-30T23:54:10.259Z"));
/// # Ok::<(), ids::ParseError>(())
/// ```
pub fn inspect(text: &str) -> Result<Found<'_>, ParseError> {
    let bytes = text.as_bytes();
    let as_uuid = match parse::read(bytes) {
        Ok(id) => {
            return Ok(Found::Uuid {
                id,
                form: Form::of(bytes),
            });
        }
        Err(error) => error,
    };
    let recognisers = [
        base32_of_26,
        prefixed,
        ksuid,
        object_id,
        number,
        nanoid as fn(&str) -> Option<Found<'_>>,
    ];
    if let Some(found) = recognisers.iter().find_map(|recognise| recognise(text)) {
        return Ok(found);
    }
    // Nothing fits. Its shape tells what it was meant to be, and that reading names the fault.
    let begun = match bytes {
        [b'{', ..] | [b'u' | b'U', b'r' | b'R', b'n' | b'N', ..] => true,
        _ if bytes.get(8) == Some(&b'-') => as_uuid.position() > 8,
        // Longer than any other run of hexadecimal digits.
        _ => as_uuid.position() > 24,
    };
    match (bytes.len(), text.contains('_')) {
        _ if begun => Err(as_uuid),
        (26.., true) => TypeId::parse(text).map(Found::TypeId),
        (26, _) => ulid::decode(text).map(Found::Ulid),
        (32 | 36 | 38 | 45, _) => Err(as_uuid),
        _ => Err(unknown(bytes)),
    }
}

/// The moment in a Snowflake: 41 bits of milliseconds since `epoch`, then 22 of worker and
/// sequence.
#[must_use]
pub const fn snowflake(value: u64, epoch: Timestamp) -> Timestamp {
    Timestamp::from_unix_ns(epoch.unix_ns() + (value >> 22) as i128 * 1_000_000)
}

impl Found<'_> {
    /// Its name in words: `UUID version 7`, `ULID`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Uuid { id, .. } => uuid_kind(*id),
            Self::TypeId(_) => "TypeID",
            Self::Ulid(_) => "ULID",
            Self::Ksuid { .. } => "KSUID",
            Self::ObjectId { .. } => "ObjectId",
            // Fifty days behind its epoch a Snowflake reaches bit 54; Unix microseconds end below.
            Self::Number(value) if *value >> 54 != 0 => "Snowflake",
            Self::Number(_) => "number",
            Self::NanoId => "NanoID",
        }
    }

    /// When it was made, if it says so by itself. A Snowflake does not: see [`snowflake`].
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        match self {
            Self::Uuid { id, .. } => id.timestamp(),
            Self::TypeId(id) => id.uuid().timestamp(),
            Self::Ulid(id) => Some(ulid::timestamp(*id)),
            Self::Ksuid { seconds, .. } => Some(Timestamp::from_unix_ms(
                (i64::from(*seconds) + KSUID_EPOCH_S) * 1000,
            )),
            Self::ObjectId { bytes } => {
                let (seconds, _) = bytes.split_first_chunk()?;
                Some(Timestamp::from_unix_ms(
                    i64::from(u32::from_be_bytes(*seconds)) * 1000,
                ))
            }
            Self::Number(_) | Self::NanoId => None,
        }
    }

    /// The 128 bits of a UUID, `TypeID` or ULID.
    #[must_use]
    pub const fn uuid(&self) -> Option<Uuid> {
        match self {
            Self::Uuid { id, .. } | Self::Ulid(id) => Some(*id),
            Self::TypeId(id) => Some(id.uuid()),
            _ => None,
        }
    }
}

impl Form {
    /// Of a text that was read as a UUID.
    const fn of(text: &[u8]) -> Self {
        match text.len() {
            32 => Self::Simple,
            38 => Self::Braced,
            45 => Self::Urn,
            _ => Self::Hyphenated,
        }
    }
}

const fn uuid_kind(id: Uuid) -> &'static str {
    match id.version() {
        Some(1) => "UUID version 1",
        Some(2) => "UUID version 2",
        Some(3) => "UUID version 3",
        Some(4) => "UUID version 4",
        Some(5) => "UUID version 5",
        Some(6) => "UUID version 6",
        Some(7) => "UUID version 7",
        Some(8) => "UUID version 8",
        _ if id.is_nil() => "Nil UUID",
        _ if id.is_max() => "Max UUID",
        _ => "UUID of no version",
    }
}

fn base32_of_26(text: &str) -> Option<Found<'_>> {
    let digits: &[u8; 26] = text.as_bytes().try_into().ok()?;
    if let Ok(value) = base32::decode(digits, Accept::Lower)
        && Uuid::from_u128(value).is_v7()
    {
        return TypeId::parse(text).ok().map(Found::TypeId);
    }
    ulid::decode(text).ok().map(Found::Ulid)
}

fn prefixed(text: &str) -> Option<Found<'_>> {
    TypeId::parse(text)
        .ok()
        .filter(|id| !id.prefix().is_empty())
        .map(Found::TypeId)
}

fn ksuid(text: &str) -> Option<Found<'_>> {
    let digits: &[u8; 27] = text.as_bytes().try_into().ok()?;
    // 160 bits in five words, least significant last: multiply by 62 and add, digit by digit.
    let mut words = [0_u32; 5];
    for digit in digits {
        let mut carry = u64::from(base62(*digit)?);
        for word in words.iter_mut().rev() {
            let product = u64::from(*word) * 62 + carry;
            #[expect(clippy::cast_possible_truncation, reason = "the rest is carried on")]
            let low = product as u32;
            *word = low;
            carry = product >> 32;
        }
        if carry != 0 {
            return None;
        }
    }
    let mut payload = [0; 16];
    for (four, word) in payload.chunks_exact_mut(4).zip(&words[1..]) {
        four.copy_from_slice(&word.to_be_bytes());
    }
    Some(Found::Ksuid {
        seconds: words[0],
        payload,
    })
}

/// Digits, capitals, small letters: in the order of ASCII, so that KSUIDs sort as text.
const fn base62(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'Z' => Some(digit - b'A' + 10),
        b'a'..=b'z' => Some(digit - b'a' + 36),
        _ => None,
    }
}

fn object_id(text: &str) -> Option<Found<'_>> {
    let digits: &[u8; 24] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0; 12];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = crate::hex::value(pair[0])? << 4 | crate::hex::value(pair[1])?;
    }
    Some(Found::ObjectId { bytes })
}

fn number(text: &str) -> Option<Found<'_>> {
    // `u64` would also read a leading plus sign.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits {
        text.parse().ok().map(Found::Number)
    } else {
        None
    }
}

fn nanoid(text: &str) -> Option<Found<'_>> {
    let url_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    // One kind of character only is a word or a number, not 21 random ones.
    let mixed = text.bytes().any(|byte| byte.is_ascii_lowercase())
        && text
            .bytes()
            .any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let fits = text.len() == NANOID_LEN && mixed && text.bytes().all(url_safe);
    fits.then_some(Found::NanoId)
}

const KINDS: &str = "a UUID, ULID, TypeID, KSUID, ObjectId, Snowflake or NanoID";

#[cold]
fn unknown(text: &[u8]) -> ParseError {
    let url_safe = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let at = text
        .iter()
        .position(|byte| !url_safe(byte))
        .unwrap_or(text.len());
    ParseError::new(text, "an identifier", at, KINDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_kind_is_recognised_with_its_time() {
        let check = |text: &str, kind: &str, time: Option<&str>| {
            let found = inspect(text).expect(text);
            let told = found.time().map(|time| time.to_string());
            assert_eq!((found.kind(), told.as_deref()), (kind, time), "{text}");
        };
        let born = Some("2025-11-18T23:54:49.715Z");
        check(
            "019a9964-77f3-7479-bc9f-50ff6ea646f1",
            "UUID version 7",
            born,
        );
        check("019a996477f37479bc9f50ff6ea646f1", "UUID version 7", born);
        check(
            "{019a9964-77f3-7479-bc9f-50ff6ea646f1}",
            "UUID version 7",
            born,
        );
        check(
            "urn:uuid:019a9964-77f3-7479-bc9f-50ff6ea646f1",
            "UUID version 7",
            born,
        );
        check("user_01kacp8xzkehwvs7tgzxqachqh", "TypeID", born);
        check("01kacp8xzkehwvs7tgzxqachqh", "TypeID", born);
        check("01KACP8XZKEHWVS7TGZXQACHQH", "ULID", born);
        check(
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "ULID",
            Some("2016-07-30T23:54:10.259Z"),
        );
        check("c232ab00-9414-11ec-b3c8-9f6bdeced846", "UUID version 1", {
            Some("2022-02-22T19:22:22.000Z")
        });
        check(
            "919108f7-52d1-4320-9bac-f847db4148a8",
            "UUID version 4",
            None,
        );
        check("00000000-0000-0000-0000-000000000000", "Nil UUID", None);
        check("ffffffff-ffff-ffff-ffff-ffffffffffff", "Max UUID", None);
        check(
            "ffffffff-ffff-ffff-efff-ffffffffffff",
            "UUID of no version",
            None,
        );
        check(
            "0ujtsYcgvSTl8PAuAdqWYSMnLOv",
            "KSUID",
            Some("2017-10-10T04:00:47.000Z"),
        );
        check(
            "507f1f77bcf86cd799439011",
            "ObjectId",
            Some("2012-10-17T21:13:27.000Z"),
        );
        check("175928847299117063", "Snowflake", None);
        check("42", "number", None);
        check("1763510089715000", "number", None);
        check("V1StGXR8_Z5jdHi6B-myT", "NanoID", None);
    }

    #[test]
    fn the_payload_of_a_ksuid_is_that_of_its_readme() {
        let Ok(Found::Ksuid { seconds, payload }) = inspect("0ujtsYcgvSTl8PAuAdqWYSMnLOv") else {
            panic!("not recognised");
        };
        assert_eq!(seconds, 107_608_047);
        assert_eq!(
            Uuid::from_bytes(payload).simple().to_uppercase().as_str(),
            { "B5A1CD34B5F99D1154FB6853345C9735" }
        );
        assert!(matches!(
            inspect("aWgEPTl1tmebfsQzFP4bxwgy80V"),
            Ok(Found::Ksuid { .. })
        ));
        // One more than 160 bits hold.
        assert!(!matches!(
            inspect("aWgEPTl1tmebfsQzFP4bxwgy80W"),
            Ok(Found::Ksuid { .. })
        ));
    }

    #[test]
    fn a_snowflake_tells_its_time_to_who_knows_its_epoch() {
        let time = snowflake(175_928_847_299_117_063, epochs::DISCORD);
        assert_eq!(time.to_string(), "2016-04-30T11:18:25.796Z");
    }

    #[test]
    fn the_reading_that_came_nearest_names_the_fault() {
        let check = |text: &str, position, words: &str| {
            let error = inspect(text).expect_err(text);
            assert_eq!(error.position(), position, "{text}");
            assert!(error.to_string().contains(words), "{error}");
        };
        check("019a9964-77f3-7479-bc9f-50ff6ea646g1", 34, "as a UUID");
        check("8ZZZZZZZZZZZZZZZZZZZZZZZZZ", 0, "as a ULID");
        check("User_01kacp8xzkehwvs7tgzxqachqh", 0, "as a TypeID");
        check("019a9964-77f3-7479-bc9f-50ff6ea646f", 35, "as a UUID");
        check("019a9964-77f3-7479-bc9f-50ff6ea646f1 ", 36, "as a UUID");
        check("user_01kacp8xzkehwvs7tgzxqa", 27, "as a TypeID");
        check("user@example.com", 4, "as an identifier");
        check("hello", 5, "as an identifier");
        check("hello world", 5, "as an identifier");
        check("", 0, "as an identifier");
        check("18446744073709551616", 20, "as an identifier");
        check("{019a", 5, "as a UUID");
    }

    #[test]
    fn a_lower_case_ulid_keeps_its_time() {
        // Of 8,000 ULIDs about 125 look like version 7; either reading tells the same time.
        for number in 0..8_000_u128 {
            let random = number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835) >> 48;
            let id = Uuid::from_u128(1_763_510_089_715 << 80 | random);
            let text = ulid::encode(id).to_lowercase();
            let found = inspect(&text).expect("a ULID");
            assert_eq!(found.time(), Some(ulid::timestamp(id)), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,50}") {
            let _ = inspect(&text);
        }

        #[test]
        fn every_uuid_is_recognised(number: u128) {
            let id = Uuid::from_u128(number);
            prop_assert_eq!(inspect(&id.urn()).map(|found| found.uuid()), Ok(Some(id)));
            prop_assert_eq!(inspect(&ulid::encode(id)).map(|found| found.uuid()), Ok(Some(id)));
        }
    }
}
