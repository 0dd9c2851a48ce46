//! Parses values: texts, numbers, names, calls and arrays.

use super::{Expected, Parsed, Parser};
use crate::prisma::tree::{Argument, Expression, ExpressionKind, TokenKind, Word};

/// How deep brackets may nest. Prisma itself needs four levels.
const DEPTH_MAX: usize = 32;

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Parsed<Expression> {
        self.skip_space();
        self.nested(0)
    }

    fn nested(&mut self, depth: usize) -> Parsed<Expression> {
        if depth > DEPTH_MAX {
            return Err(Expected("at most 32 brackets within each other"));
        }
        let start = self.position();
        let kind = match self.tokens.get(self.at).map(|token| token.kind) {
            Some(TokenKind::String) => ExpressionKind::String(self.string("a text")?),
            Some(TokenKind::Number) => ExpressionKind::Number(self.take_word().text),
            Some(TokenKind::BracketOpen) => {
                self.at += 1;
                ExpressionKind::Array(self.array(depth + 1)?)
            }
            Some(TokenKind::Word) => {
                let path = self.path("a value")?.text;
                if self
                    .tokens
                    .get(self.at)
                    .is_some_and(|it| it.kind == TokenKind::ParenOpen)
                {
                    self.at += 1;
                    ExpressionKind::Function(path, self.arguments(depth + 1)?)
                } else {
                    ExpressionKind::Path(path)
                }
            }
            _ => return Err(Expected("a value")),
        };
        let span = self.since(self.span(start, start));
        Ok(Expression { kind, span })
    }

    /// What follows `[`, with the closing bracket.
    fn array(&mut self, depth: usize) -> Parsed<Vec<Expression>> {
        let mut values = Vec::new();
        loop {
            self.skip_lines();
            if self.try_take(TokenKind::BracketClose) {
                return Ok(values);
            }
            values.push(self.nested(depth)?);
            self.skip_lines();
            if !self.try_take(TokenKind::Comma) {
                self.take(TokenKind::BracketClose, "`,` or `]`")?;
                return Ok(values);
            }
        }
    }

    /// What follows `(`, with the closing parenthesis.
    pub(super) fn arguments(&mut self, depth: usize) -> Parsed<Vec<Argument>> {
        let mut arguments = Vec::new();
        loop {
            self.skip_lines();
            if self.try_take(TokenKind::ParenClose) {
                return Ok(arguments);
            }
            arguments.push(self.argument(depth)?);
            self.skip_lines();
            if !self.try_take(TokenKind::Comma) {
                self.take(TokenKind::ParenClose, "`,` or `)`")?;
                return Ok(arguments);
            }
        }
    }

    fn argument(&mut self, depth: usize) -> Parsed<Argument> {
        let before = self.at;
        if self.peek() == Some(TokenKind::Word) {
            let name = self.take_word();
            if self.try_take(TokenKind::Colon) {
                self.skip_lines();
                let value = self.nested(depth)?;
                let name = Some(name);
                return Ok(Argument { name, value });
            }
            self.at = before;
        }
        let value = self.nested(depth)?;
        Ok(Argument { name: None, value })
    }

    /// Words with dots between them and no blanks.
    pub(super) fn path(&mut self, expected: &'static str) -> Parsed<Word> {
        let first = self.word(expected)?;
        let start = first.span.range().start;
        let kind = |parser: &Self, at: usize| parser.tokens.get(at).map(|token| token.kind);
        while kind(self, self.at) == Some(TokenKind::Dot)
            && kind(self, self.at + 1) == Some(TokenKind::Word)
        {
            self.at += 2;
        }
        let span = self.since(first.span);
        let text = self.text[start..span.range().end].to_owned();
        Ok(Word { text, span })
    }

    pub(super) fn string(&mut self, expected: &'static str) -> Parsed<String> {
        match self.peek() {
            Some(TokenKind::String) => Ok(unescape(&self.take_word().text)),
            _ => Err(Expected(expected)),
        }
    }
}

/// The text between the quotes, with `\"`, `\n`, `\u0041` and their like resolved. An escape that
/// is none stays as it is.
fn unescape(quoted: &str) -> String {
    let inner = quoted
        .get(1..quoted.len().saturating_sub(1))
        .unwrap_or_default();
    if !inner.contains('\\') {
        return inner.to_owned();
    }
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let mut characters = rest.chars();
        match characters.next() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('u') => match unicode(rest) {
                Some((character, bytes)) => {
                    text.push(character);
                    rest = &rest[bytes..];
                    continue;
                }
                None => text.push_str("\\u"),
            },
            Some(other @ ('"' | '\\' | '/')) => text.push(other),
            Some(other) => text.extend(['\\', other]),
            None => text.push('\\'),
        }
        rest = characters.as_str();
    }
    text.push_str(rest);
    text
}

/// The character of `u0041`, or of a pair `ud83d\ude00`, and the bytes that it took.
fn unicode(rest: &str) -> Option<(char, usize)> {
    let unit = |at: usize| u32::from_str_radix(rest.get(at..at + 4)?, 16).ok();
    let first = unit(1)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, 5));
    }
    let second = rest
        .get(5..7)
        .filter(|mark| *mark == "\\u")
        .and_then(|_| unit(7))?;
    let high = first.checked_sub(0xd800).filter(|it| *it < 0x400)?;
    let low = second.checked_sub(0xdc00).filter(|it| *it < 0x400)?;
    let character = char::from_u32(0x1_0000 + (high << 10) + low)?;
    Some((character, 11))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_resolved_and_the_rest_kept() {
        let cases = [
            (r#""a""#, "a"),
            (r#""a\"b\\c\/""#, "a\"b\\c/"),
            (r#""\n\t\r""#, "\n\t\r"),
            (r#""\u0041b""#, "Ab"),
            (r#""\ud83d\ude00""#, "😀"),
            (r#""\ud83d""#, "\\ud83d"),
            (r#""\q""#, "\\q"),
            (r#""\u00""#, "\\u00"),
        ];
        for (quoted, expected) in cases {
            assert_eq!(unescape(quoted), expected, "{quoted}");
        }
    }
}
