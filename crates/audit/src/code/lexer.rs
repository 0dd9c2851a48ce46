//! Cuts source code into words, numbers, texts, brackets and operators; comments are left out.
//!
//! It knows as much of each language as is needed to tell code from comments and strings, and the
//! code within strings (`${...}`) from the rest. It never fails: whatever it is given, it goes on,
//! and looks at each byte a bounded number of times.

mod quote;

use super::language::{Family, Language};
use quote::Quote;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word,
    /// A number, or a regular expression: an operand without a name.
    Number,
    /// A string or a piece of one, without its quotes.
    Text,
    Open,
    Close,
    Operator,
}

/// A token: its bytes, and for a bracket its partner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// Whether it is the first of its line.
    pub(super) first: bool,
    /// Whether it opens or closes code within a string.
    pub(super) hole: bool,
    pub(super) start: u32,
    pub(super) end: u32,
    /// The index of the bracket that closes or opens this one.
    pub(super) partner: Option<u32>,
}

/// A bracket that waits for the one that closes it, and the string that goes on behind it.
struct Waiting {
    open: usize,
    close: u8,
    resume: Option<Quote>,
}

pub(super) struct Lexer<'a> {
    family: Family,
    kotlin: bool,
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    fresh: bool,
    tokens: Vec<Token>,
    waiting: Vec<Waiting>,
    /// The words that end the documents begun on this line.
    documents: Vec<&'a str>,
}

/// A close bracket that fits none of this many open ones is taken for a mistake.
const MISMATCH_MAX: usize = 4;
/// The longest regular expression between slashes: beyond it, the slash is a division.
const REGEX_BYTES_MAX: usize = 256;

/// The tokens of a file.
pub(super) fn tokens(language: Language, text: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        family: language.family(),
        kotlin: language == Language::Kotlin,
        text,
        bytes: text.as_bytes(),
        at: 0,
        fresh: true,
        tokens: Vec::with_capacity(text.len() / 5),
        waiting: Vec::new(),
        documents: Vec::new(),
    };
    lexer.run();
    lexer.tokens
}

