//! The cut-over, and the same backwards: columns, keys and dependents change places.

use super::List;
use super::bound;
use super::shape::{check_names, comment_on_index, drop_columns};
use crate::name::{literal, qualified, quoted};
use crate::plan::{Column, ForeignKey, Index, Plan, Role, Table, Value};
use crate::step::{Action, Lock, Phase};
use crate::trigger;

pub(super) fn step(list: &mut List<'_>) {
    let plan = list.plan;
    let mut statements = Vec::new();
    for dependent in plan.dependents.iter().rev() {
        statements.extend(dependent.drop.iter().cloned());
    }
    // With the old index still there, `SET NOT NULL` and the greatest old key take no time.
    for (place, table) in plan.tables.iter().enumerate() {
        statements.extend(trigger::drop(table));
        statements.extend(old_sequence(table, place));
        statements.extend(not_null(table));
    }
    statements.extend(drop_keys(plan));
    for table in &plan.tables {
        statements.extend(set_aside(table));
        statements.extend(rename(table, |column| (&column.name, &column.old)));
        statements.extend(rename(table, |column| (&column.new, &column.name)));
        statements.extend(promote(table, |index| &index.new));
        statements.extend(attributes(table));
        statements.extend(defaults(table));
    }
    statements.extend(rename_keys(plan, |key| (&key.new, &key.name)));
    statements.extend(key_comments(plan));
    for place in 0..plan.tables.len() {
        statements.extend(trigger::backward(plan, place).triggers);
    }
    for dependent in &plan.dependents {
        statements.extend(dependent.create.iter().cloned());
    }
    statements.push(bound::check(plan));
    let action = Action::Cutover {
        lock: lock_tables(plan),
        statements,
    };
    list.push(
        Phase::Cutover,
        Lock::AccessExclusive,
        "cut over".to_owned(),
        action,
    );
}

/// The way back: what [`step`] did, in the same order; the new columns go, as nothing fills them
/// any more, and their indexes with them. The old primary keys stand on the unique
/// indexes that were built after the cut-over.
pub(crate) fn swap_back(plan: &Plan) -> Vec<String> {
    let mut statements = Vec::new();
    for dependent in plan.dependents.iter().rev() {
        statements.extend(dependent.undo_drop.iter().cloned());
    }
    for table in &plan.tables {
        statements.extend(trigger::drop(table));
    }
    statements.extend(drop_keys(plan));
    for table in &plan.tables {
        // What keeps them filled is gone: a row that is written from here on would be refused.
        statements.push(drop_columns(table, |column| &column.name));
        statements.extend(rename(table, |column| (&column.old, &column.name)));
        for index in &table.indexes {
            statements.push(match index.role {
                Role::PrimaryKey => primary_key(table, index, &index.old),
                Role::UniqueConstraint => rename_constraint(table, &index.old, &index.name),
                Role::UniqueIndex | Role::Index => rename_index(table, &index.old, &index.name),
            });
        }
        statements.extend(attributes(table));
        let primary = table
            .indexes
            .iter()
            .filter(|index| index.role == Role::PrimaryKey);
        statements.extend(primary.filter_map(|index| comment_on_index(table, index)));
    }
    statements.extend(rename_keys(plan, |key| (&key.old, &key.name)));
    statements.extend(key_comments(plan));
    for dependent in &plan.dependents {
        statements.extend(dependent.undo_create.iter().cloned());
    }
    statements
}

/// All tables at once, parents first: whoever takes them in that order too waits for us, instead
/// of us for each other.
pub(crate) fn lock_tables(plan: &Plan) -> String {
    let names: Vec<String> = plan
        .tables
        .iter()
        .map(|table| table.name.to_string())
        .collect();
    format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", names.join(", "))
}

/// All foreign keys of a table in one statement.
fn drop_keys(plan: &Plan) -> Vec<String> {
    let mut statements = Vec::new();
    for table in &plan.tables {
        let keys = plan.keys_of(&table.name);
        let drops: Vec<String> = keys
            .map(|key| format!("DROP CONSTRAINT {}", quoted(&key.name)))
            .collect();
        if !drops.is_empty() {
            statements.push(format!("ALTER TABLE {} {}", table.name, drops.join(", ")));
        }
    }
    statements
}

fn rename_keys<'a>(
    plan: &'a Plan,
    names: impl Fn(&'a ForeignKey) -> (&'a str, &'a str),
) -> Vec<String> {
    let renamed = plan.foreign_keys.iter().map(|key| {
        let (from, to) = names(key);
        format!(
            "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
            key.table,
            quoted(from),
            quoted(to)
        )
    });
    renamed.collect()
}

fn key_comments(plan: &Plan) -> Vec<String> {
    let commented = plan.foreign_keys.iter().filter_map(|key| {
        let comment = literal(key.comment.as_deref()?);
        Some(format!(
            "COMMENT ON CONSTRAINT {} ON {} IS {comment}",
            quoted(&key.name),
            key.table
        ))
    });
    commented.collect()
}

