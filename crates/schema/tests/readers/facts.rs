//! What two pictures of one PostgreSQL database must have in common, whoever drew them.
//!
//! Left out is what only one of them can know: positions, and the wording of expressions, which
//! the database prints in a form of its own.

use std::collections::BTreeSet;

use schema::{Column, Generator, Index, IndexPart, Key, Name, Reference, Schema, Table};

/// One line for each fact.
pub(crate) fn facts(schema: &Schema) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    for table in &schema.tables {
        facts.extend(of_table(schema, table));
    }
    let views = schema.views.iter();
    facts.extend(views.map(|it| format!("view {} {}", it.name, it.materialized)));
    let composites = schema.composites.iter();
    facts.extend(composites.flat_map(|it| {
        let fields = it.fields.iter().enumerate();
        fields.map(|(at, field)| format!("type {} {at} {} {}", it.name, field.name, held(field)))
    }));
    let enums = schema.enums.iter();
    facts.extend(enums.map(|it| format!("enum {} {:?}", it.name, it.values)));
    let domains = schema.domains.iter();
    facts.extend(domains.map(|it| format!("domain {} {}", it.name, it.base.user_name())));
    let sequences = schema.sequences.iter();
    facts.extend(sequences.map(|it| {
        let bits = it.data_type.as_deref().unwrap_or("bigint");
        format!("sequence {} {bits} {:?}", it.name, it.owner)
    }));
    facts
}

fn of_table(schema: &Schema, table: &Table) -> Vec<String> {
    let name = &table.name;
    let mut facts = vec![format!("table {name} of {:?}", table.partition_of)];
    for (at, column) in table.columns.iter().enumerate() {
        let default = default_of(schema, name, column);
        let (null, computed) = (column.nullable, column.computed);
        facts.push(format!(
            "{name} column {at} {} {} null {null} computed {computed} default {default}",
            column.name,
            held(column),
        ));
    }
    let key_line =
        |kind: &str, key: &Key| format!("{name} {kind} {:?} {:?}", key.columns, key.name);
    facts.extend(table.primary_key.iter().map(|it| key_line("key", it)));
    facts.extend(table.uniques.iter().map(|it| key_line("unique", it)));
    facts.extend(table.references.iter().map(|it| reference_line(name, it)));
    facts.extend(table.indexes.iter().map(|it| index_line(name, it)));
    facts
}

fn held(column: &Column) -> String {
    let held = &column.data_type;
    let (name, arguments) = (held.user_name(), &held.arguments);
    format!("{name} {arguments:?} {:?} list {}", held.kind, held.list)
}

/// A sequence that belongs to the column is the same thing whether it was declared as `serial` or,
/// as in dumps, step by step.
fn default_of(schema: &Schema, table: &Name, column: &Column) -> String {
    let Some(default) = &column.default else {
        return "none".to_owned();
    };
    match &default.generator {
        Generator::Sequence { name: Some(name) } => {
            let is_own = schema.sequences.iter().any(|it| {
                let owner = it.owner.as_ref();
                owner.is_some_and(|owner| owner.0 == *table && owner.1 == column.name)
            });
            let bare = name.strip_prefix("public.").unwrap_or(name);
            if is_own {
                "Serial".to_owned()
            } else {
                format!("Sequence {bare}")
            }
        }
        Generator::Expression(_) => "an expression".to_owned(),
        other => format!("{other:?}"),
    }
}

fn reference_line(table: &Name, it: &Reference) -> String {
    format!(
        "{table} reference {:?} {:?} -> {} {:?} {:?} {:?}",
        it.name, it.columns, it.table, it.target_columns, it.on_delete, it.on_update
    )
}

fn index_line(table: &Name, it: &Index) -> String {
    let parts = it.parts.iter().map(|part| match part {
        IndexPart::Column(name) => name.as_str(),
        IndexPart::Expression(_) => "(an expression)",
    });
    let parts: Vec<&str> = parts.collect();
    let method = it.method.as_deref().map(str::to_ascii_lowercase);
    let method = method.unwrap_or_else(|| "btree".to_owned());
    let (unique, partial) = (it.unique, it.predicate.is_some());
    format!(
        "{table} index {:?} {parts:?} {method} unique {unique} partial {partial}",
        it.name
    )
}

/// What one has and the other has not, marked as in a patch; empty if they agree.
pub(crate) fn difference(left: &Schema, right: &Schema) -> Vec<String> {
    let (left, right) = (facts(left), facts(right));
    let less = left.difference(&right).map(|fact| format!("- {fact}"));
    let more = right.difference(&left).map(|fact| format!("+ {fact}"));
    let mut lines: Vec<String> = less.chain(more).collect();
    // So that the two sides of one fact stand together.
    lines.sort_by(|a, b| a[2..].cmp(&b[2..]));
    lines
}
