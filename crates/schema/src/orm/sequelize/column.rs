//! Reads a column as Sequelize declares it: `{ type: DataTypes.UUID, primaryKey: true }`.

use std::ops::Range;

use super::super::code::{Argument, Arguments, Code};
use super::super::migration;
use super::super::stage::{Field, Stage, action, application, database, reference, typed};
use super::super::types::{self, Row};
use crate::{Default, Dialect, Generator, Reference, Span, Type};

/// What Sequelize's types become.
const TYPES: &[Row] = &[
    (
        "STRING",
        ["character varying(255)", "varchar(255)", "varchar(255)"],
    ),
    ("CHAR", ["character(255)", "char(255)", "char(255)"]),
    ("TEXT", ["text", "text", "text"]),
    ("CITEXT", ["citext", "text", "text"]),
    ("INTEGER", ["integer", "int", "integer"]),
    ("BIGINT", ["bigint", "bigint", "bigint"]),
    ("SMALLINT", ["smallint", "smallint", "smallint"]),
    ("MEDIUMINT", ["integer", "mediumint", "mediumint"]),
    ("TINYINT", ["smallint", "tinyint", "tinyint"]),
    ("FLOAT", ["double precision", "float", "float"]),
    ("REAL", ["real", "real", "real"]),
    ("DOUBLE", ["double precision", "double", "double"]),
    ("DECIMAL", ["numeric", "decimal", "decimal"]),
    ("NUMBER", ["numeric", "decimal", "decimal"]),
    ("BOOLEAN", ["boolean", "tinyint(1)", "tinyint(1)"]),
    ("DATE", ["timestamptz", "datetime", "datetime"]),
    ("DATEONLY", ["date", "date", "date"]),
    ("NOW", ["timestamptz", "datetime", "datetime"]),
    ("TIME", ["time", "time", "time"]),
    ("UUID", ["uuid", "char(36)", "uuid"]),
    ("UUIDV1", ["uuid", "char(36)", "uuid"]),
    ("UUIDV4", ["uuid", "char(36)", "uuid"]),
    ("JSON", ["json", "json", "json"]),
    ("JSONB", ["jsonb", "json", "jsonb"]),
    ("BLOB", ["bytea", "blob", "blob"]),
    ("HSTORE", ["hstore", "hstore", "hstore"]),
    ("INET", ["inet", "inet", "inet"]),
    ("CIDR", ["cidr", "cidr", "cidr"]),
    ("MACADDR", ["macaddr", "macaddr", "macaddr"]),
    ("GEOMETRY", ["geometry", "geometry", "geometry"]),
    ("GEOGRAPHY", ["geography", "geography", "geography"]),
    ("TSVECTOR", ["tsvector", "tsvector", "tsvector"]),
    ("ENUM", ["enum", "enum", "text"]),
];

/// The column of an object, or of a type that stands alone. What is neither is reported.
pub(super) fn read(
    stage: &mut Stage,
    code: &Code<'_>,
    (name, name_span): (&str, Span),
    item: &Argument,
) -> Option<Field> {
    let is_object = code.is(item.value.start, "{");
    let members = code
        .list(&item.value)
        .filter(|_| is_object)
        .unwrap_or_default();
    let declared = if is_object {
        members.named("type").map(|it| &it.value)
    } else {
        Some(&item.value)
    };
    let dialect = stage.dialect;
    let data_type = declared.and_then(|range| data_type(code, dialect, range));
    let Some(data_type) = data_type else {
        stage.unknown(code, &item.whole, "the column has no type that is known");
        return None;
    };
    let text = |word: &str| members.named(word).and_then(|it| code.string(&it.value));
    let is = |word: &str, value: &str| {
        members
            .named(word)
            .is_some_and(|it| code.word(&it.value) == Some(value))
    };
    let name = text("field").unwrap_or_else(|| name.to_owned());
    let mut field = Field::new(&*name, data_type, code.span(&item.whole));
    field.column.name_span = name_span;
    field.column.nullable = !is("allowNull", "false");
    field.column.default = members
        .named("defaultValue")
        .and_then(|it| default(code, &it.value));
    field.unique = members
        .named("unique")
        .is_some_and(|it| code.word(&it.value) != Some("false"));
    field.reference = target(code, &name, &members, field.column.span);
    if is("autoIncrement", "true") || is("autoIncrementIdentity", "true") {
        field = field.counted(dialect);
    }
    Some(if is("primaryKey", "true") {
        field.key()
    } else {
        field
    })
}

