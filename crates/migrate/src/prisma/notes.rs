//! What somebody should know beside the changed lines.

use schema::prisma::{Arity, Block, BlockKind, Field};

use super::find::{Models, mapped};
use crate::plan::{Table, Value};

/// Said wherever Prisma's client is to make the keys.
pub(super) const UUID7: &str = "`uuid(7)` needs Prisma 5.18 or later: older versions take the \
    argument for an error. With `--default none` the application makes the keys.";

pub(super) fn notes(models: &Models<'_>, forward: bool) -> Vec<String> {
    let mut notes = Vec::new();
    for table in &models.plan.tables {
        let model = models
            .models()
            .find(|block| models.table(block) == Some(table));
        match model {
            Some(model) => notes.extend(missing_fields(table, model)),
            None if is_join_table(table) => notes.push(format!(
                "{} is the join table of two lists: Prisma takes the types of its columns from \
                 the models on both sides, nothing is written for it.",
                table.name
            )),
            None => notes.push(format!("No model stands for {}.", table.name)),
        }
    }
    for block in models.blocks() {
        match block.kind {
            BlockKind::View => notes.push(format!(
                "View `{}` is not changed: compare its fields with the database, as columns that \
                 it takes from tables that move have type uuid.",
                block.name.text
            )),
            BlockKind::Model => {
                let lists = block
                    .fields()
                    .filter(|field| is_list_of_keys(models, block, field));
                notes.extend(lists.map(|field| list(block, field)));
            }
            _ => {}
        }
    }
    if forward {
        notes.extend(removed_defaults(models));
    }
    notes
}

fn missing_fields(table: &Table, model: &Block) -> Vec<String> {
    let there = |column: &str| {
        model
            .fields()
            .any(|field| mapped(field.attribute("map"), &field.name.text) == column)
    };
    let missing = table.columns.iter().filter(|column| !there(&column.name));
    let name = &model.name.text;
    missing
        .map(|it| format!("Model `{name}` has no field for column `{}`.", it.name))
        .collect()
}

/// `_AToB` with columns A and B, which no model stands for.
fn is_join_table(table: &Table) -> bool {
    let named = |name| table.column(name).is_some();
    table.name.name.starts_with('_') && (named("A") || named("B"))
}

/// `Int[]` with a name such as `eventIds`, which a plan leaves as it is.
fn is_list_of_keys(models: &Models<'_>, block: &Block, field: &Field) -> bool {
    let integers = ["Int", "BigInt"].contains(&field.data_type.name.text.as_str());
    let name = field.name.text.to_ascii_lowercase().replace('_', "");
    field.data_type.arity == Arity::List
        && integers
        && models.moved(block, field).is_none()
        && models.models().any(|model| {
            models.table(model).is_some()
                && name == format!("{}ids", model.name.text.to_ascii_lowercase())
        })
}

fn list(block: &Block, field: &Field) -> String {
    let (model, field) = (&block.name.text, &field.name.text);
    format!("`{model}.{field}` seems to hold old keys: arrays stay as they are, and so does it.")
}

fn removed_defaults(models: &Models<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    for block in models.models() {
        for field in block.fields() {
            let Some(moved) = models.moved(block, field) else {
                continue;
            };
            let reference = matches!(moved.column.value, Value::Reference { .. });
            if reference && moved.column.default.is_none() && field.attribute("default").is_some() {
                let (model, field) = (&block.name.text, &field.name.text);
                notes.push(format!(
                    "`{model}.{field}` had a default, which was an old key: rows that relied on \
                     it need a key from the application."
                ));
            }
        }
    }
    notes
}