/// Makes room for the indexes that come: the primary key goes, as a table has but one, and with it
/// the checks that have done their work; the others step aside.
fn set_aside(table: &Table) -> Vec<String> {
    let mut drops = Vec::new();
    let mut statements = Vec::new();
    for index in &table.indexes {
        match index.role {
            Role::PrimaryKey => drops.push(format!("DROP CONSTRAINT {}", quoted(&index.name))),
            Role::UniqueConstraint => {
                statements.push(rename_constraint(table, &index.name, &index.old));
            }
            Role::UniqueIndex | Role::Index => {
                statements.push(rename_index(table, &index.name, &index.old));
            }
        }
    }
    let checks = check_names(table);
    drops.extend(
        checks
            .iter()
            .map(|check| format!("DROP CONSTRAINT {}", quoted(check))),
    );
    statements.push(format!("ALTER TABLE {} {}", table.name, drops.join(", ")));
    statements
}

fn promote(table: &Table, twin: impl Fn(&Index) -> &str) -> Vec<String> {
    let mut statements = Vec::new();
    for index in &table.indexes {
        statements.push(match index.role {
            Role::PrimaryKey => primary_key(table, index, twin(index)),
            Role::UniqueConstraint => using(table, index, "UNIQUE", twin(index)),
            Role::UniqueIndex | Role::Index => rename_index(table, twin(index), &index.name),
        });
        statements.extend(comment_on_index(table, index));
    }
    statements
}

fn primary_key(table: &Table, index: &Index, twin: &str) -> String {
    using(table, index, "PRIMARY KEY", twin)
}

/// The server renames the index to the name of the constraint.
fn using(table: &Table, index: &Index, kind: &str, twin: &str) -> String {
    let name = quoted(&index.name);
    let twin = quoted(twin);
    let sql = format!(
        "ALTER TABLE {} ADD CONSTRAINT {name} {kind} USING INDEX {twin}",
        table.name
    );
    match index.deferrable.as_str() {
        "" => sql,
        deferrable => format!("{sql} {deferrable}"),
    }
}

fn rename_constraint(table: &Table, from: &str, to: &str) -> String {
    format!(
        "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
        table.name,
        quoted(from),
        quoted(to)
    )
}

fn rename_index(table: &Table, from: &str, to: &str) -> String {
    let from = qualified(&table.name.schema, from);
    format!("ALTER INDEX {from} RENAME TO {}", quoted(to))
}

fn rename<'a>(table: &'a Table, names: impl Fn(&'a Column) -> (&'a str, &'a str)) -> Vec<String> {
    let renamed = table.columns.iter().map(|column| {
        let (from, to) = names(column);
        format!(
            "ALTER TABLE {} RENAME COLUMN {} TO {}",
            table.name,
            quoted(from),
            quoted(to)
        )
    });
    renamed.collect()
}

/// `SET NOT NULL` believes the validated check.
fn not_null(table: &Table) -> Option<String> {
    let columns = table.columns.iter().filter(|column| column.not_null);
    let changes: Vec<String> = columns
        .map(|column| format!("ALTER COLUMN {} SET NOT NULL", quoted(&column.new)))
        .collect();
    (!changes.is_empty()).then(|| format!("ALTER TABLE {} {}", table.name, changes.join(", ")))
}

/// What belongs to the table, but names an index.
fn attributes(table: &Table) -> Vec<String> {
    let mut statements = Vec::new();
    if let Some(index) = &table.replica_identity {
        let index = quoted(index);
        statements.push(format!(
            "ALTER TABLE {} REPLICA IDENTITY USING INDEX {index}",
            table.name
        ));
    }
    if let Some(index) = &table.clustered {
        statements.push(format!(
            "ALTER TABLE {} CLUSTER ON {}",
            table.name,
            quoted(index)
        ));
    }
    statements
}

/// Defaults of the new keys, where the plan wants one.
fn defaults(table: &Table) -> Vec<String> {
    let with = table.columns.iter().filter_map(|column| {
        let default = column.default.as_deref()?;
        let name = quoted(&column.name);
        Some(format!(
            "ALTER TABLE {} ALTER COLUMN {name} SET DEFAULT {default}",
            table.name
        ))
    });
    with.collect()
}

/// A sequence for old keys that the application used to issue itself, from above the greatest.
fn old_sequence(table: &Table, place: usize) -> Vec<String> {
    let wanted = |column: &&Column| {
        let integer = matches!(column.from.as_str(), "smallint" | "integer" | "bigint");
        integer && !column.issued && matches!(column.value, Value::Mint { .. })
    };
    let Some(column) = table.columns.iter().find(wanted) else {
        return Vec::new();
    };
    let sequence = trigger::old_sequence(place);
    vec![
        format!("CREATE SEQUENCE IF NOT EXISTS {sequence}"),
        format!(
            "SELECT setval({}, greatest(max({}), 0) + 1, false) FROM {}",
            literal(&sequence),
            quoted(&column.name),
            table.name
        ),
    ]
}
