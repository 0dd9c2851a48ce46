//! After the cut-over: the new columns are written, the old ones follow.

use super::{PLACEHOLDER, Resolve, matches, mint, same_row, target};
use crate::name::{SCHEMA, qualified, quoted};
use crate::plan::{Column, Plan, Table, Value};

pub(super) fn sync(plan: &Plan, table: &Table, place: usize) -> String {
    let mut body = String::new();
    for column in &table.columns {
        let part = match &column.value {
            Value::Mint { order, time } => {
                let (old, new) = (quoted(&column.old), quoted(&column.name));
                let made = mint::statements(column, &column.name, &column.old, (*order, time));
                let part = old_value(column, place).map_or_else(String::new, |value| {
                    format!(
                        "    IF NEW.{old} IS NULL THEN\n        NEW.{old} := {value};\n    \
                         END IF;\n"
                    )
                });
                // An application that leaves the key to the database gets one.
                let null = format!("NEW.{new} IS NULL AND TG_OP = 'INSERT'");
                // The old value may be made of the new one.
                format!("    IF {null} THEN\n{made}    END IF;\n{part}")
            }
            Value::Cast => {
                let (old, new) = (quoted(&column.old), quoted(&column.name));
                format!(
                    "    IF TG_OP = 'INSERT' OR NEW.{new} IS DISTINCT FROM OLD.{new} THEN
        NEW.{old} := NEW.{new}::text;\n    END IF;\n"
                )
            }
            Value::Reference { .. } => reference(plan, table, column),
        };
        body.push_str(&part);
    }
    body.push_str("    RETURN NEW;\n");
    body
}

/// An old key for a row whose old column nobody fills.
fn old_value(column: &Column, place: usize) -> Option<String> {
    if column.issued {
        return None;
    }
    Some(match column.from.as_str() {
        "smallint" | "integer" | "bigint" => {
            format!("nextval('{}')", sequence(place).replace('\'', "''"))
        }
        _ => format!("NEW.{}", quoted(&column.name)),
    })
}

/// The sequence that issues old keys where the application used to.
pub(crate) fn sequence(place: usize) -> String {
    qualified(SCHEMA, &format!("old_{}", place + 1))
}

fn reference(plan: &Plan, table: &Table, column: &Column) -> String {
    let Some((key, parent, value)) = target(plan, table, column) else {
        return String::new();
    };
    let (old, new) = (quoted(&column.old), quoted(&column.name));
    let columns = key.columns.iter().map(|name| quoted(name));
    let changed = columns.map(|name| format!("NEW.{name} IS DISTINCT FROM OLD.{name}"));
    let changed = changed.collect::<Vec<_>>().join(" OR ");
    format!(
        "    IF NEW.{new} IS NULL THEN
        NEW.{old} := NULL;
    ELSIF TG_OP = 'INSERT' OR {changed} OR NEW.{old} IS NULL OR NEW.{old} = {placeholder} THEN
        SELECT p.{value}::text INTO found_value FROM {parent} p WHERE {condition};
        IF FOUND THEN
            NEW.{old} := found_value;
        ELSE
            NEW.{old} := {placeholder};
        END IF;
    END IF;\n",
        placeholder = placeholder(column),
        value = quoted(&value.old),
        parent = parent.name,
        condition = matches(key, ("NEW", |name| name), ("p", |name| name)),
    )
}

/// The least likely of all old keys.
fn placeholder(column: &Column) -> String {
    match column.from.as_str() {
        "smallint" => "'-32768'::smallint".to_owned(),
        "integer" => "'-2147483648'::integer".to_owned(),
        "bigint" => "'-9223372036854775808'::bigint".to_owned(),
        _ => format!("'{PLACEHOLDER}'"),
    }
}

pub(super) fn resolve(plan: &Plan, table: &Table) -> Vec<Resolve> {
    let mut found = Vec::new();
    for column in &table.columns {
        let Some((key, parent, value)) = target(plan, table, column) else {
            continue;
        };
        let (old, placeholder) = (quoted(&column.old), placeholder(column));
        let value = quoted(&value.old);
        found.push(Resolve {
            when: format!("NEW.{old} = {placeholder}"),
            body: format!(
                "    UPDATE {table} t SET {old} = p.{value} FROM {parent} p
    WHERE {row} AND t.{old} = {placeholder} AND p.{value} <> {placeholder} AND {condition};\n",
                table = table.name,
                parent = parent.name,
                row = same_row(table, &column.name, str::to_owned),
                condition = matches(key, ("t", |name| name), ("p", |name| name)),
            ),
        });
    }
    found
}
