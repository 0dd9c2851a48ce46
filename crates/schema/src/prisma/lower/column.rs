//! Draws a model's fields that are columns: their types and defaults.

use super::Reader;
use crate::prisma::native;
use crate::prisma::tree::{
    Argument, Arity, Attribute, Block, BlockKind, Expression, ExpressionKind, Field,
};
use crate::problem::quote;
use crate::{
    Column, Default, Dialect, Generator, Name, Origin, ProblemKind, Sequence, Side, Table, Type,
    TypeKind,
};

impl<'a> Reader<'a> {
    /// The fields that are columns, in order: all but relations.
    pub(super) fn columns(&mut self, block: &'a Block) -> Vec<Column> {
        let fields = block
            .fields()
            .filter(|field| self.model(type_name(field)).is_none());
        let fields: Vec<&Field> = fields.collect();
        fields.into_iter().map(|field| self.column(field)).collect()
    }

    fn column(&mut self, field: &Field) -> Column {
        let mut column = Column::new(column_name(field), self.data_type(field), field.span);
        column.field = Some(field.name.text.clone());
        column.nullable = field.data_type.arity == Arity::Optional;
        column.name_span = field.name.span;
        let default = field.attribute("default");
        column.default = default.and_then(|attribute| self.default(attribute));
        column
    }

    fn data_type(&mut self, field: &Field) -> Type {
        let written = &field.data_type;
        let name = written.name.text.as_str();
        let dialect = self.schema.dialect;
        let native = field.attributes.iter().find(|it| self.is_native(it));
        let mut found = if let Some(unsupported) = &written.unsupported {
            of_unsupported(dialect, unsupported, written.span)
        } else if let Some(attribute) = native {
            let (_, native) = attribute.name.text.split_once('.').unwrap_or_default();
            let arguments: Vec<&str> = attribute.arguments.iter().filter_map(plain).collect();
            native::of_attribute(dialect, native, &arguments, written.span)
        } else if let Some(block) = self.blocks.get(name) {
            let kind = match block.kind {
                BlockKind::Enum => TypeKind::Enum,
                _ => TypeKind::Composite,
            };
            Type::of_user(super::name_of(block), kind, written.span)
        } else {
            if !native::is_scalar(name) {
                let message = format!(
                    "read field {}: no model, enum or type {} is declared",
                    quote(&field.name.text),
                    quote(name)
                );
                self.problem(written.span, ProblemKind::Unresolved, message);
            }
            native::of_scalar(dialect, name, written.span)
        };
        found.list = written.arity == Arity::List;
        let mut declared = written.name.text.clone();
        if let Some(attribute) = native {
            declared.push_str(" @");
            declared.push_str(&attribute.name.text);
            let arguments: Vec<&str> = attribute.arguments.iter().filter_map(plain).collect();
            if !arguments.is_empty() {
                declared.push_str(&["(", &arguments.join(", "), ")"].concat());
            }
        }
        found.declared_as(declared)
    }

    /// Whether the attribute is a native type: `@db.Uuid`, after the name of the datasource.
    pub(super) fn is_native(&self, attribute: &Attribute) -> bool {
        let prefix = attribute
            .name
            .text
            .split_once('.')
            .map(|(prefix, _)| prefix);
        prefix.is_some_and(|prefix| prefix == self.datasource || prefix == "db")
    }

    fn default(&mut self, attribute: &Attribute) -> Option<Default> {
        let Some(value) = attribute.argument("value", Some(0)) else {
            let message = "read `@default`: it has no value";
            self.problem(attribute.span, ProblemKind::Syntax, message);
            return None;
        };
        let (generator, side) = match &value.kind {
            ExpressionKind::Function(name, arguments) => self.function(value, name, arguments),
            _ => (Generator::Literal(text_of(value)), Side::Database),
        };
        Some(Default {
            generator,
            side,
            text: text_of(value),
            span: attribute.span,
        })
    }

