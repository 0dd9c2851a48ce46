//! Applies statements that drop.

use super::super::change::ObjectKind;
use super::partition::copies;
use super::{Applied, Catalog, unresolved};
use crate::{Dialect, Name, Span, Table};

impl Catalog {
    pub(super) fn drop(
        &mut self,
        kind: ObjectKind,
        name: &Name,
        if_exists: bool,
        cascade: bool,
    ) -> Applied {
        if cascade && matches!(kind, ObjectKind::Table | ObjectKind::View) {
            let name = self.placed(name.clone());
            self.drop_dependents(&name);
        }
        let found = match kind {
            ObjectKind::Table => self.drop_table(name),
            ObjectKind::View => self.drop_view(name),
            ObjectKind::Index => self.drop_index(name),
            ObjectKind::Sequence => self.drop_sequence(name),
            ObjectKind::Type => self.drop_type(name, cascade),
            ObjectKind::Schema => self.drop_schema(&name.name),
        };
        if found || if_exists {
            return Ok(());
        }
        Err(unresolved(format!(
            "drop `{name}`: no statement creates it"
        )))
    }

    fn drop_table(&mut self, name: &Name) -> bool {
        if self.temporary.remove(name) {
            return true;
        }
        let Some(place) = self.place(name) else {
            return false;
        };
        let name = self.schema.tables.remove(place).name;
        self.find_places();
        for table in &mut self.schema.tables {
            table.references.retain(|reference| reference.table != name);
        }
        let is_owner = |owner: &(Name, String)| owner.0 == name;
        self.schema
            .sequences
            .retain(|it| !it.owner.as_ref().is_some_and(is_owner));
        self.unseen.retain(|(table, _)| *table != name);
        let children = self.children.iter().filter(|(parent, _)| *parent == name);
        let children: Vec<Name> = children.map(|(_, child)| child.clone()).collect();
        self.children
            .retain(|(parent, child)| *parent != name && *child != name);
        for child in children {
            self.drop_table(&child);
        }
        true
    }

    fn drop_view(&mut self, name: &Name) -> bool {
        let name = self.placed(name.clone());
        let before = self.schema.views.len();
        self.schema.views.retain(|view| view.name != name);
        self.schema.views.len() < before
    }

    fn drop_index(&mut self, name: &Name) -> bool {
        let schema = self.placed(name.clone()).schema;
        let has_namespaces = self.schema.dialect == Dialect::PostgreSql;
        let is_it = |index: &Option<String>| index.as_deref() == Some(name.name.as_str());
        let tables = self.schema.tables.iter();
        let place = tables.enumerate().find_map(|(place, table)| {
            let is_there = !has_namespaces || table.name.schema == schema;
            let holds = is_there && table.indexes.iter().any(|index| is_it(&index.name));
            holds.then_some(place)
        });
        let Some(place) = place else {
            return false;
        };
        for index in copies(&self.schema.tables[place], false, is_it) {
            self.take_back(place, &index);
        }
        remove_index(&mut self.schema.tables[place], &name.name)
    }

    pub(super) fn drop_index_of(&mut self, table: &Name, index: &str, span: Span) -> Applied {
        let missing = || unresolved(format!("find index `{index}` of table `{table}`"));
        let place = self.table_to_change(table, span);
        let table = &mut self.schema.tables[place];
        // MySQL drops a unique constraint as the index that it is.
        let before = table.uniques.len();
        table
            .uniques
            .retain(|key| key.name.as_deref() != Some(index));
        let found = remove_index(table, index) || table.uniques.len() < before || !table.complete;
        if found { Ok(()) } else { Err(missing()) }
    }

    fn drop_sequence(&mut self, name: &Name) -> bool {
        let name = self.placed(name.clone());
        let before = self.schema.sequences.len();
        self.schema.sequences.retain(|it| it.name != name);
        self.schema.sequences.len() < before
    }

    fn drop_type(&mut self, name: &Name, cascade: bool) -> bool {
        let name = self.placed(name.clone());
        let schema = &mut self.schema;
        schema.enums.retain(|it| it.name != name);
        schema.domains.retain(|it| it.name != name);
        schema.composites.retain(|it| it.name != name);
        if cascade {
            for table in &mut schema.tables {
                table
                    .columns
                    .retain(|column| column.data_type.user_name() != name);
            }
        }
        // It may be a range or base type, which are not in the picture.
        true
    }

    fn drop_schema(&mut self, schema: &str) -> bool {
        let is_in = |name: &Name| name.schema.as_deref() == Some(schema);
        let names = self.schema.tables.iter().map(|table| table.name.clone());
        for name in names.filter(is_in).collect::<Vec<_>>() {
            self.drop_table(&name);
        }
        self.schema.views.retain(|it| !is_in(&it.name));
        self.schema.enums.retain(|it| !is_in(&it.name));
        self.schema.domains.retain(|it| !is_in(&it.name));
        self.schema.composites.retain(|it| !is_in(&it.name));
        self.schema.sequences.retain(|it| !is_in(&it.name));
        true
    }
}

fn remove_index(table: &mut Table, name: &str) -> bool {
    let before = table.indexes.len();
    table
        .indexes
        .retain(|index| index.name.as_deref() != Some(name));
    table.indexes.len() < before
}
