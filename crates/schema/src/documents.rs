//! Reads JSON, NDJSON and JSON-LD documents: which nodes they hold, and how those are identified.
//!
//! Follows JSON-LD 1.1 (W3C Recommendation, 16 July 2020) as far as identifiers are concerned:
//! contexts in line, aliases of keywords, terms with contexts of their own, containers, `@graph`,
//! `@included`, `@reverse`, `@nest`. A context on another server is not fetched: of a few that the
//! whole web uses it is known that `id` stands for `@id`, any other is reported.

mod context;
mod iri;
mod json;
mod walk;

pub use iri::IdForm;

use crate::{Problem, ProblemKind, Source, Span};

/// The longest document that is read; the rest of a longer one is reported.
pub const DOCUMENT_BYTES_MAX: usize = 64 << 20;

/// The deepest nesting that is read.
pub const NESTING_MAX: usize = 128;

/// The most problems of one file; a file with more is none of these formats.
pub const PROBLEMS_MAX: usize = 100;

/// What one file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Documents {
    /// The path of the source; spans have file 0.
    pub path: String,
    /// How many documents there are: one for JSON, the lines of NDJSON.
    pub documents: usize,
    /// The nodes, each before those within it.
    pub nodes: Vec<Node>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// A node object: something that has, or could have, an identifier. Under a context, every object
/// that stands for a thing; elsewhere, objects with `@id` or `@type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where it is, as a JSON Pointer (RFC 6901); of several documents, the number comes first.
    pub pointer: String,
    /// Its identifier.
    pub id: Option<NodeId>,
    /// Its types as written.
    pub types: Vec<String>,
    /// Whether a `@context` gives its keys a meaning.
    pub in_context: bool,
    /// Whether it says nothing but its identifier: it refers to a node that is described
    /// elsewhere.
    pub is_reference: bool,
    /// The node that it is within: an index into the nodes of the file.
    pub parent: Option<usize>,
    /// The whole object.
    pub span: Span,
}

/// The identifier of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeId {
    /// As the document has it, without quotes and escapes.
    pub value: String,
    /// The absolute IRI that a compact one stands for, if the context of its prefix is in line.
    pub expanded: Option<String>,
    /// What kind of identifier it is.
    pub form: IdForm,
    /// Whether the document names what relative ones are relative to.
    pub has_base: bool,
    /// The value, quotes included.
    pub span: Span,
}

/// Reads one file: a document, or several one after the other.
#[must_use]
pub fn read(source: &Source) -> Documents {
    let mut found = Documents {
        path: source.path().to_owned(),
        ..Documents::default()
    };
    let mut note = |start, end, kind, message: String| {
        let span = Span::new(0, start, end);
        found.problems.push(Problem::new(span, kind, message));
    };
    if let Some(at) = source.damaged_at() {
        let message = format!("read byte {at}: it is no UTF-8");
        note(at, at + 1, ProblemKind::Encoding, message);
    }
    let mut text = source.text();
    if text.len() > DOCUMENT_BYTES_MAX {
        text = &text[..text.floor_char_boundary(DOCUMENT_BYTES_MAX)];
        let message = format!("read on: a file may have {DOCUMENT_BYTES_MAX} bytes");
        note(
            text.len(),
            source.text().len(),
            ProblemKind::Syntax,
            message,
        );
    }
    let (values, faults) = json::values(text);
    for fault in faults {
        note(fault.at, fault.at, ProblemKind::Syntax, fault.message);
    }
    found.documents = values.len();
    walk::nodes(&values, &mut found);
    found.problems.truncate(PROBLEMS_MAX);
    found.problems.sort_by_key(|problem| problem.span);
    found
}
