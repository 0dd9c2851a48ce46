//! What is going to be done, as decisions that a person can read and change.
//!
//! A plan says which columns move, what their new values are made of and how the tables are
//! walked; the statements follow from it alone ([`crate::steps`]). Its file is TOML with comments
//! for whoever has to approve it.

mod make;
mod order;
mod parse;
mod render;
mod rules;
mod settings;

use serde::{Deserialize, Serialize};

pub use make::{Made, Options, make};
pub(crate) use make::{fingerprint, kept, swaps_of};
pub use settings::Settings;

use crate::census::{Choices, Dependent, Name};
use crate::mint::Order;

/// The version of the file's form.
pub const FORMAT: u32 = 1;

/// A whole migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The version of the file's form: [`FORMAT`].
    pub format: u32,
    /// The server's `server_version_num` when the plan was made.
    pub server: i32,
    /// A digest of the catalog that the plan stands on: if that changes, the plan is void.
    pub fingerprint: String,
    /// When the plan was made, by the server's clock; newer times of rows are taken for wrong.
    pub made_at: String,
    /// How fast, how long, how careful.
    pub settings: Settings,
    /// What a person decided about situations that need it.
    #[serde(default)]
    pub choices: Choices,
    /// Tables, parents first. Those of one `group` refer to each other in a circle.
    #[serde(rename = "table")]
    pub tables: Vec<Table>,
    /// References between columns that move.
    #[serde(rename = "foreign_key", default)]
    pub foreign_keys: Vec<ForeignKey>,
    /// What else hangs on the columns, in the order in which it is created again.
    #[serde(rename = "dependent", default)]
    pub dependents: Vec<Dependent>,
}

/// One table of which columns move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Schema and name.
    pub name: Name,
    /// Tables with the same number are filled together.
    pub group: u32,
    /// Rows, as the planner of queries estimates them.
    pub rows: u64,
    /// Bytes on disk, indexes included.
    pub bytes: u64,
    /// The columns of a unique key in whose order the rows are walked; none: by place on disk.
    pub walk: Vec<String>,
    /// The index that stands for the rows in logical replication, if it is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replica_identity: Option<String>,
    /// The index by which `CLUSTER` sorts, if it is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clustered: Option<String>,
    /// Whether the triggers must fire for replicated rows too.
    #[serde(default)]
    pub subscribed: bool,
    /// The columns that move.
    #[serde(rename = "column")]
    pub columns: Vec<Column>,
    /// Indexes and constraints on them that get a twin.
    #[serde(rename = "index", default)]
    pub indexes: Vec<Index>,
}

/// One column that moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name, before and after.
    pub name: String,
    /// The successor's name until the cut-over.
    pub new: String,
    /// The predecessor's name after it.
    pub old: String,
    /// The type that it has.
    pub from: String,
    /// Whether it is `NOT NULL`.
    pub not_null: bool,
    /// Whether the database gives it a value by itself: a default, or an identity.
    pub issued: bool,
    /// An expression that gives the successor a value where an `INSERT` names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The column's comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Rights on the column alone, as `GRANT` takes them: `SELECT` to `reader`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<Grant>,
    /// Where the new values come from.
    pub value: Value,
}

/// A right on one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// `SELECT`, `INSERT`, `UPDATE` or `REFERENCES`.
    pub right: String,
    /// The role, quoted, or `PUBLIC`.
    pub to: String,
    /// Whether the role may pass it on.
    pub pass_on: bool,
}

/// Where a column's new values come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Value {
    /// A version 7 id with the row's own time.
    Mint {
        /// Whose order the ids follow.
        order: Order,
        /// Where the row's time is found.
        time: Time,
    },
    /// That of the row referred to, found by a foreign key of the plan.
    Reference {
        /// The foreign key's name; they are unique within a table.
        foreign_key: String,
    },
    /// The value itself: text that holds UUIDs.
    Cast,
}

