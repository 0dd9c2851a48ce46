//! Changes a file in places and leaves every other byte as it is.

use std::fmt;

use super::tree::{Attribute, Field};
use crate::Span;

/// Changes to one file, each the replacement of a span of its text. They may be noted in any
/// order; all spans are those of the text before any change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edits {
    changes: Vec<(Span, String)>,
}

impl Edits {
    /// No changes yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a text in the place of another.
    pub fn replace(&mut self, span: Span, text: impl Into<String>) {
        self.changes.push((span, text.into()));
    }

    /// Puts a text behind another. Several texts behind the same one keep their order.
    pub fn insert_after(&mut self, span: Span, text: impl Into<String>) {
        let end = Span {
            start: span.end,
            ..span
        };
        self.replace(end, text);
    }

    /// Changes the name of a field's type, such as `Int` to `String`; `?` and `[]` stay.
    pub fn set_type(&mut self, field: &Field, name: &str) {
        self.replace(field.data_type.name.span, name);
    }

    /// Gives a field an attribute, such as `@db.Uuid`: in the place of the one of that name, or
    /// behind all others.
    pub fn set_attribute(&mut self, field: &Field, name: &str, text: &str) {
        match field.attribute(name) {
            Some(attribute) => self.replace(attribute.span, text),
            None => self.insert_after(field.span, format!(" {text}")),
        }
    }

    /// Takes an attribute away, with the blanks in front of it.
    pub fn remove_attribute(&mut self, source: &str, attribute: &Attribute) {
        let span = attribute.span;
        let before = source.get(..span.range().start).unwrap_or_default();
        let start = before.trim_end_matches([' ', '\t']).len();
        self.replace(Span::new(span.file, start, span.range().end), "");
    }

    /// The text with all changes made.
    ///
    /// # Errors
    ///
    /// [`Overlap`] if two changes touch the same byte, or one lies outside the text.
    pub fn apply(&self, text: &str) -> Result<String, Overlap> {
        let mut changes: Vec<&(Span, String)> = self.changes.iter().collect();
        // Stable: insertions at one place stay in the order in which they were noted.
        changes.sort_by_key(|(span, _)| (span.start, span.end));
        let mut result = String::with_capacity(text.len());
        let mut done = 0;
        for (span, new) in changes {
            let range = span.range();
            let kept = text.get(done..range.start).ok_or(Overlap { span: *span })?;
            text.get(range.clone()).ok_or(Overlap { span: *span })?;
            result.push_str(kept);
            result.push_str(new);
            done = range.end;
        }
        result.push_str(text.get(done..).unwrap_or_default());
        Ok(result)
    }
}

/// Two changes of the same byte, or a change outside the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// The later of the two.
    pub span: Span,
}

impl fmt::Display for Overlap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let range = self.span.range();
        write!(
            f,
            "change bytes {} to {}: another change touches them, or the text ends before",
            range.start, range.end
        )
    }
}

impl std::error::Error for Overlap {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;
    use crate::prisma::Document;

    const BEFORE: &str = "\
model A { // the first
  id    Int  @id   @default(autoincrement())  // key
\tother Int?
}
";

    #[test]
    fn a_key_is_changed_and_nothing_else() {
        let document = Document::parse(&Source::new("a", BEFORE).unwrap(), 0);
        let model = document.block("A").unwrap();
        let (id, other) = (model.field("id").unwrap(), model.field("other").unwrap());
        let mut edits = Edits::new();
        edits.set_type(id, "String");
        edits.remove_attribute(BEFORE, id.attribute("default").unwrap());
        edits.set_attribute(id, "db.Uuid", "@db.Uuid");
        edits.set_type(other, "String");
        edits.set_attribute(other, "db.Uuid", "@db.Uuid");
        let expected = "\
model A { // the first
  id    String  @id @db.Uuid  // key
\tother String? @db.Uuid
}
";
        assert_eq!(edits.apply(BEFORE).unwrap(), expected);
    }

    #[test]
    fn changes_that_touch_are_refused() {
        let mut edits = Edits::new();
        edits.replace(Span::new(0, 0, 3), "x");
        edits.replace(Span::new(0, 2, 4), "y");
        assert_eq!(edits.apply("abcdef").unwrap_err().span, Span::new(0, 2, 4));
        let mut edits = Edits::new();
        edits.replace(Span::new(0, 5, 9), "x");
        assert!(edits.apply("abcdef").is_err());
    }

    #[test]
    fn insertions_at_one_place_keep_their_order() {
        let mut edits = Edits::new();
        edits.insert_after(Span::new(0, 0, 1), "1");
        edits.insert_after(Span::new(0, 0, 1), "2");
        assert_eq!(edits.apply("ab").unwrap(), "a12b");
    }
}
