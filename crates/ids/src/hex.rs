//! Hexadecimal digits to bytes and back: a portable path, and the same in SSE2 on x86-64.

/// The value of each byte as a hexadecimal digit; `NOT_HEX` where it is none.
const NOT_HEX: u8 = 0xff;

const DIGITS: [u8; 256] = {
    let mut table = [NOT_HEX; 256];
    let mut value = 0;
    while value < 16 {
        let lower = b"0123456789abcdef"[value as usize];
        table[lower as usize] = value;
        table[lower.to_ascii_uppercase() as usize] = value;
        value += 1;
    }
    table
};

/// Both digits of each byte: half the look-ups of one digit at a time.
const PAIRS: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut table = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    table
};

/// The digit's value, 0 to 15.
pub(crate) const fn value(digit: u8) -> Option<u8> {
    match DIGITS[digit as usize] {
        NOT_HEX => None,
        value => Some(value),
    }
}

/// The 16 bytes of `8-4-4-4-12` digits, or `None` where a byte does not fit.
#[inline]
pub(crate) fn parse_hyphenated(text: &[u8; 36]) -> Option<[u8; 16]> {
    let (groups, stray) = groups(text);
    let bytes = digits_to_bytes(groups)?;
    (stray == 0).then_some(bytes)
}

/// The 16 bytes of 32 digits.
#[inline]
pub(crate) fn parse_simple(text: &[u8; 32]) -> Option<[u8; 16]> {
    digits_to_bytes([word(text, 0), word(text, 8), word(text, 16), word(text, 24)])
}

/// `8-4-4-4-12` lower-case digits.
#[inline]
pub(crate) fn hyphenated(bytes: &[u8; 16]) -> [u8; 36] {
    let [a, b, c, d] = bytes_to_digits(bytes);
    let hyphen = u64::from(b'-');
    // Bytes 8 to 23 hold all four hyphens: two words put together in registers.
    let second = hyphen | (b & 0xffff_ffff) << 8 | hyphen << 40 | (b >> 32) << 48;
    let third = b >> 48 | hyphen << 16 | (c & 0xffff_ffff) << 24 | hyphen << 56;
    let mut text = [0; 36];
    text[0..8].copy_from_slice(&a.to_le_bytes());
    text[8..16].copy_from_slice(&second.to_le_bytes());
    text[16..24].copy_from_slice(&third.to_le_bytes());
    text[24..28].copy_from_slice(&c.to_le_bytes()[4..]);
    text[28..36].copy_from_slice(&d.to_le_bytes());
    text
}

/// 32 lower-case digits.
#[inline]
pub(crate) fn simple(bytes: &[u8; 16]) -> [u8; 32] {
    let mut text = [0; 32];
    for (eight, word) in text.chunks_exact_mut(8).zip(bytes_to_digits(bytes)) {
        eight.copy_from_slice(&word.to_le_bytes());
    }
    text
}

/// `N` lower-case digits of `N / 2` bytes, for the short fields of a trace header.
pub(crate) fn encode<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut text = [0; N];
    for (two, byte) in text.chunks_exact_mut(2).zip(bytes) {
        two.copy_from_slice(&PAIRS[usize::from(*byte)]);
    }
    text
}

/// The 32 digits as four words, and the bits by which the four hyphens differ from hyphens.
///
/// Word 8..16 is `-bbbb-bb`, word 16..24 is `bb-cccc-`: five loads find digits and hyphens.
#[inline]
fn groups(text: &[u8; 36]) -> ([u64; 4], u64) {
    let second = word(text, 8);
    let third = word(text, 16);
    let stray = (second & 0x0000_ff00_0000_00ff ^ 0x0000_2d00_0000_002d)
        | (third & 0xff00_0000_00ff_0000 ^ 0x2d00_0000_002d_0000);
    let b = (second >> 8) & 0xffff_ffff | (second >> 48) << 32 | third << 48;
    let c = (third >> 24) & 0xffff_ffff | (word(text, 20) >> 32) << 32;
    ([word(text, 0), b, c, word(text, 28)], stray)
}

/// Eight bytes from `start`, the first as the lowest.
#[inline]
fn word<const N: usize>(text: &[u8; N], start: usize) -> u64 {
    let mut eight = [0; 8];
    eight.copy_from_slice(&text[start..start + 8]);
    u64::from_le_bytes(eight)
}

#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
use portable::{bytes_to_digits, digits_to_bytes};
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
use sse2::{bytes_to_digits, digits_to_bytes};

#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse2"))))]
mod portable {
    //! Table look-ups; also the reference that the vector path is tested against.

    use super::{DIGITS, NOT_HEX, PAIRS};

    #[inline]
    pub(super) fn digits_to_bytes(groups: [u64; 4]) -> Option<[u8; 16]> {
        let mut bytes = [0; 16];
        let mut wrong = 0;
        for (four, group) in bytes.chunks_exact_mut(4).zip(groups) {
            let text = group.to_le_bytes();
            for (byte, pair) in four.iter_mut().zip(text.chunks_exact(2)) {
                let (high, low) = (DIGITS[usize::from(pair[0])], DIGITS[usize::from(pair[1])]);
                wrong |= high | low;
                *byte = high << 4 | low & 15;
            }
        }
        // A digit is at most 15, so only `NOT_HEX` sets a high bit.
        (wrong & (NOT_HEX << 4) == 0).then_some(bytes)
    }

