//! The triggers that keep both columns of a pair filled while both are there.
//!
//! Forward, until the cut-over, a row that the old application writes gets its new key and new
//! references. Backward, after it, a row that the new application writes gets its old ones, so
//! that the way back stays open. Both are row triggers that fire before the row is written, with a
//! name that sorts behind those of others, so that they see what those made of the row.
//!
//! A row may refer to one that is not there yet: in the same statement, or until the end of the
//! transaction where the key is deferrable. The trigger then writes a *placeholder*, and a second
//! one puts the value in when the statement, or the transaction, ends. So a check that the column
//! is filled holds at every moment.

mod backward;
mod forward;
mod mint;

use crate::name::{SCHEMA, qualified, quoted};
use crate::plan::{Column, ForeignKey, Plan, Table, Value};

pub(crate) use backward::sequence as old_sequence;

/// The name of the row trigger: sorts behind all letters and digits.
pub(crate) const SYNC: &str = "~idshift_sync";

/// The name of the trigger that replaces placeholders: sorts before the server's own `RI_...`,
/// so that the check of the reference sees the row as it ends up.
pub(crate) const RESOLVE: &str = "!idshift_resolve";

/// The placeholder for a reference of type `uuid`.
pub(crate) const PLACEHOLDER: &str = "00000000-0000-0000-0000-000000000000";

/// What keeps the pairs of one table: functions, which take no lock, and triggers that call them.
pub(crate) struct Statements {
    pub(crate) functions: Vec<String>,
    pub(crate) triggers: Vec<String>,
}

/// Statements that make the triggers of a table for the time before the cut-over.
pub(crate) fn forward(plan: &Plan, place: usize) -> Statements {
    let table = &plan.tables[place];
    let sync = forward::sync(plan, table);
    let resolve = forward::resolve(plan, table);
    statements(plan, table, (place, "forward"), &sync, &resolve)
}

/// Statements that make the triggers of a table for the time after the cut-over.
pub(crate) fn backward(plan: &Plan, place: usize) -> Statements {
    let table = &plan.tables[place];
    let sync = backward::sync(plan, table, place);
    let resolve = backward::resolve(plan, table);
    statements(plan, table, (place, "backward"), &sync, &resolve)
}

/// Statements that take the triggers of a table away, if they are there.
pub(crate) fn drop(table: &Table) -> Vec<String> {
    let refers = table
        .columns
        .iter()
        .any(|column| matches!(column.value, Value::Reference { .. }));
    let names = if refers {
        &[SYNC, RESOLVE][..]
    } else {
        &[SYNC]
    };
    let drop = |name| format!("DROP TRIGGER IF EXISTS {} ON {}", quoted(name), table.name);
    names.iter().copied().map(drop).collect()
}

fn statements(
    plan: &Plan,
    table: &Table,
    (place, word): (usize, &str),
    sync: &str,
    resolve: &[Resolve],
) -> Statements {
    let number = place + 1;
    let on = &table.name;
    let function = qualified(SCHEMA, &format!("{word}_{number}"));
    let mut functions = vec![function_of(
        &function,
        "us bigint;\n    found_value text;",
        sync,
    )];
    let mut triggers = vec![format!(
        "CREATE TRIGGER {} BEFORE INSERT OR UPDATE ON {on} FOR EACH ROW EXECUTE FUNCTION \
         {function}()",
        quoted(SYNC),
    )];
    if !resolve.is_empty() {
        let function = qualified(SCHEMA, &format!("resolve_{word}_{number}"));
        let body: String = resolve.iter().map(|one| one.body.as_str()).collect();
        let when: Vec<&str> = resolve.iter().map(|one| one.when.as_str()).collect();
        let late = plan.keys_of(&table.name).any(|key| key.rules.deferrable);
        functions.push(function_of(
            &function,
            "",
            &format!("{body}    RETURN NULL;\n"),
        ));
        triggers.push(format!(
            "CREATE CONSTRAINT TRIGGER {} AFTER INSERT OR UPDATE ON {on}{} FOR EACH ROW WHEN ({}) \
             EXECUTE FUNCTION {function}()",
            quoted(RESOLVE),
            if late {
                " DEFERRABLE INITIALLY DEFERRED"
            } else {
                ""
            },
            when.join(" OR "),
        ));
    }
    if table.subscribed {
        let names = if resolve.is_empty() {
            &[SYNC][..]
        } else {
            &[SYNC, RESOLVE]
        };
        let always = names
            .iter()
            .map(|name| format!("ALTER TABLE {on} ENABLE ALWAYS TRIGGER {}", quoted(name)));
        triggers.extend(always);
    }
    Statements {
        functions,
        triggers,
    }
}

/// `SECURITY DEFINER`, so that writers need no rights on the tables they refer to, with a search
/// path that nobody can put anything into.
fn function_of(name: &str, variables: &str, body: &str) -> String {
    let declare = match variables {
        "" => String::new(),
        variables => format!("DECLARE\n    {variables}\n"),
    };
    format!(
        "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER\n\
         SET search_path = pg_catalog, pg_temp AS $idshift$\n{declare}BEGIN\n{body}END\n$idshift$"
    )
}

/// What the second trigger does about one column.
struct Resolve {
    /// When a row needs it.
    when: String,
    /// The statement that does it.
    body: String,
}

/// The condition that `alias`'s row is the one that `row` refers to, with the names that columns
/// have on either side.
fn matches<'a>(
    key: &'a ForeignKey,
    (row, of_row): (&str, impl Fn(&'a str) -> &'a str),
    (alias, of_alias): (&str, impl Fn(&'a str) -> &'a str),
) -> String {
    let pairs = key.columns.iter().zip(&key.target_columns);
    let equal = pairs.map(|(column, target)| {
        let (column, target) = (quoted(of_row(column)), quoted(of_alias(target)));
        format!("{alias}.{target} = {row}.{column}")
    });
    equal.collect::<Vec<_>>().join(" AND ")
}

/// The column that gives a reference its values, in the table referred to.
pub(crate) fn target<'a>(
    plan: &'a Plan,
    table: &Table,
    column: &Column,
) -> Option<(&'a ForeignKey, &'a Table, &'a Column)> {
    let key = plan.source_of(table, column)?;
    let place = key.columns.iter().position(|name| *name == column.name)?;
    let target = plan.table(&key.target)?;
    Some((key, target, target.column(&key.target_columns[place])?))
}

/// The condition by which the row of a trigger is found again: its key, or else its reference.
fn same_row(table: &Table, reference: &str, name_now: impl Fn(&str) -> String) -> String {
    let columns: Vec<String> = if table.walk.is_empty() {
        vec![reference.to_owned()]
    } else {
        table.walk.iter().map(|name| name_now(name)).collect()
    };
    let equal = columns
        .iter()
        .map(|name| format!("t.{0} = NEW.{0}", quoted(name)));
    equal.collect::<Vec<_>>().join(" AND ")
}
