//! Steps through SQL token by token, by each dialect's rules for quotes and comments.

use crate::Dialect;

/// Kinds of tokens, as coarse as the splitter needs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Kind {
    Space,
    Comment,
    Word,
    /// A text or a quoted name.
    Quoted,
    Open,
    Close,
    Comma,
    Backslash,
    Other,
}

pub(in crate::sql) struct Scanner<'a> {
    dialect: Dialect,
    text: &'a str,
    pub(in crate::sql) at: usize,
    /// Whether a quote or comment ran to the end of the text.
    pub(in crate::sql) unclosed: bool,
}

impl<'a> Scanner<'a> {
    pub(in crate::sql) fn new(dialect: Dialect, text: &'a str) -> Self {
        Self {
            dialect,
            text,
            at: 0,
            unclosed: false,
        }
    }

    pub(in crate::sql) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Whether only blanks are before the next token on its line.
    pub(in crate::sql) fn is_line_start(&self) -> bool {
        let before = self.text[..self.at].trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with('\n')
    }

    /// What the next token is; None at the end.
    pub(in crate::sql) fn peek(&self) -> Option<Kind> {
        let bytes = &self.text.as_bytes()[self.at..];
        let second = bytes.get(1).copied();
        Some(match bytes.first()? {
            byte if byte.is_ascii_whitespace() => Kind::Space,
            b'-' if second == Some(b'-') => Kind::Comment,
            b'/' if second == Some(b'*') => Kind::Comment,
            b'#' if self.dialect == Dialect::MySql => Kind::Comment,
            b'\'' | b'"' => Kind::Quoted,
            b'`' if self.dialect != Dialect::PostgreSql => Kind::Quoted,
            b'[' if self.dialect == Dialect::Sqlite => Kind::Quoted,
            b'$' if self.dialect == Dialect::PostgreSql && self.tag().is_some() => Kind::Quoted,
            b'e' | b'E' if second == Some(b'\'') && self.dialect == Dialect::PostgreSql => {
                Kind::Quoted
            }
            b'(' | b'[' => Kind::Open,
            b')' | b']' => Kind::Close,
            b',' => Kind::Comma,
            b'\\' => Kind::Backslash,
            byte if is_word(*byte) => Kind::Word,
            _ => Kind::Other,
        })
    }

    /// Goes over the next token and returns it.
    pub(in crate::sql) fn advance(&mut self) -> &'a str {
        let start = self.at;
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let length = match self.peek() {
            None => 0,
            Some(Kind::Space) => run(bytes, |byte| byte.is_ascii_whitespace()),
            Some(Kind::Word) => run(bytes, |byte| is_word(byte) || byte == b'$'),
            Some(Kind::Comment) if bytes[0] == b'/' => self.block_comment(bytes),
            Some(Kind::Comment) => run(bytes, |byte| byte != b'\n'),
            Some(Kind::Quoted) => self.quoted(rest),
            Some(_) => 1,
        };
        self.at += length;
        &self.text[start..self.at]
    }

    /// PostgreSQL's block comments nest, the others' do not.
    fn block_comment(&mut self, bytes: &[u8]) -> usize {
        let nests = self.dialect == Dialect::PostgreSql;
        let mut depth = 0_usize;
        let mut at = 0;
        while at + 1 < bytes.len() {
            match (bytes[at], bytes[at + 1]) {
                (b'/', b'*') if nests || depth == 0 => {
                    depth += 1;
                    at += 2;
                }
                (b'*', b'/') => {
                    depth -= 1;
                    at += 2;
                    if depth == 0 {
                        return at;
                    }
                }
                _ => at += 1,
            }
        }
        self.unclosed = true;
        bytes.len()
    }

    fn quoted(&mut self, rest: &str) -> usize {
        let bytes = rest.as_bytes();
        let (open, escapes) = match bytes[0] {
            b'$' => return self.dollar_quoted(rest),
            b'e' | b'E' => (1, true),
            quote => (0, self.dialect == Dialect::MySql && quote != b'`'),
        };
        let close = if bytes[open] == b'[' {
            b']'
        } else {
            bytes[open]
        };
        let mut at = open + 1;
        while at < bytes.len() {
            if bytes[at] == b'\\' && escapes {
                at += 2;
            } else if bytes[at] == close {
                // A doubled quote is a quote; taking both as two texts in a row comes to the same.
                return at + 1;
            } else {
                at += 1;
            }
        }
        self.unclosed = true;
        bytes.len()
    }

    /// The tag of `$tag$`, with both dollar signs.
    fn tag(&self) -> Option<&'a str> {
        let rest = self.rest();
        let name = run(&rest.as_bytes()[1..], is_word);
        let starts_well = !rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        let closes = rest.as_bytes().get(name + 1) == Some(&b'$');
        (starts_well && closes).then(|| &rest[..name + 2])
    }

    fn dollar_quoted(&mut self, rest: &str) -> usize {
        let tag = self.tag().unwrap_or("$");
        if let Some(at) = rest[tag.len()..].find(tag) {
            return tag.len() + at + tag.len();
        }
        self.unclosed = true;
        rest.len()
    }
}

/// Bytes beyond ASCII are letters to every dialect.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn run(bytes: &[u8], takes: impl Fn(u8) -> bool) -> usize {
    bytes
        .iter()
        .position(|&byte| !takes(byte))
        .unwrap_or(bytes.len())
}
