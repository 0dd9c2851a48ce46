//! Judges the namespace that a call for a UUID of a name is given.

use std::collections::HashMap;

use super::lexer::TokenKind;
use super::names;
use super::tokens::Tokens;

/// What a namespace is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Namespace {
    /// Not known here, or drawn at random, as it should be.
    Unknown,
    /// Reserved by RFC 9562 for domain names.
    Dns,
    /// Reserved for URLs.
    Url,
    /// Reserved for object identifiers.
    Oid,
    /// Reserved for X.500 distinguished names.
    X500,
    /// All zeroes, or all ones.
    Nil,
    /// Typed by hand: digits in a row, or a version that does not exist.
    Invented,
}

/// The most tokens of a call's arguments that are looked at.
const ARGUMENTS_MAX: usize = 48;

/// The namespace among the arguments between two brackets. A reserved one whose name is of its kind
/// by the look of the other argument, such as `hostname` for domain names, is in its right place.
pub(super) fn of(tokens: &Tokens<'_>, open: usize) -> Namespace {
    let close = tokens.partner(open).unwrap_or(tokens.len());
    let arguments = open + 1..close.min(open + 1 + ARGUMENTS_MAX);
    let mut found = Namespace::Unknown;
    for at in arguments.clone() {
        let here = match tokens.kind(at) {
            Some(TokenKind::Text) => of_text(tokens.part(at)),
            Some(TokenKind::Word) => of_word(tokens, at),
            _ => Namespace::Unknown,
        };
        if here != Namespace::Unknown {
            found = here;
            break;
        }
    }
    let fitting: &[&str] = match found {
        Namespace::Dns => &["domain", "host", "hostname", "fqdn"],
        Namespace::Url => &["url", "uri", "href", "link", "iri"],
        Namespace::Oid => &["oid"],
        Namespace::X500 => &["dn"],
        _ => &[],
    };
    let fits = |at: usize| {
        let words = names::words(tokens.part(at));
        let own = words.iter().any(|word| word.starts_with("namespace"))
            || tokens.is_step(at.wrapping_sub(1));
        !own && words.iter().any(|word| fitting.contains(&word.as_str()))
    };
    if arguments.clone().any(fits) {
        return Namespace::Unknown;
    }
    found
}

/// A constant of a library, such as `NAMESPACE_DNS` or `v5.URL`, or one of this file.
fn of_word(tokens: &Tokens<'_>, at: usize) -> Namespace {
    let word = tokens.part(at);
    let lower = word.to_ascii_lowercase();
    let lower = lower.replace('_', "");
    let marked = lower.contains("namespace") || tokens.is_step(at.wrapping_sub(1));
    let bare = lower.replace("namespace", "");
    let reserved = match bare.as_str() {
        "dns" => Namespace::Dns,
        "url" => Namespace::Url,
        "oid" => Namespace::Oid,
        "x500" => Namespace::X500,
        "nil" if tokens.is_step(at.wrapping_sub(1)) => Namespace::Nil,
        _ => Namespace::Unknown,
    };
    if marked && reserved != Namespace::Unknown {
        return reserved;
    }
    tokens.constant(word)
}

/// The constants of a file whose value is a namespace that is none of the file's own.
pub(super) fn constants<'a>(tokens: &Tokens<'a>) -> HashMap<&'a str, Namespace> {
    let mut found = HashMap::new();
    for at in 0..tokens.len() {
        if tokens.kind(at) != Some(TokenKind::Text) || tokens.part(at).len() != UUID_CHARACTERS {
            continue;
        }
        let value = of_text(tokens.part(at));
        let least = at.saturating_sub(CONSTANT_TOKENS_MAX);
        let sign = (least..at)
            .rev()
            .find(|it| tokens.is(*it, "=") || tokens.is(*it, ":="));
        let Some(sign) = sign.filter(|_| value != Namespace::Unknown) else {
            continue;
        };
        let least = sign.saturating_sub(CONSTANT_TOKENS_MAX);
        // `NAME: Type = value` and `NAME = value`.
        let colon = (least..sign).rev().find(|it| tokens.is(*it, ":"));
        let name = tokens.word(colon.unwrap_or(sign).saturating_sub(1));
        if !name.is_empty() {
            found.insert(name, value);
        }
    }
    found
}

