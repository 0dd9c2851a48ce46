//! Before the cut-over: the old columns are written, the new ones follow.

use super::{PLACEHOLDER, Resolve, matches, mint, same_row, target};
use crate::name::quoted;
use crate::plan::{Column, ForeignKey, Plan, Table, Value};

pub(super) fn sync(plan: &Plan, table: &Table) -> String {
    let mut body = String::new();
    for column in &table.columns {
        let part = match &column.value {
            Value::Mint { order, time } => {
                let (old, new) = (quoted(&column.name), quoted(&column.new));
                let made = mint::statements(column, &column.new, &column.name, (*order, time));
                // A row that was not filled yet is left to the backfill, which keeps the order,
                // unless it leaves the place where the backfill will look for it.
                format!(
                    "    IF NEW.{new} IS NULL AND NEW.{old} IS NOT NULL
        AND (TG_OP = 'INSERT' OR NEW.{old} IS DISTINCT FROM OLD.{old})
    THEN\n{made}    END IF;\n"
                )
            }
            Value::Cast => {
                let (old, new) = (quoted(&column.name), quoted(&column.new));
                format!("    NEW.{new} := trim(NEW.{old})::uuid;\n")
            }
            Value::Reference { .. } => reference(plan, table, column),
        };
        body.push_str(&part);
    }
    body.push_str("    RETURN NEW;\n");
    body
}

/// In this order: no reference; the new foreign key's `SET NULL`, which the old column follows;
/// a reference that is new, has changed, or was not filled.
fn reference(plan: &Plan, table: &Table, column: &Column) -> String {
    let Some((key, parent, value)) = target(plan, table, column) else {
        return String::new();
    };
    let (old, new) = (quoted(&column.name), quoted(&column.new));
    format!(
        "    IF NEW.{old} IS NULL THEN
        NEW.{new} := NULL;
    ELSIF TG_OP = 'UPDATE' AND NEW.{new} IS NULL AND OLD.{new} <> '{PLACEHOLDER}'
        AND NEW.{old} IS NOT DISTINCT FROM OLD.{old}
    THEN
        NEW.{old} := NULL;
    ELSIF TG_OP = 'INSERT' OR {changed}
        OR NEW.{new} IS NULL OR NEW.{new} = '{PLACEHOLDER}'
    THEN
        SELECT p.{value}::text INTO found_value FROM {parent} p WHERE {condition};
        IF FOUND THEN
            NEW.{new} := found_value::uuid;
        ELSE
            NEW.{new} := '{PLACEHOLDER}';
        END IF;
    END IF;\n",
        changed = changed(key),
        value = quoted(&value.new),
        parent = parent.name,
        condition = matches(key, ("NEW", |name| name), ("p", |name| name)),
    )
}

fn changed(key: &ForeignKey) -> String {
    let columns = key.columns.iter().map(|name| quoted(name));
    let changed = columns.map(|name| format!("NEW.{name} IS DISTINCT FROM OLD.{name}"));
    changed.collect::<Vec<_>>().join(" OR ")
}

pub(super) fn resolve(plan: &Plan, table: &Table) -> Vec<Resolve> {
    let mut found = Vec::new();
    for column in &table.columns {
        let Some((key, parent, value)) = target(plan, table, column) else {
            continue;
        };
        let new = quoted(&column.new);
        found.push(Resolve {
            when: format!("NEW.{new} = '{PLACEHOLDER}'"),
            body: format!(
                "    UPDATE {table} t SET {new} = p.{value} FROM {parent} p
    WHERE {row} AND t.{new} = '{PLACEHOLDER}' AND {condition};\n",
                table = table.name,
                value = quoted(&value.new),
                parent = parent.name,
                row = same_row(table, &column.name, str::to_owned),
                condition = matches(key, ("t", |name| name), ("p", |name| name)),
            ),
        });
    }
    found
}
