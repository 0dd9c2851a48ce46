//! Where a chunked body ends: a reader of the framing alone, stricter than the protocol asks.
//!
//! RFC 9112, section 7.1, without extensions and trailers: no client of a collector sends them, and
//! readers that disagree about them are how requests are smuggled.

/// The framing is not what it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// The place within a chunked body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chunks {
    /// In the digits of a size, so many of them read.
    Size { digits: u8, bytes: u64 },
    /// Behind the CR of a size.
    SizeEnd { bytes: u64 },
    /// In a chunk.
    Data { left: u64 },
    /// Behind a chunk, at its CR, or at its LF.
    DataEnd { lf: bool },
    /// Behind the chunk of size 0, at the CR of the end, or at its LF.
    Last { lf: bool },
    /// Behind the body.
    Done,
}

/// Digits of a chunk's size: enough for 4 GiB, which is beyond any limit.
const DIGITS_MAX: u8 = 8;

impl Chunks {
    /// The beginning of a body.
    pub(super) const START: Self = Self::Size {
        digits: 0,
        bytes: 0,
    };

    /// Reads `bytes` up to the end of the body; gives how many of them belong to it.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> Result<usize, Broken> {
        let mut at = 0;
        while at < bytes.len() && *self != Self::Done {
            if let Self::Data { left } = *self {
                let rest = u64::try_from(bytes.len() - at).unwrap_or(u64::MAX);
                let taken = left.min(rest);
                *self = match left - taken {
                    0 => Self::DataEnd { lf: false },
                    left => Self::Data { left },
                };
                at += usize::try_from(taken).expect("not more than there are in memory");
                continue;
            }
            *self = self.step(bytes[at]).ok_or(Broken)?;
            at += 1;
        }
        Ok(at)
    }

    fn step(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Size { digits: 1.., bytes }, b'\r') => Some(Self::SizeEnd { bytes }),
            (Self::Size { digits, bytes }, _) if digits < DIGITS_MAX => {
                let digit = char::from(byte).to_digit(16)?;
                let bytes = bytes << 4 | u64::from(digit);
                let digits = digits + 1;
                Some(Self::Size { digits, bytes })
            }
            (Self::SizeEnd { bytes: 0 }, b'\n') => Some(Self::Last { lf: false }),
            (Self::SizeEnd { bytes }, b'\n') => Some(Self::Data { left: bytes }),
            (Self::DataEnd { lf: false }, b'\r') => Some(Self::DataEnd { lf: true }),
            (Self::DataEnd { lf: true }, b'\n') => Some(Self::START),
            (Self::Last { lf: false }, b'\r') => Some(Self::Last { lf: true }),
            (Self::Last { lf: true }, b'\n') => Some(Self::Done),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The length of the body at the beginning of `bytes`, however it is cut into pieces. None if
    /// it is not all there.
    fn length(bytes: &[u8]) -> Result<Option<usize>, Broken> {
        let mut results = Vec::new();
        for piece in [1, 2, 3, 7, bytes.len().max(1)] {
            let (mut chunks, mut taken) = (Chunks::START, 0);
            let result = bytes.chunks(piece).try_for_each(|piece| {
                taken += chunks.advance(piece)?;
                Ok(())
            });
            results.push(result.map(|()| (chunks == Chunks::Done).then_some(taken)));
        }
        results.dedup();
        assert_eq!(results.len(), 1, "it depends on the pieces: {results:?}");
        results.remove(0)
    }

    #[test]
    fn a_body_ends_where_it_ends() {
        assert_eq!(length(b"0\r\n\r\n"), Ok(Some(5)));
        assert_eq!(
            length(b"5\r\nhello\r\n0\r\n\r\nGET / HTTP/1.1"),
            Ok(Some(15))
        );
        assert_eq!(
            length(b"00a\r\n0123456789\r\n1\r\n\n\r\n0\r\n\r\n"),
            Ok(Some(28))
        );
        assert_eq!(length(b"fF\r\n"), Ok(None));
        assert_eq!(length(b""), Ok(None));
    }

    #[test]
    fn whatever_can_be_read_in_two_ways_is_refused() {
        for bytes in [
            &b"5;name=value\r\nhello\r\n0\r\n\r\n"[..],
            b"5\nhello\r\n0\r\n\r\n",
            b"5 \r\nhello\r\n0\r\n\r\n",
            b" 5\r\nhello\r\n0\r\n\r\n",
            b"+5\r\nhello\r\n0\r\n\r\n",
            b"0x5\r\nhello\r\n0\r\n\r\n",
            b"\r\nhello\r\n0\r\n\r\n",
            b"-1\r\n",
            b"5\r\nhelloworld\r\n0\r\n\r\n",
            b"5\r\nhello\n0\r\n\r\n",
            b"0\r\nName: value\r\n\r\n",
            b"0\r\n\n",
            b"000000000\r\n\r\n",
            b"fffffffff\r\n",
        ] {
            assert_eq!(length(bytes), Err(Broken), "{}", bytes.escape_ascii());
        }
    }
}
