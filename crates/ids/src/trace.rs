//! W3C Trace Context: trace ids that are ids of ours, span ids, and the `traceparent` header.
//!
//! Source: W3C Trace Context, level 2. A version 7 id of this library keeps its last 56 bits random
//! and its fixed and counted bits to the left, which is what level 2 asks of a trace id with the
//! random flag. Ids of makers with longer counters must not carry it.

use core::fmt;

use crate::text::Text;
use crate::{ParseError, Uuid, hex};

/// 16 bytes that name one trace; never all zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId([u8; 16]);

/// 8 bytes that name one operation within a trace; never all zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SpanId([u8; 8]);

/// What a caller says of a trace: its id, the operation that calls, and two flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceParent {
    /// The trace.
    pub trace_id: TraceId,
    /// The calling operation.
    pub parent_id: SpanId,
    /// Whether the caller may have recorded it.
    pub sampled: bool,
    /// Whether the last seven bytes of the trace id are random (level 2).
    pub random: bool,
}

const SAMPLED: u8 = 0x01;
const RANDOM: u8 = 0x02;

const TRACEPARENT: &str = "a traceparent";

impl TraceId {
    /// The id's own 16 bytes. `None` for Nil, which names no trace.
    #[must_use]
    pub const fn from_uuid(id: Uuid) -> Option<Self> {
        if id.is_nil() {
            None
        } else {
            Some(Self(id.to_bytes()))
        }
    }

    /// The id's 128 bits under a fixed permutation, for samplers that read the *left* bytes of a
    /// trace id: in a version 7 id they are the time, so such a sampler keeps nearly all or nearly
    /// nothing. [`unmixed`](Self::unmixed) gives the id back.
    ///
    /// The permutation is public and hides nothing. `None` for the one id that it maps to zero.
    #[must_use]
    pub const fn mixed(id: Uuid) -> Option<Self> {
        Self::from_uuid(Uuid::from_u128(mix(id.to_u128())))
    }

    /// The id whose [`mixed`](Self::mixed) this is.
    #[must_use]
    pub const fn unmixed(self) -> Uuid {
        Uuid::from_u128(unmix(u128::from_be_bytes(self.0)))
    }

    /// The bytes as they travel.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// The id with the same bytes; of version 7 if the trace was begun by this library.
    #[must_use]
    pub const fn to_uuid(self) -> Uuid {
        Uuid::from_bytes(self.0)
    }
}

impl SpanId {
    /// Eight fresh random bytes, unrelated to any trace id.
    ///
    /// # Errors
    /// [`crate::Error::Entropy`].
    #[cfg(feature = "std")]
    pub fn random() -> Result<Self, crate::Error> {
        loop {
            // One draw in 2^64 is zero, and drawn again.
            if let Some(id) = Self::from_bytes(crate::generate::random_bytes()?) {
                return Ok(id);
            }
        }
    }

    /// `None` for all zero, which names no operation.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 8]) -> Option<Self> {
        if u64::from_ne_bytes(bytes) == 0 {
            None
        } else {
            Some(Self(bytes))
        }
    }

    /// The bytes as they travel.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0
    }
}

impl TraceParent {
    /// The header of a trace that begins here, with the random flag: `trace` is an id that this
    /// library made. `None` for Nil.
    #[must_use]
    pub const fn begin(trace: Uuid, parent_id: SpanId, sampled: bool) -> Option<Self> {
        match TraceId::from_uuid(trace) {
            Some(trace_id) => Some(Self {
                trace_id,
                parent_id,
                sampled,
                random: true,
            }),
            None => None,
        }
    }

