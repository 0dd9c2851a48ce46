//! Applies the actions of `ALTER TABLE`.

use std::collections::HashSet;

use super::super::change::{Constraint, ObjectKind, TableChange};
use super::partition::copies;
use super::{Applied, Catalog, unresolved};
use crate::{Column, Dialect, Generator, Name, Span, Table, Type};

impl Catalog {
    pub(super) fn alter_table(
        &mut self,
        name: &Name,
        if_exists: bool,
        change: TableChange,
        span: Span,
    ) -> Applied {
        if self.is_temporary(name) {
            return Ok(());
        }
        if self.place(name).is_none() && (if_exists || self.is_other(name)) {
            // PostgreSQL alters views, sequences and indexes through `ALTER TABLE` as well.
            return match change {
                TableChange::Rename(to) if !if_exists => self.rename_other(name, to),
                _ => Ok(()),
            };
        }
        let place = self.table_to_change(name, span);
        self.change_children(place, &change, &mut HashSet::from([place]))?;
        self.change_table(place, change)
    }

    /// What happens to a parent's columns happens to those of its children: to each once, by
    /// however many ways it inherits, and even if a damaged script makes a table its own ancestor.
    fn change_children(
        &mut self,
        place: usize,
        change: &TableChange,
        seen: &mut HashSet<usize>,
    ) -> Applied {
        let passes_on = matches!(
            change,
            TableChange::AddColumn { .. }
                | TableChange::DropColumn { .. }
                | TableChange::RenameColumn { .. }
                | TableChange::SetType { .. }
                | TableChange::SetNullable { .. }
                | TableChange::SetDefault { .. }
        );
        let is_identity = matches!(
            change,
            TableChange::SetDefault { default: Some(default), .. }
                if matches!(default.generator, Generator::Identity { .. })
        );
        if !passes_on || is_identity {
            return Ok(());
        }
        let name = self.schema.tables[place].name.clone();
        for child in self.children_of(&name) {
            if !seen.insert(child) {
                continue;
            }
            let mut change = change.clone();
            if let TableChange::AddColumn {
                column,
                constraints,
                if_not_exists,
            } = &mut change
            {
                constraints.clear();
                *if_not_exists = true;
                if let Some(default) = column.default.take() {
                    column.default = self.shared_default(&name, &column.name, default);
                }
            }
            self.change_children(child, &change, seen)?;
            self.change_table(child, change)?;
        }
        Ok(())
    }

    fn change_table(&mut self, place: usize, change: TableChange) -> Applied {
        match change {
            TableChange::AddColumn {
                column,
                constraints,
                if_not_exists,
            } => return self.add_column(place, &column, constraints, if_not_exists),
            TableChange::DropColumn { name, if_exists } => {
                return self.drop_column(place, &name, if_exists);
            }
            TableChange::DropUsers { column } => {
                let table = self.schema.tables[place].name.clone();
                self.drop_dependents_of(&table, &column);
            }
            TableChange::RenameColumn { from, to } => return self.rename_column(place, &from, &to),
            TableChange::ReplaceColumn {
                name,
                column,
                constraints,
            } => {
                if column.name != name {
                    self.rename_column(place, &name, &column.name)?;
                }
                let to = column.name.clone();
                *self.column(place, &to)? = column;
                for constraint in constraints {
                    self.add_constraint(place, constraint)?;
                }
            }
            TableChange::SetType { column, data_type } => {
                self.column(place, &column)?.data_type = data_type;
            }
            TableChange::SetNullable { column, nullable } => {
                self.column(place, &column)?.nullable = nullable;
            }
            TableChange::SetDefault { column, default } => {
                self.column(place, &column)?.default = default;
                let table = self.schema.tables[place].name.clone();
                let column = self.column(place, &column)?.clone();
                self.imply_sequence(&table, &column);
            }
            TableChange::AddConstraint(constraint) => {
                return self.add_constraint(place, constraint);
            }
            TableChange::DropConstraint { name, if_exists } => {
                return self.drop_constraint(place, &name, if_exists);
            }
            TableChange::DropPrimaryKey => self.schema.tables[place].primary_key = None,
            TableChange::RenameConstraint { from, to } => {
                return self.rename_constraint(place, &from, to);
            }
            TableChange::Rename(to) => {
                let name = self.schema.tables[place].name.clone();
                return self.rename(ObjectKind::Table, &name, to);
            }
            TableChange::MoveTo(schema) => self.move_table(place, &schema),
            TableChange::Only(change) => match *change {
                TableChange::AddConstraint(constraint) => {
                    return self.add_constraint_here(place, constraint);
                }
                other => return self.change_table(place, other),
            },
            TableChange::Attach(child) => return self.attach(place, &child),
            TableChange::Detach(child) => self.detach(place, &child),
            TableChange::Nothing => {}
        }
        Ok(())
    }

