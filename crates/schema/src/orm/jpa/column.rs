//! Reads what annotations say of one column: its type, and who makes its values.

use super::super::stage::{application, database, typed};
use super::super::types;
use super::classes::{Class, Member, find};
use super::draw::Pen;
use super::words::TYPES;
use crate::{Default, Dialect, Generator, Name, Type, TypeKind};

impl Pen<'_> {
    pub(super) fn data_type(&mut self, class: &Class, member: &Member) -> Type {
        let code = &self.codes[class.code];
        let dialect = self.stage.dialect;
        let span = code.span_of(member.kind_at);
        let has = |name: &str| find(&member.annotations, name);
        let column = has("Column");
        if let Some(text) = column.and_then(|it| self.text(class, it, "columnDefinition")) {
            // The type, without what follows it.
            let words = text.split_whitespace();
            let is_rest = |it: &&str| {
                ["not", "default", "unique", "primary", "null"]
                    .contains(&it.to_ascii_lowercase().as_str())
            };
            let head: Vec<&str> = words.take_while(|it| !is_rest(it)).collect();
            return typed(dialect, &head.join(" "), span)
                .0
                .declared_as(member.kind.clone());
        }
        let is_text =
            has("Enumerated").is_some_and(|it| code.written(&it.range).contains("STRING"));
        let word = match member.kind.as_str() {
            _ if has("Enumerated").is_some() => {
                if is_text {
                    "String"
                } else {
                    "Short"
                }
            }
            "String" if has("Lob").is_some() => "lob",
            kind => kind,
        };
        if word == "lob" {
            return Type::new(types::known(dialect), "text", &[], span).declared_as("String");
        }
        let Some(found) = types::find(TYPES, dialect, word, span) else {
            return Type::of_user(Name::new(&*member.kind), TypeKind::Other, span);
        };
        let length = column
            .and_then(|it| it.items.named("length"))
            .map(|it| code.written(&it.value));
        match length.filter(|_| word == "String") {
            Some(length) => types::with_arguments(dialect, &found, &[length]),
            None => found,
        }
        .declared_as(member.kind.clone())
    }

    /// Who makes the value of a key.
    pub(super) fn generated(&self, class: &Class, member: &Member) -> Option<Default> {
        let code = &self.codes[class.code];
        let annotations = member.annotations.iter();
        let uuid = annotations
            .clone()
            .find(|it| it.name.ends_with("UuidGenerator"));
        let generic = annotations.clone().find(|it| it.name == "GenericGenerator");
        let sequence = annotations
            .clone()
            .find(|it| it.name == "SequenceGenerator");
        let sequence = sequence.or_else(|| find(&class.annotations, "SequenceGenerator"));
        let tsid = annotations.clone().find(|it| it.name == "Tsid");
        let generated = annotations.clone().find(|it| it.name == "GeneratedValue");
        let first = uuid.or(generated).or(tsid)?;
        let span = code.span(&first.range);
        let text = code.written(&first.range);
        let uuid_of = |version| {
            application(
                Generator::Uuid {
                    version: Some(version),
                },
                text,
                span,
            )
        };
        if uuid.is_some() {
            let version = match text {
                _ if text.contains("VERSION_7") => 7,
                _ if text.contains("TIME") => 1,
                _ => 4,
            };
            return Some(uuid_of(version));
        }
        let generic = generic
            .map_or("", |it| code.written(&it.range))
            .to_lowercase();
        if generic.contains("uuid") {
            return Some(uuid_of(4));
        }
        let name = sequence.and_then(|it| {
            let name = self.text(class, it, "sequenceName");
            name.or_else(|| self.text(class, it, "name"))
        });
        let is_uuid = matches!(member.kind.as_str(), "UUID" | "Uuid");
        Some(match text {
            _ if tsid.is_some() => {
                application(Generator::Expression("tsid".to_owned()), text, span)
            }
            _ if text.contains("UUID") || is_uuid => uuid_of(4),
            _ if text.contains("IDENTITY") && self.stage.dialect == Dialect::MySql => {
                database(Generator::Autoincrement, text, span)
            }
            _ if text.contains("IDENTITY") => {
                database(Generator::Identity { always: false }, text, span)
            }
            // A sequence, or a table that counts like one.
            _ => application(Generator::Sequence { name }, text, span),
        })
    }
}
