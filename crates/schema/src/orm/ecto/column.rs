//! Reads a column as Ecto's migrations declare it.

use std::ops::Range;

use super::super::code::Code;
use super::super::stage::{Field, action, database, reference};
use super::super::types;
use super::{Ecto, UsualKey, call};
use crate::{Generator, Name, Reference, Type};

impl Ecto {
    pub(super) fn timestamps(&self, code: &Code<'_>, line: &Range<usize>) -> Vec<Field> {
        let items = call(code, line.start);
        let text = |name: &str| code.string(&items.named(name)?.value);
        let word = text("type").unwrap_or_else(|| "naive_datetime".to_owned());
        let span = code.span(line);
        let pairs = [("inserted_at", "inserted_at"), ("updated_at", "updated_at")];
        let fields = pairs.iter().filter_map(|(option, usual)| {
            let item = items.named(option);
            if item.is_some_and(|it| code.word(&it.value) == Some("false")) {
                return None;
            }
            let name = item.and_then(|it| code.string(&it.value));
            let name = name.unwrap_or_else(|| (*usual).to_owned());
            let mut field = Field::new(name, self.data_type(&word, span), span);
            field.column.nullable = items
                .named("null")
                .is_some_and(|it| code.word(&it.value) == Some("true"));
            Some(field)
        });
        fields.collect()
    }

    /// `add :name, :type, options`, where the type may be an array or a reference.
    pub(super) fn field(&mut self, code: &Code<'_>, line: &Range<usize>) -> Option<Field> {
        let items = call(code, line.start);
        let name = items
            .positional(0)
            .and_then(|it| Some((code.string(&it.value)?, it)));
        let (Some((name, item)), Some(kind)) = (name, items.positional(1)) else {
            self.stage.unknown(code, line, "it declares no column");
            return None;
        };
        let (data_type, reference) = self.type_of(code, &name, &kind.value);
        let word = code.string(&kind.value).unwrap_or_default();
        let mut field = Field::new(name, data_type, code.span(line));
        field.column.name_span = code.span(&item.value);
        field.reference = reference;
        let option = |name: &str| items.named(name).map(|it| &it.value);
        let size = option("size").map(|it| code.written(it));
        let precision = option("precision").map(|it| code.written(it));
        let scale = option("scale").map(|it| code.written(it));
        let numbers: Vec<&str> = size.into_iter().chain(precision).chain(scale).collect();
        if !numbers.is_empty() {
            let changed =
                types::with_arguments(self.stage.dialect, &field.column.data_type, &numbers);
            field.column.data_type = changed;
        }
        let is_false = |it: &Range<usize>| code.word(it) == Some("false");
        field.column.nullable = !option("null").is_some_and(is_false);
        field.column.computed = option("generated").is_some();
        if let Some(value) = option("default") {
            let written = code.written(value);
            let fragment = value.clone().find_map(|at| code.string_at(at));
            let generator = match (code.string(value), fragment) {
                (Some(text), _) => Generator::Literal(text),
                (None, Some(text)) if code.is(value.start, "fragment") => {
                    Generator::of_expression(&text)
                }
                _ => Generator::Literal(written.to_owned()),
            };
            if written != "nil" {
                field.column.default = Some(database(generator, written, code.span(value)));
            }
        }
        field = self.counted(if word == "id" { "" } else { &word }, field);
        if option("primary_key").is_some_and(|it| code.word(it) == Some("true")) {
            field = field.key();
        }
        Some(field)
    }

    /// `:type`, `{:array, :type}`, `references(:table, type: :uuid)`, `Ecto.UUID`.
    fn type_of(
        &mut self,
        code: &Code<'_>,
        name: &str,
        range: &Range<usize>,
    ) -> (Type, Option<Reference>) {
        let span = code.span(range);
        let written = code.written(range);
        if let Some(word) = code.string(range) {
            return (self.data_type(&word, span).declared_as(word), None);
        }
        if code.is(range.start, "{") {
            let items = code.arguments(range.start);
            let word = items.positional(1).and_then(|it| code.string(&it.value));
            let mut found = self.data_type(&word.unwrap_or_default(), span);
            found.list = true;
            return (found.declared_as(written), None);
        }
        if !code.is(range.start, "references") {
            let found = Type::of_user(Name::new(written), crate::TypeKind::Other, span);
            self.stage
                .unknown(code, range, "it is no type that is known");
            return (found, None);
        }
        let items = call(code, range.start);
        let text = |name: &str| code.string(&items.named(name)?.value);
        let table = items
            .positional(0)
            .and_then(|it| code.string(&it.value))
            .unwrap_or_default();
        let usual = || match &self.key {
            UsualKey::Column(_, word) => word.clone(),
            UsualKey::Absent => "bigserial".to_owned(),
        };
        let word = text("type").unwrap_or_else(usual);
        let target = text("column").unwrap_or_else(|| "id".to_owned());
        let table = Name::within(text("prefix").filter(|it| it != "public"), table);
        let action_of = |name: &str| match text(name)?.as_str() {
            "delete_all" | "update_all" => Some(crate::Action::Cascade),
            "nilify_all" => Some(crate::Action::SetNull),
            "default_all" => Some(crate::Action::SetDefault),
            other => action(other),
        };
        let found = Reference {
            name: text("name"),
            on_delete: action_of("on_delete").unwrap_or_default(),
            on_update: action_of("on_update").unwrap_or_default(),
            ..reference(&[name.to_owned()], table, &[target], span)
        };
        (
            self.data_type(&word, span).declared_as(written),
            Some(found),
        )
    }
}
