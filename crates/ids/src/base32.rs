//! Crockford's base 32 of 128 bits: the 26 characters of a ULID and of a `TypeID`'s suffix.

const LOWER: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Two characters at a time: 13 look-ups instead of 26.
type Pairs = [[u8; 2]; 1024];

static LOWER_PAIRS: Pairs = pairs(false);
static UPPER_PAIRS: Pairs = pairs(true);

const fn pairs(upper: bool) -> Pairs {
    let mut table = [[0; 2]; 1024];
    let mut value = 0;
    while value < 1024 {
        let mut pair = [LOWER[value >> 5], LOWER[value & 31]];
        if upper {
            pair.make_ascii_uppercase();
        }
        table[value] = pair;
        value += 1;
    }
    table
}

/// In a character's table entry: not a character of the alphabet at all.
const NOT_BASE32: u8 = 0x80;
/// In a character's table entry: a capital letter, or `i`, `l` or `o`, which Crockford reads as
/// `1`, `1` and `0`.
const LENIENT: u8 = 0x20;

static VALUES: [u8; 256] = {
    let mut table = [NOT_BASE32; 256];
    let mut value = 0;
    while value < 32 {
        let lower = LOWER[value as usize];
        table[lower.to_ascii_uppercase() as usize] = value | LENIENT;
        table[lower as usize] = value;
        value += 1;
    }
    let aliases = [(b'i', 1), (b'l', 1), (b'o', 0)];
    let mut at = 0;
    while at < aliases.len() {
        let (lower, value) = aliases[at];
        table[lower as usize] = value | LENIENT;
        table[lower.to_ascii_uppercase() as usize] = value | LENIENT;
        at += 1;
    }
    table
};

/// What a reader of base 32 lets pass.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accept {
    /// Lower case only: what a `TypeID` may have.
    Lower,
    /// Either case, and `i`, `l`, `o` for the digits they look like: what a ULID may have.
    AnyCase,
}

/// Where and why 26 characters are not 128 bits: a position, and what was expected there.
pub(crate) type Fault = (usize, &'static str);

/// The value in 26 lower-case characters.
#[inline]
pub(crate) fn encode_lower(value: u128) -> [u8; 26] {
    encode(value, &LOWER_PAIRS)
}

/// The value in 26 upper-case characters.
#[inline]
pub(crate) fn encode_upper(value: u128) -> [u8; 26] {
    encode(value, &UPPER_PAIRS)
}

#[inline]
fn encode(value: u128, table: &Pairs) -> [u8; 26] {
    // 130 bits, the first two zero: 70 of them in front of the last 60.
    let (front, back) = (value >> 60, value & ((1 << 60) - 1));
    let mut text = [0; 26];
    let (pairs, _) = text.as_chunks_mut::<2>();
    let (front_pairs, back_pairs) = pairs.split_at_mut(7);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "68 bits less the ten of the first pair"
    )]
    let (first, front, back) = ((front >> 60) as usize, front as u64, back as u64);
    front_pairs[0] = table[first & 1023];
    write(front & ((1 << 60) - 1), &mut front_pairs[1..], table);
    write(back, back_pairs, table);
    text
}

/// 60 bits as six pairs.
#[inline]
fn write(bits: u64, pairs: &mut [[u8; 2]], table: &Pairs) {
    for (pair, shift) in pairs.iter_mut().zip([50, 40, 30, 20, 10, 0]) {
        #[expect(clippy::cast_possible_truncation, reason = "ten bits are meant")]
        let index = (bits >> shift) as usize & 1023;
        *pair = table[index];
    }
}

/// The value of 26 characters.
#[inline]
pub(crate) fn decode(text: &[u8; 26], accept: Accept) -> Result<u128, Fault> {
    let mut seen = 0;
    let mut read = |characters: &[u8]| {
        characters.iter().fold(0_u64, |number, character| {
            let value = VALUES[usize::from(*character)];
            seen |= value;
            number << 5 | u64::from(value & 31)
        })
    };
    // 65 bits in 13 characters: the one in the middle does not fit a word, so it goes alone.
    let (front, middle, back) = (read(&text[..13]), read(&text[13..14]), read(&text[14..]));
    let refused = match accept {
        Accept::Lower => NOT_BASE32 | LENIENT,
        Accept::AnyCase => NOT_BASE32,
    };
    // The first character holds the top three bits: more would be dropped in silence, and two
    // texts would name one value.
    if seen & refused != 0 || VALUES[usize::from(text[0])] & 31 > 7 {
        return Err(fault(text, refused));
    }
    Ok(u128::from(front) << 65 | u128::from(middle) << 60 | u128::from(back))
}

#[cold]
fn fault(text: &[u8; 26], refused: u8) -> Fault {
    let stray = text
        .iter()
        .position(|byte| VALUES[usize::from(*byte)] & refused != 0);
    match stray {
        Some(at) if refused & LENIENT != 0 => (at, "a lower-case base 32 digit"),
        Some(at) => (at, "a base 32 digit"),
        None => (0, "a digit up to 7: the value would not fit 128 bits"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, digit by digit.
    fn slowly(value: u128) -> String {
        (0..26)
            .rev()
            .map(|at| char::from(LOWER[(value >> (5 * at)) as usize & 31]))
            .collect()
    }

    proptest! {
        #[test]
        fn values_go_there_and_back(value: u128) {
            let text = encode_lower(value);
            prop_assert_eq!(str::from_utf8(&text).map(str::to_owned), Ok(slowly(value)));
            prop_assert_eq!(decode(&text, Accept::Lower), Ok(value));
            let upper = encode_upper(value);
            prop_assert!(upper.eq_ignore_ascii_case(&text));
            prop_assert_eq!(decode(&upper, Accept::AnyCase), Ok(value));
        }

        #[test]
        fn what_is_accepted_prints_the_same_again(text in "[0-9a-zA-Z]{26}") {
            let text: &[u8; 26] = text.as_bytes().try_into().expect("26 characters");
            if let Ok(value) = decode(text, Accept::Lower) {
                prop_assert_eq!(&encode_lower(value), text);
            }
        }
    }

    #[test]
    fn faults_are_named_with_their_position() {
        let check = |text: &[u8; 26], accept, position| {
            assert_eq!(decode(text, accept).map_err(|(at, _)| at), Err(position));
        };
        check(b"80000000000000000000000000", Accept::AnyCase, 0);
        check(b"8zzzzzzzzzzzzzzzzzzzzzzzzz", Accept::Lower, 0);
        check(b"0000000000000000000000000u", Accept::AnyCase, 25);
        check(b"0000000000000U000000000000", Accept::AnyCase, 13);
        check(b"000000000000A0000000000000", Accept::Lower, 12);
        check(b"0000000000000000000000000i", Accept::Lower, 25);
        check(b"000000000000\xff0000000000000", Accept::AnyCase, 12);
        assert_eq!(decode(b"oOiIlL00000000000000000000", Accept::AnyCase), {
            decode(b"00111100000000000000000000", Accept::Lower)
        });
        assert_eq!(
            decode(b"7zzzzzzzzzzzzzzzzzzzzzzzzz", Accept::Lower),
            Ok(u128::MAX)
        );
    }
}
