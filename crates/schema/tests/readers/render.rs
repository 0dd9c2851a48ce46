//! Prints a picture in a form that a test can hold beside its source.

#![expect(
    clippy::format_push_string,
    reason = "a test may allocate, and `write!` would need an `expect` on each line"
)]

use std::fmt::Write as _;

use schema::{
    Action, Column, Default, Generator, Index, IndexPart, Key, Reference, Schema, Side, Table,
};

/// One line per thing: tables with their columns, keys, references and indexes, then the rest.
pub(crate) fn render(schema: &Schema) -> String {
    let mut text = String::new();
    for table in &schema.tables {
        table_lines(&mut text, table).expect("a String takes all that is written to it");
    }
    for view in &schema.views {
        let kind = if view.materialized {
            "materialized view"
        } else {
            "view"
        };
        line(&mut text, format_args!("{kind} {}", view.name));
        for column in &view.columns {
            line(&mut text, format_args!("  {}", column_text(column)));
        }
    }
    for composite in &schema.composites {
        line(&mut text, format_args!("type {}", composite.name));
        for field in &composite.fields {
            line(&mut text, format_args!("  {}", column_text(field)));
        }
    }
    for it in &schema.enums {
        line(
            &mut text,
            format_args!("enum {}: {}", it.name, it.values.join(", ")),
        );
    }
    for it in &schema.domains {
        line(
            &mut text,
            format_args!("domain {}: {}", it.name, it.base.name),
        );
    }
    for it in &schema.sequences {
        let owner = it
            .owner
            .as_ref()
            .map(|(table, column)| format!(" of {table}.{column}"));
        let line_of = format!(
            "sequence {}{} {:?}",
            it.name,
            owner.unwrap_or_default(),
            it.origin
        );
        line(&mut text, format_args!("{line_of}"));
    }
    text
}

/// The messages of a picture, with what they point at.
pub(crate) fn problems(schema: &Schema, texts: &[&str]) -> Vec<String> {
    let problems = schema.problems.iter().map(|problem| {
        let text = texts[problem.span.file as usize];
        let number = text[..problem.span.range().start].matches('\n').count() + 1;
        format!(
            "{number} {:?} {}",
            &text[problem.span.range()],
            problem.message
        )
    });
    problems.collect()
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    writeln!(text, "{arguments}").expect("a String takes all that is written to it");
}

fn table_lines(text: &mut String, table: &Table) -> std::fmt::Result {
    write!(text, "{}", table.name)?;
    if let Some(model) = table
        .model
        .as_ref()
        .filter(|model| **model != table.name.name)
    {
        write!(text, " ({model})")?;
    }
    writeln!(text, "{}", if table.complete { "" } else { " partly" })?;
    for column in &table.columns {
        writeln!(text, "  {}", column_text(column))?;
    }
    if let Some(key) = &table.primary_key {
        writeln!(text, "  key {}", key_text(key))?;
    }
    for key in &table.uniques {
        writeln!(text, "  unique {}", key_text(key))?;
    }
    for reference in &table.references {
        writeln!(text, "  {}", reference_text(reference))?;
    }
    for index in &table.indexes {
        writeln!(text, "  {}", index_text(index))?;
    }
    Ok(())
}

fn column_text(column: &Column) -> String {
    let mut text = column.name.clone();
    if let Some(field) = column.field.as_ref().filter(|field| **field != column.name) {
        text.push_str(&format!(" ({field})"));
    }
    let data_type = &column.data_type;
    text.push_str(&format!(" {}", data_type.user_name()));
    if !data_type.arguments.is_empty() {
        text.push_str(&format!("({})", data_type.arguments.join(",")));
    }
    text.push_str(if data_type.list { "[]" } else { "" });
    text.push_str(if column.nullable { "?" } else { "" });
    if let Some(default) = &column.default {
        text.push_str(&format!(" = {}", default_text(default)));
    }
    text.push_str(if column.computed { " computed" } else { "" });
    text
}

fn default_text(default: &Default) -> String {
    let generator = match &default.generator {
        Generator::Uuid { version } => format!("uuid {version:?}"),
        Generator::Literal(text) => format!("{text:?}"),
        Generator::Expression(text) => format!("expression {text}"),
        Generator::Sequence { name } => format!("sequence {name:?}"),
        other => format!("{other:?}"),
    };
    match default.side {
        Side::Database => generator,
        Side::Application => format!("{generator} by the application"),
    }
}

fn key_text(key: &Key) -> String {
    let columns = key.columns.join(", ");
    match &key.name {
        Some(name) => format!("({columns}) {name}"),
        None => format!("({columns})"),
    }
}

fn reference_text(reference: &Reference) -> String {
    let mut text = format!("({}) -> {}", reference.columns.join(", "), reference.table);
    text.push_str(&format!("({})", reference.target_columns.join(", ")));
    if reference.on_delete != Action::NoAction {
        text.push_str(&format!(" on delete {:?}", reference.on_delete));
    }
    if reference.on_update != Action::NoAction {
        text.push_str(&format!(" on update {:?}", reference.on_update));
    }
    text.push_str(if reference.constraint {
        ""
    } else {
        " unconstrained"
    });
    if let Some(name) = &reference.name {
        text.push_str(&format!(" {name}"));
    }
    text
}

fn index_text(index: &Index) -> String {
    let parts = index.parts.iter().map(|part| match part {
        IndexPart::Column(name) => name.clone(),
        IndexPart::Expression(text) => format!("`{text}`"),
    });
    let parts: Vec<String> = parts.collect();
    let unique = if index.unique {
        "unique index"
    } else {
        "index"
    };
    let mut text = format!("{unique} ({})", parts.join(", "));
    for (word, detail) in [
        ("", &index.name),
        ("by ", &index.method),
        ("where ", &index.predicate),
    ] {
        if let Some(detail) = detail {
            text.push_str(&format!(" {word}{detail}"));
        }
    }
    text
}
