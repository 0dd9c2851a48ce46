//! Applies statements that create.

use super::super::change::{Constraint, How, Like, NewTable};
use super::super::names;
use super::partition::unnamed;
use super::{Applied, Catalog, Refusal, unresolved};
use crate::picture::called;
use crate::{
    Column, Composite, Default, Dialect, Domain, Enum, Generator, Index, IndexPart, Key, Name,
    Origin, ProblemKind, Reference, Sequence, Span, Table, View,
};

impl Catalog {
    pub(super) fn create_table(&mut self, new: NewTable) -> Applied {
        let name = self.placed(new.name.clone());
        if new.temporary {
            self.temporary.insert(new.name);
            return Ok(());
        }
        let earlier = self.places.get(&name).copied();
        match earlier.and_then(|place| self.schema.tables.get(place)) {
            Some(table) if table.complete && new.if_not_exists => return Ok(()),
            Some(table) if table.complete => {
                return Err(unresolved(format!(
                    "create table `{name}`: it is there already"
                )));
            }
            _ => {}
        }
        let mut table = Table::new(name.clone(), new.span);
        table.name_span = new.name_span;
        table.complete = !new.incomplete;
        for like in &new.like {
            self.take_over(&mut table, like);
        }
        let own_columns = new.columns.clone();
        for column in new.columns {
            // A column that a parent brings may be declared again.
            match table.columns.iter_mut().find(|it| it.name == column.name) {
                Some(inherited) => {
                    let nullable = column.nullable && inherited.nullable;
                    *inherited = Column { nullable, ..column };
                }
                None => table.columns.push(column),
            }
        }
        let place = match earlier {
            // What was altered before it was created was no mistake: files come in any order.
            Some(place) => {
                let begun = std::mem::replace(&mut self.schema.tables[place], table);
                let table = &mut self.schema.tables[place];
                table.references.extend(begun.references);
                table.uniques.extend(begun.uniques);
                table.indexes.extend(begun.indexes);
                table.primary_key = begun.primary_key;
                place
            }
            None => self.insert(table),
        };
        for like in &new.like {
            self.take_over_keys(place, like)?;
        }
        for constraint in new.constraints {
            self.add_constraint(place, constraint)?;
        }
        for column in &own_columns {
            self.imply_sequence(&name, column);
        }
        Ok(())
    }

    /// The columns of another table.
    fn take_over(&mut self, table: &mut Table, like: &Like) {
        let Some(place) = self.place(&like.table) else {
            table.complete = false;
            let message = format!("find table `{}`: no statement creates it", like.table);
            self.note(table.span, ProblemKind::Unresolved, message);
            return;
        };
        let defaults = match like.how {
            How::Copy { defaults, .. } => defaults,
            How::Child | How::Partition => true,
        };
        let other = &self.schema.tables[place];
        table.complete &= other.complete;
        for column in &other.columns {
            let mut column = column.clone();
            if !defaults {
                column.default = None;
            }
            if let Some(default) = column.default.take() {
                column.default = self.shared_default(&other.name, &column.name, default);
            }
            // Columns of one name from several parents are one.
            match table.columns.iter_mut().find(|it| it.name == column.name) {
                Some(merged) => merged.nullable &= column.nullable,
                None => table.columns.push(column),
            }
        }
        if matches!(like.how, How::Child | How::Partition) {
            let pair = (other.name.clone(), table.name.clone());
            if !self.children.contains(&pair) {
                self.children.push(pair);
            }
        }
        if like.how == How::Partition {
            table.partition_of = Some(other.name.clone());
        }
    }

    /// The default of a column that was taken over: a sequence remains the other table's, and an
    /// identity stays there.
    pub(super) fn shared_default(
        &self,
        table: &Name,
        column: &str,
        mut default: Default,
    ) -> Option<Default> {
        if self.schema.dialect != Dialect::PostgreSql {
            return Some(default);
        }
        match default.generator {
            Generator::Identity { .. } => return None,
            Generator::Serial => {
                let is_owner = |owner: &(Name, String)| owner.0 == *table && owner.1 == column;
                let mut sequences = self.schema.sequences.iter();
                let sequence = sequences.find(|it| it.owner.as_ref().is_some_and(is_owner));
                let name = sequence.map(|it| it.name.to_string());
                default.generator = Generator::Sequence { name };
            }
            _ => {}
        }
        Some(default)
    }

