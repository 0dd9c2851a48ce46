//! Filling the tables, parents first, and what proves that they are filled.

use super::List;
use super::shape::{Side, add_foreign_key, check_names, create_index};
use crate::census::Name;
use crate::name::quoted;
use crate::plan::{Column, Index, Plan, Role, Table, Value};
use crate::step::{Action, Lock, Pass, Phase};

/// Group by group. Within a group: all keys, their unique indexes, the references within the
/// group, all other indexes, the checks, the foreign keys.
///
/// Building a unique index ends only when no transaction is left that could not see the keys in
/// it: so whoever writes a reference afterwards sees the key that it refers to, at any isolation.
pub(super) fn steps(list: &mut List<'_>) {
    let plan = list.plan;
    let mut start = 0;
    while start < plan.tables.len() {
        let group = plan.tables[start].group;
        let end = start
            + plan.tables[start..]
                .iter()
                .take_while(|t| t.group == group)
                .count();
        for place in start..end {
            pass(list, place, (0..plan.tables[place].columns.len()).collect());
        }
        for place in start..end {
            indexes(list, place, |index| is_key(&plan.tables[place], index));
        }
        for place in start..end {
            let again = references_within(plan, place);
            if !again.is_empty() {
                pass(list, place, again);
            }
        }
        for place in start..end {
            indexes(list, place, |index| !is_key(&plan.tables[place], index));
            checks(list, place);
        }
        for place in start..end {
            foreign_keys(list, place);
            let table = &plan.tables[place].name;
            let action = Action::Plain(format!("ANALYZE {table}"));
            let lock = Lock::ShareUpdateExclusive;
            list.push(
                Phase::Ready,
                lock,
                format!("gather statistics of {table}"),
                action,
            );
        }
        start = end;
    }
}

/// The passes that fill a table, for when rows turn out to be unfilled.
pub(crate) fn passes_of(plan: &Plan, table: usize) -> Vec<Pass> {
    let columns = (0..plan.tables[table].columns.len()).collect();
    vec![Pass { table, columns }]
}

fn pass(list: &mut List<'_>, table: usize, columns: Vec<usize>) {
    let name = format!("fill {}", list.plan.tables[table].name);
    let action = Action::Fill(Pass { table, columns });
    list.push(Phase::Backfill, Lock::Rows, name, action);
}

/// Whether all that moves of a unique index is filled after the first pass.
fn is_key(table: &Table, index: &Index) -> bool {
    let mut columns = index
        .members
        .iter()
        .filter_map(|member| table.column(&member.column));
    index.role != Role::Index
        && columns.all(|column| !matches!(column.value, Value::Reference { .. }))
}

/// The columns that refer to tables of the same group.
fn references_within(plan: &Plan, place: usize) -> Vec<usize> {
    let table = &plan.tables[place];
    let within = |column: &Column| {
        let target = plan
            .source_of(table, column)
            .and_then(|key| plan.table(&key.target));
        target.is_some_and(|target| target.group == table.group)
    };
    (0..table.columns.len())
        .filter(|&column| within(&table.columns[column]))
        .collect()
}

fn indexes(list: &mut List<'_>, place: usize, wanted: impl Fn(&Index) -> bool) {
    let table = &list.plan.tables[place];
    for index in table.indexes.iter().filter(|index| wanted(index)) {
        let action = Action::Index {
            sql: create_index(table, index, &index.new, Side::New),
            index: Name::new(&*table.name.schema, &*index.new),
        };
        let name = format!("build index {} of {}", quoted(&index.new), table.name);
        list.push(Phase::Ready, Lock::ShareUpdateExclusive, name, action);
    }
}

/// A check that was validated makes `SET NOT NULL` instantaneous, and proves that no row was
/// left out.
fn checks(list: &mut List<'_>, place: usize) {
    let table = &list.plan.tables[place];
    let names = check_names(table);
    let checks = table.columns.iter().zip(&names).map(|(column, check)| {
        format!(
            "ADD CONSTRAINT {} CHECK ({}) NOT VALID",
            quoted(check),
            filled(column)
        )
    });
    let checks = checks.collect::<Vec<_>>().join(", ");
    let sql = format!("ALTER TABLE {} {checks}", table.name);
    let name = format!("demand filled columns of {}", table.name);
    list.transaction(Phase::Ready, Lock::AccessExclusive, name, vec![sql]);
    for (column, check) in table.columns.iter().zip(&names) {
        let sql = format!(
            "ALTER TABLE {} VALIDATE CONSTRAINT {}",
            table.name,
            quoted(check)
        );
        let name = format!(
            "prove that {} of {} is filled",
            quoted(&column.new),
            table.name
        );
        let action = Action::Validate { sql, table: place };
        list.push(Phase::Ready, Lock::ShareUpdateExclusive, name, action);
    }
}

fn filled(column: &Column) -> String {
    let (old, new) = (quoted(&column.name), quoted(&column.new));
    if column.not_null {
        format!("{new} IS NOT NULL")
    } else {
        format!("({old} IS NULL) = ({new} IS NULL)")
    }
}

fn foreign_keys(list: &mut List<'_>, place: usize) {
    let plan = list.plan;
    for key in plan.keys_of(&plan.tables[place].name) {
        let new = quoted(&key.new);
        let name = format!("add foreign key {new} to {}", key.table);
        let statements = vec![add_foreign_key(plan, key, &key.new, Side::New)];
        list.transaction(Phase::Ready, Lock::ShareRowExclusive, name, statements);
        if !key.validated {
            continue;
        }
        let sql = format!("ALTER TABLE {} VALIDATE CONSTRAINT {new}", key.table);
        let name = format!("prove foreign key {new} of {}", key.table);
        let action = Action::Validate { sql, table: place };
        list.push(Phase::Ready, Lock::ShareUpdateExclusive, name, action);
    }
}
