//! Strings of each language: how they begin, what they may hold, how they end.

use super::{Lexer, TokenKind};
use crate::code::language::Family;

/// How a string ends, and what has a meaning within it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quote {
    byte: u8,
    /// How many of that byte end it.
    repeats: usize,
    /// How many `#` follow them.
    hashes: usize,
    /// Whether a backslash takes the next byte's meaning away.
    escapes: bool,
    /// Whether two quotes within it are one.
    doubles: bool,
    /// Whether it may hold the end of a line.
    lines: bool,
    hole: Hole,
}

/// How code begins within a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hole {
    None,
    /// `${`
    Dollar,
    /// `#{`
    Hash,
    /// `{`, where `{{` is a brace.
    Brace,
}

impl Quote {
    fn new(byte: u8) -> Self {
        Self {
            byte,
            repeats: 1,
            hashes: 0,
            escapes: true,
            doubles: false,
            lines: false,
            hole: Hole::None,
        }
    }

    fn of_lines(self) -> Self {
        Self {
            lines: true,
            ..self
        }
    }

    fn raw(self) -> Self {
        Self {
            escapes: false,
            ..self
        }
    }

    fn with_hole(self, hole: Hole) -> Self {
        Self { hole, ..self }
    }

    fn is_end(&self, rest: &[u8]) -> bool {
        let quotes =
            rest.len() >= self.repeats && rest[..self.repeats].iter().all(|&it| it == self.byte);
        let mut behind = rest.iter().skip(self.repeats).take(self.hashes);
        quotes && behind.len() == self.hashes && behind.all(|&it| it == b'#')
    }
}

