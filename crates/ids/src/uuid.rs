//! The `Uuid` type: 16 bytes in network order, its variant, version and text forms.

use core::fmt;
use core::str::FromStr;

use crate::error::ParseError;
use crate::hex;
use crate::parse;
use crate::text::Text;

/// A universally unique identifier: 128 bits, kept as 16 bytes in network order.
///
/// `Copy`, 16 bytes, alignment 1. Ordered as its bytes are, which for version 7 (and 6) is the
/// order of creation; its lower-case text sorts the same way (RFC 9562, section 6.11).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct Uuid([u8; 16]);

/// The family a 128-bit value belongs to, from its bits 64 to 66 (RFC 9562, section 4.1 and
/// erratum 7958, by which Nil lies in the first row).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variant {
    /// `0xx`: Apollo NCS of the 1980s, and Nil.
    Ncs,
    /// `10x`: RFC 9562; the only variant that has versions.
    Rfc,
    /// `110`: Microsoft's COM past.
    Microsoft,
    /// `111`: reserved, and Max.
    Future,
}

impl Uuid {
    /// All zero bits: "no id". RFC 9562, section 5.9.
    pub const NIL: Self = Self([0; 16]);
    /// All one bits: greater than every id. RFC 9562, section 5.10.
    pub const MAX: Self = Self([0xff; 16]);

    /// Takes 16 bytes in network order as they are; no bit is changed or checked.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes in network order.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// The 16 bytes in network order, borrowed.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Takes a number whose most significant byte is the id's first.
    #[must_use]
    pub const fn from_u128(value: u128) -> Self {
        Self(value.to_be_bytes())
    }

    /// The id as one number; comparing these numbers compares the ids.
    #[must_use]
    pub const fn to_u128(self) -> u128 {
        u128::from_be_bytes(self.0)
    }

    /// Reads any accepted form, in upper, lower or mixed case:
    ///
    /// | form | example |
    /// |---|---|
    /// | hyphenated | `019a9964-77f3-7479-bc9f-50ff6ea646f1` |
    /// | simple | `019a996477f37479bc9f50ff6ea646f1` |
    /// | braced | `{019a9964-77f3-7479-bc9f-50ff6ea646f1}` |
    /// | URN | `urn:uuid:019a9964-77f3-7479-bc9f-50ff6ea646f1` |
    ///
    /// Any version and variant is accepted, Nil and Max among them; nothing around the id is, not
    /// even white space. [`parse_strict`](Self::parse_strict) takes the first form only.
    ///
    /// # Errors
    /// The byte at which the text stops being an id, and what was expected there.
    ///
    /// ```
    /// let id = ids::Uuid::parse("urn:uuid:019A9964-77F3-7479-BC9F-50FF6EA646F1")?;
    /// assert_eq!(id.to_string(), "019a9964-77f3-7479-bc9f-50ff6ea646f1");
    /// let error = ids::Uuid::parse("019a9964-77f3-7479-bc9f-50ff6ea6g6f1").unwrap_err();
    /// assert_eq!(error.position(), 32);
    /// # Ok::<(), ids::ParseError>(())
    /// ```
    #[inline]
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        parse::read(text.as_bytes())
    }

    /// [`parse`](Self::parse) for bytes of unknown origin. Never panics.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    #[inline]
    pub fn parse_bytes(text: &[u8]) -> Result<Self, ParseError> {
        parse::read(text)
    }

    /// [`parse`](Self::parse) in a constant: a wrong literal does not compile.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    ///
    /// ```
    /// # use ids::Uuid;
    /// const DNS: Uuid = match Uuid::parse_const("6ba7b810-9dad-11d1-80b4-00c04fd430c8") {
    ///     Ok(id) => id,
    ///     Err(_) => panic!("not an id"),
    /// };
    /// # assert_eq!(DNS.version(), Some(1));
    /// ```
    pub const fn parse_const(text: &str) -> Result<Self, ParseError> {
        parse::read_const(text.as_bytes())
    }

    /// Reads what RFC 9562, section 4 has in its grammar and nothing else: 8-4-4-4-12 hexadecimal
    /// digits in any case.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    #[inline]
    pub fn parse_strict(text: &str) -> Result<Self, ParseError> {
        parse::read_strict(text.as_bytes())
    }

    /// The family, from the bits that every variant keeps for it.
    #[must_use]
    pub const fn variant(self) -> Variant {
        match self.0[8] >> 5 {
            0..=3 => Variant::Ncs,
            4 | 5 => Variant::Rfc,
            6 => Variant::Microsoft,
            _ => Variant::Future,
        }
    }

    /// The version, 1 to 8, of an id of the RFC's variant. `None` for Nil, Max, other variants and
    /// the versions that nobody has assigned (0 and 9 to 15).
    #[must_use]
    pub const fn version(self) -> Option<u8> {
        match (self.variant(), self.0[6] >> 4) {
            (Variant::Rfc, version @ 1..=8) => Some(version),
            _ => None,
        }
    }

    /// Whether this is a version 7 id of the RFC's variant.
    #[must_use]
    pub const fn is_v7(self) -> bool {
        matches!(self.version(), Some(7))
    }

    /// Whether every bit is zero.
    #[must_use]
    pub const fn is_nil(self) -> bool {
        self.to_u128() == 0
    }

    /// Whether every bit is one.
    #[must_use]
    pub const fn is_max(self) -> bool {
        self.to_u128() == u128::MAX
    }

    /// `019a9964-77f3-7479-bc9f-50ff6ea646f1`, on the stack.
    #[must_use]
    #[inline]
    pub fn hyphenated(self) -> Text<36> {
        Text::from_ascii(hex::hyphenated(&self.0))
    }

    /// `019a996477f37479bc9f50ff6ea646f1`, on the stack.
    #[must_use]
    #[inline]
    pub fn simple(self) -> Text<32> {
        Text::from_ascii(hex::simple(&self.0))
    }

    /// `{019a9964-77f3-7479-bc9f-50ff6ea646f1}`, on the stack.
    #[must_use]
    pub fn braced(self) -> Text<38> {
        Text::around(b"{", &self.0, b"}")
    }

    /// `urn:uuid:019a9964-77f3-7479-bc9f-50ff6ea646f1`, on the stack.
    #[must_use]
    pub fn urn(self) -> Text<45> {
        Text::around(b"urn:uuid:", &self.0, b"")
    }

    /// `bytes` with the version's four bits and the RFC variant's two put in.
    pub(crate) const fn with_version(mut bytes: [u8; 16], version: u8) -> Self {
        bytes[6] = (bytes[6] & 0x0f) | (version << 4);
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Self(bytes)
    }
}

