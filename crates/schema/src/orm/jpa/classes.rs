//! Finds classes with their annotations, and their fields with theirs.

use std::ops::Range;

use super::super::code::{Arguments, Code};

/// `@Name(...)`.
#[derive(Debug, Clone)]
pub(super) struct Annotation {
    pub(super) name: String,
    pub(super) items: Arguments,
    pub(super) range: Range<usize>,
}

/// A field, a property, or a getter that stands for one.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) name: String,
    /// Its type, without what it holds.
    pub(super) kind: String,
    /// The last type that it holds: `Book` of `List<Book>`.
    pub(super) item: Option<String>,
    /// Whether the type says that it may be null: Kotlin's `?`, classes of Java.
    pub(super) may_be_null: bool,
    pub(super) annotations: Vec<Annotation>,
    pub(super) range: Range<usize>,
    pub(super) name_at: usize,
    pub(super) kind_at: usize,
}

/// A class.
#[derive(Debug)]
pub(super) struct Class {
    pub(super) name: String,
    pub(super) base: Option<String>,
    pub(super) annotations: Vec<Annotation>,
    pub(super) members: Vec<Member>,
    pub(super) range: Range<usize>,
    pub(super) name_at: usize,
    /// Which of the files it is in.
    pub(super) code: usize,
}

pub(super) fn find<'a>(annotations: &'a [Annotation], name: &str) -> Option<&'a Annotation> {
    annotations.iter().find(|it| it.name == name)
}

/// Words that say nothing of a member's type.
const MODIFIERS: [&str; 13] = [
    "private",
    "protected",
    "public",
    "final",
    "volatile",
    "lateinit",
    "var",
    "val",
    "open",
    "override",
    "internal",
    "abstract",
    "synchronized",
];

/// All classes of a file, also those within others.
pub(super) fn read(code: &Code<'_>, number: usize) -> Vec<Class> {
    let mut classes = Vec::new();
    let mut annotations = Vec::new();
    let mut start = None;
    let mut at = 0;
    while at < code.len() {
        if let Some(found) = annotation(code, at) {
            start = start.or(Some(at));
            at = found.range.end;
            annotations.push(found);
            continue;
        }
        let text = code.text(at);
        if text == "class" && code.is_word(at + 1) && !code.is(at.wrapping_sub(1), ".") {
            let class = class(
                code,
                at,
                (std::mem::take(&mut annotations), start.take()),
                number,
            );
            // Its body is walked again, for the classes within.
            classes.extend(class);
        } else if matches!(text, ";" | "}" | "{" | ")") {
            annotations.clear();
            start = None;
        }
        at += 1;
    }
    classes
}

/// `@jakarta.persistence.Column(name = "x")`, `@field:Id`.
fn annotation(code: &Code<'_>, at: usize) -> Option<Annotation> {
    if !code.is(at, "@") || !code.is_word(at + 1) || code.is(at + 1, "interface") {
        return None;
    }
    let mut name = at + 1;
    while matches!(code.text(name + 1), "." | ":") && code.is_word(name + 2) {
        name += 2;
    }
    let close = code.close(name + 1).filter(|_| code.is(name + 1, "("));
    Some(Annotation {
        name: code.text(name).to_owned(),
        items: close.map(|_| code.arguments(name + 1)).unwrap_or_default(),
        range: at..close.unwrap_or(name) + 1,
    })
}

fn class(
    code: &Code<'_>,
    at: usize,
    (annotations, start): (Vec<Annotation>, Option<usize>),
    number: usize,
) -> Option<Class> {
    let name_at = at + 1;
    let mut members = Vec::new();
    let mut base = None;
    let mut end = name_at;
    let mut next = name_at + 1;
    for _ in 0..HEAD_TOKENS_MAX {
        match code.text(next) {
            // Kotlin's constructor.
            "(" if members.is_empty() && base.is_none() => {
                for item in code.arguments(next).0 {
                    members.extend(member(code, item.whole));
                }
            }
            "extends" | ":" => base = Some(code.text(next + 1).to_owned()),
            "{" => {
                let close = code.close(next)?;
                members.extend(body(code, next + 1..close));
                end = close;
                break;
            }
            ";" | "}" | "@" | "class" | "" => break,
            _ => {}
        }
        end = next;
        next = code.after(next);
    }
    Some(Class {
        name: code.text(name_at).to_owned(),
        base,
        annotations,
        members,
        range: start.unwrap_or(at)..end + 1,
        name_at,
        code: number,
    })
}