    fn add_column(
        &mut self,
        place: usize,
        column: &Column,
        constraints: Vec<Constraint>,
        if_not_exists: bool,
    ) -> Applied {
        let table = &mut self.schema.tables[place];
        if table.column(&column.name).is_some() {
            let message = format!(
                "add column `{}` to `{}`: it is there already",
                column.name, table.name
            );
            return if if_not_exists {
                Ok(())
            } else {
                Err(unresolved(message))
            };
        }
        let name = table.name.clone();
        table.columns.push(column.clone());
        self.imply_sequence(&name, column);
        for constraint in constraints {
            self.add_constraint(place, constraint)?;
        }
        Ok(())
    }

    /// A column to change. One of a table that is only partly known is begun here.
    fn column(&mut self, place: usize, name: &str) -> Result<&mut Column, super::Refusal> {
        let table = &mut self.schema.tables[place];
        let at = table.columns.iter().position(|column| column.name == name);
        if at.is_none() && table.complete {
            return Err(missing_column(table, name));
        }
        let at = at.unwrap_or_else(|| {
            let unknown = Type::new(Dialect::Unknown, "", &[], table.span);
            table.columns.push(Column::new(name, unknown, table.span));
            table.columns.len() - 1
        });
        Ok(&mut table.columns[at])
    }

    fn drop_column(&mut self, place: usize, name: &str, if_exists: bool) -> Applied {
        let table = &mut self.schema.tables[place];
        let is_there = table.column(name).is_some();
        if !is_there && !if_exists && table.complete {
            return Err(missing_column(table, name));
        }
        table.columns.retain(|column| column.name != name);
        let holds = |columns: &[String]| columns.iter().any(|column| column == name);
        if table
            .primary_key
            .as_ref()
            .is_some_and(|key| holds(&key.columns))
        {
            table.primary_key = None;
        }
        table.uniques.retain(|key| !holds(&key.columns));
        table
            .references
            .retain(|reference| !holds(&reference.columns));
        table
            .indexes
            .retain(|index| index.columns().all(|column| column != name));
        let table = table.name.clone();
        for other in &mut self.schema.tables {
            other
                .references
                .retain(|it| it.table != table || !holds(&it.target_columns));
        }
        let is_owner = |owner: &(Name, String)| owner.0 == table && owner.1 == name;
        self.schema
            .sequences
            .retain(|it| !it.owner.as_ref().is_some_and(is_owner));
        Ok(())
    }

    fn drop_constraint(&mut self, place: usize, name: &str, if_exists: bool) -> Applied {
        let is_it = |other: &Option<String>| other.as_deref() == Some(name);
        let lost = copies(&self.schema.tables[place], true, is_it);
        for constraint in &lost {
            self.take_back(place, constraint);
        }
        let table = &mut self.schema.tables[place];
        let before = count(table);
        if table
            .primary_key
            .as_ref()
            .is_some_and(|key| is_it(&key.name))
        {
            table.primary_key = None;
        }
        table.uniques.retain(|key| !is_it(&key.name));
        table.references.retain(|reference| !is_it(&reference.name));
        let unseen = (table.name.clone(), name.to_owned());
        let made_check = ["_check", "_excl", "_not_null"]
            .iter()
            .any(|end| name.ends_with(end));
        if count(table) < before || if_exists || !table.complete || made_check {
            return Ok(());
        }
        let message = format!("find constraint `{name}` of table `{}`", table.name);
        if self.unseen.remove(&unseen) {
            Ok(())
        } else {
            Err(unresolved(message))
        }
    }

    fn rename_constraint(&mut self, place: usize, from: &str, to: String) -> Applied {
        let table = &mut self.schema.tables[place];
        let keys = table.primary_key.iter_mut().chain(&mut table.uniques);
        let keys = keys.map(|key| &mut key.name);
        let references = table
            .references
            .iter_mut()
            .map(|reference| &mut reference.name);
        let mut names = keys.chain(references);
        if let Some(name) = names.find(|name| name.as_deref() == Some(from)) {
            *name = Some(to);
            return Ok(());
        }
        let unseen = (table.name.clone(), from.to_owned());
        let message = format!("find constraint `{from}` of table `{}`", table.name);
        let complete = table.complete;
        if self.unseen.remove(&unseen) || !complete {
            self.unseen.insert((unseen.0, to));
            return Ok(());
        }
        Err(unresolved(message))
    }
}

fn missing_column(table: &Table, name: &str) -> super::Refusal {
    let why = if table.complete {
        ""
    } else {
        ", of which only parts are known"
    };
    unresolved(format!(
        "find column `{name}` of table `{}`{why}",
        table.name
    ))
}

fn count(table: &Table) -> usize {
    usize::from(table.primary_key.is_some()) + table.uniques.len() + table.references.len()
}
