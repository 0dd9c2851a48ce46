//! Applies changes one after the other, as the database would, and ends with the picture.

mod alter;
mod create;
mod dependents;
mod drop;
mod finish;
mod partition;
mod rename;

use std::collections::{HashMap, HashSet};

use super::change::Change;
use super::names;
use crate::{Dialect, Name, Problem, ProblemKind, Schema, Span, Table};

/// The schema as the statements so far have left it.
pub(super) struct Catalog {
    pub(super) schema: Schema,
    /// Where each table is in the picture.
    places: HashMap<Name, usize>,
    /// Where new names without a namespace go.
    current: Option<String>,
    /// Parent and child, where a change of the one is a change of the other.
    children: Vec<(Name, Name)>,
    /// Tables of the session, which are no part of the picture.
    temporary: HashSet<Name>,
    /// Checks and other constraints that do not show, so that dropping one is understood.
    unseen: HashSet<(Name, String)>,
    /// Whether unnamed constraints get the names that PostgreSQL would give them.
    pub(super) names_constraints: bool,
}

/// Why a change was not made.
pub(super) struct Refusal {
    pub(super) kind: ProblemKind,
    pub(super) message: String,
}

pub(super) type Applied = Result<(), Refusal>;

/// A refusal because a name leads nowhere, or to what is there already.
pub(super) fn unresolved(message: impl Into<String>) -> Refusal {
    Refusal {
        kind: ProblemKind::Unresolved,
        message: message.into(),
    }
}

impl Catalog {
    pub(super) fn new(dialect: Dialect, files: Vec<String>) -> Self {
        Self {
            schema: Schema::new(dialect, files),
            places: HashMap::new(),
            current: None,
            children: Vec::new(),
            temporary: HashSet::new(),
            unseen: HashSet::new(),
            names_constraints: true,
        }
    }

    /// Makes the change that a statement asks for, or notes why not.
    pub(super) fn apply(&mut self, change: Change, span: Span) {
        if let Err(refusal) = self.change(change, span) {
            self.note(span, refusal.kind, refusal.message);
        }
    }

    pub(super) fn note(&mut self, span: Span, kind: ProblemKind, message: impl Into<String>) {
        self.schema.problems.push(Problem::new(span, kind, message));
    }

    fn change(&mut self, change: Change, span: Span) -> Applied {
        match change {
            Change::CreateTable(table) => self.create_table(*table),
            Change::AlterTable {
                table,
                if_exists,
                change,
            } => self.alter_table(&table, if_exists, *change, span),
            Change::CreateIndex { table, index } => {
                self.create_index(&table, index, span);
                Ok(())
            }
            Change::CreateView(view) => {
                self.create_view(view);
                Ok(())
            }
            Change::CreateEnum(it) => self.create_enum(it),
            Change::CreateDomain(it) => {
                self.create_domain(it);
                Ok(())
            }
            Change::CreateComposite(it) => {
                self.create_composite(it);
                Ok(())
            }
            Change::CreateSequence(it) => {
                self.create_sequence(it);
                Ok(())
            }
            Change::OwnSequence { sequence, owner } => self.own_sequence(&sequence, owner),
            Change::AddValue {
                name,
                value,
                before,
            } => self.add_value(&name, value, before.as_deref()),
            Change::RenameValue { name, from, to } => self.rename_value(&name, &from, to),
            Change::Drop {
                kind,
                name,
                if_exists,
                cascade,
            } => self.drop(kind, &name, if_exists, cascade),
            Change::DropIndexOf { table, index } => self.drop_index_of(&table, &index, span),
            Change::Rename { kind, name, to } => self.rename(kind, &name, to),
            Change::UseSchema(schema) => {
                let default = names::default_schema(self.schema.dialect);
                self.current = schema.filter(|it| Some(it.as_str()) != default);
                Ok(())
            }
        }
    }

    /// The full name of something new, as the picture has it.
    fn placed(&self, mut name: Name) -> Name {
        if name.schema.is_none() {
            name.schema.clone_from(&self.current);
            return name;
        }
        names::settled(self.schema.dialect, name)
    }

    /// Where a table is: of this very name, in the current namespace, or the only one of the name
    /// in any.
    fn place(&self, name: &Name) -> Option<usize> {
        if let Some(place) = self.places.get(&self.placed(name.clone())) {
            return Some(*place);
        }
        if name.schema.is_some() {
            return None;
        }
        if let Some(place) = self.places.get(name) {
            return Some(*place);
        }
        let mut alike = self
            .places
            .iter()
            .filter(|(other, _)| other.name == name.name);
        let (_, place) = alike.next()?;
        alike.next().is_none().then_some(*place)
    }

    /// What a thing is called once renamed: it stays in its namespace unless told otherwise.
    fn renamed(&self, old: &Name, to: Name) -> Name {
        if to.schema.is_some() {
            return names::settled(self.schema.dialect, to);
        }
        Name::within(old.schema.clone(), to.name)
    }

    fn is_temporary(&self, name: &Name) -> bool {
        self.temporary.contains(name)
    }

    /// A table to change. One that no statement created is begun here, and said so once.
    fn table_to_change(&mut self, name: &Name, span: Span) -> usize {
        if let Some(place) = self.place(name) {
            return place;
        }
        let message = format!("find table `{name}`: no statement creates it");
        self.note(span, ProblemKind::Unresolved, message);
        let mut table = Table::new(self.placed(name.clone()), span);
        table.complete = false;
        self.insert(table)
    }

    fn insert(&mut self, table: Table) -> usize {
        let place = self.schema.tables.len();
        self.places.insert(table.name.clone(), place);
        self.schema.tables.push(table);
        place
    }

    /// The tables that inherit from this one.
    fn children_of(&self, name: &Name) -> Vec<usize> {
        let children = self.children.iter().filter(|(parent, _)| parent == name);
        children
            .filter_map(|(_, child)| self.places.get(child).copied())
            .collect()
    }

    /// After tables were removed or renamed.
    fn find_places(&mut self) {
        let tables = self.schema.tables.iter().enumerate();
        self.places = tables
            .map(|(place, table)| (table.name.clone(), place))
            .collect();
    }
}
