//! What the bits of an id mean: the list of fields of each kind of id.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use ids::Timestamp;
use ids::inspect::{Found, epochs, snowflake};

use super::versions;

/// The kind of a number that is too small for a Snowflake.
const NUMBER: &str = "number";

/// One field of an id.
#[derive(Debug)]
pub(super) struct Field {
    /// Its name, as the standard has it where there is one.
    pub(super) name: &'static str,
    /// Which bits, counted from the left, from 0.
    pub(super) bits: Range<usize>,
    /// What it says.
    meaning: Meaning,
}

/// What a field says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meaning {
    /// The same in every id.
    Fixed(&'static str),
    /// Told by its value. A function, so that it is worked out only where somebody reads it.
    Told(fn(u128) -> String),
}

impl From<&'static str> for Meaning {
    fn from(text: &'static str) -> Self {
        Self::Fixed(text)
    }
}

/// The fields of an id and what to know about them.
#[derive(Debug, Default)]
pub(super) struct Anatomy {
    bytes: Vec<u8>,
    /// The fields, left to right, without a gap.
    pub(super) fields: Vec<Field>,
    /// What the fields do not say by themselves.
    pub(super) notes: Vec<Cow<'static, str>>,
}

impl Anatomy {
    /// Takes apart what was found; `epoch` is where a Snowflake's time begins.
    pub(super) fn of(found: &Found<'_>, epoch: Option<Timestamp>) -> Self {
        match found {
            Found::Uuid { id, .. } => versions::fields(*id),
            Found::TypeId(typeid) => {
                let prefix = typeid.prefix();
                let note = format!("the prefix `{prefix}` says what kind of thing is named");
                let anatomy = versions::fields(typeid.uuid());
                if prefix.is_empty() {
                    anatomy
                } else {
                    anatomy.note(note)
                }
            }
            Found::Ulid(id) => Self::new(id.as_bytes())
                .field(
                    "time",
                    48,
                    Meaning::Told(|ms| format!("{ms} ms since 1970")),
                )
                .field(
                    "randomness",
                    80,
                    "random; plus 1 for each further id of a millisecond",
                )
                .note(format!("the same 128 bits as a UUID: {id}")),
            Found::Ksuid {
                seconds, payload, ..
            } => {
                let bytes = [&seconds.to_be_bytes()[..], payload].concat();
                Self::new(&bytes)
                    .field(
                        "timestamp",
                        32,
                        Meaning::Told(|s| format!("{s} s since 2014-05-13T16:53:20Z")),
                    )
                    .field("payload", 128, "random")
            }
            Found::ObjectId { bytes, .. } => Self::new(bytes)
                .field(
                    "timestamp",
                    32,
                    Meaning::Told(|s| format!("{s} s since 1970")),
                )
                .field("random", 40, "random, one value for each process")
                .field(
                    "counter",
                    24,
                    Meaning::Told(|number| format!("{number}; one more for each id")),
                ),
            Found::Number(value) if epoch.is_none() && found.kind() == NUMBER => Self::new(
                &value.to_be_bytes(),
            )
            .field("number", 64, Meaning::Told(|number| number.to_string()))
            .note(
                "too small for a Snowflake: perhaps a row number, which tells outsiders how many \
                         rows there are and clashes as soon as two databases meet",
            ),
            Found::Number(value) => Self::snowflake(*value, epoch),
            Found::NanoId => Self::default()
                .note("told by its length and alphabet only: 21 letters of 6 random bits, no time"),
            _ => Self::default(),
        }
    }

    fn snowflake(value: u64, epoch: Option<Timestamp>) -> Self {
        let anatomy = Self::new(&value.to_be_bytes())
            .field("sign", 1, Meaning::Told(sign))
            .field(
                "time",
                41,
                Meaning::Told(|ms| format!("{ms} ms since the maker's epoch")),
            )
            .field(
                "worker",
                10,
                Meaning::Told(|number| format!("machine or process {number}")),
            )
            .field(
                "sequence",
                12,
                Meaning::Told(|number| format!("{number} within the millisecond")),
            );
        if epoch.is_some() {
            return anatomy;
        }
        let twitter = snowflake(value, epochs::TWITTER);
        let discord = snowflake(value, epochs::DISCORD);
        anatomy
            .note("a number does not say where its time begins: name it with `--epoch`")
            .note(format!("with `--epoch twitter` it is {twitter}"))
            .note(format!("with `--epoch discord` it is {discord}"))
    }

