//! Holds the text that a reader reads, and positions in it.

use std::fmt;

/// The longest source: positions are 32 bits wide, and a dump of this size without its data is
/// nobody's schema.
pub const SOURCE_BYTES_MAX: usize = 256 << 20;

/// One file of a schema: where it is, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    path: String,
    text: String,
    damaged_at: Option<usize>,
}

impl Source {
    /// Takes a file as it is on disk. Each byte that is no UTF-8 is read as `?`, one for one, so
    /// that positions remain those of the file; readers report the first of them as a problem.
    ///
    /// # Errors
    ///
    /// [`SourceTooLong`] above [`SOURCE_BYTES_MAX`].
    pub fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Result<Self, SourceTooLong> {
        let path = path.into();
        let bytes = bytes.into();
        if bytes.len() > SOURCE_BYTES_MAX {
            let bytes = bytes.len();
            return Err(SourceTooLong { path, bytes });
        }
        let (text, damaged_at) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(refused) => {
                let at = refused.utf8_error().valid_up_to();
                (repaired(&refused.into_bytes()), Some(at))
            }
        };
        Ok(Self {
            path,
            text,
            damaged_at,
        })
    }

    /// The path as the caller gave it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text, of exactly as many bytes as the file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first byte that was no UTF-8. Such a file must not be written back from its text.
    #[must_use]
    pub fn damaged_at(&self) -> Option<usize> {
        self.damaged_at
    }

    /// The part of the text that a span covers; empty if the span is of another source.
    #[must_use]
    pub fn part(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
}

/// The valid stretches, and a `?` for each byte between them.
fn repaired(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

/// A source longer than [`SOURCE_BYTES_MAX`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceTooLong {
    /// The path as the caller gave it.
    pub path: String,
    /// Its length.
    pub bytes: usize,
}

impl fmt::Display for SourceTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, bytes } = self;
        write!(
            f,
            "read `{path}`: {bytes} bytes, at most {SOURCE_BYTES_MAX}"
        )
    }
}

impl std::error::Error for SourceTooLong {}

/// A stretch of one source, in bytes, the end exclusive. Both ends lie on character boundaries.
/// Something that no text declares, such as the entry of a live catalog, has an empty span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Which source: an index into the sources that the reader was given.
    pub file: u32,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The span of these bytes. Positions beyond 32 bits, which no source has, stop at the last.
    #[must_use]
    pub fn new(file: u32, start: usize, end: usize) -> Self {
        let narrow = |at| u32::try_from(at).unwrap_or(u32::MAX);
        Self {
            file,
            start: narrow(start),
            end: narrow(end.max(start)),
        }
    }

    /// The bytes, as an index into the text.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// From the start of this one to the end of the other, which lies behind it in the same source.
    #[must_use]
    pub fn to(self, last: Self) -> Self {
        Self {
            end: last.end.max(self.start),
            ..self
        }
    }

    /// Whether it covers nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_bytes_are_read_one_for_one() {
        let source = Source::new("latin1.sql", b"-- caf\xe9 \xff\nx".to_vec()).unwrap();
        assert_eq!(source.text(), "-- caf? ?\nx");
        assert_eq!(source.damaged_at(), Some(6));
        assert_eq!(source.part(Span::new(0, 10, 11)), "x");
        assert_eq!(source.part(Span::new(0, 10, 99)), "");
    }

    #[test]
    fn a_whole_file_is_not_damaged() {
        let source = Source::new("a", "é".as_bytes()).unwrap();
        assert_eq!((source.text(), source.damaged_at()), ("é", None));
    }

    #[test]
    fn spans_join_from_left_to_right() {
        let joined = Span::new(1, 4, 6).to(Span::new(1, 8, 9));
        assert_eq!(joined.range(), 4..9);
        assert!(Span::new(0, 5, 3).is_empty());
    }
}
