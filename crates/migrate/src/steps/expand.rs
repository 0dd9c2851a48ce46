//! New columns, and the triggers that fill them for rows written from now on.

use super::List;
use crate::name::{literal, quoted};
use crate::plan::Table;
use crate::step::{Lock, Phase};
use crate::trigger;

pub(super) fn steps(list: &mut List<'_>) {
    let plan = list.plan;
    for table in &plan.tables {
        let name = format!("add columns to {}", table.name);
        list.transaction(Phase::Expand, Lock::AccessExclusive, name, columns(table));
    }
    // All columns before the first trigger: a circle's triggers read each other's.
    for (place, table) in plan.tables.iter().enumerate() {
        let name = format!("keep them filled on {}", table.name);
        let mut statements = trigger::forward(plan, place);
        statements.functions.append(&mut statements.triggers);
        let all = statements.functions;
        list.transaction(Phase::Expand, Lock::ShareRowExclusive, name, all);
    }
}

fn columns(table: &Table) -> Vec<String> {
    let added = table
        .columns
        .iter()
        .map(|column| format!("ADD COLUMN {} uuid", quoted(&column.new)));
    let added = added.collect::<Vec<_>>().join(", ");
    let mut statements = vec![format!("ALTER TABLE {} {added}", table.name)];
    for column in &table.columns {
        let new = quoted(&column.new);
        if let Some(comment) = &column.comment {
            let comment = literal(comment);
            statements.push(format!(
                "COMMENT ON COLUMN {}.{new} IS {comment}",
                table.name
            ));
        }
        for grant in &column.grants {
            let option = if grant.pass_on {
                " WITH GRANT OPTION"
            } else {
                ""
            };
            statements.push(format!(
                "GRANT {} ({new}) ON {} TO {}{option}",
                grant.right, table.name, grant.to
            ));
        }
    }
    statements
}
