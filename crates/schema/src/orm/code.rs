//! Walks through the tokens of one file: calls, lists, objects and their arguments.

use std::ops::Range;

use super::token::{Kind, Language, Token, tokens};
use crate::{Source, Span};

/// One file, cut into tokens.
pub(super) struct Code<'a> {
    file: u32,
    source: &'a str,
    tokens: Vec<Token>,
    /// What damages it, each kind once.
    pub(super) damage: Vec<(Span, &'static str)>,
}

/// One item of a list, object or call.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    /// What stands before `:`, `=` or `=>`.
    pub(super) name: Option<String>,
    /// All of it, as tokens.
    pub(super) whole: Range<usize>,
    /// What stands behind the name, or all of it.
    pub(super) value: Range<usize>,
}

/// The items of a list, object or call.
#[derive(Debug, Clone, std::default::Default)]
pub(super) struct Arguments(pub(super) Vec<Argument>);

impl Arguments {
    /// The item without name of this number, from 0.
    pub(super) fn positional(&self, number: usize) -> Option<&Argument> {
        self.0.iter().filter(|it| it.name.is_none()).nth(number)
    }

    /// The item of this name. Of several, the last holds.
    pub(super) fn named(&self, name: &str) -> Option<&Argument> {
        let is_it = |it: &&Argument| it.name.as_deref() == Some(name);
        self.0.iter().rev().find(is_it)
    }
}

impl<'a> Code<'a> {
    pub(super) fn new(language: &Language, file: u32, source: &'a Source) -> Self {
        let (tokens, damage) = tokens(language, source.text());
        let damage = damage.into_iter();
        let end = |at: usize| source.text().ceil_char_boundary(at + 1);
        Self {
            damage: damage
                .map(|(at, what)| (Span::new(file, at, end(at)), what))
                .collect(),
            file,
            source: source.text(),
            tokens,
        }
    }

    /// How many tokens there are.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    /// A token as written; empty beyond the end.
    pub(super) fn text(&self, at: usize) -> &'a str {
        let token = self.tokens.get(at);
        token.map_or("", |token| &self.source[token.start..token.end])
    }

    pub(super) fn is(&self, at: usize, text: &str) -> bool {
        self.text(at) == text
    }

    /// Whether these tokens follow each other from here.
    pub(super) fn are(&self, at: usize, texts: &[&str]) -> bool {
        (at..).zip(texts).all(|(at, text)| self.is(at, text))
    }

    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    pub(super) fn is_word(&self, at: usize) -> bool {
        self.kind(at) == Some(Kind::Word)
    }

    /// The token that closes the one that opens here.
    pub(super) fn close(&self, at: usize) -> Option<usize> {
        self.tokens.get(at)?.close
    }

    /// The token behind this one, or behind what this one opens.
    pub(super) fn after(&self, at: usize) -> usize {
        self.close(at).unwrap_or(at) + 1
    }

    /// Where tokens are in the file.
    pub(super) fn span(&self, range: &Range<usize>) -> Span {
        let bytes = self.bytes(range);
        Span::new(self.file, bytes.start, bytes.end)
    }

    pub(super) fn span_of(&self, at: usize) -> Span {
        self.span(&(at..at + 1))
    }

    fn bytes(&self, range: &Range<usize>) -> Range<usize> {
        let end = self.source.len();
        let start = self.tokens.get(range.start).map_or(end, |it| it.start);
        let last = range
            .end
            .checked_sub(1)
            .and_then(|last| self.tokens.get(last));
        start..last.map_or(start, |last| last.end.max(start))
    }

    /// Tokens as written.
    pub(super) fn written(&self, range: &Range<usize>) -> &'a str {
        &self.source[self.bytes(range)]
    }

    /// What the brackets that open here hold.
    pub(super) fn arguments(&self, open: usize) -> Arguments {
        match self.close(open) {
            Some(close) => self.split(open + 1..close),
            None => Arguments::default(),
        }
    }

    /// The items between commas.
    pub(super) fn split(&self, range: Range<usize>) -> Arguments {
        let mut items = Vec::new();
        let mut start = range.start;
        let mut at = range.start;
        while at < range.end {
            if self.is(at, ",") && self.kind(at) == Some(Kind::Sign) {
                items.extend(self.argument(start..at));
                start = at + 1;
            }
            at = self.after(at);
        }
        items.extend(self.argument(start..range.end));
        Arguments(items)
    }

    fn argument(&self, whole: Range<usize>) -> Option<Argument> {
        if whole.is_empty() {
            return None;
        }
        let separator = whole.start + 1;
        let is_separated = separator < whole.end
            && self.kind(separator) == Some(Kind::Sign)
            && matches!(self.text(separator), ":" | "=" | "=>");
        let name = is_separated.then(|| self.name_of(whole.start)).flatten();
        let start = if name.is_some() {
            separator + 1
        } else {
            whole.start
        };
        Some(Argument {
            name,
            value: start..whole.end,
            whole,
        })
    }

    /// A word, text or symbol without its quotes.
    fn name_of(&self, at: usize) -> Option<String> {
        match self.kind(at)? {
            Kind::Word | Kind::Number => Some(self.text(at).to_owned()),
            Kind::Text | Kind::Symbol => self.string_at(at),
            Kind::Computed | Kind::Sign => None,
        }
    }

    /// The text or symbol at a token, with its escapes resolved.
    pub(super) fn string_at(&self, at: usize) -> Option<String> {
        let token = self.tokens.get(at)?;
        let (start, end) = token.inner;
        let inner = &self.source[start..end];
        match token.kind {
            Kind::Symbol => Some(inner.to_owned()),
            Kind::Text => Some(unescaped(inner)),
            _ => None,
        }
    }

    /// The text, symbol or texts side by side that an item consists of.
    pub(super) fn string(&self, range: &Range<usize>) -> Option<String> {
        if range.is_empty() {
            return None;
        }
        let mut whole = String::new();
        for at in range.clone() {
            let is_joint = self.is(at, "+") || self.is(at, ".");
            if !is_joint || at == range.start {
                whole.push_str(&self.string_at(at)?);
            }
        }
        Some(whole)
    }

    /// The only token of an item, as written.
    pub(super) fn word(&self, range: &Range<usize>) -> Option<&'a str> {
        (range.len() == 1).then(|| self.text(range.start))
    }

    /// The texts of a list in brackets, or the one text that stands for a list.
    pub(super) fn strings(&self, range: &Range<usize>) -> Option<Vec<String>> {
        if range.len() == 1 {
            return self.string(range).map(|text| vec![text]);
        }
        let is_list = matches!(self.text(range.start), "[" | "(" | "{");
        let whole = is_list && self.close(range.start).map(|close| close + 1) == Some(range.end);
        if !whole {
            return None;
        }
        let items = self.arguments(range.start).0;
        items.iter().map(|item| self.string(&item.value)).collect()
    }

    /// The items of an item that is one list, object or tuple.
    pub(super) fn list(&self, range: &Range<usize>) -> Option<Arguments> {
        let close = self.close(range.start)?;
        (close + 1 == range.end).then(|| self.arguments(range.start))
    }

    /// Where the line ends that begins here: brackets, and commas at its end, keep it going.
    pub(super) fn line_end(&self, start: usize) -> usize {
        let mut at = self.after(start);
        while let Some(token) = self.tokens.get(at) {
            if token.first && !self.is(at - 1, ",") {
                break;
            }
            at = self.after(at);
        }
        at.min(self.tokens.len())
    }

    /// The bytes between the quotes of a text, with escapes in place so that positions hold.
    pub(super) fn script(&self, at: usize) -> Option<(u32, usize, String)> {
        let token = self.tokens.get(at).filter(|it| it.kind == Kind::Text)?;
        let (start, end) = token.inner;
        Some((self.file, start, in_place(&self.source[start..end])))
    }
}

