//! Indexes and foreign keys as statements, with the names that columns have on either side.

use crate::name::{free, list, qualified, quoted};
use crate::plan::{Column, ForeignKey, Index, Plan, Role, Table};
use crate::trigger;

/// Which columns a twin stands on.
#[derive(Clone, Copy)]
pub(super) enum Side {
    /// The successors, before the cut-over.
    New,
    /// The predecessors, after it.
    Old,
}

impl Side {
    pub(super) fn column<'a>(self, table: &'a Table, name: &'a str) -> &'a str {
        match self {
            Self::New => table.new_name(name),
            Self::Old => table.old_name(name),
        }
    }
}

/// `CREATE INDEX CONCURRENTLY` for the twin of an index.
pub(super) fn create_index(table: &Table, index: &Index, name: &str, side: Side) -> String {
    let members = index.members.iter().map(|member| {
        let column = quoted(side.column(table, &member.column));
        match member.options.as_str() {
            "" => column,
            options => format!("{column} {options}"),
        }
    });
    let members = members.collect::<Vec<_>>().join(", ");
    let unique = if index.role == Role::Index {
        ""
    } else {
        "UNIQUE "
    };
    let mut sql = format!(
        "CREATE {unique}INDEX CONCURRENTLY {} ON {} USING {} ({members})",
        quoted(name),
        table.name,
        index.method,
    );
    if !index.include.is_empty() {
        let include = index.include.iter().map(|name| side.column(table, name));
        sql.extend([" INCLUDE (", &list(include), ")"]);
    }
    if index.nulls_not_distinct {
        sql.push_str(" NULLS NOT DISTINCT");
    }
    if !index.with.is_empty() {
        sql.extend([" WITH (", &index.with.join(", "), ")"]);
    }
    if let Some(tablespace) = &index.tablespace {
        sql.extend([" TABLESPACE ", &quoted(tablespace)]);
    }
    sql
}

/// `ADD CONSTRAINT ... NOT VALID` for the twin of a foreign key.
pub(super) fn add_foreign_key(plan: &Plan, key: &ForeignKey, name: &str, side: Side) -> String {
    let moved = |table: &crate::census::Name, names: &[String]| {
        let table = plan.table(table);
        let names = names
            .iter()
            .map(|name| table.map_or(&**name, |table| side.column(table, name)));
        list(names)
    };
    let table = plan.table(&key.table);
    let rules = key
        .rules
        .sql(|name| table.map_or(name, |table| side.column(table, name)));
    format!(
        "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}){rules} NOT VALID",
        key.table,
        quoted(name),
        moved(&key.table, &key.columns),
        key.target,
        moved(&key.target, &key.target_columns),
    )
}

/// `COMMENT ON` for what stands on an index, if it has one.
pub(super) fn comment_on_index(table: &Table, index: &Index) -> Option<String> {
    let comment = crate::name::literal(index.comment.as_deref()?);
    Some(match index.role {
        Role::PrimaryKey | Role::UniqueConstraint => {
            format!(
                "COMMENT ON CONSTRAINT {} ON {} IS {comment}",
                quoted(&index.name),
                table.name
            )
        }
        Role::UniqueIndex | Role::Index => {
            let index = qualified(&table.name.schema, &index.name);
            format!("COMMENT ON INDEX {index} IS {comment}")
        }
    })
}

/// The names of the checks that successors are filled, column by column; no two are the same where
/// names are so long that they are cut.
pub(crate) fn check_names(table: &Table) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for column in &table.columns {
        let stem = column.new.strip_suffix("__new").unwrap_or(&column.new);
        let name = free(stem, "__new_filled", |name| {
            names.iter().any(|given| given == name)
        });
        names.push(name);
    }
    names
}

/// `DROP COLUMN` for one side of all pairs; indexes and checks go with their columns.
///
/// Without `CASCADE`: whatever still uses a column stops this, and is named.
pub(super) fn drop_columns<'a>(table: &'a Table, of: impl Fn(&'a Column) -> &'a str) -> String {
    let drops = table
        .columns
        .iter()
        .map(|column| format!("DROP COLUMN IF EXISTS {}", quoted(of(column))));
    let drops = drops.collect::<Vec<_>>().join(", ");
    format!("ALTER TABLE {} {drops}", table.name)
}

/// Takes the triggers of a group away and, in the same transaction, the columns that they filled:
/// between the two, whoever writes a row would be refused for leaving a column empty. The tables of
/// a group do so together, as their triggers read each other's columns.
pub(super) fn drop_pairs<'a>(
    group: &'a [Table],
    of: impl Fn(&'a Column) -> &'a str + Copy,
) -> Vec<String> {
    let triggers = group.iter().rev().flat_map(trigger::drop);
    let columns = group.iter().rev().map(|table| drop_columns(table, of));
    triggers.chain(columns).collect()
}

/// The tables of each group, children first.
pub(super) fn groups_backwards(plan: &Plan) -> impl Iterator<Item = &[Table]> {
    plan.tables.chunk_by(|a, b| a.group == b.group).rev()
}

/// `"public"."orders", "public"."events"`, for the names of steps.
pub(super) fn names_of(group: &[Table]) -> String {
    let names: Vec<String> = group.iter().map(|table| table.name.to_string()).collect();
    names.join(", ")
}
