//! The tokens of one file with its text: the questions that all finders ask of them.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::language::{Family, Language};
use super::lexer::{self, Token, TokenKind};
use super::namespace::{self, Namespace};

pub(super) struct Tokens<'a> {
    pub(super) family: Family,
    pub(super) text: &'a str,
    list: Vec<Token>,
    /// Worked out when the first call asks.
    constants: OnceCell<HashMap<&'a str, Namespace>>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(language: Language, text: &'a str) -> Self {
        Self {
            family: language.family(),
            text,
            list: lexer::tokens(language, text),
            constants: OnceCell::new(),
        }
    }

    /// The namespace that a constant of this file holds.
    pub(super) fn constant(&self, name: &str) -> Namespace {
        let constants = self.constants.get_or_init(|| namespace::constants(self));
        let found = constants.get(name).copied();
        found.unwrap_or(Namespace::Unknown)
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn kind(&self, at: usize) -> Option<TokenKind> {
        self.list.get(at).map(|token| token.kind)
    }

    /// The bytes of a token.
    pub(super) fn range(&self, at: usize) -> std::ops::Range<usize> {
        self.list
            .get(at)
            .map_or(0..0, |it| it.start as usize..it.end as usize)
    }

    /// The text of a token; empty beyond the end, and for what was empty.
    pub(super) fn part(&self, at: usize) -> &'a str {
        self.text.get(self.range(at)).unwrap_or_default()
    }

    /// The word at a place; empty if there is none.
    pub(super) fn word(&self, at: usize) -> &'a str {
        if self.kind(at) == Some(TokenKind::Word) {
            self.part(at)
        } else {
            ""
        }
    }

    /// Whether this very operator or bracket is there.
    pub(super) fn is(&self, at: usize, sign: &str) -> bool {
        let is_sign = |kind| {
            matches!(
                kind,
                TokenKind::Operator | TokenKind::Open | TokenKind::Close
            )
        };
        self.kind(at).is_some_and(is_sign) && self.part(at) == sign
    }

    /// The index of the bracket that belongs to the one here.
    pub(super) fn partner(&self, at: usize) -> Option<usize> {
        self.list.get(at)?.partner.map(|partner| partner as usize)
    }

    pub(super) fn is_first(&self, at: usize) -> bool {
        self.list.get(at).is_some_and(|token| token.first)
    }

    /// Whether code within a string begins or ends here.
    pub(super) fn is_hole(&self, at: usize) -> bool {
        self.list.get(at).is_some_and(|token| token.hole)
    }

    /// Whether the operator here leads from a thing to its part.
    pub(super) fn is_step(&self, at: usize) -> bool {
        self.kind(at) == Some(TokenKind::Operator)
            && matches!(
                self.part(at),
                "." | "::" | "?." | "->" | "?->" | "!!." | "\\" | "&."
            )
    }

    /// The first token of `a.b.c`, if the last is here.
    pub(super) fn chain_start(&self, mut at: usize) -> usize {
        for _ in 0..CHAIN_MAX {
            if at < 2 || !self.is_step(at - 1) {
                break;
            }
            let before = match self.kind(at - 2) {
                Some(TokenKind::Word) => at - 2,
                // `a().b`, `a[0].b`: over the brackets, to the name before them.
                Some(TokenKind::Close) => match self.partner(at - 2) {
                    Some(open) if open > 0 && !self.word(open - 1).is_empty() => open - 1,
                    _ => break,
                },
                _ => break,
            };
            at = before;
        }
        at
    }
}

/// The longest chain of names that is followed.
const CHAIN_MAX: usize = 8;