/// The most tokens between a constant and its `=`, and between that and the text.
const CONSTANT_TOKENS_MAX: usize = 6;
/// A UUID as people write it.
const UUID_CHARACTERS: usize = 36;

/// What a text is, if it is a UUID.
fn of_text(text: &str) -> Namespace {
    let Ok(uuid) = text.parse::<ids::Uuid>() else {
        return Namespace::Unknown;
    };
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    let digits = digits.to_ascii_lowercase();
    // The four of RFC 9562, section 6.6, differ in one digit; `6ba7b813` is none of them.
    if digits.starts_with("6ba7b81") && digits.ends_with("9dad11d180b400c04fd430c8") {
        return match &digits[7..8] {
            "0" => Namespace::Dns,
            "1" => Namespace::Url,
            "2" => Namespace::Oid,
            "4" => Namespace::X500,
            _ => Namespace::Invented,
        };
    }
    if uuid.is_nil() || uuid.is_max() {
        return Namespace::Nil;
    }
    let version = u8::from_str_radix(&digits[12..13], 16).unwrap_or(0);
    let variant = u8::from_str_radix(&digits[16..17], 16).unwrap_or(0);
    let mut kinds: Vec<char> = digits.chars().collect();
    kinds.sort_unstable();
    kinds.dedup();
    let real = (1..=8).contains(&version) && (8..=11).contains(&variant);
    if real && kinds.len() >= DIGITS_DIFFERENT_MIN && !digits.starts_with("12345678") {
        Namespace::Unknown
    } else {
        Namespace::Invented
    }
}

/// Of 32 random hexadecimal digits, fewer different ones come once in some 10,000,000 draws.
const DIGITS_DIFFERENT_MIN: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Language;

    fn check(language: Language, text: &str, expected: Namespace) {
        let tokens = Tokens::new(language, text);
        let open = (0..tokens.len()).find(|&at| tokens.is(at, "(")).unwrap();
        assert_eq!(of(&tokens, open), expected, "{text}");
    }

    #[test]
    fn namespaces_are_told_apart() {
        use Language::{Go, Python, Rust, TypeScript};
        check(Python, "uuid5(uuid.NAMESPACE_DNS, email)", Namespace::Dns);
        check(
            Python,
            "uuid5(uuid.NAMESPACE_DNS, hostname)",
            Namespace::Unknown,
        );
        check(TypeScript, "v5(name, v5.URL)", Namespace::Url);
        check(TypeScript, "v5(pageUrl, v5.URL)", Namespace::Unknown);
        check(Go, "NewSHA1(uuid.NameSpaceOID, x)", Namespace::Oid);
        check(Rust, "new_v5(&Uuid::nil(), x)", Namespace::Nil);
        check(
            TypeScript,
            "v5(a, '6ba7b810-9dad-11d1-80b4-00c04fd430c8')",
            Namespace::Dns,
        );
        check(
            TypeScript,
            "v5(a, '00000000-0000-0000-0000-000000000000')",
            Namespace::Nil,
        );
        check(
            TypeScript,
            "v5(a, '12345678-1234-5678-1234-567812345678')",
            Namespace::Invented,
        );
        check(
            TypeScript,
            "v5(a, 'c9b5e1a2-6f0d-4b8e-9a37-5d1f2e8c4b60')",
            Namespace::Unknown,
        );
        check(
            TypeScript,
            "f(a, SPACE); const SPACE = '11111111-1111-1111-1111-111111111111'",
            Namespace::Invented,
        );
        check(TypeScript, "v5(a, space)", Namespace::Unknown);
    }
}
