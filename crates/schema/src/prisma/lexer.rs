//! Cuts a Prisma file into tokens that together are the whole file.

use super::tree::{Token, TokenKind};

/// Cuts the text. The lengths of the tokens add up to the text's, whatever it holds.
pub(super) fn lex(text: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        text,
        start: 0,
        no_more_comment_ends: false,
    };
    // A token is some five bytes in files that people write.
    let mut tokens = Vec::with_capacity(text.len() / 5 + 1);
    while lexer.start < text.len() {
        let (kind, bytes) = lexer.next();
        let start = lexer.start;
        lexer.start += bytes;
        tokens.push(Token {
            kind,
            start,
            end: lexer.start,
        });
    }
    tokens
}

struct Lexer<'a> {
    text: &'a str,
    start: usize,
    /// Once a search for `*/` came back empty, none behind it can succeed: without this, a file of
    /// comment openings would be searched to its end once for each.
    no_more_comment_ends: bool,
}

impl Lexer<'_> {
    /// Kind and length of the token at `start`, which is not the end.
    fn next(&mut self) -> (TokenKind, usize) {
        let rest = &self.text[self.start..];
        let first = rest.as_bytes()[0];
        match first {
            b'\n' => (TokenKind::Newline, 1),
            b'\r' if rest.starts_with("\r\n") => (TokenKind::Newline, 2),
            b' ' | b'\t' | b'\r' | 0x0c => (TokenKind::Space, run(rest, is_space)),
            b'"' => string(rest),
            b'/' => self.comment(rest),
            b'-' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                (TokenKind::Number, 1 + number(&rest[1..]))
            }
            b'0'..=b'9' => {
                let word = run(rest, is_word);
                let number = number(rest);
                if number >= word {
                    (TokenKind::Number, number)
                } else {
                    (TokenKind::Word, word)
                }
            }
            _ => match punctuation(first) {
                Some(kind) => (kind, 1),
                None => word_or_other(rest),
            },
        }
    }

    fn comment(&mut self, rest: &str) -> (TokenKind, usize) {
        let line = || rest.find('\n').unwrap_or(rest.len());
        // The carriage return of a line ending is part of the line ending.
        let line = || line() - usize::from(rest[..line()].ends_with('\r'));
        if rest.starts_with("///") {
            return (TokenKind::DocComment, line());
        }
        if rest.starts_with("//") {
            return (TokenKind::Comment, line());
        }
        if rest.starts_with("/*") && !self.no_more_comment_ends {
            match rest[2..].find("*/") {
                Some(at) => return (TokenKind::Comment, at + 4),
                None => self.no_more_comment_ends = true,
            }
        }
        (TokenKind::Other, 1)
    }
}

fn punctuation(byte: u8) -> Option<TokenKind> {
    Some(match byte {
        b'{' => TokenKind::BraceOpen,
        b'}' => TokenKind::BraceClose,
        b'(' => TokenKind::ParenOpen,
        b')' => TokenKind::ParenClose,
        b'[' => TokenKind::BracketOpen,
        b']' => TokenKind::BracketClose,
        b',' => TokenKind::Comma,
        b':' => TokenKind::Colon,
        b'.' => TokenKind::Dot,
        b'@' => TokenKind::At,
        b'=' => TokenKind::Equals,
        b'?' => TokenKind::Question,
        b'!' => TokenKind::Bang,
        _ => return None,
    })
}

fn word_or_other(rest: &str) -> (TokenKind, usize) {
    match run(rest, is_word) {
        0 => (
            TokenKind::Other,
            rest.chars().next().map_or(1, char::len_utf8),
        ),
        bytes => (TokenKind::Word, bytes),
    }
}

/// A string ends at its quote, and at the latest with its line: then it is not a string.
fn string(rest: &str) -> (TokenKind, usize) {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            b'\n' => break,
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return (TokenKind::String, at + 1),
            _ => {}
        }
    }
    (TokenKind::Other, 1)
}

fn number(rest: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(rest);
    let fraction = rest[whole..].strip_prefix('.').map_or(0, digits);
    if fraction == 0 {
        whole
    } else {
        whole + 1 + fraction
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\x0c')
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// The bytes of the characters in front that the test takes.
fn run(text: &str, takes: fn(char) -> bool) -> usize {
    text.find(|c| !takes(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(TokenKind, &str)]) {
        let tokens = lex(text);
        let found: Vec<_> = tokens
            .iter()
            .map(|it| (it.kind, &text[it.start..it.end]))
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn words_numbers_and_strings() {
        use TokenKind::{Number, Other, Space, String, Word};
        check("a-b_1 ", &[(Word, "a-b_1"), (Space, " ")]);
        check("größe", &[(Word, "größe")]);
        check("-1.5", &[(Number, "-1.5")]);
        check("1.", &[(Number, "1"), (TokenKind::Dot, ".")]);
        check("2fa", &[(Word, "2fa")]);
        check(r#""a\"b""#, &[(String, r#""a\"b""#)]);
        check(
            "\"a\n",
            &[(Other, "\""), (Word, "a"), (TokenKind::Newline, "\n")],
        );
        check("§", &[(Other, "§")]);
    }

    #[test]
    fn comments_end_with_their_line_or_their_mark() {
        use TokenKind::{Comment, DocComment, Newline, Other, Space, Word};
        check(
            "// a\r\nb",
            &[(Comment, "// a"), (Newline, "\r\n"), (Word, "b")],
        );
        check("/// a\n", &[(DocComment, "/// a"), (Newline, "\n")]);
        check(
            "/* a\n*/ b",
            &[(Comment, "/* a\n*/"), (Space, " "), (Word, "b")],
        );
        let open = [(Other, "/"), (Other, "*"), (Space, " "), (Word, "a")];
        check("/* a", &open);
    }
}
