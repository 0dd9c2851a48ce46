//! Walks through the tokens of one statement, for the forms that need no grammar.

use super::Code;
use super::names;
use super::split::{Kind, Scanner};
use crate::Name;

/// A token: its kind, and its bytes in the statement.
#[derive(Clone, Copy)]
struct Token {
    kind: Kind,
    start: usize,
    end: usize,
}

/// The tokens of a statement, without blanks and comments.
pub(super) struct Cursor<'a> {
    text: Code<'a>,
    tokens: Vec<Token>,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &Code<'a>) -> Self {
        let mut scanner = Scanner::new(text.dialect, text.text);
        let mut tokens = Vec::new();
        while let Some(kind) = scanner.peek() {
            let start = scanner.at;
            scanner.advance();
            let end = scanner.at;
            if !matches!(kind, Kind::Space | Kind::Comment) {
                tokens.push(Token { kind, start, end });
            }
        }
        Self {
            text: *text,
            tokens,
            at: 0,
        }
    }

    fn token_text(&self, at: usize) -> Option<&'a str> {
        let token = self.tokens.get(at)?;
        self.text.text.get(token.start..token.end)
    }

    /// The next token's text.
    pub(super) fn peek(&self) -> Option<&'a str> {
        self.token_text(self.at)
    }

    pub(super) fn advance(&mut self) {
        self.at += 1;
    }

    /// Where the next token begins, or the end of the statement.
    pub(super) fn position(&self) -> usize {
        self.tokens
            .get(self.at)
            .map_or(self.text.text.len(), |token| token.start)
    }

    /// The end of the last token that was taken.
    pub(super) fn taken_to(&self) -> usize {
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        last.map_or(0, |token| token.end)
    }

    /// Where the last token that was taken begins.
    pub(super) fn before_taken(&self) -> usize {
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        last.map_or(0, |token| token.start)
    }

    /// Takes these words, if they are next.
    pub(super) fn words(&mut self, words: &[&str]) -> bool {
        let mut places = words.iter().zip(self.at..);
        let is_next = places.all(|(word, at)| self.is_word(at, word));
        self.at += if is_next { words.len() } else { 0 };
        is_next
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        self.token_text(at)
            .is_some_and(|text| text.eq_ignore_ascii_case(word))
    }

    /// Goes to the first such word outside parentheses and takes it.
    pub(super) fn seek(&mut self, word: &str) -> bool {
        let mut depth = 0_usize;
        for at in self.at..self.tokens.len() {
            match self.tokens[at].kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                Kind::Word if depth == 0 && self.is_word(at, word) => {
                    self.at = at + 1;
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    /// A dotted name.
    pub(super) fn parts(&mut self) -> Option<Vec<String>> {
        let start = self.position();
        let is_name = |kind: Kind| matches!(kind, Kind::Word | Kind::Quoted);
        let kind = |cursor: &Self, at: usize| cursor.tokens.get(at).map(|token| token.kind);
        kind(self, self.at).filter(|it| is_name(*it))?;
        self.at += 1;
        while self.token_text(self.at) == Some(".") && kind(self, self.at + 1).is_some_and(is_name)
        {
            self.at += 2;
        }
        let text = self.text.text.get(start..self.taken_to())?;
        Some(names::parts(self.text.dialect, text))
    }

    pub(super) fn name(&mut self) -> Option<Name> {
        let parts = self.parts()?;
        Some(names::of_parts(parts))
    }

    /// A text in single quotes, without them.
    pub(super) fn string(&mut self) -> Option<String> {
        let first = self.peek().filter(|text| text.starts_with('\''))?;
        let mut string = first.trim_matches('\'').to_owned();
        self.at += 1;
        // A doubled quote came as two texts that touch.
        while self.peek().is_some_and(|text| text.starts_with('\''))
            && self.position() == self.taken_to()
        {
            string.push('\'');
            string.push_str(self.peek().unwrap_or_default().trim_matches('\''));
            self.at += 1;
        }
        Some(string)
    }

    /// The parts between the commas of the parentheses that are next, each as bytes of the
    /// statement.
    pub(super) fn list(&mut self) -> Option<Vec<(usize, usize)>> {
        if self.peek() != Some("(") {
            return None;
        }
        self.at += 1;
        let (parts, closed) = self.parts_to_close();
        closed.then_some(parts)
    }

    /// The parts between commas from here to the end of the statement.
    pub(super) fn rest_of_list(&mut self) -> Vec<(usize, usize)> {
        self.parts_to_close().0
    }

    /// Parts up to the parenthesis that closes what was open here, and whether there is one.
    fn parts_to_close(&mut self) -> (Vec<(usize, usize)>, bool) {
        let mut parts = Vec::new();
        let mut depth = 0_usize;
        let mut start = self.position();
        while let Some(token) = self.tokens.get(self.at).copied() {
            let ends = depth == 0 && matches!(token.kind, Kind::Comma | Kind::Close);
            if ends && start < token.start {
                parts.push((start, self.taken_to()));
            }
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close if depth == 0 => {
                    self.at += 1;
                    return (parts, true);
                }
                Kind::Close => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if ends {
                start = self.position();
            }
        }
        if start < self.taken_to() {
            parts.push((start, self.taken_to()));
        }
        (parts, false)
    }
}