impl Ord for Uuid {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        // One 128-bit comparison; the derived one would call memcmp.
        self.to_u128().cmp(&other.to_u128())
    }
}

impl PartialOrd for Uuid {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.hyphenated())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hyphenated())
    }
}

impl FromStr for Uuid {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl From<[u8; 16]> for Uuid {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl From<Uuid> for [u8; 16] {
    fn from(id: Uuid) -> Self {
        id.0
    }
}

impl AsRef<[u8]> for Uuid {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ncs => "NCS",
            Self::Rfc => "RFC 9562",
            Self::Microsoft => "Microsoft",
            Self::Future => "reserved",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variant_and_version_come_from_their_bits() {
        let check = |text: &str, variant, version| {
            let id = Uuid::parse(text).expect("the table holds valid ids");
            assert_eq!((id.variant(), id.version()), (variant, version), "{text}");
        };
        check("00000000-0000-0000-0000-000000000000", Variant::Ncs, None);
        check(
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            Variant::Future,
            None,
        );
        check(
            "c232ab00-9414-11ec-b3c8-9f6bdeced846",
            Variant::Rfc,
            Some(1),
        );
        check(
            "919108f7-52d1-4320-9bac-f847db4148a8",
            Variant::Rfc,
            Some(4),
        );
        check(
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
            Variant::Rfc,
            Some(7),
        );
        check("017f22e2-79b0-0cc3-98c4-dc0c0c07398f", Variant::Rfc, None);
        check("017f22e2-79b0-9cc3-98c4-dc0c0c07398f", Variant::Rfc, None);
        check("017f22e2-79b0-7cc3-78c4-dc0c0c07398f", Variant::Ncs, None);
        check(
            "017f22e2-79b0-7cc3-d8c4-dc0c0c07398f",
            Variant::Microsoft,
            None,
        );
        check(
            "017f22e2-79b0-7cc3-e8c4-dc0c0c07398f",
            Variant::Future,
            None,
        );
    }

    #[test]
    fn the_order_is_that_of_the_bytes() {
        let mut ids = [
            Uuid::MAX,
            Uuid::from_u128(1 << 127),
            Uuid::from_u128(255),
            Uuid::NIL,
        ];
        ids.sort_unstable();
        assert!(ids.is_sorted_by_key(|id| id.to_bytes()));
        assert_eq!(ids[0], Uuid::NIL);
    }

    #[test]
    fn display_honours_width() {
        assert_eq!(
            format!("{:>38}", Uuid::NIL),
            "  00000000-0000-0000-0000-000000000000"
        );
        assert_eq!(
            format!("{:?}", Uuid::NIL),
            "00000000-0000-0000-0000-000000000000"
        );
    }
}
