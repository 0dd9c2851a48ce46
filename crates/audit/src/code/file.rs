//! Holds one file's tokens against the table of makers.

use std::collections::HashSet;

use schema::Source;

use super::imports::{self, Imports};
use super::language::Language;
use super::lexer::TokenKind;
use super::makers::{self, Maker};
use super::near::{self, Named};
use super::tokens::Tokens;
use super::{CALLS_MAX, Call, Made, namespace, plus_one, sql};
use crate::Lines;

/// The characters of a call that are kept.
const TEXT_CHARACTERS_MAX: usize = 80;
/// The template of a UUID that programs fill with digits, and how far behind it they do.
const TEMPLATE: &str = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
const TEMPLATE_TOKENS_MAX: usize = 60;
/// The longest chain of names before a call that is followed to an import.
const SEGMENTS_MAX: usize = 4;

pub(super) struct File<'a> {
    language: Language,
    source: &'a Source,
    tokens: Tokens<'a>,
    imports: Imports<'a>,
    /// The functions that the file itself declares.
    declared: HashSet<&'a str>,
}

/// A call before its place is worked out.
struct Found<'a> {
    kind: Made,
    start: usize,
    end: usize,
    near: Option<Named<'a>>,
}

impl<'a> File<'a> {
    pub(super) fn new(language: Language, source: &'a Source) -> Self {
        let tokens = Tokens::new(language, source.text());
        Self {
            language,
            source,
            imports: imports::read(&tokens),
            declared: declared(&tokens),
            tokens,
        }
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        let mut found: Vec<Found<'a>> = Vec::new();
        for at in 0..self.tokens.len() {
            if let Some(call) = self.call_at(at) {
                note(&mut found, call);
            }
            if found.len() >= CALLS_MAX {
                break;
            }
        }
        if found.is_empty() {
            return Vec::new();
        }
        let lines = Lines::new(self.source.text());
        found
            .into_iter()
            .map(|it| self.finish(&lines, &it))
            .collect()
    }