    /// The sequence that comes with a `serial` or identity column.
    pub(super) fn imply_sequence(&mut self, table: &Name, column: &Column) {
        let generator = column.default.as_ref().map(|default| &default.generator);
        let counts = matches!(
            generator,
            Some(Generator::Serial | Generator::Identity { .. })
        );
        if !counts || self.schema.dialect != Dialect::PostgreSql {
            return;
        }
        let sequences = &self.schema.sequences;
        let is_taken = |name: &str| sequences.iter().any(|it| it.name.name == name);
        let text = column.default.as_ref().map_or("", |default| &default.text);
        let declared = declared_name(self.schema.dialect, text).map(|name| name.name);
        let made = || names::made(&table.name, &[&column.name], "seq", is_taken);
        let name = declared.unwrap_or_else(made);
        self.schema.sequences.push(Sequence {
            name: Name::within(table.schema.clone(), name),
            owner: Some((table.clone(), column.name.clone())),
            data_type: Some(column.data_type.name.clone()),
            last_value: None,
            max_value: None,
            increment: None,
            origin: Origin::Implied,
            span: column.span,
        });
    }

    /// Adds a constraint to a table and to its partitions.
    pub(super) fn add_constraint(&mut self, place: usize, constraint: Constraint) -> Applied {
        let mut copy = unnamed(constraint.clone());
        self.add_constraint_here(place, constraint)?;
        // The partitions' references have the name that the table's own got.
        if let Constraint::Reference(reference) = &mut copy
            && let Some(added) = self.schema.tables[place].references.last()
        {
            reference.clone_from(added);
        }
        self.pass_on(place, &copy)
    }

    /// Adds a constraint, with the name that the database gives one that has none.
    pub(super) fn add_constraint_here(&mut self, place: usize, constraint: Constraint) -> Applied {
        match constraint {
            Constraint::PrimaryKey(key) => self.set_primary_key(place, key),
            Constraint::Unique(mut key) => {
                key.name = key.name.or_else(|| self.made(place, &key.columns, "key"));
                self.schema.tables[place].uniques.push(key);
            }
            Constraint::Reference(reference) => self.add_reference(place, reference),
            Constraint::UsingIndex {
                primary,
                index,
                name,
                span,
            } => return self.key_of_index(place, primary, (&index, name), span),
            Constraint::Index(index) => self.add_index(place, index),
            Constraint::Other { name } => {
                let table = self.schema.tables[place].name.clone();
                self.unseen.extend(name.map(|name| (table, name)));
            }
        }
        Ok(())
    }

    fn set_primary_key(&mut self, place: usize, mut key: Key) {
        key.name = key.name.or_else(|| self.made(place, &[], "pkey"));
        let table = &mut self.schema.tables[place];
        for column in &mut table.columns {
            if key.columns.contains(&column.name) {
                column.nullable = false;
            }
        }
        table.primary_key = Some(key);
    }

    fn add_reference(&mut self, place: usize, mut reference: Reference) {
        reference.name = reference
            .name
            .or_else(|| self.made(place, &reference.columns, "fkey"));
        let target = self
            .place(&reference.table)
            .map(|place| &self.schema.tables[place]);
        reference.table = match target {
            Some(target) => target.name.clone(),
            None => self.placed(reference.table),
        };
        // As with a database: the target is the key that the table has at this moment.
        if let Some(key) = target.and_then(|target| target.primary_key.as_ref())
            && reference.target_columns.is_empty()
        {
            reference.target_columns.clone_from(&key.columns);
        }
        self.schema.tables[place].references.push(reference);
    }

    /// PostgreSQL's own choice of a name; other databases' choices are not foreseen.
    fn made(&self, place: usize, columns: &[String], label: &str) -> Option<String> {
        if self.schema.dialect != Dialect::PostgreSql || !self.names_constraints {
            return None;
        }
        let table = &self.schema.tables[place];
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let is_taken = |name: &str| names_of(table).any(|other| other == name);
        Some(names::made(&table.name.name, &columns, label, is_taken))
    }

    fn key_of_index(
        &mut self,
        place: usize,
        primary: bool,
        (index, name): (&str, Option<String>),
        span: Span,
    ) -> Applied {
        let table = &mut self.schema.tables[place];
        let at = table
            .indexes
            .iter()
            .position(|it| it.name.as_deref() == Some(index));
        let Some(at) = at else {
            return Err(unresolved(format!(
                "find index `{index}` of table `{}`",
                table.name
            )));
        };
        let index = table.indexes.remove(at);
        let key = Key {
            columns: index.columns().map(str::to_owned).collect(),
            name: name.or(index.name),
            span,
        };
        if primary {
            self.set_primary_key(place, key);
        } else {
            table.uniques.push(key);
        }
        Ok(())
    }

