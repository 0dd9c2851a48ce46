//! `Text`: an id's characters on the stack, so that printing one allocates nothing.
#![allow(
    unsafe_code,
    reason = "one conversion of bytes that this module alone writes, as ASCII"
)]

use core::fmt;
use core::ops::Deref;

use crate::hex;

/// `N` characters of text on the stack; reads as a `&str`.
///
/// Every byte is ASCII: the constructors write digits, letters and the punctuation that they name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text<const N: usize> {
    ascii: [u8; N],
}

impl<const N: usize> Text<N> {
    /// The characters.
    #[must_use]
    #[inline]
    pub const fn as_str(&self) -> &str {
        // SAFETY: every constructor of a `Text` panics on a byte above 127 in debug builds; each of
        // its callers in this crate writes bytes of ASCII tables, or of a prefix that was checked
        // to be `a-z_`. ASCII is valid UTF-8. (Checking again here costs several times the
        // formatting: 13 ns for 36 bytes.)
        unsafe { core::str::from_utf8_unchecked(&self.ascii) }
    }

    /// The same with `a` to `z` turned into `A` to `Z`.
    #[must_use]
    pub const fn to_uppercase(mut self) -> Self {
        self.ascii.make_ascii_uppercase();
        self
    }

    /// Bytes that the caller wrote as ASCII.
    #[inline]
    pub(crate) const fn from_ascii(ascii: [u8; N]) -> Self {
        debug_assert!(ascii.is_ascii());
        Self { ascii }
    }

    /// ASCII that `write` puts in place, where it stays: copying what was just written in small
    /// pieces costs more than writing it.
    #[inline]
    pub(crate) fn written(write: impl FnOnce(&mut [u8; N])) -> Self {
        let mut text = Self { ascii: [0; N] };
        write(&mut text.ascii);
        debug_assert!(text.ascii.is_ascii());
        text
    }

    /// `before`, the hyphenated id, `after`; the lengths must add up to `N`.
    pub(crate) fn around(before: &[u8], bytes: &[u8; 16], after: &[u8]) -> Self {
        let mut ascii = [0; N];
        let (head, rest) = ascii.split_at_mut(before.len());
        let (middle, tail) = rest.split_at_mut(36);
        head.copy_from_slice(before);
        middle.copy_from_slice(&hex::hyphenated(bytes));
        tail.copy_from_slice(after);
        Self::from_ascii(ascii)
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
        let text = Text::from_ascii(*b"user_01h");
        assert_eq!(&*text, "user_01h");
        assert_eq!(&*text.to_uppercase(), "USER_01H");
        assert_eq!(format!("{text:>10}|{text:?}"), "  user_01h|\"user_01h\"");
    }

    #[test]
    #[should_panic(expected = "is_ascii")]
    fn a_byte_that_is_not_ascii_is_a_bug_of_the_caller() {
        let _ = Text::from_ascii([0xc3, 0x28]);
    }
}
