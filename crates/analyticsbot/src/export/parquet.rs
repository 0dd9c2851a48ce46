//! Parquet, as much of the format as an export needs: flat columns, plain values, gzip.
//!
//! Written here because the library for it brings thirty crates and a minute of compilation for
//! these few hundred lines. Arrow and `DuckDB` read such files; `tests/data/parquet.rs` takes one
//! apart by the format's documentation.
//!
//! <https://github.com/apache/parquet-format>

mod chunk;
mod compact;

use std::io::{self, Write};

use event::Event;

use self::chunk::{Chunk, PLAIN, RLE, Span};
use self::compact::Struct;
use super::columns::{COLUMNS, Column, Kind};

/// Begins and ends a file.
const MAGIC: &[u8] = b"PAR1";

/// The version of the format in which these pages are written.
const VERSION: i32 = 1;

/// Rows of one group.
const GROUP_ROWS: usize = 100_000;

/// Bytes held for one group; what is held is written, and with it what is needed of memory.
const GROUP_BYTES: usize = 32 << 20;

/// The number of gzip among the codecs.
const GZIP: i32 = 2;

const REQUIRED: i32 = 0;
const OPTIONAL: i32 = 1;

/// Writes rows in groups.
pub(super) struct Parquet {
    chunks: Vec<Chunk>,
    groups: Vec<Group>,
    /// Bytes written so far.
    position: usize,
}

/// What the end of the file says of a group.
struct Group {
    rows: usize,
    chunks: Vec<Written>,
}

/// What it says of a chunk.
struct Written {
    column: Column,
    position: usize,
    plain_bytes: usize,
    bytes: usize,
    rows: usize,
    nulls: usize,
    span: Option<Span>,
}

impl Parquet {
    pub(super) fn new() -> Self {
        Self {
            chunks: COLUMNS.map(Chunk::new).into(),
            groups: Vec::new(),
            position: 0,
        }
    }

    /// Writes what comes before all rows.
    pub(super) fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.position = MAGIC.len();
        out.write_all(MAGIC)
    }

    /// Adds one event, and writes a group when there is one.
    pub(super) fn event(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        for chunk in &mut self.chunks {
            chunk.push((chunk.column.value)(event).as_ref())?;
        }
        let held: usize = self.chunks.iter().map(Chunk::held).sum();
        if self.rows() >= GROUP_ROWS || held >= GROUP_BYTES {
            self.close_group(out)?;
        }
        Ok(())
    }

    /// Writes the last group and what comes behind all rows.
    pub(super) fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.close_group(out)?;
        let mut footer = Vec::new();
        self.metadata(&mut footer);
        let length = u32::try_from(footer.len()).map_err(io::Error::other)?;
        out.write_all(&footer)?;
        out.write_all(&length.to_le_bytes())?;
        out.write_all(MAGIC)
    }

    fn rows(&self) -> usize {
        self.chunks[0].rows
    }

    fn close_group(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let rows = self.rows();
        if rows == 0 {
            return Ok(());
        }
        let mut written = Vec::with_capacity(self.chunks.len());
        for chunk in &mut self.chunks {
            chunk.close_page()?;
            out.write_all(&chunk.bytes)?;
            written.push(Written {
                column: chunk.column,
                position: self.position,
                plain_bytes: chunk.plain_bytes,
                bytes: chunk.bytes.len(),
                rows: chunk.rows,
                nulls: chunk.nulls,
                span: chunk.span,
            });
            self.position += chunk.bytes.len();
            *chunk = Chunk::new(chunk.column);
        }
        self.groups.push(Group {
            rows,
            chunks: written,
        });
        Ok(())
    }

    /// The struct `FileMetaData`.
    fn metadata(&self, out: &mut Vec<u8>) {
        let rows = self.groups.iter().map(|group| group.rows).sum();
        let schema: Vec<_> = std::iter::once(None).chain(COLUMNS.map(Some)).collect();
        let mut file = Struct::begin(out);
        file.i32(1, VERSION)
            .structs(2, &schema, |column, element| {
                if let Some(column) = column {
                    return element_of(column, element);
                }
                let count = i32::try_from(COLUMNS.len()).expect("there are a dozen columns");
                element.bytes(4, b"events").i32(5, count);
            })
            .i64(3, long(rows))
            .structs(4, &self.groups, Group::describe)
            .bytes(
                6,
                concat!("analyticsbot ", env!("CARGO_PKG_VERSION")).as_bytes(),
            )
            // The order that each type itself defines: statistics count only with it.
            .structs(7, &COLUMNS, |_, order| {
                order.inner(1, |_| {});
            });
        file.end();
    }
}

/// The struct `SchemaElement` of a column.
fn element_of(column: &Column, element: &mut Struct<'_>) {
    element.i32(1, physical(column.kind));
    if column.kind == Kind::Id {
        element.i32(2, 16);
    }
    element.i32(3, if column.optional { OPTIONAL } else { REQUIRED });
    element.bytes(4, column.name.as_bytes());
    // The older way to say it, for older readers; they knew no UUID.
    match column.kind {
        Kind::Id => {}
        Kind::Text => {
            element.i32(6, 0);
        }
        Kind::Time => {
            element.i32(6, 10);
        }
        Kind::Json => {
            element.i32(6, 19);
        }
    }
    element.inner(10, |logical| {
        match column.kind {
            Kind::Text => logical.inner(1, |_| {}),
            Kind::Time => logical.inner(8, |time| {
                // In UTC, in microseconds.
                time.yes(1).inner(2, |unit| {
                    unit.inner(2, |_| {});
                });
            }),
            Kind::Json => logical.inner(12, |_| {}),
            Kind::Id => logical.inner(14, |_| {}),
        };
    });
}

/// The number of the type in which values are written.
const fn physical(kind: Kind) -> i32 {
    match kind {
        Kind::Time => 2,
        Kind::Text | Kind::Json => 6,
        Kind::Id => 7,
    }
}

impl Group {
    /// The struct `RowGroup`.
    fn describe(&self, group: &mut Struct<'_>) {
        let plain = self.chunks.iter().map(|chunk| chunk.plain_bytes).sum();
        let bytes = self.chunks.iter().map(|chunk| chunk.bytes).sum();
        let position = self.chunks.first().map_or(0, |chunk| chunk.position);
        group
            .structs(1, &self.chunks, |chunk, column| {
                column
                    .i64(2, long(chunk.position))
                    .inner(3, |meta| chunk.describe(meta));
            })
            .i64(2, long(plain))
            .i64(3, long(self.rows))
            .i64(5, long(position))
            .i64(6, long(bytes));
    }
}

impl Written {
    /// The struct `ColumnMetaData`.
    fn describe(&self, meta: &mut Struct<'_>) {
        meta.i32(1, physical(self.column.kind))
            .i32s(2, &[PLAIN, RLE])
            .texts(3, &[self.column.name])
            .i32(4, GZIP)
            .i64(5, long(self.rows))
            .i64(6, long(self.plain_bytes))
            .i64(7, long(self.bytes))
            .i64(9, long(self.position))
            .inner(12, |statistics| {
                statistics.i64(3, long(self.nulls));
                match self.span {
                    Some(Span::Ids(least, most)) => {
                        statistics.bytes(5, &most).bytes(6, &least);
                    }
                    Some(Span::Times(least, most)) => {
                        statistics
                            .bytes(5, &most.to_le_bytes())
                            .bytes(6, &least.to_le_bytes());
                    }
                    None => {}
                }
            });
    }
}

fn long(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