    fn function(
        &mut self,
        value: &Expression,
        name: &str,
        arguments: &[Argument],
    ) -> (Generator, Side) {
        let number = || {
            arguments
                .first()
                .and_then(plain)
                .and_then(|text| text.parse().ok())
        };
        let version = |default| {
            number()
                .and_then(|it: u32| u8::try_from(it).ok())
                .unwrap_or(default)
        };
        match name {
            "autoincrement" => (Generator::Autoincrement, Side::Database),
            "sequence" => (Generator::Sequence { name: None }, Side::Database),
            "now" => (Generator::Now, Side::Database),
            "auto" => (Generator::ObjectId, Side::Database),
            "uuid" => {
                let version = Some(version(4));
                (Generator::Uuid { version }, Side::Application)
            }
            "cuid" => {
                let version = version(1);
                (Generator::Cuid { version }, Side::Application)
            }
            "ulid" => (Generator::Ulid, Side::Application),
            "nanoid" => (Generator::Nanoid { length: number() }, Side::Application),
            "dbgenerated" => {
                let text = arguments.first().and_then(plain).unwrap_or_default();
                (Generator::of_expression(text), Side::Database)
            }
            _ => {
                let message = format!("read a default: unknown function {}", quote(name));
                self.problem(value.span, ProblemKind::Unknown, message);
                (Generator::Expression(text_of(value)), Side::Database)
            }
        }
    }

    /// The sequences that PostgreSQL makes for `autoincrement()`.
    pub(super) fn implied_sequences(&mut self, table: &Table) {
        if self.schema.dialect != Dialect::PostgreSql {
            return;
        }
        let counts = |column: &&Column| {
            let default = column.default.as_ref();
            default.is_some_and(|it| it.generator == Generator::Autoincrement)
        };
        for column in table.columns.iter().filter(counts) {
            let name = format!("{}_{}_seq", table.name.name, column.name);
            self.schema.sequences.push(Sequence {
                name: Name::within(table.name.schema.clone(), name),
                owner: Some((table.name.clone(), column.name.clone())),
                data_type: Some(column.data_type.name.clone()),
                last_value: None,
                max_value: None,
                increment: None,
                origin: Origin::Implied,
                span: column.span,
            });
        }
    }
}

pub(super) fn type_name(field: &Field) -> &str {
    &field.data_type.name.text
}

/// The name in the database of a field.
pub(super) fn column_name(field: &Field) -> &str {
    let map = field
        .attribute("map")
        .and_then(|map| map.string("name", Some(0)));
    map.unwrap_or(&field.name.text)
}

/// `Unsupported("circle(2)")` is the database's own type, arguments and all.
fn of_unsupported(dialect: Dialect, text: &str, span: crate::Span) -> Type {
    match text.split_once('(') {
        Some((name, rest)) if rest.ends_with(')') => {
            let arguments = rest.trim_end_matches(')').split(',').map(str::trim);
            Type::new(dialect, name.trim(), &arguments.collect::<Vec<_>>(), span)
        }
        _ => Type::new(dialect, text, &[], span),
    }
}

/// The text of an argument that is a text, a number or a name.
fn plain(argument: &Argument) -> Option<&str> {
    match &argument.value.kind {
        ExpressionKind::String(text)
        | ExpressionKind::Number(text)
        | ExpressionKind::Path(text) => Some(text),
        _ => None,
    }
}

/// A value as one would write it, texts without quotes.
fn text_of(value: &Expression) -> String {
    match &value.kind {
        ExpressionKind::String(text)
        | ExpressionKind::Number(text)
        | ExpressionKind::Path(text) => text.clone(),
        ExpressionKind::Array(values) => {
            let values: Vec<String> = values.iter().map(text_of).collect();
            format!("[{}]", values.join(", "))
        }
        ExpressionKind::Function(name, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(argument_text).collect();
            format!("{name}({})", arguments.join(", "))
        }
    }
}

fn argument_text(argument: &Argument) -> String {
    let value = match &argument.value.kind {
        ExpressionKind::String(text) => format!("\"{text}\""),
        _ => text_of(&argument.value),
    };
    match &argument.name {
        Some(name) => format!("{}: {value}", name.text),
        None => value,
    }
}