/// With escapes resolved, as nearly all languages have them.
fn unescaped(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some(other) => text.push(other),
            None => text.push('\\'),
        }
    }
    text
}

/// With escapes resolved, and a blank beside each so that the length stays: before a quote that
/// opens a name or text, behind one that closes it.
fn in_place(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut open = None;
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next() {
            Some(quote @ ('"' | '\'' | '`')) if open == Some(quote) => {
                open = None;
                text.extend([quote, ' ']);
            }
            Some(quote @ ('"' | '\'' | '`')) if open.is_none() => {
                open = Some(quote);
                text.extend([' ', quote]);
            }
            Some('n' | 't' | 'r' | '\n') => text.push_str(" \n"),
            Some(other) => text.extend([' ', other]),
            None => text.push('\\'),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::token;
    use super::*;

    fn code<'a>(language: &Language, source: &'a Source) -> Code<'a> {
        Code::new(language, 0, source)
    }

    #[test]
    fn calls_are_taken_apart() {
        let source = Source::new("a", "f('a', b: [1, {c: 2}], 'd' => \"x\\\"y\") // f(").unwrap();
        let code = code(&token::JAVASCRIPT, &source);
        let arguments = code.arguments(1);
        let first = arguments.positional(0).unwrap();
        assert_eq!(code.string(&first.value).as_deref(), Some("a"));
        assert_eq!(
            code.written(&arguments.named("b").unwrap().value),
            "[1, {c: 2}]"
        );
        let last = arguments.named("d").unwrap();
        assert_eq!(code.string(&last.value).as_deref(), Some("x\"y"));
        assert!(code.damage.is_empty());
    }

    #[test]
    fn damage_is_said_once() {
        let source = Source::new("a", "f((( 'x\n'y\n").unwrap();
        let code = code(&token::JAVASCRIPT, &source);
        let what: Vec<&str> = code.damage.iter().map(|(_, what)| *what).collect();
        assert_eq!(what, ["a quote is open", "a bracket is open"]);
        assert_eq!(code.close(1), None);
    }

    #[test]
    fn languages_quote_in_their_own_ways() {
        let cases = [
            (&token::PYTHON, "r'a\\'", "a\\"),
            (&token::PYTHON, "'''a\n'b'''", "a\n'b"),
            (&token::CSHARP, "@\"a\"\"b\"", "a\"\"b"),
            (&token::RUBY, "<<~SQL\n  a\n  SQL\n", "  a\n"),
            (&token::PHP, "<<<'X'\na\nX;", "a\n"),
            (&token::ELIXIR, ":name", "name"),
        ];
        for (language, text, expected) in cases {
            let source = Source::new("a", text).unwrap();
            let code = code(language, &source);
            let (start, end) = code.token(0).unwrap().inner;
            assert_eq!(&text[start..end], expected, "{text}");
        }
    }

    #[test]
    fn escaped_quotes_keep_names_and_positions() {
        let written = r#"ALTER TABLE \"a b\" ADD c\n"#;
        let read = in_place(written);
        assert_eq!(read, "ALTER TABLE  \"a b\"  ADD c \n");
        assert_eq!(read.len(), written.len());
    }

    #[test]
    fn computed_texts_are_no_texts() {
        for (language, text) in [
            (&token::JAVASCRIPT, "`a${b}`"),
            (&token::PHP, "\"a$b\""),
            (&token::PYTHON, "f'a'"),
            (&token::RUBY, "\"#{a}\""),
        ] {
            let source = Source::new("a", text).unwrap();
            assert_eq!(code(language, &source).string_at(0), None, "{text}");
        }
    }
}
