//! What a field's type, native type and default become.

use schema::Source;
use schema::prisma::{Arity, Attribute, ExpressionKind, Field};

use super::KeyDefault;
use super::find::{Models, Moved, is_native};
use crate::plan::Value;

/// What a field is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The name of the type, without `?` and `[]`.
    pub(super) data_type: String,
    /// `@db.Uuid`, if there is to be a native type.
    pub(super) native: Option<String>,
    pub(super) default: Default,
}

/// What becomes of `@default(...)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Default {
    Keep,
    Remove,
    Set(String),
}

pub(super) fn forward(moved: &Moved<'_>, default: KeyDefault) -> Wanted {
    Wanted {
        data_type: "String".to_owned(),
        native: Some(format!("@{}.Uuid", moved.prefix)),
        default: forward_default(moved, default),
    }
}

fn forward_default(moved: &Moved<'_>, default: KeyDefault) -> Default {
    if let Some(expression) = &moved.column.default {
        let quoted = expression.replace('\\', "\\\\").replace('"', "\\\"");
        return Default::Set(format!("@default(dbgenerated(\"{quoted}\"))"));
    }
    let Some(there) = moved.field.attribute("default") else {
        // The application makes the values, now as before.
        return Default::Keep;
    };
    let list = moved.field.data_type.arity == Arity::List;
    match (&moved.column.value, default) {
        (Value::Cast, _) if makes_uuids(there) => Default::Keep,
        // A number that all new rows referred to is nobody's key any more.
        (Value::Reference { .. }, _) => Default::Remove,
        (_, KeyDefault::Uuid7) if !list => Default::Set("@default(uuid(7))".to_owned()),
        _ => Default::Remove,
    }
}

fn makes_uuids(default: &Attribute) -> bool {
    let value = default.argument("value", Some(0)).map(|value| &value.kind);
    matches!(value, Some(ExpressionKind::Function(name, _)) if name == "uuid")
}

/// As the backup has it; where it does not have the field, as the plan remembers it.
pub(super) fn back(moved: &Moved<'_>, backup: &Models<'_>, texts: &[Source]) -> Wanted {
    let model = backup.named(&moved.block.name.text);
    match model.and_then(|model| model.field(&moved.field.name.text)) {
        Some(field) => of_field(field, backup.prefix(), texts),
        None => of_plan(moved),
    }
}

fn of_field(field: &Field, prefix: &str, texts: &[Source]) -> Wanted {
    let text = |attribute: &Attribute| {
        let source = usize::try_from(attribute.span.file)
            .ok()
            .and_then(|it| texts.get(it));
        source.map_or_else(String::new, |source| source.part(attribute.span).to_owned())
    };
    let native = field.attributes.iter().find(|it| is_native(it, prefix));
    let data_type = match &field.data_type.unsupported {
        Some(name) => format!("Unsupported(\"{name}\")"),
        None => field.data_type.name.text.clone(),
    };
    Wanted {
        data_type,
        native: native.map(text),
        default: field
            .attribute("default")
            .map_or(Default::Remove, |it| Default::Set(text(it))),
    }
}

fn of_plan(moved: &Moved<'_>) -> Wanted {
    let from = moved.column.from.trim_end_matches("[]");
    let (name, length) = match from.split_once('(') {
        Some((name, length)) => (name, format!("({length}")),
        None => (from, String::new()),
    };
    let (data_type, native) = match name {
        "smallint" => ("Int", Some("SmallInt".to_owned())),
        "integer" => ("Int", None),
        "bigint" => ("BigInt", None),
        "uuid" => ("String", Some("Uuid".to_owned())),
        "character varying" => ("String", Some(format!("VarChar{length}"))),
        "character" => ("String", Some(format!("Char{length}"))),
        _ => ("String", None),
    };
    let counts = data_type != "String";
    let mint = matches!(moved.column.value, Value::Mint { .. });
    let default = match (moved.field.attribute("default"), counts) {
        (_, true) if mint && moved.column.issued => {
            Default::Set("@default(autoincrement())".to_owned())
        }
        (Some(_), true) => Default::Remove,
        _ => Default::Keep,
    };
    let native = native.map(|native| format!("@{}.{native}", moved.prefix));
    Wanted {
        data_type: data_type.to_owned(),
        native,
        default,
    }
}
