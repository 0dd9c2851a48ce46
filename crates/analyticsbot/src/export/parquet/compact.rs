//! Thrift's compact protocol, as far as the metadata of a Parquet file needs it.
//!
//! <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>

/// The types of a field or an element.
#[derive(Clone, Copy)]
enum Type {
    True = 1,
    I32 = 5,
    I64 = 6,
    Binary = 8,
    List = 9,
    Struct = 12,
}

/// A struct in the making. Fields are written in the order of their numbers.
pub(super) struct Struct<'a> {
    out: &'a mut Vec<u8>,
    last: u8,
}

impl<'a> Struct<'a> {
    /// Begins the outermost struct.
    pub(super) fn begin(out: &'a mut Vec<u8>) -> Self {
        Self { out, last: 0 }
    }

    pub(super) fn yes(&mut self, number: u8) -> &mut Self {
        self.field(number, Type::True);
        self
    }

    pub(super) fn i32(&mut self, number: u8, value: i32) -> &mut Self {
        self.field(number, Type::I32);
        zigzag(i64::from(value), self.out);
        self
    }

    pub(super) fn i64(&mut self, number: u8, value: i64) -> &mut Self {
        self.field(number, Type::I64);
        zigzag(value, self.out);
        self
    }

    pub(super) fn bytes(&mut self, number: u8, value: &[u8]) -> &mut Self {
        self.field(number, Type::Binary);
        binary(value, self.out);
        self
    }

    pub(super) fn inner(&mut self, number: u8, fill: impl FnOnce(&mut Struct<'_>)) -> &mut Self {
        self.field(number, Type::Struct);
        filled(self.out, fill);
        self
    }

    pub(super) fn i32s(&mut self, number: u8, values: &[i32]) -> &mut Self {
        self.list(number, Type::I32, values.len());
        for value in values {
            zigzag(i64::from(*value), self.out);
        }
        self
    }

    pub(super) fn texts(&mut self, number: u8, values: &[&str]) -> &mut Self {
        self.list(number, Type::Binary, values.len());
        for value in values {
            binary(value.as_bytes(), self.out);
        }
        self
    }

    pub(super) fn structs<T>(
        &mut self,
        number: u8,
        values: &[T],
        fill: impl Fn(&T, &mut Struct<'_>),
    ) -> &mut Self {
        self.list(number, Type::Struct, values.len());
        for value in values {
            filled(self.out, |inner| fill(value, inner));
        }
        self
    }

    /// Ends it.
    pub(super) fn end(&mut self) {
        self.out.push(0);
    }

    fn field(&mut self, number: u8, of: Type) {
        let step = number - self.last;
        debug_assert!((1..16).contains(&step), "a longer step has another form");
        self.out.push(step << 4 | of as u8);
        self.last = number;
    }

    fn list(&mut self, number: u8, of: Type, count: usize) {
        self.field(number, Type::List);
        match u8::try_from(count) {
            Ok(count) if count < 15 => self.out.push(count << 4 | of as u8),
            _ => {
                self.out.push(0xf0 | of as u8);
                varint(count as u64, self.out);
            }
        }
    }
}

fn filled(out: &mut Vec<u8>, fill: impl FnOnce(&mut Struct<'_>)) {
    let mut inner = Struct::begin(out);
    fill(&mut inner);
    inner.end();
}

fn binary(value: &[u8], out: &mut Vec<u8>) {
    varint(value.len() as u64, out);
    out.extend_from_slice(value);
}

fn zigzag(value: i64, out: &mut Vec<u8>) {
    varint((value << 1 ^ value >> 63).cast_unsigned(), out);
}

/// Seven bits in each byte, the lowest first.
pub(super) fn varint(mut value: u64, out: &mut Vec<u8>) {
    loop {
        let low = value.to_le_bytes()[0];
        value >>= 7;
        if value == 0 {
            return out.push(low & 0x7f);
        }
        out.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification() {
        let check = |value: i64, expected: &[u8]| {
            let mut out = Vec::new();
            zigzag(value, &mut out);
            assert_eq!(out, expected, "{value}");
        };
        check(0, &[0]);
        check(-1, &[1]);
        check(1, &[2]);
        check(-2, &[3]);
        check(25_000, &[0xd0, 0x86, 0x03]);
        check(i64::MIN, &[255, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
        let mut out = Vec::new();
        varint(50_399, &mut out);
        assert_eq!(out, [0xdf, 0x89, 0x03]);
    }

    #[test]
    fn fields_lists_and_structs() {
        let mut out = Vec::new();
        let mut outer = Struct::begin(&mut out);
        outer.i32(1, 7).inner(3, |inner| {
            inner.bytes(2, b"ab").yes(4);
        });
        outer.i32s(4, &[1; 15]).texts(5, &["x"]).end();
        let mut expected = vec![0x15, 14, 0x2c, 0x28, 2, b'a', b'b', 0x21, 0];
        expected.extend([0x19, 0xf5, 15]);
        expected.extend([2; 15]);
        expected.extend([0x19, 0x18, 1, b'x', 0]);
        assert_eq!(out, expected);
    }
}
