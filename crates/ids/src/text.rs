//! `Text`: an id's characters on the stack, so that printing one allocates nothing.
#![allow(
    unsafe_code,
    reason = "one conversion of bytes that this module alone writes, as ASCII"
)]

use core::fmt;
use core::ops::Deref;

use crate::hex;

/// Up to `N` characters of text on the stack; reads as a `&str`.
///
/// Every byte is ASCII: the constructors write digits, letters and the punctuation that they name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text<const N: usize> {
    ascii: [u8; N],
    len: u8,
}

impl<const N: usize> Text<N> {
    /// The characters.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        let (text, _) = self.ascii.split_at(self.len as usize);
        // SAFETY: `from_ascii` is the only way to make a `Text` and panics on a byte above 127 in
        // debug builds; each of its callers in this crate writes bytes of ASCII tables, or of a
        // prefix that was checked to be `a-z_`. ASCII is valid UTF-8. (Checking again here costs
        // three times the formatting: 14 ns for 36 bytes.)
        unsafe { core::str::from_utf8_unchecked(text) }
    }

    /// The same with `a` to `z` turned into `A` to `Z`.
    #[must_use]
    pub const fn to_uppercase(mut self) -> Self {
        self.ascii.make_ascii_uppercase();
        self
    }

    /// The first `len` bytes of `ascii`, which the caller wrote as ASCII.
    pub(crate) const fn from_ascii(ascii: [u8; N], len: usize) -> Self {
        assert!(len <= N && N <= u8::MAX as usize);
        debug_assert!(ascii.is_ascii());
        #[expect(clippy::cast_possible_truncation, reason = "asserted two lines above")]
        let len = len as u8;
        Self { ascii, len }
    }

    /// `before`, the hyphenated id, `after`; the lengths must add up to `N`.
    pub(crate) fn around(before: &[u8], bytes: &[u8; 16], after: &[u8]) -> Self {
        let mut ascii = [0; N];
        let (head, rest) = ascii.split_at_mut(before.len());
        let (middle, tail) = rest.split_at_mut(36);
        head.copy_from_slice(before);
        middle.copy_from_slice(&hex::hyphenated(bytes));
        tail.copy_from_slice(after);
        Self::from_ascii(ascii, N)
    }
}

impl Text<36> {
    #[inline]
    pub(crate) fn hyphenated(bytes: &[u8; 16]) -> Self {
        Self {
            ascii: hex::hyphenated(bytes),
            len: 36,
        }
    }
}

impl Text<32> {
    #[inline]
    pub(crate) fn simple(bytes: &[u8; 16]) -> Self {
        Self {
            ascii: hex::simple(bytes),
            len: 32,
        }
    }
}

impl<const N: usize> Deref for Text<N> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize> AsRef<str> for Text<N> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_was_written() {
        let text = Text::<8>::from_ascii(*b"user_01h", 5);
        assert_eq!(&*text, "user_");
        assert_eq!(&*text.to_uppercase(), "USER_");
        assert_eq!(format!("{text:>7}|{text:?}"), "  user_|\"user_\"");
    }

    #[test]
    #[should_panic(expected = "is_ascii")]
    fn a_byte_that_is_not_ascii_is_a_bug_of_the_caller() {
        let _ = Text::<2>::from_ascii([0xc3, 0x28], 2);
    }
}
