//! What a backup says of itself.

use ids::Timestamp;

use super::tables::{TABLES, Total};

/// What a backup holds, and up to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// When it was begun: everything committed before is in it.
    pub created_at: Timestamp,
    /// `sqlite` or `postgres`: where it was made.
    pub source: String,
    /// The version of its schema.
    pub schema_version: u32,
    /// The number of the last commit's last event in it; 0 if there is none.
    pub last_position: u64,
    /// When the newest event in it was received. None if there is none.
    pub last_received_at: Option<Timestamp>,
    /// The tables, in the order in which they are restored.
    pub tables: Vec<TableCount>,
}

/// One table of a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableCount {
    /// Its name.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
    /// SHA-256 over all their values.
    pub digest: crate::Digest,
}

/// How far a backup, a restoration or a check has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows done.
    pub rows: u64,
    /// Rows there are.
    pub rows_total: u64,
}

impl Manifest {
    /// Rows of all tables.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// The first table that is not what it should be.
    pub(super) fn differs(&self, totals: &[Total]) -> Option<&'static str> {
        let pairs = self.tables.iter().zip(totals);
        let differs = |(table, total): &(&TableCount, &Total)| {
            table.rows != total.rows || table.digest != total.digest
        };
        pairs.filter(differs).map(|(table, _)| table.table).next()
    }
}

/// The totals of every table, in order.
pub(super) fn counts(totals: &[Total]) -> Vec<TableCount> {
    let pairs = TABLES.iter().zip(totals);
    pairs
        .map(|(table, total)| TableCount {
            table: table.name,
            rows: total.rows,
            digest: total.digest,
        })
        .collect()
}
