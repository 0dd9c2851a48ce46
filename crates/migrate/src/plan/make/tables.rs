//! Tables, their columns and indexes, in the order in which they are filled.

use std::collections::{BTreeMap, BTreeSet};

use super::swaps::Source;
use super::{At, Maker};
use crate::catalog;
use crate::census::Name;
use crate::mint::Order;
use crate::name::{self, NAME_BYTES_MAX};
use crate::plan::{Column, ForeignKey, Index, Member, Role, Table, Time, Value, order};

impl Maker<'_> {
    /// All tables with columns that move, parents first.
    pub(super) fn tables(&mut self) -> Vec<Table> {
        let mut oids: Vec<u32> = self.sources.keys().map(|(table, _)| *table).collect();
        oids.dedup();
        oids.sort_by_key(|oid| &self.catalog.tables[oid].name);
        let mut needs = Vec::new();
        for ((table, _), source) in self.sources {
            if let Source::Reference(key) = source {
                let place = |oid: u32| oids.iter().position(|other| *other == oid);
                let target = self.catalog.foreign_keys[*key].target;
                needs.extend(place(*table).zip(place(target)));
            }
        }
        let mut tables = Vec::new();
        for (group, members) in (1..).zip(order::groups(oids.len(), &needs)) {
            for member in members {
                tables.push((group, oids[member]));
            }
        }
        let groups: BTreeMap<u32, u32> = tables.iter().map(|(group, oid)| (*oid, *group)).collect();
        tables
            .iter()
            .map(|(group, oid)| self.table(*group, *oid, &groups))
            .collect()
    }

    fn table(&mut self, group: u32, oid: u32, groups: &BTreeMap<u32, u32>) -> Table {
        let found = &self.catalog.tables[&oid];
        let moving = |number: i16| self.sources.contains_key(&(oid, number));
        let touched = found
            .indexes
            .iter()
            .filter(|index| !index.special && index.numbers().any(moving));
        let touched: Vec<&catalog::Index> = touched.collect();
        let named = |wanted: fn(&catalog::Index) -> bool| {
            touched
                .iter()
                .find(|index| wanted(index))
                .map(|index| index.name.clone())
        };
        let replica_identity = named(|index| index.replica_identity);
        let clustered = named(|index| index.clustered);
        let indexes = touched.iter().map(|index| self.index(oid, index)).collect();
        let walk = self.walk(oid);
        let columns = self.sources.range((oid, i16::MIN)..=(oid, i16::MAX));
        let columns: Vec<_> = columns
            .map(|((_, number), source)| (*number, source))
            .collect();
        let mut columns: Vec<Column> = columns
            .into_iter()
            .map(|(number, source)| self.column((oid, number), source, &walk, groups))
            .collect();
        name_pairs(found, &mut columns);
        Table {
            name: found.name.clone(),
            group,
            rows: found.rows,
            bytes: found.bytes,
            walk,
            replica_identity,
            clustered,
            subscribed: self.catalog.subscribed,
            columns,
            indexes,
        }
    }

    fn column(
        &mut self,
        at: At,
        source: &Source,
        walk: &[String],
        groups: &BTreeMap<u32, u32>,
    ) -> Column {
        let table = &self.catalog.tables[&at.0];
        let column = &table.columns[&at.1];
        let value = match source {
            Source::Cast => Value::Cast,
            Source::Reference(key) => Value::Reference {
                foreign_key: self.catalog.foreign_keys[*key].name.clone(),
            },
            Source::Mint(order) => Value::Mint {
                // The old order can be followed only where the rows are walked by it.
                order: if *walk == [column.name.clone()] {
                    *order
                } else {
                    Order::Time
                },
                time: self.time_outside(at.0, groups),
            },
        };
        let reference = matches!(source, Source::Reference(_));
        self.refuse_partial(at, source);
        if reference && column.default.is_some() && !column.counts() {
            let place = self.place(at);
            let why = "its default is a key of the kind that moves";
            self.refuse("reference-default", place, why, "drop the default");
        }
        Column {
            name: column.name.clone(),
            new: String::new(),
            old: String::new(),
            from: column.type_name.clone(),
            not_null: column.not_null,
            issued: column.issued(),
            default: None,
            comment: column.comment.clone(),
            grants: column.grants.clone(),
            value,
        }
    }

    /// A reference of several columns is none while one of them is NULL: which row a value then
    /// stands for cannot be known.
    fn refuse_partial(&mut self, at: At, source: &Source) {
        let Source::Reference(key) = source else {
            return;
        };
        let (table, key) = (
            &self.catalog.tables[&at.0],
            &self.catalog.foreign_keys[*key],
        );
        let nullable = key
            .columns
            .iter()
            .any(|other| *other != at.1 && !table.columns[other].not_null);
        if nullable && !key.rules.match_full {
            let object = format!("{} of {}", key.name, table.name);
            let why = "it refers by several columns of which some may be NULL";
            self.refuse(
                "partial-reference",
                object,
                why,
                "set the other columns NOT NULL",
            );
        }
    }

    /// The source of time; a parent that is filled together with the table is none.
    fn time_outside(&self, oid: u32, groups: &BTreeMap<u32, u32>) -> Time {
        let time = self.time(oid);
        let Time::Parent { column } = &time else {
            return time;
        };
        let table = &self.catalog.tables[&oid];
        let number = table.column_named(column).map(|(number, _)| number);
        let key = number.and_then(|number| self.sources.get(&(oid, number)));
        match key {
            Some(Source::Reference(key))
                if groups.get(&self.catalog.foreign_keys[*key].target) != groups.get(&oid) =>
            {
                time
            }
            _ => Time::Floor {
                at: self.catalog.now.clone(),
            },
        }
    }

    /// The columns of the unique key by which rows are walked: that of a column that moves if it
    /// stands alone, else the primary key, else any.
    fn walk(&self, oid: u32) -> Vec<String> {
        let table = &self.catalog.tables[&oid];
        let usable = |index: &&catalog::Index| {
            let not_null = |member: &catalog::Member| {
                table
                    .columns
                    .get(&member.column)
                    .is_some_and(|column| column.not_null)
            };
            index.unique
                && index.valid
                && !index.special
                && index.method == "btree"
                && index.members.iter().all(not_null)
        };
        let minted = |index: &&&catalog::Index| match index.members.as_slice() {
            [only] => matches!(self.sources.get(&(oid, only.column)), Some(Source::Mint(_))),
            _ => false,
        };
        let usable: Vec<&catalog::Index> = table.indexes.iter().filter(usable).collect();
        let index = usable.iter().find(minted).or_else(|| usable.first());
        index.map_or_else(Vec::new, |index| {
            let numbers: Vec<i16> = index.members.iter().map(|member| member.column).collect();
            table.names(&numbers)
        })
    }

    fn index(&mut self, oid: u32, index: &catalog::Index) -> Index {
        let table = &self.catalog.tables[&oid];
        let object = format!("{}.{}", table.name.schema, index.name);
        let mut members = Vec::new();
        for member in &index.members {
            let moves = self.sources.contains_key(&(oid, member.column));
            if moves
                && (!member.kind.is_empty() || !matches!(&*index.method, "btree" | "hash" | "brin"))
            {
                let why = "its operator class, collation or method is not that of `uuid`";
                let next = "drop the index, and make the one that is needed afterwards";
                self.refuse("index-operator-class", object.clone(), why, next);
            }
            let parts = [member.kind.as_str(), member.order.as_str()];
            let options: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            members.push(Member {
                column: table.columns[&member.column].name.clone(),
                options: options.join(" "),
            });
        }
        if index.constraint && !index.valid {
            self.refuse(
                "invalid-index",
                object,
                "it is not valid",
                "drop or rebuild it",
            );
        }
        let deferrable = match (index.deferrable, index.deferred) {
            (_, true) => "DEFERRABLE INITIALLY DEFERRED",
            (true, false) => "DEFERRABLE",
            (false, false) => "",
        };
        Index {
            name: index.name.clone(),
            new: self.give(&table.name, &index.name, "__new"),
            old: self.give(&table.name, &index.name, "__old"),
            role: role(index),
            method: index.method.clone(),
            members,
            include: table.names(&index.include),
            nulls_not_distinct: index.nulls_not_distinct,
            with: index.with.clone(),
            tablespace: index.tablespace.clone(),
            deferrable: deferrable.to_owned(),
            comment: index.comment.clone(),
        }
    }

    /// A derived name that no index or constraint has, in the catalog or in this plan.
    fn give(&self, table: &Name, name: &str, suffix: &str) -> String {
        let given = name::free(name, suffix, |candidate| {
            self.taken(table, candidate) || self.given.borrow().contains(candidate)
        });
        self.given.borrow_mut().insert(given.clone());
        given
    }

    /// Whether an index, a table or a constraint of the schema has this name.
    fn taken(&self, table: &Name, name: &str) -> bool {
        debug_assert!(name.len() <= NAME_BYTES_MAX, "derived names are cut");
        self.catalog
            .tables
            .values()
            .filter(|other| other.name.schema == table.schema)
            .any(|other| {
                other.name.name == name || other.indexes.iter().any(|index| index.name == name)
            })
            || self.catalog.foreign_keys.iter().any(|key| key.name == name)
    }

    /// All foreign keys that have a column that moves.
    pub(super) fn foreign_keys(&self) -> Vec<ForeignKey> {
        let moves = |table: u32, columns: &[i16]| {
            columns
                .iter()
                .any(|column| self.sources.contains_key(&(table, *column)))
        };
        let keys = self.catalog.foreign_keys.iter();
        let moving = keys.filter(|key| moves(key.table, &key.columns));
        let mut keys: Vec<ForeignKey> = moving.map(|key| self.foreign_key(key)).collect();
        keys.sort_by(|a, b| (&a.table, &a.name).cmp(&(&b.table, &b.name)));
        keys
    }

    fn foreign_key(&self, key: &catalog::ForeignKey) -> ForeignKey {
        let (table, target) = (
            &self.catalog.tables[&key.table],
            &self.catalog.tables[&key.target],
        );
        let mut rules = key.rules.clone();
        rules.set_columns = table.names(&key.set_columns);
        ForeignKey {
            name: key.name.clone(),
            new: self.give(&table.name, &key.name, "__new"),
            old: self.give(&table.name, &key.name, "__old"),
            table: table.name.clone(),
            columns: table.names(&key.columns),
            target: target.name.clone(),
            target_columns: target.names(&key.target_columns),
            rules,
            validated: key.validated,
            comment: key.comment.clone(),
        }
    }
}

/// Gives successors and predecessors names that no column of the table has, nor each other: long
/// names may be alike up to where they are cut.
fn name_pairs(table: &catalog::Table, columns: &mut [Column]) {
    let mut given = BTreeSet::new();
    for column in columns {
        let mut give = |suffix| {
            let taken = |name: &str| table.column_named(name).is_some() || given.contains(name);
            let name = name::free(&column.name, suffix, taken);
            given.insert(name.clone());
            name
        };
        (column.new, column.old) = (give("__new"), give("__old"));
    }
}

fn role(index: &catalog::Index) -> Role {
    match (index.primary, index.constraint, index.unique) {
        (true, _, _) => Role::PrimaryKey,
        (_, true, _) => Role::UniqueConstraint,
        (_, _, true) => Role::UniqueIndex,
        _ => Role::Index,
    }
}