/// `Sequelize.STRING(40)`, `DataTypes.INTEGER.UNSIGNED`, `DataTypes.ARRAY(DataTypes.UUID)` or a
/// type of the database's in quotes.
fn data_type(code: &Code<'_>, dialect: Dialect, range: &Range<usize>) -> Option<Type> {
    let span = code.span(range);
    let written = code.written(range);
    if let Some(text) = code.string(range) {
        return Some(typed(dialect, &text, span).0.declared_as(text));
    }
    let is_upper = |at: &usize| {
        let word = code.text(*at);
        let others = ["ARRAY", "VIRTUAL", "RANGE"];
        others.contains(&word) || TYPES.iter().any(|(name, _)| *name == word)
    };
    let at = range.clone().find(is_upper)?;
    let word = code.text(at);
    let arguments = if code.is(at + 1, "(") {
        code.arguments(at + 1)
    } else {
        Arguments::default()
    };
    if word == "ARRAY" {
        let item = &arguments.positional(0)?.value;
        // One level: an array of arrays is stored as an array.
        let inner = item
            .clone()
            .find(|at| is_upper(at) && !code.is(*at, "ARRAY"))?;
        let mut found = types::find(TYPES, dialect, code.text(inner), span)?;
        found.list = true;
        return Some(found.declared_as(written));
    }
    if matches!(word, "VIRTUAL" | "RANGE") {
        return Some(Type::new(dialect, &word.to_lowercase(), &[], span).declared_as(written));
    }
    let found = types::find(TYPES, dialect, word, span)?;
    let is_unsigned = range.clone().any(|at| code.is(at, "UNSIGNED"));
    let is_binary = range.clone().any(|at| code.is(at, "BINARY"));
    let numbers: Vec<&str> = arguments
        .0
        .iter()
        .map(|it| code.written(&it.value))
        .filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    let found = match dialect {
        Dialect::MySql if is_unsigned => {
            Type::new(dialect, &format!("{} unsigned", found.name), &[], span)
        }
        Dialect::MySql if is_binary => Type::new(dialect, "varbinary", &numbers, span),
        _ if numbers.is_empty()
            || matches!(word, "INTEGER" | "BIGINT" | "TEXT" | "BLOB" | "DATE") =>
        {
            found
        }
        _ => types::with_arguments(dialect, &found, &numbers),
    };
    Some(found.declared_as(written))
}

/// `Sequelize.UUIDV4` is made by the application; `literal` and `fn` are the database's.
fn default(code: &Code<'_>, range: &Range<usize>) -> Option<Default> {
    let written = code.written(range);
    let span = code.span(range);
    let text = range.clone().find_map(|at| code.string_at(at));
    let calls = |name: &str| {
        range
            .clone()
            .any(|at| code.is(at, name) && code.is(at + 1, "("))
    };
    let last = code.text(range.end.checked_sub(1)?);
    if calls("literal") {
        let text = text.unwrap_or_default();
        return Some(database(Generator::of_expression(&text), written, span));
    }
    if calls("fn") {
        let function = format!("{}()", text.unwrap_or_default());
        return Some(database(Generator::of_expression(&function), written, span));
    }
    let version = match last {
        "UUIDV1" => Some(1),
        "UUIDV4" | "uuidV4" => Some(4),
        "UUIDV7" | "uuidV7" => Some(7),
        _ => None,
    };
    if version.is_some() {
        return Some(application(Generator::Uuid { version }, written, span));
    }
    if last == "NOW" {
        return Some(application(Generator::Now, written, span));
    }
    let is_plain = range.len() == 1 || code.is(range.start, "-");
    let literal = code
        .string(range)
        .or_else(|| is_plain.then(|| written.to_owned()));
    Some(match literal {
        Some(_) if written == "null" => return None,
        Some(text) => database(Generator::Literal(text), written, span),
        None => application(Generator::Expression(written.to_owned()), written, span),
    })
}

/// `references: { model: 'users', key: 'id' }`.
fn target(code: &Code<'_>, column: &str, members: &Arguments, span: Span) -> Option<Reference> {
    let item = members.named("references")?;
    let target = code.list(&item.value).unwrap_or_default();
    let table = target.named("model").or_else(|| target.named("table"));
    let table = match table {
        Some(it) => migration::table_name(code, &it.value)?,
        None => migration::table_name(code, &item.value)?,
    };
    let key = target.named("key").and_then(|it| code.strings(&it.value));
    let on = |name: &str| action(&code.string(&members.named(name)?.value)?);
    Some(Reference {
        on_delete: on("onDelete").unwrap_or_default(),
        on_update: on("onUpdate").unwrap_or_default(),
        ..reference(&[column.to_owned()], table, &key.unwrap_or_default(), span)
    })
}
