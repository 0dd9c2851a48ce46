//! Ties loose ends when all statements are applied.

use std::collections::HashSet;

use super::Catalog;
use crate::{Default, Dialect, Generator, ProblemKind, Schema, Side, Table};

impl Catalog {
    /// The picture, with types told apart and references led to their columns.
    pub(in crate::sql) fn finish(mut self) -> Schema {
        self.schema.tell_types_apart();
        self.lead_references();
        if self.schema.dialect == Dialect::Sqlite {
            self.schema.tables.iter_mut().for_each(mark_rowid);
        }
        self.schema.problems.sort_by_key(|problem| problem.span);
        self.schema
    }

    /// `REFERENCES table` means its primary key, which may have been declared later. A target that
    /// no statement creates is reported once.
    fn lead_references(&mut self) {
        let mut missing = Vec::new();
        let mut reported = HashSet::new();
        for at in 0..self.schema.tables.len() {
            for number in 0..self.schema.tables[at].references.len() {
                let reference = &self.schema.tables[at].references[number];
                let Some(place) = self.place(&reference.table) else {
                    if reported.insert(reference.table.clone()) {
                        missing.push((reference.span, reference.table.clone()));
                    }
                    continue;
                };
                let target = &self.schema.tables[place];
                let name = target.name.clone();
                let key = target.primary_key.as_ref().map(|key| key.columns.clone());
                let reference = &mut self.schema.tables[at].references[number];
                reference.table = name;
                if reference.target_columns.is_empty() {
                    reference.target_columns = key.unwrap_or_default();
                }
            }
        }
        for (span, name) in missing {
            let message = format!("find table `{name}`: no statement creates it");
            self.note(span, ProblemKind::Unresolved, message);
        }
    }
}

/// A primary key of the one type name `INTEGER` is SQLite's own row number, counted upwards.
fn mark_rowid(table: &mut Table) {
    let Some(key) = table
        .primary_key
        .as_ref()
        .filter(|key| key.columns.len() == 1)
    else {
        return;
    };
    let column = table
        .columns
        .iter_mut()
        .find(|column| column.name == key.columns[0]);
    if let Some(column) = column
        && column.data_type.declared.eq_ignore_ascii_case("integer")
        && column.default.is_none()
    {
        column.default = Some(Default {
            generator: Generator::Autoincrement,
            side: Side::Database,
            text: "INTEGER PRIMARY KEY".to_owned(),
            span: column.span,
        });
    }
}
