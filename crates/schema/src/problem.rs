//! Says what a reader did not understand, and where.

use std::fmt;

use crate::Span;

/// A place that a reader did not understand, or understood and could not put into the picture.
/// A picture with problems is true as far as it goes, and does not go everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What kind.
    pub kind: ProblemKind,
    /// What was found and what was expected: a fragment that fits after "failed to".
    pub message: String,
}

impl Problem {
    /// A problem at a place.
    #[must_use]
    pub fn new(span: Span, kind: ProblemKind, message: impl Into<String>) -> Self {
        Self {
            span,
            kind,
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What a reader could not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// The text does not follow the grammar.
    Syntax,
    /// The text follows the grammar, and this reader does not know the word.
    Unknown,
    /// A name leads nowhere: a table, a column or a type that no source declares.
    Unresolved,
    /// A statement that may change the schema in a way that only running it would tell.
    NotApplied,
    /// A part of a live database that this role may not see, or not within the limits of time.
    Denied,
    /// The file holds bytes that are no UTF-8.
    Encoding,
}

/// The most characters of a text that a message repeats.
const QUOTE_CHARACTERS_MAX: usize = 40;

/// A piece of the text for a message: the beginning of its first line.
pub(crate) fn quote(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default().trim_end();
    let mut short: String = line.chars().take(QUOTE_CHARACTERS_MAX).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    format!("`{short}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_short_and_of_one_line() {
        assert_eq!(quote(" a b \n c"), "`a b`");
        assert_eq!(quote(&"ä".repeat(41)), format!("`{}…`", "ä".repeat(40)));
        assert_eq!(quote(""), "``");
    }
}