    fn call_at(&self, at: usize) -> Option<Found<'a>> {
        match self.tokens.kind(at)? {
            TokenKind::Word => self.maker_at(at),
            TokenKind::Text => self.text_at(at),
            TokenKind::Operator => {
                let (kind, start, near) = plus_one::of(&self.tokens, at)?;
                Some(Found {
                    kind,
                    start: self.tokens.range(start).start,
                    end: self.tokens.range(at + 1).end,
                    near: Some(near),
                })
            }
            _ => None,
        }
    }

    /// SQL, or the template of a UUID.
    fn text_at(&self, at: usize) -> Option<Found<'a>> {
        let text = self.tokens.part(at);
        let offset = self.tokens.range(at).start;
        if text.len() == TEMPLATE.len() && text.eq_ignore_ascii_case(TEMPLATE) {
            let behind = at + 1..at + TEMPLATE_TOKENS_MAX;
            let filled = behind
                .into_iter()
                .any(|it| matches!(self.tokens.word(it), "random" | "rand"));
            let name = "uuid";
            return filled.then(|| Found {
                kind: Made::WeakRandom,
                start: offset,
                end: offset + text.len(),
                near: Some(Named { name, at }),
            });
        }
        let (range, name) = sql::max_plus_one(text)?;
        Some(Found {
            kind: Made::MaxPlusOne,
            start: offset + range.start,
            end: offset + range.end,
            near: Some(Named { name, at }),
        })
    }

    fn maker_at(&self, at: usize) -> Option<Found<'a>> {
        let makers = makers::named(self.tokens.part(at));
        // A name that was given to a maker on import: `v4 as newId`.
        let renamed = self.imports.get(self.tokens.part(at));
        let by_import = renamed.map_or(&[][..], |it| {
            makers::named(if it.export.is_empty() {
                "default"
            } else {
                it.export
            })
        });
        let mut all = makers.iter().chain(by_import);
        let maker = all.find(|maker| self.is_made_by(at, maker))?;
        let open = self.call_open(at);
        let start = self.tokens.chain_start(at);
        let near = near::of(&self.tokens, start);
        let is_reference = open.is_none() && self.is_reference(start, at);
        let runs =
            open.is_some() || self.language == Language::Ruby || (is_reference && near.is_some());
        let empty = open.is_some_and(|open| self.tokens.is(open + 1, ")"));
        if !runs || (maker.kind == Made::ObjectId && !empty) {
            return None;
        }
        if maker.kind.needs_a_name() && near.is_none() {
            return None;
        }
        let kind = match (maker.kind, open) {
            (Made::UuidV5(_), Some(open)) => Made::UuidV5(namespace::of(&self.tokens, open)),
            (kind, _) => kind,
        };
        let name_end = self.tokens.range(at).end;
        let close = open.and_then(|open| self.tokens.partner(open));
        let end = close.map_or(name_end, |close| self.tokens.range(close).end);
        let start = self.tokens.range(start).start;
        let one_line = self
            .tokens
            .text
            .get(start..end)
            .is_some_and(|text| !text.contains('\n'));
        Some(Found {
            kind,
            start,
            end: if one_line { end } else { name_end },
            near,
        })
    }

    /// The bracket that opens the arguments of the call whose name is here.
    fn call_open(&self, at: usize) -> Option<usize> {
        let open = if self.tokens.is(at + 1, "!") {
            at + 2
        } else {
            at + 1
        };
        self.tokens.is(open, "(").then_some(open)
    }

    /// Whether the function is handed on to be called later, as in `default=uuid4`.
    fn is_reference(&self, start: usize, at: usize) -> bool {
        let before = start.wrapping_sub(1);
        let handed = ["=", ":", "(", ",", "||"]
            .iter()
            .any(|sign| self.tokens.is(before, sign));
        let ends = [",", ")", "}", "]", ";"]
            .iter()
            .any(|sign| self.tokens.is(at + 1, sign));
        handed && (ends || self.tokens.is_first(at + 1) || at + 1 == self.tokens.len())
    }

    fn is_made_by(&self, at: usize, maker: &Maker) -> bool {
        if maker.family != self.tokens.family {
            return false;
        }
        if maker.module.is_empty() {
            return self.is_path(at, maker.path);
        }
        let mut segments = vec![self.tokens.part(at)];
        let mut head = at;
        while head >= 2 && self.tokens.is_step(head - 1) && segments.len() < SEGMENTS_MAX {
            head -= 2;
            segments.insert(0, self.tokens.word(head));
        }
        let Some(imported) = self.imports.get(segments[0]) else {
            return false;
        };
        segments.remove(0);
        if !imported.export.is_empty() {
            segments.insert(0, imported.export);
        }
        if segments.is_empty() {
            segments.push("default");
        }
        imported.module == maker.module && maker.path.split('.').eq(segments)
    }

    /// Whether the name here is the end of this path.
    fn is_path(&self, at: usize, path: &str) -> bool {
        let tokens = &self.tokens;
        let mut segments = path.rsplit('.');
        if segments.next() != Some(tokens.part(at)) {
            return false;
        }
        let mut here = at;
        for segment in segments {
            if here < 2 || !tokens.is_step(here - 1) {
                return false;
            }
            let (name, is_call) = match segment.strip_suffix("()") {
                Some(name) => (name, true),
                None => (segment, false),
            };
            let mut last = here - 2;
            if is_call {
                match tokens.partner(last) {
                    Some(open) if open + 1 == last && open > 0 => last = open - 1,
                    _ => return false,
                }
            }
            if tokens.word(last) != name {
                return false;
            }
            here = last;
        }
        path.contains('.') || self.is_free(at)
    }

    /// Whether a bare name is a function from elsewhere: no part of anything, and not the file's.
    fn is_free(&self, at: usize) -> bool {
        let tokens = &self.tokens;
        let body = self.call_open(at).and_then(|open| tokens.partner(open));
        let declares = body.is_some_and(|close| tokens.is(close + 1, "{"));
        let part = at > 0 && tokens.is_step(at - 1);
        !part && !declares && !self.declared.contains(tokens.part(at))
    }

    fn finish(&self, lines: &Lines, found: &Found<'a>) -> Call {
        let span = found.start..found.end;
        let text = self.tokens.text.get(span.clone()).unwrap_or_default();
        let line = text.lines().next().unwrap_or_default();
        let mut short: String = line.chars().take(TEXT_CHARACTERS_MAX).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        Call {
            kind: found.kind,
            language: self.language,
            place: lines.place(self.source, span, ""),
            text: short,
            near: found.near.map(|named| named.name.to_owned()),
        }
    }
}

/// Notes a call, unless one of several that make the same value says more: in `Date.now() + uuid()`
/// the UUID counts, in `Date.now() + Math.random()` the random number.
fn note<'a>(found: &mut Vec<Found<'a>>, call: Found<'a>) {
    let weight = |kind: Made| match kind {
        Made::Clock => 0,
        Made::WeakRandom => 1,
        _ => 2,
    };
    let same = |it: &Found<'a>| match (it.near, call.near) {
        (Some(a), Some(b)) => a.at == b.at,
        _ => false,
    };
    match found.last_mut() {
        Some(last) if same(last) => {
            if weight(call.kind) > weight(last.kind) {
                *last = call;
            }
        }
        _ => found.push(call),
    }
}

fn declared<'a>(tokens: &Tokens<'a>) -> HashSet<&'a str> {
    let mut declared = HashSet::new();
    for at in 1..tokens.len() {
        let name = tokens.word(at);
        if name.is_empty() {
            continue;
        }
        let is_constant =
            tokens.is(at + 1, "=") && matches!(tokens.word(at - 1), "const" | "let" | "var");
        if is_constant
            || matches!(
                tokens.word(at - 1),
                "function" | "def" | "fn" | "func" | "fun"
            )
        {
            declared.insert(name);
        }
    }
    declared
}
