//! Reads `TypeORM`'s entities: classes with decorators.

use std::collections::HashMap;
use std::ops::Range;

use super::super::code::{Arguments, Code};
use super::super::stage::{Draft, Field, Stage, database, reference, typed};
use super::super::types;
use super::object;
use crate::{Generator, Name, Span, Type, TypeKind};

/// Decorators of columns.
const COLUMNS: [&str; 7] = [
    "Column",
    "PrimaryColumn",
    "PrimaryGeneratedColumn",
    "CreateDateColumn",
    "UpdateDateColumn",
    "DeleteDateColumn",
    "VersionColumn",
];

/// A decorator of a property.
struct Decorator {
    name: usize,
    items: Arguments,
}

struct Property {
    decorators: Vec<Decorator>,
    name: usize,
    /// The type, as tokens.
    kind: Range<usize>,
    whole: Range<usize>,
}

struct Entity<'a> {
    code: &'a Code<'a>,
    class: &'a str,
    table: Name,
    properties: Vec<Property>,
    whole: Range<usize>,
    name: usize,
}

/// Creates the tables of all entities.
pub(super) fn read(stage: &mut Stage, codes: &[Code<'_>]) {
    let entities: Vec<Entity<'_>> = codes.iter().flat_map(find).collect();
    let keys = entities
        .iter()
        .filter_map(|it| Some((it.class, key_of(stage, it)?)));
    let keys: HashMap<&str, (Name, String, Type)> = keys.collect();
    for entity in &entities {
        let code = entity.code;
        let span = code.span(&entity.whole);
        let mut draft = Draft::new(entity.table.clone(), span, code.span_of(entity.name));
        draft.model = Some(entity.class.to_owned());
        for property in &entity.properties {
            let field =
                column(stage, code, property).or_else(|| relation(stage, code, property, &keys));
            draft.fields.extend(field);
        }
        stage.create(draft);
    }
}

/// The classes of a file that are entities.
fn find<'a>(code: &'a Code<'a>) -> Vec<Entity<'a>> {
    let mut entities = Vec::new();
    let mut at = 0;
    while at < code.len() {
        if !code.are(at, &["@", "Entity", "("]) {
            at += 1;
            continue;
        }
        let items = code.arguments(at + 2);
        let start = at;
        at = code.after(at + 2);
        let class = (at..code.len())
            .take(CLASS_TOKENS_MAX)
            .find(|at| code.is(*at, "class"));
        let Some(class) = class else { continue };
        let body = (class..code.len())
            .take(CLASS_TOKENS_MAX)
            .find(|at| code.is(*at, "{"));
        let Some((open, close)) = body.and_then(|open| Some((open, code.close(open)?))) else {
            continue;
        };
        let first = items.positional(0);
        let options = first
            .and_then(|it| code.list(&it.value))
            .unwrap_or_default();
        let named = options.named("name").and_then(|it| code.string(&it.value));
        let named = first.and_then(|it| code.string(&it.value)).or(named);
        let schema = options
            .named("schema")
            .and_then(|it| code.string(&it.value));
        let name = named.unwrap_or_else(|| snake(code.text(class + 1)));
        entities.push(Entity {
            code,
            class: code.text(class + 1),
            table: Name::within(schema.filter(|it| it != "public"), name),
            properties: properties(code, open + 1..close),
            whole: start..close + 1,
            name: class + 1,
        });
        at = close;
    }
    entities
}

/// The most tokens between a decorator, its class and the class's body.
const CLASS_TOKENS_MAX: usize = 60;

/// The decorated properties of a body.
fn properties(code: &Code<'_>, body: Range<usize>) -> Vec<Property> {
    let mut found = Vec::new();
    let mut decorators = Vec::new();
    let mut start = body.start;
    let mut at = body.start;
    while at < body.end {
        if code.is(at, "@") && code.is_word(at + 1) {
            if decorators.is_empty() {
                start = at;
            }
            let items = code.arguments(at + 2);
            let has_items = code.is(at + 2, "(") && code.close(at + 2).is_some();
            decorators.push(Decorator {
                name: at + 1,
                items,
            });
            at = if has_items {
                code.after(at + 2)
            } else {
                at + 2
            };
            continue;
        }
        let is_modifier = matches!(
            code.text(at),
            "public" | "private" | "protected" | "readonly" | "declare" | "static"
        );
        if decorators.is_empty() || is_modifier || !code.is_word(at) {
            at = code.after(at);
            continue;
        }
        let name = at;
        let mut end = at + 1;
        while end < body.end && !matches!(code.text(end), ";" | "=" | "@") {
            let is_next = code.token(end).is_some_and(|token| token.first) && end > name + 1;
            if is_next {
                break;
            }
            end = code.after(end);
        }
        let colon = (name..end.min(name + 3)).find(|at| code.is(*at, ":"));
        found.push(Property {
            decorators: std::mem::take(&mut decorators),
            name,
            kind: colon.map_or(end..end, |colon| colon + 1..end),
            whole: start..end,
        });
        at = end;
    }
    found
}

/// The decorator that makes a property a column.
fn column(stage: &mut Stage, code: &Code<'_>, property: &Property) -> Option<Field> {
    let decorator = property
        .decorators
        .iter()
        .find(|it| COLUMNS.contains(&code.text(it.name)))?;
    let word = code.text(decorator.name);
    let items = &decorator.items;
    let first = items.positional(0).and_then(|it| code.string(&it.value));
    let options = items.0.iter().rev().find(|it| code.is(it.value.start, "{"));
    let options = options
        .and_then(|it| code.list(&it.value))
        .unwrap_or_default();
    let text = |name: &str| code.string(&options.named(name)?.value);
    let is = |name: &str| {
        options
            .named(name)
            .is_some_and(|it| code.word(&it.value) == Some("true"))
    };
    let data_type = data_type(stage, code, property, (word, first.as_deref(), &options));
    let name = text("name").unwrap_or_else(|| code.text(property.name).to_owned());
    let mut field = Field::new(name, data_type, code.span(&property.whole));
    field.column.field = Some(code.text(property.name).to_owned());
    field.column.name_span = code.span_of(property.name);
    field.column.nullable = is("nullable") || word == "DeleteDateColumn";
    field.unique = is("unique");
    let span = code.span_of(decorator.name);
    let dialect = stage.dialect;
    field.column.default = options.named("default").map(|it| {
        let written = code.written(&it.value);
        let inner = it.value.clone().find_map(|at| code.string_at(at));
        let generator = match (code.string(&it.value), inner) {
            (Some(text), _) => Generator::Literal(text),
            // `() => 'now()'`
            (None, Some(text)) => Generator::of_expression(&text),
            (None, None) => Generator::Literal(written.to_owned()),
        };
        database(generator, written, code.span(&it.value))
    });
    let generated = property
        .decorators
        .iter()
        .find(|it| code.is(it.name, "Generated"));
    let generated =
        generated.map(|it| it.items.positional(0).and_then(|it| code.string(&it.value)));
    let strategy = match word {
        "PrimaryGeneratedColumn" => Some(first),
        _ => generated,
    };
    if let Some(strategy) = strategy {
        let strategy = strategy.unwrap_or_else(|| "increment".to_owned());
        let made = object::generator(&strategy, dialect);
        field.column.default = made.map(|it| database(it, &strategy, span));
    }
    let is_key = word.starts_with("Primary") || is("primary");
    Some(if is_key { field.key() } else { field })
}

/// The type of the decorator, or what `TypeORM` makes of the language's own.
fn data_type(
    stage: &Stage,
    code: &Code<'_>,
    property: &Property,
    (word, first, options): (&str, Option<&str>, &Arguments),
) -> Type {
    let dialect = stage.dialect;
    let declared = options.named("type").and_then(|it| code.string(&it.value));
    let span = code.span(&property.whole);
    let own = match (word, first) {
        ("PrimaryGeneratedColumn", Some("uuid")) => Some("uuid".to_owned()),
        ("PrimaryGeneratedColumn", _) => declared.or_else(|| Some("integer".to_owned())),
        ("VersionColumn", _) => Some("integer".to_owned()),
        ("Column" | "PrimaryColumn", Some(first)) => Some(first.to_owned()),
        (word, _) if word.ends_with("DateColumn") => {
            declared.or_else(|| Some("timestamp".to_owned()))
        }
        _ => declared,
    };
    let kind = property
        .kind
        .clone()
        .find(|at| code.is_word(*at))
        .map_or("", |at| code.text(at));
    let own = own.unwrap_or_else(|| match kind {
        "number" => "integer".to_owned(),
        "boolean" => "boolean".to_owned(),
        "Date" => "timestamp".to_owned(),
        "Buffer" => "bytea".to_owned(),
        _ => "character varying".to_owned(),
    });
    let (found, _) = typed(types::known(dialect), &own, span);
    let length = options
        .named("length")
        .map(|it| code.written(&it.value).trim_matches(['\'', '"']));
    let mut found = match length {
        Some(length) => types::with_arguments(dialect, &found, &[length]),
        None => found,
    };
    let is_array = options
        .named("array")
        .is_some_and(|it| code.word(&it.value) == Some("true"));
    found.list |= is_array;
    if own == "enum" || own == "simple-enum" {
        found.kind = TypeKind::Enum;
    }
    found.declared_as(own)
}

/// The table, column and type of an entity's key.
fn key_of(stage: &mut Stage, entity: &Entity<'_>) -> Option<(Name, String, Type)> {
    let fields = entity
        .properties
        .iter()
        .filter_map(|it| column(stage, entity.code, it));
    let key = fields.filter(|it| it.primary).map(|it| it.column).next()?;
    Some((entity.table.clone(), key.name, key.data_type))
}

/// `@ManyToOne(() => User) @JoinColumn({ name: 'user_id' }) user: User`.
fn relation(
    stage: &mut Stage,
    code: &Code<'_>,
    property: &Property,
    keys: &HashMap<&str, (Name, String, Type)>,
) -> Option<Field> {
    let decorator = |name: &str| property.decorators.iter().find(|it| code.is(it.name, name));
    let join = decorator("JoinColumn");
    let one = decorator("OneToOne").filter(|_| join.is_some());
    if decorator("ManyToMany").is_some() && decorator("JoinTable").is_some() {
        stage.unknown(code, &property.whole, "its table is not looked for");
        return None;
    }
    let relation = decorator("ManyToOne").or(one)?;
    let target = relation.items.positional(0)?;
    let class = target.value.clone().rev().find(|at| code.is_word(*at));
    let class = class.map_or("", |at| code.text(at));
    let span: Span = code.span(&property.whole);
    let Some((table, key, data_type)) = keys.get(class) else {
        stage.unknown(code, &property.whole, "its class is in none of the files");
        return None;
    };
    let options = join
        .and_then(|it| it.items.positional(0))
        .and_then(|it| code.list(&it.value));
    let named = options.unwrap_or_default();
    let named = named.named("name").and_then(|it| code.string(&it.value));
    let name = named.unwrap_or_else(|| {
        let mut key = key.chars();
        let first = key.next().map(|it| it.to_uppercase().to_string());
        format!(
            "{}{}{}",
            code.text(property.name),
            first.unwrap_or_default(),
            key.as_str()
        )
    });
    let mut data_type = data_type.clone();
    data_type.span = span;
    let mut field = Field::new(&*name, data_type, span);
    field.column.field = Some(code.text(property.name).to_owned());
    field.column.name_span = code.span_of(property.name);
    let options = relation
        .items
        .0
        .iter()
        .rev()
        .find(|it| code.is(it.value.start, "{"));
    let options = options
        .and_then(|it| code.list(&it.value))
        .unwrap_or_default();
    let is_false = |name: &str| {
        options
            .named(name)
            .is_some_and(|it| code.word(&it.value) == Some("false"))
    };
    field.column.nullable = !is_false("nullable");
    field.unique = one.is_some();
    let mut found = reference(&[name], table.clone(), std::slice::from_ref(key), span);
    let on_delete = options
        .named("onDelete")
        .and_then(|it| code.string(&it.value));
    found.on_delete = on_delete
        .and_then(|it| super::super::stage::action(&it))
        .unwrap_or_default();
    found.constraint = !is_false("createForeignKeyConstraints");
    field.reference = Some(found);
    Some(field)
}

/// `UserGroup` to `user_group`, as `TypeORM` names tables.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (at, character) in name.char_indices() {
        if character.is_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.extend(character.to_lowercase());
    }
    snake
}
