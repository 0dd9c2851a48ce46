//! Builds the tree from the tokens, line by line, and goes on behind what it does not understand.

mod body;
mod expression;

use super::lexer::lex;
use super::tree::{Block, BlockKind, Document, Item, Token, TokenKind, Word};
use crate::problem::quote;
use crate::{Problem, ProblemKind, Source, Span};

impl Document {
    /// Parses one file. `file` is what the spans will carry.
    #[must_use]
    pub fn parse(source: &Source, file: u32) -> Self {
        let mut parser = Parser {
            text: source.text(),
            file,
            tokens: lex(source.text()),
            at: 0,
            problems: Vec::new(),
        };
        let items = parser.items();
        Self {
            tokens: parser.tokens,
            items,
            problems: parser.problems,
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    file: u32,
    tokens: Vec<Token>,
    /// The index of the next token.
    at: usize,
    problems: Vec<Problem>,
}

/// What the grammar asks for and the text does not have.
struct Expected(&'static str);

type Parsed<T> = Result<T, Expected>;

impl Parser<'_> {
    fn items(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        let mut gap = 0;
        while self.skip_lines() {
            let start = self.position();
            let before = self.at;
            match self.block() {
                Ok(block) => {
                    if gap < start {
                        items.push(Item::Gap(self.span(gap, start)));
                    }
                    gap = block.span.range().end;
                    items.push(Item::Block(block));
                }
                Err(expected) => {
                    self.report(&expected);
                    self.skip_bad_line(before);
                    self.skip_unknown_body();
                }
            }
        }
        if gap < self.text.len() {
            items.push(Item::Gap(self.span(gap, self.text.len())));
        }
        items
    }

    fn block(&mut self) -> Parsed<Block> {
        let kind = self.peek_text().and_then(block_kind).ok_or(Expected(
            "`model`, `enum`, `view`, `type`, `datasource` or `generator`",
        ))?;
        let keyword = self.take_word();
        let name = self.word("a name")?;
        self.take(TokenKind::BraceOpen, "`{`")?;
        let open = self.position();
        let members = self.members(kind);
        let mut body = self.span(open, self.position());
        if !self.try_take(TokenKind::BraceClose) {
            body = self.since(self.span(open, open));
            let span = keyword.span.to(name.span);
            let message = format!("close {}: expected `}}`", quote(&name.text));
            self.problems
                .push(Problem::new(span, ProblemKind::Syntax, message));
        }
        Ok(Block {
            kind,
            span: self.since(keyword.span),
            keyword,
            name,
            members,
            body,
        })
    }

    /// Whether a block begins here, at the start of a line: then the one before was not closed.
    fn at_block(&mut self) -> bool {
        let before = self.at;
        let word = self.peek_text().and_then(block_kind);
        let begins = word.is_some() && {
            self.at += 1;
            self.peek() == Some(TokenKind::Word) && {
                self.at += 1;
                self.peek() == Some(TokenKind::BraceOpen)
            }
        };
        self.at = before;
        begins
    }

    /// Notes what was expected at the next token.
    fn report(&mut self, expected: &Expected) {
        self.skip_space();
        let token = self.tokens.get(self.at);
        let end = self.text.len();
        let span = token.map_or(self.span(end, end), |it| self.span(it.start, it.end));
        let found = match token {
            Some(token) if token.kind != TokenKind::Newline => quote(self.token_text(token)),
            Some(_) => "the end of the line".to_owned(),
            None => "the end of the file".to_owned(),
        };
        let message = format!("read the schema: expected {}, found {found}", expected.0);
        self.problems
            .push(Problem::new(span, ProblemKind::Syntax, message));
    }

    /// Goes to the end of the line on which the token is, wherever the parser has got to.
    fn skip_bad_line(&mut self, first: usize) {
        self.at = first;
        while self
            .tokens
            .get(self.at)
            .is_some_and(|it| it.kind != TokenKind::Newline)
        {
            self.at += 1;
        }
    }

    /// Behind a line that ends in `{`, goes to the end of the line that begins with `}`: what kind
    /// of lines an unknown block has is not known either, and one report is enough.
    fn skip_unknown_body(&mut self) {
        let taken = self.tokens[..self.at].iter().rev();
        let last = taken.into_iter().find(|token| !is_blank(token.kind));
        if last.is_none_or(|token| token.kind != TokenKind::BraceOpen) {
            return;
        }
        while self.skip_lines() && !self.at_block() {
            let closes = self.peek() == Some(TokenKind::BraceClose);
            self.skip_bad_line(self.at);
            if closes {
                break;
            }
        }
    }

    /// Goes over blanks, comments and line endings. False at the end of the file.
    fn skip_lines(&mut self) -> bool {
        while self.tokens.get(self.at).is_some_and(|it| is_blank(it.kind)) {
            self.at += 1;
        }
        self.at < self.tokens.len()
    }

    /// Goes over blanks and comments of this line.
    fn skip_space(&mut self) {
        let blank = |kind| is_blank(kind) && kind != TokenKind::Newline;
        while self.tokens.get(self.at).is_some_and(|it| blank(it.kind)) {
            self.at += 1;
        }
    }

    /// The next token of this line.
    fn peek(&mut self) -> Option<TokenKind> {
        self.skip_space();
        self.tokens.get(self.at).map(|token| token.kind)
    }

    fn peek_text(&mut self) -> Option<&str> {
        self.skip_space();
        self.tokens.get(self.at).map(|token| self.token_text(token))
    }

    fn try_take(&mut self, kind: TokenKind) -> bool {
        let found = self.peek() == Some(kind);
        self.at += usize::from(found);
        found
    }

    fn take(&mut self, kind: TokenKind, expected: &'static str) -> Parsed<()> {
        if self.try_take(kind) {
            Ok(())
        } else {
            Err(Expected(expected))
        }
    }

    fn word(&mut self, expected: &'static str) -> Parsed<Word> {
        match self.peek() {
            Some(TokenKind::Word) => Ok(self.take_word()),
            _ => Err(Expected(expected)),
        }
    }

    /// The next token, whatever it is, which is there.
    fn take_word(&mut self) -> Word {
        let token = self.tokens[self.at];
        self.at += 1;
        Word {
            text: self.token_text(&token).to_owned(),
            span: self.span(token.start, token.end),
        }
    }

    fn token_text(&self, token: &Token) -> &str {
        &self.text[token.start..token.end]
    }

    /// Where the next token begins.
    fn position(&self) -> usize {
        self.tokens
            .get(self.at)
            .map_or(self.text.len(), |token| token.start)
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    /// From a span to the last token that was taken, without blanks that were looked past since.
    fn since(&self, first: Span) -> Span {
        let taken = self.tokens[..self.at].iter().rev();
        let last = taken.into_iter().find(|token| !is_blank(token.kind));
        let end = last.map_or(0, |token| token.end);
        first.to(self.span(end, end))
    }
}

fn is_blank(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Space | TokenKind::Newline | TokenKind::Comment | TokenKind::DocComment
    )
}

fn block_kind(keyword: &str) -> Option<BlockKind> {
    Some(match keyword {
        "datasource" => BlockKind::Datasource,
        "generator" => BlockKind::Generator,
        "model" => BlockKind::Model,
        "view" => BlockKind::View,
        "type" => BlockKind::Type,
        "enum" => BlockKind::Enum,
        _ => return None,
    })
}
