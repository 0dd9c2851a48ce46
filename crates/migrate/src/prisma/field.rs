//! Puts one field together again, with another type, native type and default.

use schema::prisma::{Arity, Attribute, Field};

use super::find::is_native;
use super::wanted::{Default, Wanted};

/// The order in which Prisma's formatter sorts attributes; native types and all others come last.
const ORDER: [&str; 7] = [
    "id",
    "unique",
    "default",
    "updatedAt",
    "map",
    "relation",
    "ignore",
];

/// What stands behind a field's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pieces {
    /// With `?` or `[]`.
    pub(super) data_type: String,
    /// Attributes, each with the blanks in front of it.
    pub(super) attributes: Vec<(String, String)>,
}

/// The field as written.
pub(super) fn written(text: &str, field: &Field) -> Pieces {
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default().to_owned();
    let mut end = field.data_type.span.range().end;
    let mut attributes = Vec::new();
    for attribute in &field.attributes {
        let range = attribute.span.range();
        attributes.push((part(end..range.start), part(range.clone())));
        end = range.end;
    }
    Pieces {
        data_type: part(field.data_type.span.range()),
        attributes,
    }
}

/// The field as it is to be. Attributes that stay keep their text and their order.
pub(super) fn rebuilt(text: &str, field: &Field, wanted: &Wanted, prefix: &str) -> Pieces {
    let mut pieces = written(text, field);
    pieces.data_type = data_type(text, field, &wanted.data_type);
    let mut kept: Vec<(String, (String, String))> = Vec::new();
    let mut native = wanted.native.clone();
    for (attribute, (gap, text)) in field.attributes.iter().zip(pieces.attributes) {
        let becomes = if is_native(attribute, prefix) {
            // Where there were several, which Prisma refuses, the first one stays.
            native.take()
        } else {
            default(attribute, text, &wanted.default)
        };
        if let Some(text) = becomes {
            kept.push((attribute.name.text.clone(), (gap, text)));
        }
    }
    if let (Default::Set(text), None) = (&wanted.default, field.attribute("default")) {
        insert(&mut kept, "default", text.clone());
    }
    if let Some(text) = native {
        insert(&mut kept, "db", text);
    }
    pieces.attributes = kept.into_iter().map(|(_, piece)| piece).collect();
    pieces
}

fn data_type(text: &str, field: &Field, name: &str) -> String {
    let written = &field.data_type;
    if written.unsupported.is_some() {
        let arity = match written.arity {
            Arity::Required => "",
            Arity::Optional => "?",
            Arity::List => "[]",
        };
        return format!("{name}{arity}");
    }
    let rest = text.get(written.name.span.range().end..written.span.range().end);
    format!("{name}{}", rest.unwrap_or_default())
}

fn default(attribute: &Attribute, text: String, wanted: &Default) -> Option<String> {
    match wanted {
        Default::Remove if attribute.name.text == "default" => None,
        Default::Set(new) if attribute.name.text == "default" => Some(new.clone()),
        _ => Some(text),
    }
}

fn insert(kept: &mut Vec<(String, (String, String))>, name: &str, text: String) {
    let rank = |name: &str| {
        ORDER
            .iter()
            .position(|it| *it == name)
            .unwrap_or(ORDER.len())
    };
    let at = kept
        .iter()
        .position(|(other, _)| rank(other) > rank(name))
        .unwrap_or(kept.len());
    let mut gap = " ".to_owned();
    if let Some((_, (first, _))) = kept.first_mut().filter(|_| at == 0) {
        // The blanks that align the first attribute stay in front of whichever is first.
        std::mem::swap(first, &mut gap);
    }
    kept.insert(at, (name.to_owned(), (gap, text)));
}
