//! The run of a JSON string that stands for itself, found eight bytes at a time.

/// The position of the first byte from `at` on that is `"`, a backslash or a control character, or
/// the end of the bytes. Not beyond the end: `at` itself, if it is.
pub(crate) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    let mut rest = bytes.get(at..).unwrap_or_default();
    while let Some((chunk, behind)) = rest.split_first_chunk::<8>() {
        let stops = stops(u64::from_le_bytes(*chunk));
        if stops != 0 {
            return at + (stops.trailing_zeros() / 8) as usize;
        }
        at += 8;
        rest = behind;
    }
    let plain = |b: &&u8| **b >= b' ' && **b != b'"' && **b != b'\\';
    at + rest.iter().take_while(plain).count()
}

const LOWEST_BITS: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGHEST_BITS: u64 = u64::from_ne_bytes([0x80; 8]);

/// Has the highest bit of each byte that ends the run.
///
/// Taking `n` from each byte sets the highest bit of those below `n`, which is left out again where
/// it was set before: none of the bytes looked for is 0x80 or more. What a byte borrows may set
/// the bit of the byte above it wrongly, but only above one that is set rightly: the lowest bit
/// that is set is always right, and zero means none.
const fn stops(word: u64) -> u64 {
    const QUOTES: u64 = LOWEST_BITS * b'"' as u64;
    const BACKSLASHES: u64 = LOWEST_BITS * b'\\' as u64;
    let (quotes, backslashes) = (word ^ QUOTES, word ^ BACKSLASHES);
    let control = word.wrapping_sub(LOWEST_BITS * 0x20) & !word;
    let quote = quotes.wrapping_sub(LOWEST_BITS) & !quotes;
    let backslash = backslashes.wrapping_sub(LOWEST_BITS) & !backslashes;
    (control | quote | backslash) & HIGHEST_BITS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Byte by byte.
    fn expected(bytes: &[u8], at: usize) -> usize {
        let ends = |b: &u8| *b < 0x20 || matches!(b, b'"' | b'\\');
        let rest = bytes.get(at..).unwrap_or_default();
        rest.iter()
            .position(ends)
            .map_or(at + rest.len(), |run| at + run)
    }

    #[test]
    fn each_byte_is_seen_at_each_place_before_and_behind_each_other() {
        for byte in 0..=u8::MAX {
            for place in 0..17 {
                for filler in [b' ', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xa2, 0xdc, 0xff] {
                    let mut bytes = [filler; 17];
                    bytes[place] = byte;
                    assert_eq!(plain_end(&bytes, 0), expected(&bytes, 0), "{bytes:?}");
                }
            }
        }
        assert_eq!(plain_end(b"ab", 5), 5, "behind the end");
    }

    proptest! {
        #[test]
        fn any_bytes_from_anywhere(bytes: Vec<u8>, at in 0..40_usize) {
            prop_assert_eq!(plain_end(&bytes, at), expected(&bytes, at));
        }
    }
}
