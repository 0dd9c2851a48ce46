//! Answers what a column's values are and which tables refer to which, built once per picture.

use std::collections::HashMap;

use schema::{Column, Generator, Name, Origin, Reference, Schema, Sequence, Table, TypeKind};
use serde::Serialize;

use crate::names;

/// A key that refers to a key that refers to a key: beyond this, the last one's type decides.
const REFERENCES_FOLLOWED_MAX: usize = 8;

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Numbers counted upwards by the database.
    Sequential,
    /// Whole numbers that come from elsewhere.
    Integer,
    /// UUIDs of a version, if that is known.
    Uuid(Option<u8>),
    /// CUIDs of version 1 or 2.
    Cuid(u8),
    /// ULIDs.
    Ulid,
    /// `NanoID`s.
    Nanoid,
    /// MongoDB's `ObjectId`.
    ObjectId,
    /// Text of any kind.
    Text,
    /// Bytes of any kind.
    Binary,
    /// A moment or a day.
    Time,
    /// Anything else.
    Other,
}

/// What a table is for, as far as its shape tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Rows that stand for something of the application's.
    Entity,
    /// Rows that only tie others together: two references or more, and nothing of their own.
    Join,
    /// A short list of names that others refer to, such as countries.
    Lookup,
}

/// The look-up tables of one picture.
#[derive(Debug)]
pub(crate) struct Keys<'a> {
    schema: &'a Schema,
    exact: HashMap<&'a Name, usize>,
    /// By the name without its namespace; None if there are several.
    bare: HashMap<&'a str, Option<usize>>,
    /// For each table, the references that lead to it, with the table that they come from.
    referrers: Vec<Vec<(usize, &'a Reference)>>,
    /// By the table and column that owns it.
    owned: HashMap<(&'a Name, &'a str), &'a Sequence>,
    /// By its name, without its namespace.
    named: HashMap<&'a str, &'a Sequence>,
}

impl<'a> Keys<'a> {
    pub(crate) fn new(schema: &'a Schema) -> Self {
        let mut keys = Self {
            schema,
            exact: HashMap::with_capacity(schema.tables.len()),
            bare: HashMap::with_capacity(schema.tables.len()),
            referrers: vec![Vec::new(); schema.tables.len()],
            owned: HashMap::with_capacity(schema.sequences.len()),
            named: HashMap::with_capacity(schema.sequences.len()),
        };
        for sequence in &schema.sequences {
            keys.named.insert(&sequence.name.name, sequence);
            if let Some((table, column)) = &sequence.owner {
                keys.owned.insert((table, column), sequence);
            }
        }
        for (index, table) in schema.tables.iter().enumerate() {
            keys.exact.entry(&table.name).or_insert(index);
            keys.bare
                .entry(&table.name.name)
                .and_modify(|only| *only = None)
                .or_insert(Some(index));
        }
        // A partition repeats the references of its parent.
        let whole = schema.tables.iter().enumerate();
        for (index, table) in whole.filter(|(_, table)| table.partition_of.is_none()) {
            for reference in &table.references {
                if let Some(target) = keys.table(&reference.table) {
                    keys.referrers[target].push((index, reference));
                }
            }
        }
        keys
    }

    pub(crate) fn table(&self, name: &Name) -> Option<usize> {
        if let Some(index) = self.exact.get(name) {
            return Some(*index);
        }
        match name.schema {
            Some(_) => None,
            None => *self.bare.get(name.name.as_str())?,
        }
    }

