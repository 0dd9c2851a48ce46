//! Statements in SQL that depend on what a key is.

use super::tokens::Tokens;
use super::{Kind, Names};

/// A statement's table is looked for this many tokens from the word that makes it of interest.
const REACH: usize = 24;

/// Columns of an `INSERT` that are read.
const COLUMNS_MAX: usize = 400;

/// A key that is cast stands at most this many tokens before the cast.
const CAST_REACH: usize = 8;

const INTEGERS: [&str; 8] = [
    "int", "integer", "bigint", "smallint", "int2", "int4", "int8", "numeric",
];

pub(super) fn kind_at(names: &Names, tokens: &Tokens<'_>, at: usize) -> Option<Kind> {
    match tokens.part(at).to_ascii_lowercase().as_str() {
        "insert" => insert(names, tokens, at),
        "select" if is_star(tokens, at + 1) => {
            let from = (at + 2..at + 6).find(|it| tokens.is(*it, "from"))?;
            table(names, tokens, from + 1).map(|_| Kind::SelectStar)
        }
        "max" => maximum(names, tokens, at),
        "order" if tokens.is(at + 1, "by") => {
            let key = key(names, tokens, at + 2)?;
            let before = at.saturating_sub(REACH);
            has_table(names, tokens, before..at).then_some(key)?;
            Some(Kind::Pagination)
        }
        "::" if is_integer(tokens, at + 1) => {
            let before = at.saturating_sub(CAST_REACH)..at;
            let mut before = before.rev().take_while(|it| !tokens.is(*it, "and"));
            before
                .any(|it| names.is_key(tokens.part(it)))
                .then_some(Kind::CastToNumber)
        }
        "cast" if tokens.part(at + 1) == "(" => {
            let key = key(names, tokens, at + 2)?;
            let cast = tokens.is(key + 1, "as") && is_integer(tokens, key + 2);
            cast.then_some(Kind::CastToNumber)
        }
        _ => None,
    }
}

fn is_integer(tokens: &Tokens<'_>, at: usize) -> bool {
    INTEGERS.iter().any(|name| tokens.is(at, name))
}

/// `*` or `t.*`.
fn is_star(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.part(at) == "*" || (tokens.part(at + 1) == "." && tokens.part(at + 2) == "*")
}

/// The token behind `t` or `schema.t`, if the table is one that moves.
fn table(names: &Names, tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let at = if tokens.part(at + 1) == "." {
        at + 2
    } else {
        at
    };
    names.is_table(tokens.part(at)).then_some(at + 1)
}

/// The place of a key that stands here, with or without its table: `id`, `t.id`.
fn key(names: &Names, tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let at = if tokens.part(at + 1) == "." {
        at + 2
    } else {
        at
    };
    names.is_key(tokens.part(at)).then_some(at)
}

fn has_table(names: &Names, tokens: &Tokens<'_>, range: std::ops::Range<usize>) -> bool {
    let mut words = range;
    words.any(|at| {
        let before = tokens.is(at, "from") || tokens.is(at, "join") || tokens.is(at, "update");
        before && table(names, tokens, at + 1).is_some()
    })
}

fn insert(names: &Names, tokens: &Tokens<'_>, at: usize) -> Option<Kind> {
    if !tokens.is(at + 1, "into") {
        return None;
    }
    let behind = table(names, tokens, at + 2)?;
    let listed = tokens.part(behind) == "(";
    let query = ["select", "values", "with"]
        .iter()
        .any(|word| tokens.is(behind + 1, word));
    if !listed || query {
        let plain = ["values", "select", "with", "table"];
        let goes_on = plain.iter().any(|word| tokens.is(behind, word));
        return (goes_on || listed).then_some(Kind::InsertWithoutColumns);
    }
    let key = names.issued(tokens.part(behind - 1))?;
    let list = behind + 1..tokens.len().min(behind + COLUMNS_MAX);
    let end = list.clone().find(|it| tokens.part(*it) == ")")?;
    let names_key = (list.start..end).any(|it| tokens.is(it, key));
    // Columns that a program puts together cannot be read here.
    let computed = (list.start..end).any(|it| matches!(tokens.part(it), "$" | "{" | "%" | "+"));
    (!names_key && !computed).then_some(Kind::InsertWithoutKey)
}

/// `max(id)` of a table that moves, or `_max: { id: true }` of Prisma's.
fn maximum(names: &Names, tokens: &Tokens<'_>, at: usize) -> Option<Kind> {
    if tokens.part(at + 1) != "(" {
        return None;
    }
    let key = key(names, tokens, at + 2)?;
    let found = has_table(names, tokens, key..key + REACH);
    found.then_some(Kind::Maximum)
}
