//! Applies statements that rename, and renames what refers to the renamed.

use super::super::change::ObjectKind;
use super::{Applied, Catalog, unresolved};
use crate::{IndexPart, Name};

impl Catalog {
    /// Gives a thing a new name; one without a namespace stays in its own.
    pub(super) fn rename(&mut self, kind: ObjectKind, name: &Name, to: Name) -> Applied {
        let found = match kind {
            ObjectKind::Table => self.rename_table(name, to),
            ObjectKind::Index => self.rename_index(name, to.name),
            ObjectKind::View | ObjectKind::Sequence | ObjectKind::Type => {
                return self.rename_other(name, to);
            }
            ObjectKind::Schema => {
                self.rename_schema(&name.name, &to.name);
                true
            }
        };
        let missing = || unresolved(format!("rename `{name}`: no statement creates it"));
        if found { Ok(()) } else { Err(missing()) }
    }

    fn rename_table(&mut self, name: &Name, to: Name) -> bool {
        let Some(place) = self.place(name) else {
            return self.rename_other(name, to).is_ok();
        };
        let old = self.schema.tables[place].name.clone();
        let new = self.renamed(&old, to);
        self.schema.tables[place].name = new.clone();
        self.find_places();
        self.follow_table(&old, &new);
        true
    }

    pub(super) fn move_table(&mut self, place: usize, schema: &str) {
        let old = self.schema.tables[place].name.clone();
        let default = super::names::default_schema(self.schema.dialect);
        let schema = Some(schema.to_owned()).filter(|it| Some(it.as_str()) != default);
        let new = Name::within(schema, old.name.as_str());
        self.schema.tables[place].name = new.clone();
        self.find_places();
        self.follow_table(&old, &new);
    }

    /// Everything that names the table names it anew.
    fn follow_table(&mut self, old: &Name, new: &Name) {
        let tables = self.schema.tables.iter_mut();
        for reference in tables.flat_map(|table| &mut table.references) {
            if reference.table == *old {
                reference.table = new.clone();
            }
        }
        for sequence in &mut self.schema.sequences {
            if let Some(owner) = sequence.owner.as_mut().filter(|owner| owner.0 == *old) {
                owner.0 = new.clone();
                sequence.name.schema.clone_from(&new.schema);
            }
        }
        for (parent, child) in &mut self.children {
            for name in [parent, child] {
                if name == old {
                    *name = new.clone();
                }
            }
        }
        for table in &mut self.schema.tables {
            if table.partition_of.as_ref() == Some(old) {
                table.partition_of = Some(new.clone());
            }
        }
        let of_old = self
            .unseen
            .iter()
            .filter(|(table, _)| table == old)
            .cloned();
        for (table, name) in of_old.collect::<Vec<_>>() {
            self.unseen.remove(&(table, name.clone()));
            self.unseen.insert((new.clone(), name));
        }
    }

    pub(super) fn rename_column(&mut self, place: usize, from: &str, to: &str) -> Applied {
        let table = &mut self.schema.tables[place];
        let Some(column) = table.columns.iter_mut().find(|column| column.name == from) else {
            let message = format!("find column `{from}` of table `{}`", table.name);
            return if table.complete {
                Err(unresolved(message))
            } else {
                Ok(())
            };
        };
        to.clone_into(&mut column.name);
        let rename = |columns: &mut Vec<String>| {
            for column in columns.iter_mut().filter(|column| *column == from) {
                to.clone_into(column);
            }
        };
        for key in table.primary_key.iter_mut().chain(&mut table.uniques) {
            rename(&mut key.columns);
        }
        for part in table.indexes.iter_mut().flat_map(|index| &mut index.parts) {
            if let IndexPart::Column(column) = part
                && column == from
            {
                to.clone_into(column);
            }
        }
        for reference in &mut table.references {
            rename(&mut reference.columns);
        }
        let name = table.name.clone();
        let tables = self.schema.tables.iter_mut();
        for reference in tables.flat_map(|table| &mut table.references) {
            if reference.table == name {
                rename(&mut reference.target_columns);
            }
        }
        for sequence in &mut self.schema.sequences {
            let owner = sequence.owner.as_mut();
            if let Some(owner) = owner.filter(|owner| owner.0 == name && owner.1 == from) {
                to.clone_into(&mut owner.1);
            }
        }
        Ok(())
    }

    /// A constraint's index and the constraint have one name.
    fn rename_index(&mut self, name: &Name, to: String) -> bool {
        let tables = self.schema.tables.iter_mut();
        let mut names = tables.flat_map(|table| {
            let keys = table.primary_key.iter_mut().chain(&mut table.uniques);
            let keys = keys.map(|key| &mut key.name);
            keys.chain(table.indexes.iter_mut().map(|index| &mut index.name))
        });
        let found = names.find(|it| it.as_deref() == Some(name.name.as_str()));
        found.is_some_and(|found| {
            *found = Some(to);
            true
        })
    }

    /// Whether the name is that of a view, sequence or index.
    pub(super) fn is_other(&self, name: &Name) -> bool {
        let name = self.placed(name.clone());
        self.schema.views.iter().any(|it| it.name == name)
            || self.schema.sequences.iter().any(|it| it.name == name)
    }

    pub(super) fn rename_other(&mut self, name: &Name, to: Name) -> Applied {
        let old = self.placed(name.clone());
        let new = self.renamed(&old, to);
        let schema = &mut self.schema;
        let views = schema.views.iter_mut().map(|it| &mut it.name);
        let sequences = schema.sequences.iter_mut().map(|it| &mut it.name);
        let enums = schema.enums.iter_mut().map(|it| &mut it.name);
        let domains = schema.domains.iter_mut().map(|it| &mut it.name);
        let composites = schema.composites.iter_mut().map(|it| &mut it.name);
        let mut all = views
            .chain(sequences)
            .chain(enums)
            .chain(domains)
            .chain(composites);
        let Some(found) = all.find(|it| **it == old) else {
            return Err(unresolved(format!(
                "rename `{name}`: no statement creates it"
            )));
        };
        *found = new.clone();
        let columns = schema
            .tables
            .iter_mut()
            .flat_map(|table| &mut table.columns);
        for column in columns.filter(|column| column.data_type.user_name() == old) {
            column.data_type.schema.clone_from(&new.schema);
            column.data_type.name.clone_from(&new.name);
        }
        Ok(())
    }

    fn rename_schema(&mut self, from: &str, to: &str) {
        let rename = |name: &mut Name| {
            if name.schema.as_deref() == Some(from) {
                name.schema = Some(to.to_owned());
            }
        };
        for table in &mut self.schema.tables {
            rename(&mut table.name);
            table.partition_of.iter_mut().for_each(rename);
            table
                .references
                .iter_mut()
                .for_each(|it| rename(&mut it.table));
        }
        for (parent, child) in &mut self.children {
            rename(parent);
            rename(child);
        }
        self.schema
            .views
            .iter_mut()
            .for_each(|it| rename(&mut it.name));
        self.schema
            .enums
            .iter_mut()
            .for_each(|it| rename(&mut it.name));
        self.schema
            .sequences
            .iter_mut()
            .for_each(|it| rename(&mut it.name));
        self.find_places();
    }
}
