//! Expressions and declarations in any language that depend on what a key is.

use super::tokens::Tokens;
use super::{Kind, Names};

/// A key within the parentheses of a call is looked for this many tokens behind them.
const CALL_REACH: usize = 12;

/// Functions that read a number from a text.
const NUMBERS: [&str; 11] = [
    "parseInt",
    "Number",
    "BigInt",
    "int",
    "parseLong",
    "Atoi",
    "ParseInt",
    "intval",
    "toInt",
    "Integer",
    "parseFloat",
];

/// Types of whole numbers in one language or another.
const TYPES: [&str; 19] = [
    "number",
    "bigint",
    "int",
    "Int",
    "long",
    "Long",
    "Integer",
    "i32",
    "i64",
    "u32",
    "u64",
    "int32",
    "int64",
    "uint",
    "uint32",
    "uint64",
    "BigInteger",
    "Int32",
    "Int64",
];

pub(super) fn kind_at(names: &Names, tokens: &Tokens<'_>, at: usize) -> Option<Kind> {
    let part = tokens.part(at);
    if part == "_max" || part == "orderBy" || part == "cursor" {
        // `_max: { id: true }`, `orderBy: [{ id: "asc" }]`, `cursor: { id }`
        let inside = (at + 2..at + 5).find(|it| tokens.is_word(*it))?;
        let kind = if part == "_max" {
            Kind::Maximum
        } else {
            Kind::Pagination
        };
        let is_object = tokens.part(at + 1) == ":" && tokens.part(inside - 1) == "{";
        return (is_object && names.is_key(tokens.part(inside))).then_some(kind);
    }
    if NUMBERS.contains(&part) && tokens.part(at + 1) == "(" {
        return call(names, tokens, at + 1).then_some(Kind::ParsesNumber);
    }
    if part == "+" && is_parameter(names, tokens, at + 1) {
        return Some(Kind::ParsesNumber);
    }
    if names.is_key(part) {
        return of_key(tokens, at);
    }
    // `Long id;`, `public int EventId { get; }`
    let declares = TYPES.contains(&part) && names.is_key(tokens.part(at + 1));
    let ends = [";", "=", ",", ")", "{"].contains(&tokens.part(at + 2));
    (declares && ends).then_some(Kind::NumberType)
}

fn of_key(tokens: &Tokens<'_>, at: usize) -> Option<Kind> {
    let (next, number) = (tokens.part(at + 1), tokens.is_number(at + 2));
    match next {
        // In a sentence, a word stands before it: `the id - 1 of 3`.
        "+" | "-" if number && !is_prose(tokens, at) => Some(Kind::Arithmetic),
        "++" | "+=" => Some(Kind::Arithmetic),
        ">" | "<" | ">=" | "<=" if number || is_value(tokens.part(at + 2)) => {
            Some(Kind::Pagination)
        }
        ":" if is_number_type(tokens, at + 2) => Some(Kind::NumberType),
        "?" if tokens.part(at + 2) == ":" && is_number_type(tokens, at + 3) => {
            Some(Kind::NumberType)
        }
        // `ID int64`
        _ if TYPES.contains(&next) && tokens.start(at + 1) > 0 && is_field_of_go(tokens, at) => {
            Some(Kind::NumberType)
        }
        "." if tokens.part(at + 2) == "to_i" => Some(Kind::ParsesNumber),
        _ => None,
    }
}

/// A placeholder of a statement: `$1`, `?`, `%s`, `:last`, `${last}`.
fn is_value(sign: &str) -> bool {
    matches!(sign, "$" | "?" | "%" | ":" | "@")
}

fn is_prose(tokens: &Tokens<'_>, at: usize) -> bool {
    let keywords = [
        "select", "where", "and", "or", "return", "set", "by", "in", "await",
    ];
    let before = at.wrapping_sub(1);
    tokens.is_word(before) && !keywords.iter().any(|word| tokens.is(before, word))
}

fn is_number_type(tokens: &Tokens<'_>, at: usize) -> bool {
    let schema = matches!(tokens.part(at), "z" | "t" | "Joi" | "yup") && tokens.part(at + 1) == ".";
    let named = if schema {
        tokens.part(at + 2)
    } else {
        tokens.part(at)
    };
    TYPES.contains(&named) || (schema && tokens.part(at + 4) == "number")
}

/// A line of a structure: a name with a capital letter, and a type.
fn is_field_of_go(tokens: &Tokens<'_>, at: usize) -> bool {
    let capital = tokens
        .part(at)
        .starts_with(|first: char| first.is_ascii_uppercase());
    capital
        && tokens
            .part(at + 1)
            .starts_with(|first: char| first.is_ascii_lowercase())
}

/// Whether a key stands within the parentheses that open here.
fn call(names: &Names, tokens: &Tokens<'_>, open: usize) -> bool {
    let inside = open + 1..open + CALL_REACH;
    let mut inside = inside.take_while(|at| tokens.part(*at) != ")");
    inside.any(|at| names.is_key(tokens.part(at)))
}

/// `req.params.id`, `params.id`.
fn is_parameter(names: &Names, tokens: &Tokens<'_>, at: usize) -> bool {
    let at = if tokens.part(at + 1) == "." && tokens.is(at, "req") {
        at + 2
    } else {
        at
    };
    let from = ["params", "query"].iter().any(|word| tokens.is(at, word));
    from && tokens.part(at + 1) == "." && names.is_key(tokens.part(at + 2))
}
