//! Where the creation time of a row is found.

use super::swaps::Source;
use super::{At, Maker};
use crate::catalog::{Column, Table};
use crate::plan::{Otherwise, Time};

/// Names of columns that say when a row was made, the surest first; compared without case and
/// underscores.
const NAMES: [&str; 17] = [
    "createdat",
    "createdon",
    "created",
    "createddate",
    "datecreated",
    "creationdate",
    "createtime",
    "creationtime",
    "timecreated",
    "insertedat",
    "insertdate",
    "addedat",
    "registeredat",
    "timestamp",
    "occurredat",
    "receivedat",
    "ts",
];

impl Maker<'_> {
    /// The best source of time for a table.
    pub(super) fn time(&self, oid: u32) -> Time {
        let table = &self.catalog.tables[&oid];
        let zone = |column: &Column| {
            let zone = self
                .options
                .zone
                .clone()
                .unwrap_or_else(|| "UTC".to_owned());
            (column.base != "timestamptz").then_some(zone)
        };
        if let Some(column) = column(table, None) {
            let second = (!column.not_null)
                .then(|| self::column(table, Some(column)))
                .flatten();
            return Time::Column {
                column: column.name.clone(),
                zone: zone(column),
                otherwise: second.map(|second| Otherwise {
                    column: second.name.clone(),
                    zone: zone(second),
                }),
            };
        }
        match self.parent(oid) {
            Some(column) => Time::Parent { column },
            None => Time::Floor {
                at: self.catalog.now.clone(),
            },
        }
    }

    /// A reference that is always there, to a row with a minted key in another table.
    fn parent(&self, oid: u32) -> Option<String> {
        let table = &self.catalog.tables[&oid];
        let columns = table.columns.iter().filter(|(_, column)| column.not_null);
        let mut referring = columns.filter(|(number, _)| {
            let at: At = (oid, **number);
            let Some(Source::Reference(key)) = self.sources.get(&at) else {
                return false;
            };
            self.catalog.foreign_keys[*key].target != oid
        });
        referring.next().map(|(_, column)| column.name.clone())
    }
}

/// The best column of a table that says when a row was made, `but` for one.
fn column<'a>(table: &'a Table, but: Option<&Column>) -> Option<&'a Column> {
    let plain = |name: &str| name.to_lowercase().replace('_', "");
    let times = || {
        let others = table.columns.values().filter(|column| column.is_time());
        others.filter(|column| but.is_none_or(|but| but.name != column.name))
    };
    let named = NAMES
        .iter()
        .find_map(|name| times().find(|column| plain(&column.name) == *name));
    // A column that is set to the current time by the database, and not said to follow updates.
    named.or_else(|| {
        times().find(|column| {
            let default = column.default.as_deref().unwrap_or_default();
            let now = default.starts_with("now()") || default.starts_with("CURRENT_TIMESTAMP");
            let name = plain(&column.name);
            now && column.not_null && !name.contains("updat") && !name.contains("modif")
        })
    })
}
