//! Gives partitions, and copies of tables, the keys, indexes and references of their originals.

use super::super::change::{Constraint, How, Like};
use super::{Applied, Catalog, unresolved};
use crate::{Index, Key, Name, Reference, Table};

impl Catalog {
    /// A table that is there becomes a partition: what it lacks of its parent's constraints, it
    /// gets.
    pub(super) fn attach(&mut self, parent: usize, child: &Name) -> Applied {
        let Some(place) = self.place(child) else {
            return Err(unresolved(format!(
                "find table `{child}`: no statement creates it"
            )));
        };
        let table = &self.schema.tables[parent];
        let child = self.schema.tables[place].name.clone();
        // So that partitions are a tree, whatever a damaged script says.
        if self.schema.tables[place].partition_of.is_some() || self.is_within(parent, &child) {
            return Err(unresolved(format!(
                "attach `{child}`: it is a partition already"
            )));
        }
        let name = table.name.clone();
        let constraints = copies(table, true, |_| true);
        self.schema.tables[place].partition_of = Some(name.clone());
        self.children.push((name, child));
        for constraint in constraints {
            self.add_copy(place, constraint)?;
        }
        Ok(())
    }

    /// Whether the table has this name, or is a partition of such a table or of its partitions.
    fn is_within(&self, place: usize, name: &Name) -> bool {
        let mut at = Some(place);
        // Renaming a table to another's name, as damaged scripts do, may close a circle.
        for _ in 0..self.schema.tables.len() {
            let Some(place) = at else { break };
            let table = &self.schema.tables[place];
            if table.name == *name {
                return true;
            }
            let above = table.partition_of.as_ref();
            at = above.and_then(|above| self.places.get(above).copied());
        }
        false
    }

    /// What a partition had of its parent remains.
    pub(super) fn detach(&mut self, parent: usize, child: &Name) {
        let parent = self.schema.tables[parent].name.clone();
        if let Some(place) = self.place(child) {
            let child = &mut self.schema.tables[place];
            child.partition_of.take_if(|it| *it == parent);
            let pair = (parent, child.name.clone());
            self.children.retain(|it| *it != pair);
        }
    }

    /// What a new table has of the keys of one that it is like.
    pub(super) fn take_over_keys(&mut self, place: usize, like: &Like) -> Applied {
        let references = match like.how {
            How::Partition => true,
            How::Copy { indexes: true, .. } => false,
            How::Copy { .. } | How::Child => return Ok(()),
        };
        let Some(original) = self.place(&like.table) else {
            return Ok(());
        };
        for constraint in copies(&self.schema.tables[original], references, |_| true) {
            self.add_constraint_here(place, constraint)?;
        }
        Ok(())
    }

    /// What was added to a table is added to its partitions.
    pub(super) fn pass_on(&mut self, place: usize, constraint: &Constraint) -> Applied {
        for partition in self.partitions_of(place) {
            self.add_copy(partition, constraint.clone())?;
        }
        Ok(())
    }

    /// What is there already under whichever name is not added again.
    fn add_copy(&mut self, place: usize, constraint: Constraint) -> Applied {
        if has(&self.schema.tables[place], &constraint) {
            return Ok(());
        }
        self.add_constraint(place, constraint)
    }

    /// What a table has lost its partitions lose.
    pub(super) fn take_back(&mut self, place: usize, constraint: &Constraint) {
        for partition in self.partitions_of(place) {
            let table = &mut self.schema.tables[partition];
            if !has(table, constraint) {
                continue;
            }
            match constraint {
                Constraint::PrimaryKey(_) => table.primary_key = None,
                Constraint::Unique(key) => table.uniques.retain(|it| it.columns != key.columns),
                Constraint::Reference(it) => table.references.retain(|own| !same(own, it)),
                Constraint::Index(it) => table.indexes.retain(|own| !alike(own, it)),
                Constraint::UsingIndex { .. } | Constraint::Other { .. } => {}
            }
            self.take_back(partition, constraint);
        }
    }

    fn partitions_of(&self, place: usize) -> Vec<usize> {
        let name = &self.schema.tables[place].name;
        let mut children = self.children_of(name);
        children.retain(|child| self.schema.tables[*child].partition_of.as_ref() == Some(name));
        children
    }
}

/// A table's constraints of some names as another gets them: keys and indexes under names of its
/// own.
pub(super) fn copies(
    table: &Table,
    references: bool,
    named: impl Fn(&Option<String>) -> bool,
) -> Vec<Constraint> {
    let keys = table.primary_key.iter().filter(|it| named(&it.name));
    let keys = keys.cloned().map(Constraint::PrimaryKey);
    let uniques = table.uniques.iter().filter(|it| named(&it.name));
    let uniques = uniques.cloned().map(Constraint::Unique);
    let indexes = table.indexes.iter().filter(|it| named(&it.name));
    let indexes = indexes.cloned().map(Constraint::Index);
    let references = table
        .references
        .iter()
        .filter(|it| references && named(&it.name));
    let references = references.cloned().map(Constraint::Reference);
    let all = keys.chain(uniques).chain(indexes).chain(references);
    all.map(unnamed).collect()
}

pub(super) fn unnamed(constraint: Constraint) -> Constraint {
    match constraint {
        Constraint::PrimaryKey(key) => Constraint::PrimaryKey(Key { name: None, ..key }),
        Constraint::Unique(key) => Constraint::Unique(Key { name: None, ..key }),
        Constraint::Index(index) => Constraint::Index(Index {
            name: None,
            ..index
        }),
        other => other,
    }
}

fn has(table: &Table, constraint: &Constraint) -> bool {
    match constraint {
        Constraint::PrimaryKey(_) => table.primary_key.is_some(),
        Constraint::Unique(key) => table.uniques.iter().any(|it| it.columns == key.columns),
        Constraint::Reference(it) => table.references.iter().any(|own| same(own, it)),
        Constraint::Index(it) => table.indexes.iter().any(|own| alike(own, it)),
        // A partitioned table has neither, but for checks, which do not show.
        Constraint::UsingIndex { .. } | Constraint::Other { .. } => true,
    }
}

fn same(a: &Reference, b: &Reference) -> bool {
    (&a.columns, &a.table) == (&b.columns, &b.table)
}

fn alike(a: &Index, b: &Index) -> bool {
    (&a.parts, a.unique, &a.predicate) == (&b.parts, b.unique, &b.predicate)
}
