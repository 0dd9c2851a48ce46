//! Keeps attributes below each other where a file was aligned, as Prisma's formatter does it.
//!
//! The formatter takes the fields between two empty lines together; types are padded to the
//! longest of them. Lines that were not aligned like that are left to themselves.

use std::ops::Range;

use schema::Source;
use schema::prisma::{Block, Field};

use super::field::{Pieces, written};
use super::{Change, Edit, position};

/// The fields of a block, as they are and as they are to be.
pub(super) struct Rows {
    rows: Vec<Row>,
}

struct Row {
    name: String,
    /// From the type to the last attribute.
    range: Range<usize>,
    before: Pieces,
    after: Pieces,
}

/// Works out all fields of a block; `change` gives what a field becomes.
pub(super) fn rows<'a>(
    text: &str,
    block: &'a Block,
    change: impl Fn(&'a Field) -> Option<Pieces>,
) -> Rows {
    let mut rows = Vec::new();
    let mut group: Vec<Row> = Vec::new();
    let mut end = block.body.range().start;
    for field in block.fields() {
        let range = field.data_type.span.range().start..field.span.range().end;
        if has_empty_line(text.get(end..range.start).unwrap_or_default()) {
            rows.extend(aligned(std::mem::take(&mut group)));
        }
        end = range.end;
        let before = written(text, field);
        let after = change(field).unwrap_or_else(|| before.clone());
        group.push(Row {
            name: field.name.text.clone(),
            range,
            before,
            after,
        });
    }
    rows.extend(aligned(group));
    Rows { rows }
}

fn has_empty_line(between: &str) -> bool {
    let lines: Vec<&str> = between.split('\n').collect();
    let inner = lines
        .get(1..lines.len().saturating_sub(1))
        .unwrap_or_default();
    inner.iter().any(|line| line.trim().is_empty())
}

/// The width that types take, in bytes as Prisma's formatter counts.
fn width(group: &[Row], pieces: impl Fn(&Row) -> &Pieces) -> usize {
    group
        .iter()
        .map(|row| pieces(row).data_type.len())
        .max()
        .unwrap_or(0)
}

fn aligned(mut group: Vec<Row>) -> Vec<Row> {
    let old = width(&group, |row| &row.before);
    let is_aligned = |row: &Row| {
        let first = row.before.attributes.first();
        first.is_none_or(|(gap, _)| *gap == padding(old, &row.before))
    };
    let whole = group.iter().all(is_aligned);
    let new = width(&group, |row| &row.after);
    for row in &mut group {
        let gap = if whole {
            padding(new, &row.after)
        } else {
            row.before
                .attributes
                .first()
                .map_or_else(|| " ".to_owned(), |(gap, _)| gap.clone())
        };
        if let Some((first, _)) = row.after.attributes.first_mut() {
            *first = gap;
        }
    }
    group
}

fn padding(width: usize, pieces: &Pieces) -> String {
    " ".repeat(width.saturating_sub(pieces.data_type.len()) + 1)
}

impl Rows {
    /// The rows that differ, as changes of the text.
    pub(super) fn edits(&self) -> impl Iterator<Item = Edit> {
        let differs = self.rows.iter().filter(|row| row.before != row.after);
        differs.map(|row| (row.range.clone(), row.after.text()))
    }

    /// The fields that differ in more than blanks.
    pub(super) fn changes(&self, source: &Source, block: &Block) -> Vec<Change> {
        let differs = self
            .rows
            .iter()
            .filter(|row| row.before.plain() != row.after.plain());
        let change = |row: &Row| Change {
            path: source.path().to_owned(),
            line: position(source.text(), row.range.start).0,
            model: block.name.text.clone(),
            field: row.name.clone(),
            before: format!("{} {}", row.name, row.before.plain()),
            after: format!("{} {}", row.name, row.after.plain()),
        };
        differs.map(change).collect()
    }
}

impl Pieces {
    fn text(&self) -> String {
        let attributes = self
            .attributes
            .iter()
            .flat_map(|(gap, text)| [gap.as_str(), text]);
        std::iter::once(self.data_type.as_str())
            .chain(attributes)
            .collect()
    }

    fn plain(&self) -> String {
        let attributes = self.attributes.iter().map(|(_, text)| text.as_str());
        let parts: Vec<&str> = std::iter::once(self.data_type.as_str())
            .chain(attributes)
            .collect();
        parts.join(" ")
    }
}
