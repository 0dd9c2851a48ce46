//! What became of the records of an input, counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::piece::Reject;

/// Counts since the input's beginning, over all the runs that it took.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    /// Events stored; in a dry run, events that would be.
    pub(super) stored: u64,
    /// Events that were there before.
    pub(super) duplicates: u64,
    /// Refused records by code.
    pub(super) rejected: BTreeMap<String, Rejected>,
}

/// The records refused with one code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rejected {
    /// How many.
    pub(super) count: u64,
    /// The line of the first.
    pub(super) line: u64,
    /// Where in the first.
    pub(super) field: Option<String>,
    /// What is wrong with the first.
    pub(super) message: String,
}

impl Tally {
    /// Counts a refusal.
    pub(super) fn reject(&mut self, reject: &Reject) {
        let first = || Rejected {
            count: 0,
            line: reject.line,
            field: reject.field.clone(),
            message: reject.message.clone(),
        };
        let code = self.rejected.entry(reject.code.to_owned());
        code.or_insert_with(first).count += 1;
    }

    /// All refused records.
    pub(super) fn refused(&self) -> u64 {
        self.rejected.values().map(|rejected| rejected.count).sum()
    }

    /// All records.
    pub(super) fn records(&self) -> u64 {
        self.stored + self.duplicates + self.refused()
    }
}