    pub(crate) fn sequence(&self, table: &Table, column: &Column) -> Option<&'a Sequence> {
        let owned = self.owned.get(&(&table.name, column.name.as_str()));
        let named = || match &column.default.as_ref()?.generator {
            Generator::Sequence { name: Some(name) } => {
                self.named.get(name.rsplit('.').next().unwrap_or(name))
            }
            _ => None,
        };
        owned.or_else(named).copied()
    }

    pub(crate) fn referrers(&self, table: usize) -> &[(usize, &'a Reference)] {
        &self.referrers[table]
    }

    pub(crate) fn kind(&self, table: usize, column: &Column) -> Kind {
        if let Some(kind) = generated(column) {
            return kind;
        }
        let column = self.root(table, column).1;
        generated(column)
            .or_else(|| sampled(column))
            .unwrap_or_else(|| self.by_type(column))
    }

    /// The table and column at the end of the chain of references that begins at a column: the
    /// first that makes values of its own, or that refers to nothing that is declared.
    pub(crate) fn root<'b>(&self, table: usize, column: &'b Column) -> (usize, &'b Column)
    where
        'a: 'b,
    {
        let mut found = (table, column);
        for _ in 0..REFERENCES_FOLLOWED_MAX {
            if generated(found.1).is_some() {
                break;
            }
            match self.target(found.0, found.1) {
                Some(target) if target.0 != table || target.1.name != column.name => found = target,
                _ => break,
            }
        }
        found
    }

    /// The table and column that a column refers to.
    fn target(&self, table: usize, column: &Column) -> Option<(usize, &'a Column)> {
        let references = self.schema.tables[table].references_of(&column.name);
        for reference in references {
            let at = reference.columns.iter().position(|it| *it == column.name)?;
            let Some(target) = self.table(&reference.table) else {
                continue;
            };
            let name = reference.target_columns.get(at)?;
            if let Some(column) = self.schema.tables[target].column(name) {
                return Some((target, column));
            }
        }
        None
    }

    fn by_type(&self, column: &Column) -> Kind {
        match self.schema.stored_type(&column.data_type).kind {
            TypeKind::Integer { .. } => Kind::Integer,
            TypeKind::Uuid => Kind::Uuid(None),
            TypeKind::Text { .. } => Kind::Text,
            TypeKind::Binary { .. } => Kind::Binary,
            TypeKind::ObjectId => Kind::ObjectId,
            TypeKind::Timestamp { .. } | TypeKind::Date | TypeKind::Time => Kind::Time,
            _ => Kind::Other,
        }
    }
}

/// What the column's own default makes, if it makes identifiers.
fn generated(column: &Column) -> Option<Kind> {
    match &column.default.as_ref()?.generator {
        generator if generator.is_sequential() => Some(Kind::Sequential),
        Generator::Uuid { version } => Some(Kind::Uuid(*version)),
        Generator::Cuid { version } => Some(Kind::Cuid(*version)),
        Generator::Ulid => Some(Kind::Ulid),
        Generator::Nanoid { .. } => Some(Kind::Nanoid),
        Generator::ObjectId => Some(Kind::ObjectId),
        _ => None,
    }
}

/// What a sample of the column's rows holds, if it is one kind of UUID.
fn sampled(column: &Column) -> Option<Kind> {
    let stored = column.stored.as_ref()?;
    let mut versions = stored.versions.keys();
    let (Some(only), None, 0) = (versions.next(), versions.next(), stored.others) else {
        return None;
    };
    Some(Kind::Uuid(Some(*only)))
}

/// A list of names has no more columns than these: a key, a code, a name, a description, an order.
const LOOKUP_COLUMNS_MAX: usize = 5;

/// Columns that such a list has beside its key.
const LOOKUP_COLUMNS: &[&str] = &[
    "name",
    "title",
    "description",
    "position",
    "sort_order",
    "rank",
    "active",
    "enabled",
];

/// Columns that only such a list has.
const LOOKUP_MARKS: &[&str] = &[
    "code",
    "label",
    "slug",
    "value",
    "iso",
    "iso2",
    "iso3",
    "symbol",
    "abbreviation",
    "key",
];

/// Last words of the names of tables that are such lists, in the singular.
const LOOKUP_TABLES: &[&str] = &[
    "type",
    "kind",
    "status",
    "state",
    "category",
    "country",
    "currency",
    "language",
    "locale",
    "tag",
    "role",
    "permission",
    "color",
    "colour",
    "unit",
    "level",
    "genre",
    "gender",
    "timezone",
    "region",
    "city",
    "priority",
    "reason",
    "size",
    "brand",
];