/// The most tokens between a class's name and its body, brackets counted as one.
const HEAD_TOKENS_MAX: usize = 60;

/// The members of a body: each ends with `;`, with its block, or in Kotlin with its line.
fn body(code: &Code<'_>, range: Range<usize>) -> Vec<Member> {
    let mut members = Vec::new();
    let mut start = range.start;
    let mut at = range.start;
    let mut is_kotlin = false;
    while at < range.end {
        if let Some(found) = annotation(code, at) {
            at = found.range.end;
            continue;
        }
        let is_next_line = |at: usize| code.token(at).is_none_or(|token| token.first);
        let ends = code.is(at, ";") || code.is(at, "{");
        let next = code.after(at);
        is_kotlin |= matches!(code.text(at), "val" | "var");
        if ends || next >= range.end || is_kotlin && is_next_line(next) {
            let last = if ends { at } else { next.min(range.end) };
            members.extend(member(code, start..last));
            start = next;
            is_kotlin = false;
        }
        at = next;
    }
    members
}

/// `private Long id = 1`, `public Long getId()`, `var id: Long? = null`.
fn member(code: &Code<'_>, range: Range<usize>) -> Option<Member> {
    let mut annotations = Vec::new();
    let mut at = range.start;
    while let Some(found) = annotation(code, at).filter(|it| it.range.end <= range.end) {
        at = found.range.end;
        annotations.push(found);
    }
    let is_kotlin = (at..range.end.min(at + 4)).any(|at| matches!(code.text(at), "val" | "var"));
    while at < range.end && MODIFIERS.contains(&code.text(at)) {
        at += 1;
    }
    if matches!(
        code.text(at),
        "static" | "transient" | "class" | "fun" | "enum" | "interface" | "const"
    ) {
        return None;
    }
    let (name_at, kind) = if is_kotlin {
        let colon = code.is(at + 1, ":").then_some(at + 1)?;
        let end = (colon..range.end)
            .find(|it| code.is(*it, "="))
            .unwrap_or(range.end);
        (at, colon + 1..end)
    } else {
        let is_end = |at: &usize| matches!(code.text(*at), "=" | "(" | ";");
        let end = (at..range.end).find(is_end).unwrap_or(range.end);
        (end.checked_sub(1)?, at..end.checked_sub(1)?)
    };
    if kind.is_empty() || !code.is_word(name_at) || kind.clone().any(|at| code.is(at, "static")) {
        return None;
    }
    let is_getter = !is_kotlin && code.is(name_at + 1, "(");
    let mut name = code.text(name_at).to_owned();
    if is_getter {
        let bare = name
            .strip_prefix("get")
            .or_else(|| name.strip_prefix("is"))?;
        let first = bare.chars().next()?;
        name = format!("{}{}", first.to_lowercase(), &bare[first.len_utf8()..]);
        // Only annotated getters stand for a property.
        if annotations.is_empty() {
            return None;
        }
    }
    let end = kind
        .clone()
        .find(|at| code.is(*at, "<"))
        .unwrap_or(kind.end);
    let kind_at = (kind.start..end).rev().find(|at| code.is_word(*at))?;
    let item = (end..kind.end).rev().find(|at| code.is_word(*at));
    let is_array = kind.clone().any(|at| code.is(at, "["));
    let word = code.text(kind_at);
    let is_primitive = word.starts_with(|c: char| c.is_lowercase());
    let is_marked = kind.clone().any(|at| code.is(at, "?"));
    Some(Member {
        kind: format!("{word}{}", if is_array { "[]" } else { "" }),
        item: item.map(|at| code.text(at).to_owned()),
        may_be_null: if is_kotlin { is_marked } else { !is_primitive },
        name,
        annotations,
        range,
        name_at,
        kind_at,
    })
}
