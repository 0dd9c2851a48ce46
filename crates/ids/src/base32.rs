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

/// In a character's entry: not a character of the alphabet at all.
const NOT_BASE32: u32 = 1 << 31;
/// In a character's entry: a capital letter, or `i`, `l` or `o`, which Crockford reads as `1`, `1`
/// and `0`.
const LENIENT: u32 = 1 << 30;
/// Five characters' values.
const FIVE_VALUES: u32 = (1 << 25) - 1;

/// For each of five places, each character's value moved to that place, and its flags: five
/// characters are read by five look-ups and four ORs.
static PLACES: [[u32; 256]; 5] = [values(20), values(15), values(10), values(5), values(0)];

const fn values(shift: u32) -> [u32; 256] {
    let mut table = [NOT_BASE32; 256];
    let mut value = 0;
    while value < 32 {
        let lower = LOWER[value as usize];
        table[lower.to_ascii_uppercase() as usize] = value << shift | LENIENT;
        table[lower as usize] = value << shift;
        value += 1;
    }
    let aliases = [(b'i', 1), (b'l', 1), (b'o', 0)];
    let mut at = 0;
    while at < aliases.len() {
        let (lower, value) = aliases[at];
        table[lower as usize] = value << shift | LENIENT;
        table[lower.to_ascii_uppercase() as usize] = value << shift | LENIENT;
        at += 1;
    }
    table
}

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

/// Writes the value as 26 lower-case characters.
#[inline]
pub(crate) fn encode_lower(value: u128, text: &mut [u8; 26]) {
    encode(value, text, &LOWER_PAIRS);
}

/// Writes the value as 26 upper-case characters.
#[inline]
pub(crate) fn encode_upper(value: u128, text: &mut [u8; 26]) {
    encode(value, text, &UPPER_PAIRS);
}

#[inline]
fn encode(value: u128, text: &mut [u8; 26], table: &Pairs) {
    // 130 bits, the first two zero: 70 of them in front of the last 60.
    #[expect(clippy::cast_possible_truncation, reason = "cut to ten and to 60 bits")]
    let (first, front, back) = ((value >> 120) as usize, (value >> 60) as u64, value as u64);
    let (pairs, _) = text.as_chunks_mut::<2>();
    pairs[0] = table[first & 1023];
    write(front, &mut pairs[1..7], table);
    write(back, &mut pairs[7..13], table);
}

/// The low 60 bits as six pairs.
#[inline]
fn write(bits: u64, pairs: &mut [[u8; 2]], table: &Pairs) {
    for (pair, shift) in pairs.iter_mut().zip([50, 40, 30, 20, 10, 0]) {
        #[expect(clippy::cast_possible_truncation, reason = "ten bits are meant")]
        let index = (bits >> shift) as usize & 1023;
        *pair = table[index];
    }
}

/// The value of 26 characters.
#[expect(
    clippy::inline_always,
    reason = "kept in registers; as a call's result, a third more"
)]
#[inline(always)]
pub(crate) fn decode(text: &[u8; 26], accept: Accept) -> Result<u128, Fault> {
    // One character of three bits, then five times five characters of 25.
    let first = PLACES[4][usize::from(text[0])];
    let five = |at: usize| {
        let place = |place: usize| PLACES[place][usize::from(text[at + place])];
        place(0) | place(1) | place(2) | place(3) | place(4)
    };
    let fives = [five(1), five(6), five(11), five(16), five(21)];
    let refused = match accept {
        Accept::Lower => NOT_BASE32 | LENIENT,
        Accept::AnyCase => NOT_BASE32,
    };
    let seen = fives.iter().fold(first, |seen, five| seen | five);
    let first = first & FIVE_VALUES;
    // The first character holds the top three bits: more would be dropped in silence, and two
    // texts would name one value.
    if seen & refused != 0 || first > 7 {
        return Err(fault(text, refused));
    }
    let fives = fives.map(|five| u64::from(five & FIVE_VALUES));
    // Of the 128 bits, the third five lies across the middle.
    let high = u64::from(first) << 61 | fives[0] << 36 | fives[1] << 11 | fives[2] >> 14;
    let low = fives[2] << 50 | fives[3] << 25 | fives[4];
    Ok(u128::from(high) << 64 | u128::from(low))
}

#[cold]
fn fault(text: &[u8; 26], refused: u32) -> Fault {
    let stray = text
        .iter()
        .position(|byte| PLACES[4][usize::from(*byte)] & refused != 0);
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
            let (mut text, mut upper) = ([0; 26], [0; 26]);
            encode_lower(value, &mut text);
            prop_assert_eq!(str::from_utf8(&text).map(str::to_owned), Ok(slowly(value)));
            prop_assert_eq!(decode(&text, Accept::Lower), Ok(value));
            encode_upper(value, &mut upper);
            prop_assert!(upper.eq_ignore_ascii_case(&text));
            prop_assert_eq!(decode(&upper, Accept::AnyCase), Ok(value));
        }

        #[test]
        fn what_is_accepted_prints_the_same_again(text in "[0-9a-zA-Z]{26}") {
            let text: &[u8; 26] = text.as_bytes().try_into().expect("26 characters");
            if let Ok(value) = decode(text, Accept::Lower) {
                let mut again = [0; 26];
                encode_lower(value, &mut again);
                prop_assert_eq!(&again, text);
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