impl Lexer<'_> {
    /// Reads a string if one begins here, with a quote or with a sign before it.
    pub(super) fn text_begins(&mut self, byte: u8) -> bool {
        match byte {
            b'"' | b'\'' | b'`' => self.quote_begins(byte),
            b'@' | b'$' if self.family == Family::CSharp => self.sharp_text(),
            b'<' => self.document_begins(),
            _ => false,
        }
    }

    fn quote_begins(&mut self, byte: u8) -> bool {
        let triple = self.rest().starts_with(&[byte; 3]);
        let plain = Quote::new(byte);
        let tripled = Quote {
            repeats: 3,
            ..plain.of_lines()
        };
        let quote = match (self.family, byte) {
            (Family::JavaScript, b'`') => plain.of_lines().with_hole(Hole::Dollar),
            (Family::Go, b'`') => plain.of_lines().raw(),
            (Family::Php | Family::Ruby, b'`') => plain.of_lines(),
            (_, b'`') => return false,
            (Family::Jvm, b'"') if triple && self.kotlin => tripled.raw().with_hole(Hole::Dollar),
            (Family::Jvm, b'"') if self.kotlin => plain.with_hole(Hole::Dollar),
            (Family::Python, _) | (Family::Jvm, b'"') if triple => tripled,
            (Family::CSharp, b'"') if triple => tripled.raw(),
            (Family::Rust, b'\'') if !self.is_character() => return false,
            (Family::Ruby, b'"') => plain.of_lines().with_hole(Hole::Hash),
            (Family::Ruby | Family::Rust | Family::Php, _) => plain.of_lines(),
            _ => plain,
        };
        self.at += quote.repeats;
        self.quoted(quote);
        true
    }

    /// Whether the quote here begins a character of Rust, and no lifetime.
    fn is_character(&self) -> bool {
        let rest = &self.text[self.at + 1..];
        let mut characters = rest.chars();
        let first = characters.next();
        first == Some('\\') || characters.next() == Some('\'')
    }

    fn sharp_text(&mut self) -> bool {
        let signs = self
            .rest()
            .iter()
            .take_while(|&&it| it == b'@' || it == b'$')
            .count();
        if self.rest().get(signs) != Some(&b'"') {
            return false;
        }
        let prefix = &self.rest()[..signs];
        let verbatim = prefix.contains(&b'@');
        let hole = if prefix.contains(&b'$') {
            Hole::Brace
        } else {
            Hole::None
        };
        let triple = self.rest()[signs..].starts_with(b"\"\"\"");
        let quote = Quote {
            repeats: if triple && !verbatim { 3 } else { 1 },
            escapes: !verbatim && !triple,
            doubles: verbatim,
            lines: verbatim || triple,
            ..Quote::new(b'"').with_hole(hole)
        };
        self.at += signs + quote.repeats;
        self.quoted(quote);
        true
    }

    /// Reads a string whose prefix, such as `f` or `br`, was just read as a word.
    pub(super) fn prefixed_text(&mut self, prefix: &str) -> bool {
        let Some(&byte) = self.bytes.get(self.at) else {
            return false;
        };
        match self.family {
            Family::Python if matches!(byte, b'"' | b'\'') && is_python_prefix(prefix) => {
                let lower = prefix.to_ascii_lowercase();
                let triple = self.rest().starts_with(&[byte; 3]);
                let hole = if lower.contains(['f', 't']) {
                    Hole::Brace
                } else {
                    Hole::None
                };
                let quote = Quote {
                    repeats: if triple { 3 } else { 1 },
                    lines: triple,
                    ..Quote::new(byte).with_hole(hole)
                };
                self.at += quote.repeats;
                self.quoted(quote);
                true
            }
            Family::Rust if matches!(prefix, "r" | "br" | "cr" | "b" | "c") => {
                let hashes = self.rest().iter().take_while(|&&it| it == b'#').count();
                if self.rest().get(hashes) != Some(&b'"') || (hashes > 0 && !prefix.contains('r')) {
                    return false;
                }
                let quote = Quote {
                    hashes,
                    escapes: !prefix.contains('r'),
                    ..Quote::new(b'"').of_lines()
                };
                self.at += hashes + 1;
                self.quoted(quote);
                true
            }
            _ => false,
        }
    }

    /// Reads the rest of a string, up to its end or to the next piece of code within it.
    pub(super) fn quoted(&mut self, quote: Quote) {
        let start = self.at;
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte == b'\\' && quote.escapes {
                self.at = self.bytes.len().min(self.at + 2);
                continue;
            }
            if byte == quote.byte && quote.is_end(self.rest()) {
                if quote.doubles && self.bytes.get(self.at + 1) == Some(&quote.byte) {
                    self.at += 2;
                    continue;
                }
                self.push(TokenKind::Text, start, self.at);
                self.at += quote.repeats + quote.hashes;
                return;
            }
            if byte == b'\n' && !quote.lines {
                break;
            }
            match (quote.hole, self.rest()) {
                (Hole::Brace, [b'{', b'{', ..]) => self.at += 1,
                (Hole::Brace, [b'{', ..])
                | (Hole::Dollar, [b'$', b'{', ..])
                | (Hole::Hash, [b'#', b'{', ..]) => {
                    self.push(TokenKind::Text, start, self.at);
                    return self.open(Some(quote));
                }
                _ => {}
            }
            self.at += 1;
        }
        self.push(TokenKind::Text, start, self.at);
    }

    /// Notes a document that begins with the next line: `<<~SQL` of Ruby, `<<<SQL` of PHP.
    fn document_begins(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let marked = match self.family {
            Family::Ruby => ["<<~", "<<-", "<<"]
                .iter()
                .find_map(|mark| rest.strip_prefix(mark)),
            Family::Php => rest.strip_prefix("<<<").map(str::trim_start),
            _ => None,
        };
        let Some(marked) = marked else { return false };
        let bare = marked.strip_prefix(['"', '\'', '`']).unwrap_or(marked);
        let bytes = bare
            .bytes()
            .take_while(|it| it.is_ascii_alphanumeric() || *it == b'_');
        let word = &bare[..bytes.count()];
        // `a << b` is an operator: words that end documents are written in capitals.
        if !word.starts_with(|first: char| first.is_ascii_uppercase()) || self.documents.len() > 7 {
            return false;
        }
        let quotes = marked.len() - bare.len();
        self.at += rest.len() - marked.len() + quotes * 2 + word.len();
        self.at = self.at.min(self.bytes.len());
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        self.documents.push(word);
        true
    }

    /// Reads a document: the lines up to the one that begins with its end.
    pub(super) fn document(&mut self, end: &str) {
        let start = self.at;
        while self.at < self.bytes.len() {
            let rest = &self.text[self.at..];
            let line = &rest[..rest.find('\n').map_or(rest.len(), |end| end + 1)];
            let trimmed = line.trim_start();
            if let Some(behind) = trimmed.strip_prefix(end)
                && !behind.starts_with(|it: char| it.is_alphanumeric() || it == '_')
            {
                self.push(TokenKind::Text, start, self.at);
                self.at += line.len() - trimmed.len() + end.len();
                return;
            }
            self.at += line.len();
        }
        self.push(TokenKind::Text, start, self.at);
    }
}

fn is_python_prefix(word: &str) -> bool {
    word.len() <= 2 && word.chars().all(|it| "rbfutRBFUT".contains(it))
}
