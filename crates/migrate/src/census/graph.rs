//! Who depends on whom, as `pg_depend` has it.

use std::collections::{HashMap, HashSet};

use tokio_postgres::Client;

use super::Error;

/// Classes of objects: the row of their catalog in `pg_class`, the same in every version.
pub(super) mod class {
    pub(in super::super) const FUNCTION: u32 = 1255;
    pub(in super::super) const TYPE: u32 = 1247;
    pub(in super::super) const RELATION: u32 = 1259;
    pub(in super::super) const DEFAULT: u32 = 2604;
    pub(in super::super) const CONSTRAINT: u32 = 2606;
    pub(in super::super) const RULE: u32 = 2618;
    pub(in super::super) const TRIGGER: u32 = 2620;
    pub(in super::super) const POLICY: u32 = 3256;
    pub(in super::super) const STATISTICS: u32 = 3381;
    pub(in super::super) const PUBLICATION_TABLE: u32 = 6106;
}

/// One object of the catalog: its class and its row there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Object {
    pub(super) class: u32,
    pub(super) oid: u32,
}

impl Object {
    pub(super) fn new(class: u32, oid: u32) -> Self {
        Self { class, oid }
    }
}

/// An object, or with a number above 0 one of its columns.
pub(super) type Part = (Object, i32);

/// All dependencies among objects that do not come with the server.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// Who depends on a part.
    users: HashMap<Part, Vec<Part>>,
    /// Parts of an object that somebody depends on.
    parts: HashMap<Object, Vec<i32>>,
    /// Objects that belong to an extension, or that its removal removes.
    extension: HashSet<Object>,
}

/// Rows below this are made by `initdb`; `FirstNormalObjectId` of the server.
const FIRST_NORMAL_OID: i64 = 16_384;

impl Graph {
    /// Reads all of it: a few rows for each object of the database.
    pub(super) async fn load(client: &Client) -> Result<Self, Error> {
        let sql = "-- census.graph
            SELECT classid, objid, objsubid, refclassid, refobjid, refobjsubid,
                deptype IN ('e', 'x')
            FROM pg_depend
            WHERE refobjid::int8 >= $1 OR deptype IN ('e', 'x')";
        let mut graph = Self::default();
        for row in client.query(sql, &[&FIRST_NORMAL_OID]).await? {
            let above = Object::new(row.get(0), row.get(1));
            let below = Object::new(row.get(3), row.get(4));
            if row.get(6) {
                graph.extension.insert(above);
                continue;
            }
            let part = (below, row.get(5));
            let users = graph.users.entry(part).or_default();
            if users.is_empty() {
                graph.parts.entry(below).or_default().push(part.1);
            }
            users.push((above, row.get(2)));
        }
        Ok(graph)
    }

    /// Who depends on this very part: on the column, or with 0 on the object as a whole.
    pub(super) fn users_of_part(&self, part: Part) -> &[Part] {
        self.users.get(&part).map_or(&[], Vec::as_slice)
    }

    /// Who depends on an object or on any column of it.
    pub(super) fn users_of(&self, object: Object) -> impl Iterator<Item = Part> {
        let parts = self.parts.get(&object).map_or(&[][..], Vec::as_slice);
        parts
            .iter()
            .flat_map(move |&part| self.users_of_part((object, part)).iter().copied())
    }

    /// Whether an extension owns the object or is named as its condition.
    pub(super) fn of_extension(&self, object: Object) -> bool {
        self.extension.contains(&object)
    }
}