    #[inline]
    pub(super) fn bytes_to_digits(bytes: &[u8; 16]) -> [u64; 4] {
        let pair = |at: usize| u64::from(u16::from_le_bytes(PAIRS[usize::from(bytes[at])]));
        [0, 4, 8, 12]
            .map(|at| pair(at) | pair(at + 1) << 16 | pair(at + 2) << 32 | pair(at + 3) << 48)
    }
}

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod sse2 {
    //! Sixteen digits at a time, in registers only: no pointer, no load, no store.
    #![allow(unsafe_code, reason = "two calls of safe functions that need SSE2")]

    use core::arch::x86_64::{
        __m128i, _mm_add_epi8, _mm_and_si128, _mm_cmpgt_epi8, _mm_cmplt_epi8, _mm_cvtsi128_si64,
        _mm_movemask_epi8, _mm_or_si128, _mm_packus_epi16, _mm_set_epi64x, _mm_set1_epi8,
        _mm_set1_epi16, _mm_slli_epi16, _mm_srli_epi16, _mm_sub_epi8, _mm_unpackhi_epi8,
        _mm_unpackhi_epi64, _mm_unpacklo_epi8,
    };

    #[inline]
    pub(super) fn digits_to_bytes(groups: [u64; 4]) -> Option<[u8; 16]> {
        // SAFETY: this module is compiled only where SSE2 is a feature of the target itself.
        unsafe { decode(groups) }
    }

    #[inline]
    pub(super) fn bytes_to_digits(bytes: &[u8; 16]) -> [u64; 4] {
        // SAFETY: as above.
        unsafe { encode(bytes) }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn decode(groups: [u64; 4]) -> Option<[u8; 16]> {
        let (first, first_valid) = decode_half(pair(groups[0], groups[1]));
        let (last, last_valid) = decode_half(pair(groups[2], groups[3]));
        let valid = _mm_movemask_epi8(_mm_and_si128(first_valid, last_valid)) == 0xffff;
        let [low, high] = unpair(_mm_packus_epi16(first, last));
        valid.then_some((u128::from(high) << 64 | u128::from(low)).to_le_bytes())
    }

    /// Eight 16-bit lanes that each hold one byte of two digits, and a mask of the valid digits.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn decode_half(text: __m128i) -> (__m128i, __m128i) {
        // There is no unsigned comparison: both ranges are moved down to begin at -128.
        let digit = _mm_cmplt_epi8(below(text, b'0'), splat(0x80 + 10));
        let lower = _mm_or_si128(text, splat(0x20));
        let letter = _mm_cmplt_epi8(below(lower, b'a'), splat(0x80 + 6));
        let nine = _mm_and_si128(letter, splat(9));
        let value = _mm_add_epi8(_mm_and_si128(text, splat(15)), nine);
        let joined = _mm_or_si128(_mm_slli_epi16::<4>(value), _mm_srli_epi16::<8>(value));
        (
            _mm_and_si128(joined, _mm_set1_epi16(0xff)),
            _mm_or_si128(digit, letter),
        )
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn encode(bytes: &[u8; 16]) -> [u64; 4] {
        let number = u128::from_le_bytes(*bytes);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the two halves are what is meant"
        )]
        let both = pair(number as u64, (number >> 64) as u64);
        let low = _mm_and_si128(both, splat(15));
        let high = _mm_and_si128(_mm_srli_epi16::<4>(both), splat(15));
        let [a, b] = unpair(to_ascii(_mm_unpacklo_epi8(high, low)));
        let [c, d] = unpair(to_ascii(_mm_unpackhi_epi8(high, low)));
        [a, b, c, d]
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn to_ascii(values: __m128i) -> __m128i {
        let letter = _mm_cmpgt_epi8(values, splat(9));
        let to_letter = _mm_and_si128(letter, splat(b'a' - b'0' - 10));
        _mm_add_epi8(_mm_add_epi8(values, splat(b'0')), to_letter)
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn below(text: __m128i, start: u8) -> __m128i {
        _mm_sub_epi8(text, splat(start ^ 0x80))
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn splat(byte: u8) -> __m128i {
        _mm_set1_epi8(byte.cast_signed())
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn pair(low: u64, high: u64) -> __m128i {
        _mm_set_epi64x(high.cast_signed(), low.cast_signed())
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn unpair(both: __m128i) -> [u64; 2] {
        let high = _mm_unpackhi_epi64(both, both);
        [both, high].map(|half| _mm_cvtsi128_si64(half).cast_unsigned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_in_every_place_reads_as_the_table_says() {
        for place in 0..32 {
            for byte in 0..=255 {
                let mut text = *b"019A9964b7f37479bc9f50ff6ea646F1";
                text[place] = byte;
                let groups = [
                    word(&text, 0),
                    word(&text, 8),
                    word(&text, 16),
                    word(&text, 24),
                ];
                let expected = portable::digits_to_bytes(groups);
                assert_eq!(digits_to_bytes(groups), expected, "byte {byte} at {place}");
                assert_eq!(expected.is_some(), char::from(byte).is_ascii_hexdigit());
            }
        }
    }

    #[test]
    fn every_byte_in_every_place_prints_as_the_table_says() {
        for place in 0..16 {
            for byte in 0..=255 {
                let mut bytes = [0xa5; 16];
                bytes[place] = byte;
                assert_eq!(bytes_to_digits(&bytes), portable::bytes_to_digits(&bytes));
                assert_eq!(simple(&bytes), encode::<32>(&bytes));
            }
        }
    }
}
