//! Finds programs that take the last identifier, or the number of items, and add one.

use super::Made;
use super::lexer::TokenKind;
use super::names;
use super::near::{self, Named};
use super::tokens::Tokens;

/// The most tokens within brackets that are looked at.
const INSIDE_MAX: usize = 24;

/// Words of names that hold the last of something, or how many there are.
const LAST: &[&str] = &[
    "max", "maximum", "last", "latest", "highest", "prev", "previous", "biggest",
];
const COUNT: &[&str] = &["length", "len", "count", "size", "total", "sizeof"];
/// Names by which mappers ask the database for the greatest value.
const ASKED: &[&str] = &["maximum", "_max", "__max"];

/// What `left + 1` makes, where it begins, and the name of the identifier that gets it; None if it
/// makes no identifier. `at` is the place of the `+`.
pub(super) fn of<'a>(tokens: &Tokens<'a>, at: usize) -> Option<(Made, usize, Named<'a>)> {
    if at == 0 || tokens.part(at) != "+" || tokens.part(at + 1) != "1" {
        return None;
    }
    // `a + 1 * b`, `ids[i + 1]`: not the whole value.
    let ends = [")", ",", ";", "}"]
        .iter()
        .any(|sign| tokens.is(at + 2, sign));
    if !ends && at + 2 < tokens.len() && !tokens.is_first(at + 2) && !tokens.is_hole(at + 2) {
        return None;
    }
    let last = at - 1;
    let (counts, asked, name) = match tokens.kind(last)? {
        TokenKind::Word => (
            is_last_or_count(tokens.part(last)) || names::is_key(tokens.part(last)),
            false,
            tokens.part(last),
        ),
        TokenKind::Close => {
            let open = tokens.partner(last)?;
            let function = tokens.word(open.wrapping_sub(1));
            let mut inside = (open + 1..last).take(INSIDE_MAX).map(|it| tokens.part(it));
            let within = function.is_empty() || !tokens.is(last, ")");
            let counts = is_last_or_count(function) || (within && inside.clone().any(is_last));
            let chain = tokens.chain_start(open.saturating_sub(1))..last;
            let mut parts = chain.take(INSIDE_MAX * 2).map(|it| tokens.part(it));
            let asked = parts.any(is_asked) || inside.any(is_asked);
            (counts, asked, function)
        }
        _ => return None,
    };
    if !counts && !asked {
        return None;
    }
    let start = start_of(tokens, last);
    let named = near::of(tokens, start)?;
    // `this.nextId = this.nextId + 1` is a counter of the program's own.
    let own = start == last || matches!(tokens.word(start), "this" | "self" | "$this");
    let counter = own && named.name == name;
    let asked = asked
        || tokens
            .text
            .get(tokens.range(start).start..tokens.range(at).start)
            .is_some_and(is_asked);
    let made = if asked {
        Made::MaxPlusOne
    } else {
        Made::LastPlusOne
    };
    (!counter).then_some((made, start, named))
}

fn start_of(tokens: &Tokens<'_>, last: usize) -> usize {
    let Some(open) = tokens.partner(last) else {
        return tokens.chain_start(last);
    };
    let called = open.wrapping_sub(1);
    if tokens.word(called).is_empty() {
        return open;
    }
    tokens.chain_start(called)
}

fn is_last(name: &str) -> bool {
    let words = names::words(name);
    words.iter().any(|word| LAST.contains(&word.as_str()))
}

fn is_last_or_count(name: &str) -> bool {
    let words = names::words(name);
    let is_count = words
        .last()
        .is_some_and(|word| COUNT.contains(&word.as_str()));
    is_count || is_last(name)
}

fn is_asked(text: &str) -> bool {
    ASKED.iter().any(|word| text.contains(word))
}
