//! One column of one row group: pages of plain values, compressed as they fill up.

use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::super::columns::{Column, Value};
use super::compact::{Struct, varint};

/// Plain bytes at which a page is closed; the format's documentation recommends up to 1 MiB.
const PAGE_BYTES: usize = 1 << 20;

/// A page of data, as opposed to one of a dictionary.
const DATA_PAGE: i32 = 0;
/// Values as they are.
pub(super) const PLAIN: i32 = 0;
/// The levels that tell which values there are.
pub(super) const RLE: i32 = 3;

/// A column chunk in the making.
pub(super) struct Chunk {
    pub(super) column: Column,
    /// Closed pages with their headers.
    pub(super) bytes: Vec<u8>,
    /// Their size before compression, headers included.
    pub(super) plain_bytes: usize,
    /// Rows in closed pages and in the open one.
    pub(super) rows: usize,
    /// Rows without a value.
    pub(super) nulls: usize,
    /// The least and the greatest value, plain, of columns whose order is that of their bytes or
    /// numbers.
    pub(super) span: Option<Span>,
    /// Values of the open page.
    values: Vec<u8>,
    /// For each row of the open page, whether it has a value.
    present: Vec<bool>,
}

/// The bounds of a chunk's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    Ids([u8; 16], [u8; 16]),
    Times(i64, i64),
}

impl Chunk {
    pub(super) const fn new(column: Column) -> Self {
        Self {
            column,
            bytes: Vec::new(),
            plain_bytes: 0,
            rows: 0,
            nulls: 0,
            span: None,
            values: Vec::new(),
            present: Vec::new(),
        }
    }

    /// Adds the value of one row.
    pub(super) fn push(&mut self, value: Option<&Value<'_>>) -> io::Result<()> {
        self.rows += 1;
        self.present.push(value.is_some());
        match value {
            None => self.nulls += 1,
            Some(Value::Id(id)) => {
                let bytes = id.to_bytes();
                self.values.extend_from_slice(&bytes);
                self.span = Some(match self.span {
                    Some(Span::Ids(least, most)) => Span::Ids(least.min(bytes), most.max(bytes)),
                    _ => Span::Ids(bytes, bytes),
                });
            }
            Some(Value::Time(moment)) => {
                // Events are of this millennium, whose microseconds are far below 2^63.
                let us = i64::try_from(moment.unix_ns().div_euclid(1000)).unwrap_or(i64::MAX);
                self.values.extend_from_slice(&us.to_le_bytes());
                self.span = Some(match self.span {
                    Some(Span::Times(least, most)) => Span::Times(least.min(us), most.max(us)),
                    _ => Span::Times(us, us),
                });
            }
            Some(Value::Text(text)) => self.text(text.as_bytes())?,
            Some(Value::Json(text)) => self.text(text.as_bytes())?,
        }
        if self.values.len() + self.present.len() / 8 >= PAGE_BYTES {
            self.close_page()?;
        }
        Ok(())
    }

    fn text(&mut self, text: &[u8]) -> io::Result<()> {
        let length = u32::try_from(text.len()).map_err(io::Error::other)?;
        self.values.extend_from_slice(&length.to_le_bytes());
        self.values.extend_from_slice(text);
        Ok(())
    }

    /// Bytes that it holds in memory.
    pub(super) const fn held(&self) -> usize {
        self.bytes.len() + self.values.len() + self.present.len()
    }

    /// Puts the rows that are left into a last page.
    pub(super) fn close_page(&mut self) -> io::Result<()> {
        if self.present.is_empty() {
            return Ok(());
        }
        let mut plain = Vec::with_capacity(self.values.len() + self.present.len() / 8 + 16);
        if self.column.optional {
            levels(&self.present, &mut plain)?;
        }
        plain.append(&mut self.values);
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&plain)?;
        let compressed = encoder.finish()?;
        let header = page_header(self.present.len(), plain.len(), compressed.len())?;
        self.plain_bytes += header.len() + plain.len();
        self.bytes.extend_from_slice(&header);
        self.bytes.extend_from_slice(&compressed);
        self.present.clear();
        Ok(())
    }
}

fn page_header(rows: usize, plain: usize, compressed: usize) -> io::Result<Vec<u8>> {
    let int = |count: usize| i32::try_from(count).map_err(io::Error::other);
    let (rows, plain, compressed) = (int(rows)?, int(plain)?, int(compressed)?);
    let mut out = Vec::new();
    let mut header = Struct::begin(&mut out);
    header.i32(1, DATA_PAGE).i32(2, plain).i32(3, compressed);
    header.inner(5, |data| {
        data.i32(1, rows).i32(2, PLAIN).i32(3, RLE).i32(4, RLE);
    });
    header.end();
    Ok(out)
}

/// Which rows have a value, in bits: one run, of one level if all are alike, else bit by bit.
fn levels(present: &[bool], out: &mut Vec<u8>) -> io::Result<()> {
    let mut run = Vec::new();
    if present.iter().all(|there| *there == present[0]) {
        varint((present.len() as u64) << 1, &mut run);
        run.push(u8::from(present[0]));
    } else {
        varint((present.len().div_ceil(8) as u64) << 1 | 1, &mut run);
        let byte = |bits: &[bool]| {
            let bits = bits.iter().enumerate();
            bits.fold(0, |byte, (at, there)| byte | u8::from(*there) << at)
        };
        run.extend(present.chunks(8).map(byte));
    }
    let length = u32::try_from(run.len()).map_err(io::Error::other)?;
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&run);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_one_run() {
        let check = |present: &[bool], expected: &[u8]| {
            let mut out = Vec::new();
            levels(present, &mut out).unwrap();
            assert_eq!(out, expected, "{present:?}");
        };
        check(&[true], &[2, 0, 0, 0, 2, 1]);
        check(&[false; 300], &[3, 0, 0, 0, 0xd8, 0x04, 0]);
        check(&[true, false, true], &[2, 0, 0, 0, 3, 0b101]);
        let nine: Vec<bool> = (0..9).map(|n| n == 0 || n == 8).collect();
        check(&nine, &[3, 0, 0, 0, 5, 1, 1]);
    }
}