    pub(super) fn create_index(&mut self, table: &Name, index: Index, span: Span) {
        if self.is_temporary(table) {
            return;
        }
        let is_view = |view: &View| view.name.name == table.name;
        if self.place(table).is_none() && self.schema.views.iter().any(is_view) {
            return;
        }
        let place = self.table_to_change(table, span);
        let copy = unnamed(Constraint::Index(index.clone()));
        self.add_index(place, index);
        if let Err(refusal) = self.pass_on(place, &copy) {
            self.note(span, refusal.kind, refusal.message);
        }
    }

    fn add_index(&mut self, place: usize, mut index: Index) {
        let parts = index.parts.iter().map(|part| match part {
            IndexPart::Column(name) => name.clone(),
            // As the database chooses names: a call gives its function's.
            IndexPart::Expression(text) => called(text).unwrap_or_else(|| "expr".to_owned()),
        });
        let parts: Vec<String> = parts.collect();
        index.name = index.name.or_else(|| self.made(place, &parts, "idx"));
        let indexes = &mut self.schema.tables[place].indexes;
        // `IF NOT EXISTS`, and a second run of the same file.
        if index.name.is_none() || indexes.iter().all(|it| it.name != index.name) {
            indexes.push(index);
        }
    }

    pub(super) fn create_view(&mut self, mut view: View) {
        view.name = self.placed(view.name);
        self.schema.views.retain(|it| it.name != view.name);
        self.schema.views.push(view);
    }

    pub(super) fn create_enum(&mut self, mut it: Enum) -> Applied {
        it.name = self.placed(it.name);
        if self.schema.enums.iter().any(|other| other.name == it.name) {
            return Err(unresolved(format!(
                "create type `{}`: it is there already",
                it.name
            )));
        }
        self.schema.enums.push(it);
        Ok(())
    }

    pub(super) fn create_domain(&mut self, mut it: Domain) {
        it.name = self.placed(it.name);
        self.schema.domains.push(it);
    }

    pub(super) fn create_composite(&mut self, mut it: Composite) {
        it.name = self.placed(it.name);
        self.schema.composites.push(it);
    }

    pub(super) fn create_sequence(&mut self, mut it: Sequence) {
        it.name = self.placed(it.name);
        if self
            .schema
            .sequences
            .iter()
            .all(|other| other.name != it.name)
        {
            self.schema.sequences.push(it);
        }
    }

    pub(super) fn own_sequence(&mut self, name: &Name, owner: Option<(Name, String)>) -> Applied {
        let owner = owner.map(|(table, column)| match self.place(&table) {
            Some(place) => (self.schema.tables[place].name.clone(), column),
            None => (self.placed(table), column),
        });
        let name = self.placed(name.clone());
        let found = self.schema.sequences.iter_mut().find(|it| it.name == name);
        let Some(sequence) = found else {
            return Err(unresolved(format!("find sequence `{name}`")));
        };
        sequence.owner = owner;
        Ok(())
    }

    pub(super) fn add_value(
        &mut self,
        name: &Name,
        value: String,
        before: Option<&str>,
    ) -> Applied {
        let values = self.values(name)?;
        if !values.contains(&value) {
            let at = before.and_then(|before| values.iter().position(|it| it == before));
            values.insert(at.unwrap_or(values.len()), value);
        }
        Ok(())
    }

    pub(super) fn rename_value(&mut self, name: &Name, from: &str, to: String) -> Applied {
        match self.values(name)?.iter_mut().find(|it| *it == from) {
            Some(value) => *value = to,
            None => return Err(unresolved(format!("find value `{from}` of type `{name}`"))),
        }
        Ok(())
    }

    fn values(&mut self, name: &Name) -> Result<&mut Vec<String>, Refusal> {
        let name = self.placed(name.clone());
        let name = self
            .schema
            .enumeration(&name)
            .map_or(name.clone(), |it| it.name.clone());
        let found = self.schema.enums.iter_mut().find(|it| it.name == name);
        let found = found.map(|it| &mut it.values);
        found.ok_or_else(|| unresolved(format!("find type `{name}`: no statement creates it")))
    }
}

/// The name that an identity's options give its sequence, as dumps do.
fn declared_name(dialect: Dialect, text: &str) -> Option<Name> {
    let (_, rest) = text.split_once("SEQUENCE NAME ")?;
    Some(names::name(dialect, rest.lines().next()?))
}

/// The names of a table's constraints and indexes, and its own.
fn names_of(table: &Table) -> impl Iterator<Item = &str> {
    let keys = table.primary_key.iter().chain(&table.uniques);
    let keys = keys.filter_map(|key| key.name.as_deref());
    let references = table.references.iter().filter_map(|it| it.name.as_deref());
    let indexes = table.indexes.iter().filter_map(|it| it.name.as_deref());
    keys.chain(references).chain(indexes)
}
