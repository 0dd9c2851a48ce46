//! Which key columns the caller means.

use super::{At, Options};
use crate::Error;
use crate::catalog::{self, Catalog, Table};
use crate::census::Refusal;

/// The key columns that are asked for by name or by what they are.
pub(super) fn chosen(catalog: &Catalog, options: &Options) -> Result<Vec<At>, Error> {
    let mut chosen = Vec::new();
    let mut refusals = Vec::new();
    for name in &options.tables {
        match named(catalog, name) {
            Ok(at) => chosen.push(at),
            Err(refusal) => refusals.push(refusal),
        }
    }
    if options.all_auto_increment {
        chosen.extend(counting(catalog));
    }
    chosen.sort_unstable();
    chosen.dedup();
    if chosen.is_empty() && refusals.is_empty() {
        let why = "no table is named, and none has a key that counts up by itself";
        refusals.push(refusal(
            "nothing-to-move",
            "database",
            why,
            "name tables with `--table`",
        ));
    }
    if refusals.is_empty() {
        Ok(chosen)
    } else {
        Err(Error::Refused(refusals))
    }
}

/// All primary keys with a member that counts up by itself.
fn counting(catalog: &Catalog) -> Vec<At> {
    let mut found = Vec::new();
    for (oid, table) in &catalog.tables {
        let members = table.primary_key().map_or(&[][..], |key| &key.members);
        let counts = |number: &i16| {
            table
                .columns
                .get(number)
                .is_some_and(|column| column.is_integer() && column.counts())
        };
        let numbers = members.iter().map(|member| member.column);
        found.extend(numbers.filter(counts).map(|number| (*oid, number)));
    }
    found
}

fn named(catalog: &Catalog, name: &str) -> Result<At, Refusal> {
    let mut found = catalog.tables.iter().filter_map(|(oid, table)| {
        let said = said(table, name)?;
        Some((*oid, table, said))
    });
    let Some((oid, table, said)) = found.next() else {
        let why = "there is no such table";
        return Err(refusal(
            "no-such-table",
            name,
            why,
            "check the name, and the schema",
        ));
    };
    if let Some((_, other, _)) = found.next() {
        let why = format!(
            "it is in the schemas `{}` and `{}`",
            table.name.schema, other.name.schema
        );
        return Err(refusal(
            "ambiguous-table",
            name,
            &why,
            "write `schema.table`",
        ));
    }
    let at = match said {
        Said::Column(number) => Some(number),
        Said::Table => key_of(table),
    };
    let why = "it has no primary key of one column, nor one member that counts up by itself";
    let next = "name the column: `schema.table.column`";
    at.map(|number| (oid, number))
        .ok_or_else(|| refusal("no-single-key", name, why, next))
}

/// What a name says of a table.
enum Said {
    Table,
    Column(i16),
}

/// What `name` says of this table, if it is about it.
fn said(table: &Table, name: &str) -> Option<Said> {
    let full = format!("{}.{}", table.name.schema, table.name.name);
    if name == full || name == table.name.name {
        return Some(Said::Table);
    }
    let column = name.strip_prefix(&format!("{full}."));
    let column = column.or_else(|| name.strip_prefix(&format!("{}.", table.name.name)))?;
    table
        .column_named(column)
        .map(|(number, _)| Said::Column(number))
}

/// The member of the primary key that moves, if it is clear which.
fn key_of(table: &Table) -> Option<i16> {
    let members = &table.primary_key()?.members;
    if let [only] = members.as_slice() {
        return Some(only.column);
    }
    let counts = |number: &&i16| {
        table
            .columns
            .get(number)
            .is_some_and(catalog::Column::counts)
    };
    let numbers: Vec<i16> = members.iter().map(|member| member.column).collect();
    let counting: Vec<&i16> = numbers.iter().filter(counts).collect();
    match counting.as_slice() {
        [one] => Some(**one),
        _ => None,
    }
}

fn refusal(situation: &'static str, object: &str, reason: &str, next: &str) -> Refusal {
    Refusal {
        situation,
        object: object.to_owned(),
        reason: reason.to_owned(),
        next: next.to_owned(),
    }
}
