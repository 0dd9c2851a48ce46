//! Reads thrift's compact protocol, whatever the structs are.

use std::collections::BTreeMap;

/// Anything.
#[derive(Debug)]
pub(super) enum Thrift {
    Bool,
    Int(i64),
    Bytes(Vec<u8>),
    List(Vec<Thrift>),
    Struct(BTreeMap<i64, Thrift>),
}

impl Thrift {
    /// The struct at the beginning of `bytes`, and on behind it.
    pub(super) fn read(bytes: &mut &[u8]) -> Self {
        value(12, bytes)
    }

    /// A field of a struct that must be there.
    pub(super) fn field(&self, number: i64) -> &Self {
        self.get(number)
            .unwrap_or_else(|| panic!("no field {number} in {self:?}"))
    }

    pub(super) fn get(&self, number: i64) -> Option<&Self> {
        let Self::Struct(fields) = self else {
            panic!("{self:?} is no struct");
        };
        fields.get(&number)
    }

    pub(super) fn int(&self) -> i64 {
        let Self::Int(value) = self else {
            panic!("{self:?} is no number");
        };
        *value
    }

    pub(super) fn size(&self) -> usize {
        usize::try_from(self.int()).unwrap()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        let Self::Bytes(value) = self else {
            panic!("{self:?} is no text");
        };
        value
    }

    pub(super) fn text(&self) -> &str {
        str::from_utf8(self.bytes()).unwrap()
    }

    pub(super) fn list(&self) -> &[Self] {
        let Self::List(values) = self else {
            panic!("{self:?} is no list");
        };
        values
    }
}

fn byte(bytes: &mut &[u8]) -> u8 {
    let (first, rest) = bytes
        .split_first()
        .expect("the struct ends before the bytes do");
    *bytes = rest;
    *first
}

pub(super) fn varint(bytes: &mut &[u8]) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let next = byte(bytes);
        value |= u64::from(next & 0x7f) << shift;
        if next < 0x80 {
            return value;
        }
        shift += 7;
    }
}

fn zigzag(bytes: &mut &[u8]) -> i64 {
    let value = varint(bytes);
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

fn value(of: u8, bytes: &mut &[u8]) -> Thrift {
    match of {
        1 | 2 => Thrift::Bool,
        3 => Thrift::Int(i64::from(byte(bytes).cast_signed())),
        4..=6 => Thrift::Int(zigzag(bytes)),
        8 => {
            let length = usize::try_from(varint(bytes)).unwrap();
            let (text, rest) = bytes.split_at(length);
            *bytes = rest;
            Thrift::Bytes(text.to_vec())
        }
        9 => {
            let head = byte(bytes);
            let count = match head >> 4 {
                15 => varint(bytes),
                few => u64::from(few),
            };
            Thrift::List((0..count).map(|_| value(head & 15, bytes)).collect())
        }
        12 => {
            let (mut fields, mut number) = (BTreeMap::new(), 0);
            loop {
                let head = byte(bytes);
                if head == 0 {
                    return Thrift::Struct(fields);
                }
                number = match head >> 4 {
                    0 => zigzag(bytes),
                    step => number + i64::from(step),
                };
                fields.insert(number, value(head & 15, bytes));
            }
        }
        other => panic!("{other} is no type of these structs"),
    }
}
