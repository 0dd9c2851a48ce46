//! The end: the old columns, the triggers and the journal go.

use super::List;
use super::shape::{drop_pairs, groups_backwards, names_of};
use crate::name::{SCHEMA, qualified, quoted};
use crate::plan::{Plan, Table, Value};
use crate::step::{Action, Lock, Phase, Step};
use crate::trigger;

/// What is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Contract {
    /// Whether a table of old and new keys stays, for links that are out in the world.
    pub(crate) keep_lookup: bool,
}

/// The steps of the contraction; each may find its work done.
#[must_use]
pub(crate) fn contract(plan: &Plan, keep: Contract) -> Vec<Step> {
    let mut list = List {
        plan,
        steps: Vec::new(),
    };
    for table in &plan.tables {
        if let Some(sql) = keep.keep_lookup.then(|| lookup(table)).flatten() {
            let name = format!("keep old and new keys of {}", table.name);
            list.transaction(Phase::Settle, Lock::None, name, sql);
        }
    }
    for group in groups_backwards(plan) {
        let name = format!("drop triggers and old columns of {}", names_of(group));
        let statements = drop_pairs(group, |column| &column.old);
        list.transaction(Phase::Settle, Lock::AccessExclusive, name, statements);
    }
    let name = "drop the journal".to_owned();
    list.push(
        Phase::Settle,
        Lock::AccessExclusive,
        name,
        Action::Transaction(end(plan, keep)),
    );
    list.steps
}

fn end(plan: &Plan, keep: Contract) -> Vec<String> {
    if !keep.keep_lookup {
        return vec![format!("DROP SCHEMA {} CASCADE", quoted(SCHEMA))];
    }
    let mut statements = Vec::new();
    for place in 0..plan.tables.len() {
        for word in ["forward", "backward", "resolve_forward", "resolve_backward"] {
            let function = qualified(SCHEMA, &format!("{word}_{}", place + 1));
            statements.push(format!("DROP FUNCTION IF EXISTS {function}()"));
        }
        statements.push(format!(
            "DROP SEQUENCE IF EXISTS {}",
            trigger::old_sequence(place)
        ));
    }
    for table in ["progress", "step", "run"] {
        statements.push(format!("DROP TABLE {}", qualified(SCHEMA, table)));
    }
    statements
}

/// The table of old and new keys of one table whose key was made anew.
fn lookup(table: &Table) -> Option<Vec<String>> {
    let column = table
        .columns
        .iter()
        .find(|column| matches!(column.value, Value::Mint { .. }))?;
    let lookup = lookup_table(table);
    Some(vec![
        format!("DROP TABLE IF EXISTS {lookup}"),
        format!(
            "CREATE TABLE {lookup} (old {} PRIMARY KEY, new uuid NOT NULL UNIQUE)",
            column.from
        ),
        format!(
            "INSERT INTO {lookup} SELECT {}, {} FROM {}",
            quoted(&column.old),
            quoted(&column.name),
            table.name
        ),
    ])
}

/// The name of the table of old and new keys.
fn lookup_table(table: &Table) -> String {
    let name = format!("{}.{}", table.name.schema, table.name.name);
    qualified(SCHEMA, &crate::name::derived(&name, ""))
}