    /// No fields yet, over these bytes.
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_vec(),
            ..Self::default()
        }
    }

    /// Adds a field of so many bits after the last one.
    pub(super) fn field(
        mut self,
        name: &'static str,
        bits: usize,
        meaning: impl Into<Meaning>,
    ) -> Self {
        let start = self.fields.last().map_or(0, |field| field.bits.end);
        self.fields.push(Field {
            name,
            bits: start..start + bits,
            meaning: meaning.into(),
        });
        self
    }

    /// Adds something to know.
    pub(super) fn note(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// The value of up to 128 bits.
    pub(super) fn value(&self, bits: Range<usize>) -> u128 {
        bits.fold(0, |value, bit| {
            let bit = self.bytes[bit / 8] >> (7 - bit % 8) & 1;
            value << 1 | u128::from(bit)
        })
    }

    /// What a field says, in words.
    pub(super) fn meaning(&self, field: &Field) -> Cow<'static, str> {
        match field.meaning {
            Meaning::Fixed(text) => text.into(),
            Meaning::Told(told) => told(self.value(field.bits.clone())).into(),
        }
    }

    /// A field's value as text.
    pub(super) fn shown(&self, field: &Field) -> Shown {
        Shown {
            value: self.value(field.bits.clone()),
            bits: field.bits.len(),
        }
    }
}

fn sign(value: u128) -> String {
    let text = match value {
        0 => "zero, so that signed numbers keep the order",
        _ => "set, which no Snowflake has: perhaps another number",
    };
    text.to_owned()
}

/// A value to print: short ones bit by bit, long ones in hexadecimal.
pub(super) struct Shown {
    value: u128,
    bits: usize,
}

/// Up to here the bits can be taken in at a glance.
const BINARY_BITS_MAX: usize = 12;

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, bits } = *self;
        if bits <= BINARY_BITS_MAX {
            write!(f, "{value:0bits$b}")
        } else {
            write!(f, "0x{value:0digits$x}", digits = bits.div_ceil(4))
        }
    }
}

#[cfg(test)]
mod tests {
    use ids::inspect::inspect;

    use super::*;

    /// One id of each kind that has fields.
    const IDS: [&str; 17] = [
        "019a9964-77f3-7479-bc9f-50ff6ea646f1",
        "c232ab00-9414-11ec-b3c8-9f6bdeced846",
        "000003e8-9414-21ec-b300-9f6bdeced846",
        "5df41881-3aed-3515-88a7-2f4a814cf09e",
        "919108f7-52d1-4320-9bac-f847db4148a8",
        "2ed6657d-e927-568b-95e1-2665a8aea6a2",
        "1ec9414c-232a-6b00-b3c8-9f6bdeced846",
        "2489e9ad-2ee2-8e00-8ec9-32d5f69181c0",
        "2489e9ad-2ee2-fe00-8ec9-32d5f69181c0",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "6fe2ac00-9414-41ec-c3c8-9f6bdeced846",
        "6fe2ac00-9414-41ec-e3c8-9f6bdeced846",
        "6fe2ac00-9414-41ec-13c8-9f6bdeced846",
        "01KACP8XZKEHWVS7TGZXQACHQH",
        "user_01kacp8xzkehwvs7tgzxqachqh",
        "0ujtsYcgvSTl8PAuAdqWYSMnLOv",
    ];

    #[test]
    fn the_fields_of_every_kind_cover_every_bit_once() {
        for text in IDS
            .iter()
            .chain(&["507f1f77bcf86cd799439011", "42", "1541815603606036480"])
        {
            let anatomy = Anatomy::of(&inspect(text).unwrap(), None);
            let mut next = 0;
            for field in &anatomy.fields {
                assert_eq!(field.bits.start, next, "{text}: {}", field.name);
                assert!(!field.bits.is_empty(), "{text}: {}", field.name);
                next = field.bits.end;
            }
            assert_eq!(next, anatomy.bytes.len() * 8, "{text}");
            assert!(next > 0, "{text}");
        }
    }

    #[test]
    fn values_are_cut_out_of_the_bytes() {
        let anatomy = Anatomy::new(&[0b1010_0000, 0b0000_0001])
            .field("a", 2, "")
            .field("b", 1, "")
            .field("c", 13, "");
        let texts: Vec<String> = anatomy
            .fields
            .iter()
            .map(|field| anatomy.shown(field).to_string())
            .collect();
        assert_eq!(texts, ["10", "1", "0x0001"]);
        assert_eq!(anatomy.value(0..16), 0xa001);
    }

    #[test]
    fn the_sign_is_told_as_it_is() {
        let meaning = |text: &str| {
            let anatomy = Anatomy::of(&inspect(text).unwrap(), None);
            anatomy.meaning(&anatomy.fields[0]).into_owned()
        };
        assert!(meaning("1541815603606036480").starts_with("zero"));
        assert!(meaning("18446744073709551615").starts_with("set"));
    }

    #[test]
    fn a_number_has_a_time_only_with_an_epoch() {
        let found = inspect("1541815603606036480").unwrap();
        let open = Anatomy::of(&found, None);
        assert!(
            open.notes
                .iter()
                .any(|note| note.contains("2022-06-28T16:07:40.105Z"))
        );
        assert!(Anatomy::of(&found, Some(epochs::TWITTER)).notes.is_empty());
    }
}
