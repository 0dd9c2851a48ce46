//! Places in files, in bytes and in the lines and columns that people count.

use std::ops::Range;

use schema::Source;
use serde::Serialize;

/// A place in a file, and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The path as the caller gave it; for a live database, what stands for its address.
    pub path: String,
    /// Bytes of the file, the end exclusive. Empty for what no text declares.
    pub span: Range<usize>,
    /// Line, from 1; 0 for what no text declares.
    pub line: usize,
    /// Column in characters, from 1; 0 for what no text declares.
    pub column: usize,
    /// What is to be said about it, in a few words.
    pub label: String,
}

impl Place {
    /// A thing that no text declares, such as the column of a live database.
    #[must_use]
    pub fn without_text(path: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            span: 0..0,
            line: 0,
            column: 0,
            label: label.into(),
        }
    }
}

/// Where the lines of one text begin, so that any number of places cost one pass over it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines {
    /// The first byte of each line but the first.
    starts: Vec<usize>,
}

impl Lines {
    /// Finds the lines of a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self {
            starts: ends.map(|(at, _)| at + 1).collect(),
        }
    }

    /// The place of some bytes of the source whose lines these are.
    #[must_use]
    pub fn place(&self, source: &Source, span: Range<usize>, label: impl Into<String>) -> Place {
        let before = self.starts.partition_point(|start| *start <= span.start);
        let start = before.checked_sub(1).map_or(0, |last| self.starts[last]);
        let left = source.text().get(start..span.start).unwrap_or_default();
        Place {
            path: source.path().to_owned(),
            line: before + 1,
            column: left.chars().count() + 1,
            span,
            label: label.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        let source = Source::new("a", "ab\nä€x\n\ny").unwrap();
        let lines = Lines::new(source.text());
        let at = |needle: char| {
            let start = source.text().find(needle).unwrap();
            let place = lines.place(&source, start..start + 1, "");
            (place.line, place.column)
        };
        assert_eq!(
            [at('a'), at('b'), at('x'), at('y')],
            [(1, 1), (1, 2), (2, 3), (4, 1)]
        );
        let end = source.text().len();
        let place = lines.place(&source, end..end, "");
        assert_eq!((place.line, place.column), (4, 2));
    }
}