/// Where the time of a row is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "lowercase", deny_unknown_fields)]
pub enum Time {
    /// A column of the row.
    Column {
        /// Its name.
        column: String,
        /// The zone that times without one are taken to be of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<String>,
        /// Another column, for rows whose first is empty.
        #[serde(default, rename = "else", skip_serializing_if = "Option::is_none")]
        otherwise: Option<Otherwise>,
    },
    /// The new key of the row that this column refers to.
    Parent {
        /// The referring column.
        column: String,
    },
    /// None: rows follow each other from this moment, RFC 3339.
    Floor {
        /// The moment.
        at: String,
    },
}

/// The second choice of a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Otherwise {
    /// The column's name.
    pub column: String,
    /// As for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// An index that contains a column that moves, and gets a twin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Its name, before and after.
    pub name: String,
    /// The twin's name until the cut-over.
    pub new: String,
    /// The predecessor's name after it.
    pub old: String,
    /// What it is for.
    pub role: Role,
    /// The access method, such as `btree`.
    pub method: String,
    /// Its members in order.
    pub members: Vec<Member>,
    /// Columns carried along (`INCLUDE`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Whether two NULLs are equal (PostgreSQL 15).
    #[serde(default)]
    pub nulls_not_distinct: bool,
    /// Storage parameters, such as `fillfactor=90`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// The tablespace, if it is not the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tablespace: Option<String>,
    /// `DEFERRABLE`, `DEFERRABLE INITIALLY DEFERRED`, or nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub deferrable: String,
    /// The comment on the constraint, or on the index if it is no constraint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// What an index is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The primary key.
    PrimaryKey,
    /// A `UNIQUE` constraint.
    UniqueConstraint,
    /// A unique index without a constraint.
    UniqueIndex,
    /// For reading only.
    Index,
}

/// One member of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The column.
    pub column: String,
    /// Collation, operator class and order where they are not the default.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub options: String,
}

/// A foreign key between columns that move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignKey {
    /// Its name, before and after.
    pub name: String,
    /// The successor's name until the cut-over.
    pub new: String,
    /// The name of the key that is made for the way back after it.
    pub old: String,
    /// The referring table.
    pub table: Name,
    /// Its columns.
    pub columns: Vec<String>,
    /// The table referred to.
    pub target: Name,
    /// The columns there, in the same order.
    pub target_columns: Vec<String>,
    /// `MATCH`, actions and `DEFERRABLE`, as SQL writes them behind the columns.
    pub rules: rules::Rules,
    /// Whether all rows keep to it; one that is `NOT VALID` stays so.
    pub validated: bool,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

pub use rules::Rules;

impl Plan {
    /// The table of a name.
    #[must_use]
    pub fn table(&self, name: &Name) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == *name)
    }

    /// The foreign keys of a table.
    pub fn keys_of<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a ForeignKey> {
        self.foreign_keys
            .iter()
            .filter(move |key| key.table == *name)
    }

    /// The foreign key that gives a column its values.
    #[must_use]
    pub fn source_of(&self, table: &Table, column: &Column) -> Option<&ForeignKey> {
        let Value::Reference { foreign_key } = &column.value else {
            return None;
        };
        let mut keys = self.foreign_keys.iter();
        keys.find(|key| key.table == table.name && key.name == *foreign_key)
    }
}

impl Table {
    /// The column of a name, if it moves.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// A column as it is called before the cut-over if its successor is meant.
    #[must_use]
    pub fn new_name<'a>(&'a self, name: &'a str) -> &'a str {
        self.column(name).map_or(name, |column| &column.new)
    }

    /// A column as it is called after the cut-over if its predecessor is meant.
    #[must_use]
    pub fn old_name<'a>(&'a self, name: &'a str) -> &'a str {
        self.column(name).map_or(name, |column| &column.old)
    }

    /// The primary key, if a column of it moves.
    #[must_use]
    pub fn primary_key(&self) -> Option<&Index> {
        self.indexes
            .iter()
            .find(|index| index.role == Role::PrimaryKey)
    }
}