    /// Reads the header's value: version 00 exactly; of a later version, the part that it must
    /// share with 00. Flags that this level does not know are dropped, as it demands.
    ///
    /// # Errors
    /// The byte that does not fit. The specification asks to then begin a new trace.
    ///
    /// ```
    /// let header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03";
    /// let parent = ids::trace::TraceParent::parse(header)?;
    /// assert!(parent.sampled && parent.random);
    /// assert_eq!(parent.to_string(), header);
    /// # Ok::<(), ids::ParseError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let bytes = text.as_bytes();
        let refuse = |at, expected| ParseError::new(bytes, TRACEPARENT, at, expected);
        let [version] = field(bytes, 0)?;
        let trace_id: [u8; 16] = field(bytes, 3)?;
        let parent_id: [u8; 8] = field(bytes, 36)?;
        let [flags] = field(bytes, 53)?;
        if version == 0xff {
            return Err(refuse(0, "a version below ff"));
        }
        if bytes.len() > 55 && (version == 0 || bytes[55] != b'-') {
            return Err(refuse(
                55,
                if version == 0 {
                    "the end"
                } else {
                    "a hyphen or the end"
                },
            ));
        }
        let zero = "an id that is not all zero";
        Ok(Self {
            trace_id: TraceId::from_uuid(Uuid::from_bytes(trace_id))
                .ok_or_else(|| refuse(3, zero))?,
            parent_id: SpanId::from_bytes(parent_id).ok_or_else(|| refuse(36, zero))?,
            sampled: flags & SAMPLED != 0,
            random: flags & RANDOM != 0,
        })
    }

    /// The header's value, version 00, on the stack.
    #[must_use]
    pub fn to_text(self) -> Text<55> {
        let flags = (u8::from(self.sampled) * SAMPLED) | (u8::from(self.random) * RANDOM);
        let mut text = *b"00-                                -                -  ";
        text[3..35].copy_from_slice(&hex::simple(&self.trace_id.0));
        text[36..52].copy_from_slice(&hex::encode::<16>(&self.parent_id.0));
        text[53..55].copy_from_slice(&hex::encode::<2>(&[flags]));
        Text::from_ascii(text)
    }
}

/// `N` bytes as lower-case digits from `start`, and the hyphen before them.
fn field<const N: usize>(text: &[u8], start: usize) -> Result<[u8; N], ParseError> {
    if start > 0 && text.get(start - 1) != Some(&b'-') {
        return Err(ParseError::new(
            text,
            TRACEPARENT,
            (start - 1).min(text.len()),
            "a hyphen",
        ));
    }
    let digit = |at: usize| {
        let lower = text.get(at).filter(|digit| !digit.is_ascii_uppercase());
        lower.and_then(|digit| hex::value(*digit)).ok_or_else(|| {
            let expected = "a lower-case hexadecimal digit";
            ParseError::new(text, TRACEPARENT, at.min(text.len()), expected)
        })
    };
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = digit(start + 2 * at)? << 4 | digit(start + 2 * at + 1)?;
    }
    Ok(bytes)
}

/// Four Feistel rounds: a permutation whatever the round function is, and with a function that
/// spreads every bit, one that spreads every bit of 128 (Luby and Rackoff, 1988).
const fn mix(value: u128) -> u128 {
    let (mut left, mut right) = halves(value);
    let mut at = 0;
    while at < ROUND_KEYS.len() {
        (left, right) = (right, left ^ round(right, ROUND_KEYS[at]));
        at += 1;
    }
    (left as u128) << 64 | right as u128
}

const fn unmix(value: u128) -> u128 {
    let (mut left, mut right) = halves(value);
    let mut at = ROUND_KEYS.len();
    while at > 0 {
        at -= 1;
        (left, right) = (right ^ round(left, ROUND_KEYS[at]), left);
    }
    (left as u128) << 64 | right as u128
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the two halves are what is meant"
)]
const fn halves(value: u128) -> (u64, u64) {
    ((value >> 64) as u64, value as u64)
}

/// Hexadecimal digits of pi behind the point: numbers with nothing up their sleeve.
const ROUND_KEYS: [u64; 4] = [
    0x243f_6a88_85a3_08d3,
    0x1319_8a2e_0370_7344,
    0xa409_3822_299f_31d0,
    0x082e_fa98_ec4e_6c89,
];

/// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
const fn round(half: u64, key: u64) -> u64 {
    let mut x = half.wrapping_add(key);
    x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ x >> 31
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_uuid().simple())
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&Text::from_ascii(hex::encode::<16>(&self.0)))
    }
}

impl fmt::Debug for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn headers_are_read_and_written() {
        let parent = TraceParent::parse(HEADER).expect("the specification's example");
        assert_eq!(
            parent.trace_id.to_string(),
            "0af7651916cd43dd8448eb211c80319c"
        );
        assert_eq!(parent.parent_id.to_string(), "b7ad6b7169203331");
        assert_eq!((parent.sampled, parent.random), (true, false));
        assert_eq!(parent.to_string(), HEADER);
        // Of a later version, what follows is passed over; unknown flags are dropped.
        let later = format!("cc{}ff-what-comes", &HEADER[2..53]);
        assert_eq!(
            TraceParent::parse(&later).map(|parent| parent.random),
            Ok(true)
        );
        let dropped = TraceParent::parse(&format!("{}ff", &HEADER[..53])).map(|p| p.to_string());
        assert_eq!(dropped, Ok(format!("{}03", &HEADER[..53])));
    }

    #[test]
    fn headers_that_the_specification_refuses() {
        let check = |text: &str, position| {
            assert_eq!(
                TraceParent::parse(text).map_err(|e| e.position()),
                Err(position),
                "{text}"
            );
        };
        check("", 0);
        check(&HEADER[..54], 54);
        check(&HEADER.to_uppercase(), 4);
        check(&format!("{HEADER}-extra"), 55);
        check(&format!("{HEADER}0"), 55);
        check(&format!("cc{}0", &HEADER[2..]), 55);
        check(&format!("ff{}", &HEADER[2..]), 0);
        check(&HEADER.replace('-', "_"), 2);
        check(
            &HEADER.replace("0af7651916cd43dd8448eb211c80319c", &"0".repeat(32)),
            3,
        );
        check(&HEADER.replace("b7ad6b7169203331", &"0".repeat(16)), 36);
        check(&HEADER.replace("-01", "-0é"), 54);
    }

    #[cfg(feature = "std")]
    #[test]
    fn a_new_trace_is_random_and_its_spans_differ() {
        let (one, other) = (
            SpanId::random().expect("entropy"),
            SpanId::random().expect("entropy"),
        );
        assert_ne!(one, other);
        let id = Uuid::now_v7();
        let parent = TraceParent::begin(id, one, true).expect("not Nil");
        assert_eq!(parent.to_string(), format!("00-{}-{one}-03", id.simple()));
        assert_eq!(TraceParent::begin(Uuid::NIL, one, true), None);
    }

    #[cfg(feature = "std")]
    #[test]
    fn mixing_moves_randomness_to_the_left() {
        // Ids of one millisecond: by their left 8 bytes a sampler would keep all or none of them.
        let (mut plain, mut mixed) = (0, 0);
        for id in crate::v7s(4000).expect("within the limit") {
            let keep = |id: TraceId| id.to_bytes()[0] < 0x80;
            plain += u32::from(keep(TraceId::from_uuid(id).expect("not Nil")));
            mixed += u32::from(keep(TraceId::mixed(id).expect("not that one id")));
        }
        assert_eq!(
            plain, 4000,
            "the control: unmixed, half is not what a sampler sees"
        );
        // 2000 expected; eight standard deviations of 31.6 to either side.
        assert!((1750..=2250).contains(&mixed), "{mixed}");
    }

    proptest! {
        #[test]
        fn mixing_is_undone(number: u128) {
            let id = Uuid::from_u128(number);
            let mixed = TraceId::mixed(id);
            prop_assert_eq!(mixed.map(TraceId::unmixed), mixed.map(|_| id));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            let _ = TraceParent::parse(&text);
        }
    }
}