impl Role {
    /// `referrers` is how many references lead to the table.
    pub(crate) fn of(table: &Table, referrers: usize) -> Self {
        if table.origin == Origin::Implied {
            return Self::Join;
        }
        let refers = |column: &Column| table.references_of(&column.name).next().is_some();
        let is_time = |column: &Column| {
            let kind = column.data_type.kind;
            matches!(kind, TypeKind::Timestamp { .. } | TypeKind::Date)
        };
        let own =
            |column: &&Column| !table.is_key(&column.name) && !refers(column) && !is_time(column);
        let nothing_of_its_own = table.columns.iter().filter(own).count() == 0;
        if table.references.len() >= 2 && nothing_of_its_own && referrers == 0 {
            return Self::Join;
        }
        let is_in =
            |column: &Column, list: &[&str]| list.contains(&names::snake(&column.name).as_str());
        let plain = |column: &Column| {
            table.is_key(&column.name)
                || is_time(column)
                || is_in(column, LOOKUP_COLUMNS)
                || is_in(column, LOOKUP_MARKS)
        };
        let marked = table
            .columns
            .iter()
            .any(|column| is_in(column, LOOKUP_MARKS))
            || names::words(&table.name.name)
                .last()
                .is_some_and(|word| is_lookup(word));
        let few = (2..=LOOKUP_COLUMNS_MAX).contains(&table.columns.len());
        let listed = few && marked && table.columns.iter().all(plain);
        if listed && table.references.is_empty() && referrers > 0 {
            return Self::Lookup;
        }
        Self::Entity
    }
}

/// Whether the word, in either number, names a list.
fn is_lookup(word: &str) -> bool {
    let singular = word.strip_suffix("ies").map(|stem| format!("{stem}y"));
    let stripped = [word.strip_suffix("es"), word.strip_suffix('s')];
    let mut forms = stripped
        .into_iter()
        .flatten()
        .chain([word])
        .chain(singular.as_deref());
    forms.any(|form| LOOKUP_TABLES.contains(&form))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn kinds(text: &str, table: &str) -> Vec<Kind> {
        let drawn = testing::sql(text);
        let keys = Keys::new(&drawn.schema);
        let index = keys.table(&Name::new(table)).unwrap();
        let columns = drawn.schema.tables[index].columns.iter();
        columns.map(|column| keys.kind(index, column)).collect()
    }

    fn role(text: &str, table: &str) -> Role {
        let drawn = testing::sql(text);
        let keys = Keys::new(&drawn.schema);
        let index = keys.table(&Name::new(table)).unwrap();
        Role::of(&drawn.schema.tables[index], keys.referrers(index).len())
    }

    #[test]
    fn a_reference_is_what_its_target_is() {
        let text = "CREATE TABLE a (id uuid PRIMARY KEY DEFAULT uuidv7(), n serial);
            CREATE TABLE b (id uuid PRIMARY KEY REFERENCES a, x text, y int);
            CREATE TABLE c (b_id uuid REFERENCES b);";
        let v7 = Kind::Uuid(Some(7));
        assert_eq!(kinds(text, "a"), [v7, Kind::Sequential]);
        assert_eq!(kinds(text, "b"), [v7, Kind::Text, Kind::Integer]);
        assert_eq!(kinds(text, "c"), [v7]);
    }

    #[test]
    fn a_circle_of_references_ends() {
        let text = "CREATE TABLE a (id uuid PRIMARY KEY);
            CREATE TABLE b (id uuid PRIMARY KEY REFERENCES a);
            ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES b;";
        assert_eq!(kinds(text, "a"), [Kind::Uuid(None)]);
    }

    #[test]
    fn the_shape_tells_what_a_table_is_for() {
        let text = "CREATE TABLE users (id serial PRIMARY KEY, email text);
            CREATE TABLE countries (id serial PRIMARY KEY, code text, name text);
            CREATE TABLE addresses (id serial PRIMARY KEY, user_id int REFERENCES users,
                country_id int REFERENCES countries, street text);
            CREATE TABLE people (id serial PRIMARY KEY, name text);
            CREATE TABLE visits (id serial PRIMARY KEY, user_id int REFERENCES users,
                country_id int REFERENCES countries, created_at timestamptz,
                person_id int REFERENCES people);
            CREATE TABLE statuses (id serial PRIMARY KEY, name text);
            CREATE TABLE people_statuses (person_id int REFERENCES people,
                status_id int REFERENCES statuses, PRIMARY KEY (person_id, status_id));";
        assert_eq!(role(text, "users"), Role::Entity);
        assert_eq!(role(text, "countries"), Role::Lookup);
        assert_eq!(role(text, "addresses"), Role::Entity);
        assert_eq!(role(text, "visits"), Role::Join);
        assert_eq!(role(text, "people"), Role::Entity);
        assert_eq!(role(text, "statuses"), Role::Lookup);
        assert_eq!(role(text, "people_statuses"), Role::Join);
    }
}
