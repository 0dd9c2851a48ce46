//! Reads the objects that `TypeORM`'s migrations describe tables with.

use std::ops::Range;

use super::super::code::{Argument, Arguments, Code};
use super::super::migration;
use super::super::stage::{Draft, Field, Stage, action, database, index, key, reference, typed};
use super::super::types;
use crate::{Default, Dialect, Generator, Index, Key, Reference, Span};

/// The members of `{...}`, `new Table({...})` or a spread of neither.
pub(super) fn members(code: &Code<'_>, range: &Range<usize>) -> Option<Arguments> {
    let open = range.clone().find(|at| code.is(*at, "{"))?;
    let is_plain = open == range.start || code.is(range.start, "new");
    code.close(open).filter(|_| is_plain)?;
    Some(code.arguments(open))
}

fn text(code: &Code<'_>, members: &Arguments, name: &str) -> Option<String> {
    code.string(&members.named(name)?.value)
}

fn texts(code: &Code<'_>, members: &Arguments, name: &str) -> Vec<String> {
    let item = members.named(name);
    item.and_then(|it| code.strings(&it.value))
        .unwrap_or_default()
}

fn is(code: &Code<'_>, members: &Arguments, name: &str, word: &str) -> bool {
    members
        .named(name)
        .is_some_and(|it| code.word(&it.value) == Some(word))
}

/// The objects of a list.
fn list(code: &Code<'_>, members: &Arguments, name: &str) -> Vec<Argument> {
    let item = members.named(name).and_then(|it| code.list(&it.value));
    item.unwrap_or_default().0
}

pub(super) fn table(
    stage: &mut Stage,
    code: &Code<'_>,
    members_of: &Arguments,
    range: &Range<usize>,
) -> Option<Draft> {
    let name = members_of.named("name")?;
    let table = migration::dotted(&code.string(&name.value)?);
    let mut draft = Draft::new(table, code.span(range), code.span(&name.value));
    draft.if_not_exists = true;
    for item in list(code, members_of, "columns") {
        let field = column(stage, code, &item);
        draft.complete &= field.is_some();
        draft.fields.extend(field);
    }
    let objects = |name: &str| {
        let items = list(code, members_of, name).into_iter();
        items.filter_map(|it| Some((members(code, &it.value)?, code.span(&it.whole))))
    };
    draft.references = objects("foreignKeys")
        .map(|(it, span)| reference_of(code, &it, span))
        .collect();
    draft.uniques = objects("uniques")
        .map(|(it, span)| key_of(code, &it, span))
        .collect();
    draft.indexes = objects("indices")
        .map(|(it, span)| index_of(code, &it, span))
        .collect();
    Some(draft)
}

/// `{ name: 'id', type: 'uuid', isPrimary: true, generationStrategy: 'uuid' }`.
pub(super) fn column(stage: &mut Stage, code: &Code<'_>, item: &Argument) -> Option<Field> {
    let found = members(code, &item.value);
    let parts = found
        .as_ref()
        .and_then(|it| Some((it.named("name")?, it.named("type")?)));
    let parts = parts.and_then(|(name, kind)| {
        Some((
            code.string(&name.value)?,
            code.string(&kind.value)?,
            name,
            kind,
        ))
    });
    let (Some(members), Some((name, kind, name_at, kind_at))) = (&found, parts) else {
        stage.unknown(code, &item.whole, "the column has no plain name and type");
        return None;
    };
    let dialect = stage.dialect;
    let (mut data_type, counter) = typed(dialect, &kind, code.span(&kind_at.value));
    let number = |name: &str| {
        members
            .named(name)
            .map(|it| code.written(&it.value).trim_matches(['\'', '"']))
    };
    let numbers = number("length")
        .into_iter()
        .chain(number("precision"))
        .chain(number("scale"));
    let numbers: Vec<&str> = numbers.filter(|it| !it.is_empty()).collect();
    if !numbers.is_empty() {
        data_type = types::with_arguments(dialect, &data_type, &numbers);
    }
    data_type.list = is(code, members, "isArray", "true");
    let mut field = Field::new(name, data_type, code.span(&item.whole));
    field.column.name_span = code.span(&name_at.value);
    field.column.nullable = is(code, members, "isNullable", "true");
    field.unique = is(code, members, "isUnique", "true");
    let default = members.named("default").map(|it| {
        let written = code.written(&it.value);
        let text = code.string(&it.value).unwrap_or_else(|| written.to_owned());
        database(Generator::of_expression(&text), &text, code.span(&it.value))
    });
    field.column.default = generated(code, members, dialect).or(counter).or(default);
    Some(if is(code, members, "isPrimary", "true") {
        field.key()
    } else {
        field
    })
}

/// `isGenerated` counts unless the strategy says otherwise.
fn generated(code: &Code<'_>, members: &Arguments, dialect: Dialect) -> Option<Default> {
    let strategy = text(code, members, "generationStrategy");
    if strategy.is_none() && !is(code, members, "isGenerated", "true") {
        return None;
    }
    let item = members
        .named("generationStrategy")
        .or_else(|| members.named("isGenerated"))?;
    let generator = generator(strategy.as_deref().unwrap_or("increment"), dialect)?;
    Some(database(
        generator,
        code.written(&item.whole),
        code.span(&item.whole),
    ))
}

/// What makes the values of a strategy.
pub(super) fn generator(strategy: &str, dialect: Dialect) -> Option<Generator> {
    match strategy {
        "uuid" => Some(Generator::Uuid { version: Some(4) }),
        "identity" => Some(Generator::Identity { always: false }),
        "increment" if dialect == Dialect::PostgreSql => Some(Generator::Serial),
        "increment" | "rowid" => Some(Generator::Autoincrement),
        _ => None,
    }
}

pub(super) fn reference_of(code: &Code<'_>, members: &Arguments, span: Span) -> Reference {
    let table = text(code, members, "referencedTableName").unwrap_or_default();
    let columns = texts(code, members, "columnNames");
    let target = texts(code, members, "referencedColumnNames");
    let on = |name| text(code, members, name).and_then(|it| action(&it));
    Reference {
        name: text(code, members, "name"),
        on_delete: on("onDelete").unwrap_or_default(),
        on_update: on("onUpdate").unwrap_or_default(),
        ..reference(&columns, migration::dotted(&table), &target, span)
    }
}

pub(super) fn key_of(code: &Code<'_>, members: &Arguments, span: Span) -> Key {
    let unnamed = key(&texts(code, members, "columnNames"), span);
    Key {
        name: text(code, members, "name"),
        ..unnamed
    }
}

pub(super) fn index_of(code: &Code<'_>, members: &Arguments, span: Span) -> Index {
    let columns = texts(code, members, "columnNames");
    let is_unique = is(code, members, "isUnique", "true");
    let mut found = index(text(code, members, "name"), &columns, is_unique, span);
    found.predicate = text(code, members, "where");
    found
}
