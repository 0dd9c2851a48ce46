//! The way back, before the cut-over and after it.

use super::List;
use super::shape::{Side, add_foreign_key, drop_pairs, groups_backwards, names_of};
use super::swap::{lock_tables, swap_back};
use crate::name::{SCHEMA, quoted};
use crate::plan::Plan;
use crate::step::{Action, Lock, Phase, Step};

/// Takes away everything that came before the cut-over; each step may find its work done.
#[must_use]
pub(crate) fn undo(plan: &Plan) -> Vec<Step> {
    let mut list = List {
        plan,
        steps: Vec::new(),
    };
    for key in &plan.foreign_keys {
        let new = quoted(&key.new);
        let sql = format!("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {new}", key.table);
        let name = format!("drop foreign key {new} of {}", key.table);
        list.transaction(Phase::Expand, Lock::AccessExclusive, name, vec![sql]);
    }
    for dependent in plan.dependents.iter().rev() {
        for before in dependent.before.iter().rev() {
            let name = format!("take back what was prepared for {}", dependent.object);
            let action = Action::Plain(before.undo.clone());
            list.push(Phase::Expand, Lock::AccessExclusive, name, action);
        }
    }
    for group in groups_backwards(plan) {
        let name = format!("drop triggers and new columns of {}", names_of(group));
        let statements = drop_pairs(group, |column| &column.new);
        list.transaction(Phase::Expand, Lock::AccessExclusive, name, statements);
    }
    for dependent in &plan.dependents {
        for sql in &dependent.undo_after {
            let name = format!("finish {}", dependent.object);
            list.transaction(
                Phase::Expand,
                Lock::AccessExclusive,
                name,
                vec![sql.clone()],
            );
        }
    }
    let sql = format!("DROP SCHEMA {} CASCADE", quoted(SCHEMA));
    let name = "drop the journal".to_owned();
    list.transaction(Phase::Expand, Lock::AccessExclusive, name, vec![sql]);
    list.steps
}

/// What comes before [`undo`] after the cut-over: references of the old columns, then the swap.
#[must_use]
pub(crate) fn revert(plan: &Plan) -> Vec<Step> {
    let mut list = List {
        plan,
        steps: Vec::new(),
    };
    for key in &plan.foreign_keys {
        let old = quoted(&key.old);
        let name = format!("add foreign key {old} to {}", key.table);
        let statements = vec![
            format!("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {old}", key.table),
            add_foreign_key(plan, key, &key.old, Side::Old),
        ];
        list.transaction(Phase::Settle, Lock::AccessExclusive, name, statements);
        if key.validated {
            let sql = format!("ALTER TABLE {} VALIDATE CONSTRAINT {old}", key.table);
            let name = format!("prove foreign key {old} of {}", key.table);
            list.push(
                Phase::Settle,
                Lock::ShareUpdateExclusive,
                name,
                Action::Plain(sql),
            );
        }
    }
    let action = Action::Cutover {
        lock: lock_tables(plan),
        statements: swap_back(plan),
    };
    list.push(
        Phase::Cutover,
        Lock::AccessExclusive,
        "cut back".to_owned(),
        action,
    );
    list.steps
}
