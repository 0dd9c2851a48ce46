//! What can go wrong: one error for texts, one for everything that makes or bounds an id.

use core::fmt::{self, Write as _};
use core::time::Duration;

/// Why a text is not the id it was read as: what was read, the byte where it fails, and what was
/// expected there.
///
/// Holds a copy of the text's first 48 bytes, so that the message can show it without allocating.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ParseError {
    read_as: &'static str,
    expected: &'static str,
    position: usize,
    found: Option<u8>,
    input: [u8; INPUT_BYTES_MAX],
    input_len: usize,
}

/// How much of a refused text its error shows.
const INPUT_BYTES_MAX: usize = 48;

impl ParseError {
    /// `expected` is missing at byte `position` of `input`, which was read as `read_as`.
    pub(crate) const fn new(
        input: &[u8],
        read_as: &'static str,
        position: usize,
        expected: &'static str,
    ) -> Self {
        let mut cut = [0; INPUT_BYTES_MAX];
        let shown = if input.len() < INPUT_BYTES_MAX {
            input.len()
        } else {
            INPUT_BYTES_MAX
        };
        cut.split_at_mut(shown)
            .0
            .copy_from_slice(input.split_at(shown).0);
        let found = if position < input.len() {
            Some(input[position])
        } else {
            None
        };
        Self {
            read_as,
            expected,
            position,
            found,
            input: cut,
            input_len: input.len(),
        }
    }

    /// The offset, in bytes from 0, of the first byte that does not fit; the text's length where
    /// the text ends too early.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// What would have fitted, as words: `a hexadecimal digit`.
    #[must_use]
    pub const fn expected(&self) -> &'static str {
        self.expected
    }

    /// The length in bytes of the refused text.
    #[must_use]
    pub const fn input_len(&self) -> usize {
        self.input_len
    }

    /// The refused text's first 48 bytes.
    #[must_use]
    pub fn input(&self) -> &[u8] {
        &self.input[..self.input_len.min(INPUT_BYTES_MAX)]
    }
}

impl fmt::Display for ParseError {
    /// `read `019z…` as a UUID: byte 3 is `z`, expected a hexadecimal digit`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("read `")?;
        self.input().iter().try_for_each(|byte| show(*byte, f))?;
        if self.input_len > INPUT_BYTES_MAX {
            f.write_str("…")?;
        }
        write!(f, "` as {}: ", self.read_as)?;
        match self.found {
            Some(byte) => {
                write!(f, "byte {} is `", self.position)?;
                show(byte, f)?;
                f.write_str("`")?;
            }
            None => write!(f, "it ends after {} bytes", self.input_len)?,
        }
        write!(f, ", expected {}", self.expected)
    }
}

/// One byte as a terminal can show it: printable ASCII as it is, all else escaped.
fn show(byte: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match byte {
        b' '..=b'~' => f.write_char(char::from(byte)),
        _ => write!(f, "{}", byte.escape_ascii()),
    }
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParseError({self})")
    }
}

impl core::error::Error for ParseError {}

/// Why an id, or a bound, could not be made.
///
/// The variants say what the caller can do: mend the input (`Count`, `Time`), try again a little
/// later (`Overrun`), or have someone look at the machine (`ClockBack`, `ClockRange`, `Entropy`).
/// Texts have their own error, [`ParseError`]: it holds a copy of the text, and an id's maker
/// should not carry room for that through every call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A number of ids outside 1 to `max` was asked for at once.
    Count {
        /// How many were asked for.
        asked: usize,
        /// How many one call gives.
        max: usize,
    },
    /// A time that 48 bits of Unix milliseconds cannot hold: before 1970-01-01 or after
    /// 10889-08-02T05:31:50.655Z.
    Time {
        /// The refused time in milliseconds since 1970, cut to 64 bits.
        unix_ms: i64,
    },
    /// Ids were asked for so fast that the newest lies as far ahead of the clock as the policy
    /// allows.
    Overrun {
        /// How far ahead of the clock the next id would lie.
        ahead: Duration,
    },
    /// The clock was set back by more than the policy's bound.
    ClockBack {
        /// How far behind the newest id it stands.
        by: Duration,
    },
    /// The clock reads a time after 4199-11-23, which a generator does not believe.
    ClockRange,
    /// The operating system gave no random bytes.
    Entropy,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count { asked, max } => {
                write!(f, "make `{asked}` ids at once: the limit is 1 to {max}")
            }
            Self::Time { unix_ms } => write!(
                f,
                "put `{unix_ms}` ms since 1970 into an id: it holds 0 to 281474976710655 \
                 (the years 1970 to 10889)"
            ),
            Self::Overrun { ahead } => {
                write!(
                    f,
                    "make an id: the newest lies `{ahead:?}` ahead of the clock"
                )
            }
            Self::ClockBack { by } => {
                write!(
                    f,
                    "make an id: the clock stands `{by:?}` behind the newest id"
                )
            }
            Self::ClockRange => {
                f.write_str("make an id: the clock reads a time after the year 4199")
            }
            Self::Entropy => f.write_str("make an id: the operating system gave no random bytes"),
        }
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parse_error_names_input_position_and_expectation() {
        let check = |input: &[u8], position, text: &str| {
            let error = ParseError::new(input, "a UUID", position, "a hexadecimal digit");
            assert_eq!(error.to_string(), text);
        };
        check(
            b"01z",
            2,
            "read `01z` as a UUID: byte 2 is `z`, expected a hexadecimal digit",
        );
        check(
            b"01",
            2,
            "read `01` as a UUID: it ends after 2 bytes, expected a hexadecimal digit",
        );
        check(
            b"\xff\n",
            0,
            "read `\\xff\\n` as a UUID: byte 0 is `\\xff`, expected a hexadecimal digit",
        );
        check(
            b"\"0\"",
            0,
            "read `\"0\"` as a UUID: byte 0 is `\"`, expected a hexadecimal digit",
        );
        let long = [b'x'; 1000];
        let message = ParseError::new(&long, "a UUID", 0, "a hexadecimal digit").to_string();
        assert!(message.len() < 150 && message.contains("x…`"), "{message}");
    }

    #[test]
    fn errors_stay_small_enough_to_return_by_value() {
        assert!(size_of::<Result<crate::Uuid, ParseError>>() <= 128);
        assert!(size_of::<Result<crate::Uuid, Error>>() <= 32);
    }
}
