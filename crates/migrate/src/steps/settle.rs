//! What stands around the cut-over: twins of other objects before it, the way back after it.

use super::List;
use super::shape::{Side, create_index};
use crate::census::Name;
use crate::name::quoted;
use crate::step::{Action, Lock, Phase};
use crate::trigger;

/// Functions that the cut-over only has to hang up; and work of the census that comes before it.
pub(super) fn prepare(list: &mut List<'_>) {
    let plan = list.plan;
    let places = 0..plan.tables.len();
    let functions = places
        .flat_map(|place| trigger::backward(plan, place).functions)
        .collect();
    let name = "prepare the triggers of the time after the cut-over".to_owned();
    list.transaction(Phase::Ready, Lock::None, name, functions);
    for dependent in &list.plan.dependents {
        for before in &dependent.before {
            let name = format!("prepare {}", dependent.object);
            let (lock, action) = if before.transactional {
                (
                    Lock::AccessExclusive,
                    Action::Transaction(vec![before.sql.clone()]),
                )
            } else {
                // It has to be possible to run it again where it was cut off.
                let again = Action::Again {
                    undo: before.undo.clone(),
                    sql: before.sql.clone(),
                };
                (Lock::ShareUpdateExclusive, again)
            };
            list.push(Phase::Ready, lock, name, action);
        }
    }
}

/// Unique indexes on the old keys, for looking them up and for the way back; and what the census
/// leaves for afterwards.
pub(super) fn steps(list: &mut List<'_>) {
    for table in &list.plan.tables {
        let Some(index) = table.primary_key() else {
            continue;
        };
        let action = Action::Index {
            sql: create_index(table, index, &index.old, Side::Old),
            index: Name::new(&*table.name.schema, &*index.old),
        };
        let name = format!("build index {} of {}", quoted(&index.old), table.name);
        list.push(Phase::Settle, Lock::ShareUpdateExclusive, name, action);
    }
    for dependent in &list.plan.dependents {
        for sql in &dependent.after {
            let name = format!("finish {}", dependent.object);
            let action = Action::Transaction(vec![sql.clone()]);
            list.push(Phase::Settle, Lock::AccessExclusive, name, action);
        }
    }
}
