//! Holds a JSON or JSON-LD file with what its reader found, so that rules can name places in it.

use schema::documents::{self, Documents, Node};
use schema::{Source, Span};

use crate::code::is_test;
use crate::{Lines, Place};

/// A file of documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What the reader found.
    pub read: Documents,
    source: Source,
    lines: Lines,
}

impl Document {
    /// Reads a file.
    #[must_use]
    pub fn new(source: Source) -> Self {
        Self {
            read: documents::read(&source),
            lines: Lines::new(source.text()),
            source,
        }
    }

    /// The place of a span of the file.
    #[must_use]
    pub fn place(&self, span: Span, label: impl Into<String>) -> Place {
        self.lines.place(&self.source, span.range(), label)
    }

    /// The nodes that are linked data for certain: under a context, or with an `@id` or `@type`, in
    /// a file that is no test's.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        let counts = !is_test(&self.read.path);
        self.read.nodes.iter().filter(move |_| counts)
    }
}