impl<'a> Lexer<'a> {
    fn run(&mut self) {
        if self.family == Family::Php {
            self.skip_to_php();
        }
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => self.line_end(),
                byte if byte.is_ascii_whitespace() => self.at += 1,
                byte if self.is_comment(byte) => {}
                b'"' | b'\'' | b'`' | b'@' | b'$' | b'<' if self.text_begins(byte) => {}
                byte if is_word(byte) || self.is_sigil(byte) => self.word(),
                b'(' | b'[' | b'{' => self.open(None),
                b')' | b']' | b'}' => self.close(byte),
                b'/' if self.has_regexes() && self.regex() => {}
                _ => self.operator(),
            }
        }
    }

    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        // A source is at most as long as 32 bits count.
        let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.tokens.push(Token {
            kind,
            first: std::mem::take(&mut self.fresh),
            hole: false,
            start: narrow(start),
            end: narrow(end),
            partner: None,
        });
    }

    fn line_end(&mut self) {
        self.at += 1;
        self.fresh = true;
        for end in std::mem::take(&mut self.documents) {
            self.document(end);
        }
    }

    /// Passes a comment, if there is one here.
    fn is_comment(&mut self, byte: u8) -> bool {
        let rest = self.rest();
        let slashes = !matches!(self.family, Family::Python | Family::Ruby);
        let hash = match self.family {
            Family::Python | Family::Ruby => true,
            Family::Php => !rest.starts_with(b"#["),
            _ => false,
        };
        if (byte == b'#' && hash) || (slashes && rest.starts_with(b"//")) {
            self.at += rest
                .iter()
                .position(|&it| it == b'\n')
                .unwrap_or(rest.len());
            return true;
        }
        if slashes && rest.starts_with(b"/*") {
            self.block_comment();
            return true;
        }
        if self.family == Family::Ruby && self.fresh && rest.starts_with(b"=begin") {
            let end = self.text[self.at..].find("\n=end");
            self.at = end.map_or(self.bytes.len(), |end| self.at + end + "\n=end".len());
            return true;
        }
        if self.family == Family::Php && rest.starts_with(b"?>") {
            self.skip_to_php();
            return true;
        }
        false
    }

    fn block_comment(&mut self) {
        let nests = self.family == Family::Rust || self.kotlin;
        let mut depth = 1_usize;
        self.at += 2;
        while self.at < self.bytes.len() && depth > 0 {
            match self.rest() {
                [b'*', b'/', ..] => {
                    depth -= 1;
                    self.at += 2;
                }
                [b'/', b'*', ..] if nests => {
                    depth += 1;
                    self.at += 2;
                }
                _ => self.at += 1,
            }
        }
    }

    fn skip_to_php(&mut self) {
        let found = self.text[self.at..].find("<?");
        self.at = found.map_or(self.bytes.len(), |found| self.at + found + 2);
        for word in [&b"php"[..], b"="] {
            if self.rest().starts_with(word) {
                self.at += word.len();
            }
        }
    }

    fn is_sigil(&self, byte: u8) -> bool {
        matches!((self.family, byte), (Family::Ruby | Family::CSharp, b'@'))
    }

    fn word(&mut self) {
        let start = self.at;
        while self
            .bytes
            .get(self.at)
            .is_some_and(|&byte| byte == b'@' && self.at == start)
        {
            self.at += 1;
        }
        let number = self.bytes.get(self.at).is_some_and(u8::is_ascii_digit);
        while let Some(&byte) = self.bytes.get(self.at) {
            let point = number
                && byte == b'.'
                && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit);
            if !is_word(byte) && !point {
                break;
            }
            self.at += 1;
        }
        // A lone sigil still moves on.
        self.at = self.at.max(start + 1);
        let (text, at) = (self.text, self.at);
        if !number && self.prefixed_text(text.get(start..at).unwrap_or_default()) {
            return;
        }
        let kind = if number {
            TokenKind::Number
        } else {
            TokenKind::Word
        };
        self.push(kind, start, self.at);
    }

    fn open(&mut self, resume: Option<Quote>) {
        let width = match self.bytes[self.at] {
            b'$' | b'#' => 2,
            _ => 1,
        };
        let close = match self.bytes[self.at + width - 1] {
            b'(' => b')',
            b'[' => b']',
            _ => b'}',
        };
        self.push(TokenKind::Open, self.at, self.at + width);
        let open = self.tokens.len() - 1;
        self.tokens[open].hole = resume.is_some();
        self.at += width;
        self.waiting.push(Waiting {
            open,
            close,
            resume,
        });
    }

    fn close(&mut self, byte: u8) {
        self.push(TokenKind::Close, self.at, self.at + 1);
        self.at += 1;
        let recent = self.waiting.iter().rev().take(MISMATCH_MAX);
        let Some(above) = recent.into_iter().position(|it| it.close == byte) else {
            return;
        };
        self.waiting.truncate(self.waiting.len() - above);
        let Some(Waiting { open, resume, .. }) = self.waiting.pop() else {
            return;
        };
        let close = self.tokens.len() - 1;
        self.tokens[close].partner = u32::try_from(open).ok();
        self.tokens[open].partner = u32::try_from(close).ok();
        if let Some(quote) = resume {
            self.tokens[close].hole = true;
            self.quoted(quote);
        }
    }

    fn has_regexes(&self) -> bool {
        matches!(self.family, Family::JavaScript | Family::Ruby)
    }

    /// Passes a regular expression: a slash where an operand is expected.
    fn regex(&mut self) -> bool {
        let after_operand = self.tokens.last().is_some_and(|token| match token.kind {
            TokenKind::Word => {
                let word = &self.text[token.start as usize..token.end as usize];
                !matches!(
                    word,
                    "return" | "typeof" | "case" | "in" | "of" | "if" | "when" | "and"
                )
            }
            TokenKind::Number | TokenKind::Text | TokenKind::Close => true,
            TokenKind::Open | TokenKind::Operator => false,
        });
        if after_operand {
            return false;
        }
        let mut class = false;
        let mut at = self.at + 1;
        let end = self.bytes.len().min(at + REGEX_BYTES_MAX);
        while at < end {
            match self.bytes[at] {
                b'\n' => return false,
                b'\\' => at += 1,
                b'[' => class = true,
                b']' => class = false,
                b'/' if !class => {
                    self.push(TokenKind::Number, self.at, at + 1);
                    self.at = at + 1;
                    return true;
                }
                _ => {}
            }
            at += 1;
        }
        false
    }

    fn operator(&mut self) {
        let rest = self.rest();
        let width = operator_bytes(rest);
        self.push(TokenKind::Operator, self.at, self.at + width);
        self.at += width;
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// Operators of more than one byte whose parts would mean something else.
const LONG_OPERATORS: &[&str] = &[
    "===", "!==", "<=>", "??=", "||=", "&&=", "...", "?->", "!!.", "=>", "->", "::", ":=", "?.",
    "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", ".=", "||", "&&", "??", "?:", "++", "--", "**",
    "|>", "&.", "..",
];

fn operator_bytes(rest: &[u8]) -> usize {
    let second = rest.get(1).copied().unwrap_or(b' ');
    if !second.is_ascii_punctuation() {
        return 1;
    }
    let long = LONG_OPERATORS
        .iter()
        .find(|it| rest.starts_with(it.as_bytes()));
    long.map_or(1, |it| it.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(language: Language, text: &str) -> String {
        let piece = |token: &Token| {
            let part = &text[token.start as usize..token.end as usize];
            match token.kind {
                TokenKind::Text => format!("'{part}'"),
                _ => part.to_owned(),
            }
        };
        let shown: Vec<String> = tokens(language, text).iter().map(piece).collect();
        shown.join(" ")
    }

    #[test]
    fn comments_are_left_out_and_strings_are_kept() {
        use Language::*;
        let cases = [
            (TypeScript, "a // uuidv4()\n/* v4() */ b", "a b"),
            (TypeScript, "x = 'it\\'s' + \"q\"", "x = 'it\\'s' + 'q'"),
            (
                TypeScript,
                "`a${f(`b${1}`)}c`",
                "'a' ${ f ( 'b' ${ 1 } '' ) } 'c'",
            ),
            (JavaScript, "a = /['\"]/g; b / c", "a = /['\"]/ g ; b / c"),
            (JavaScript, "<p>Don't</p>\nx", "< p > Don 't</p>' x"),
            (
                Python,
                "f\"{uuid4()}-{{x}}\" # no",
                "'' { uuid4 ( ) } '-{{x}}'",
            ),
            (Python, "'''a\n'b''' + r'\\d'", "'a\n'b' + '\\d'"),
            (Go, "a := `x\\` + 'c'", "a := 'x\\' + 'c'"),
            (
                Rust,
                "r#\"a\"b\"# + 'x' + f::<'a>()",
                "'a\"b' + 'x' + f :: < ' a > ( )",
            ),
            (Rust, "/* a /* b */ c */ d", "d"),
            (
                Kotlin,
                "\"id-${UUID.randomUUID()}\"",
                "'id-' ${ UUID . randomUUID ( ) } ''",
            ),
            (Java, "\"\"\"\n a \"b\" \"\"\" + 1", "'\n a \"b\" ' + 1"),
            (
                CSharp,
                "$\"{Guid.NewGuid()}\" + @\"a\"\"b\\\"",
                "'' { Guid . NewGuid ( ) } '' + 'a\"\"b\\'",
            ),
            (
                Ruby,
                "x = \"#{rand}\" # c\n@id ||= 1",
                "x = '' #{ rand } '' @id ||= 1",
            ),
            (
                Ruby,
                "q(<<~SQL, 1)\n  a 'b\nSQL\nx",
                "q ( , 1 ) '  a 'b\n' x",
            ),
            (Php, "<p>it's</p><?php $a = 'b'; ?> don't", "$a = 'b' ;"),
            (Php, "<?php $a = <<<SQL\nx 'y\nSQL;\n", "$a = 'x 'y\n' ;"),
        ];
        for (language, text, expected) in cases {
            assert_eq!(shown(language, text), expected, "{text}");
        }
    }

    #[test]
    fn brackets_know_their_partners() {
        let tokens = tokens(Language::Go, "f(a[1], (b)");
        let partners: Vec<_> = tokens.iter().filter_map(|token| token.partner).collect();
        assert_eq!(partners, [5, 3, 9, 7]);
    }
}
