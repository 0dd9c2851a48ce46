//! One step: what it does, which lock it takes for how long, and how far it belongs.

use crate::census::Name;

/// How far the migration is when all steps of a phase are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// New columns are there, and writers keep them filled.
    Expand,
    /// All rows are filled.
    Backfill,
    /// Indexes, checks and references of the new columns are there: the cut-over may come.
    Ready,
    /// The new columns have taken the names.
    Cutover,
    /// What is only needed after it.
    Settle,
}

/// The strongest lock that a step takes on a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// None that anybody would notice.
    None,
    /// `ROW EXCLUSIVE`: that of any writer; rows of one batch are locked until it commits.
    Rows,
    /// `SHARE UPDATE EXCLUSIVE`: readers and writers go on, vacuum waits.
    ShareUpdateExclusive,
    /// `SHARE ROW EXCLUSIVE`: readers go on, writers wait, for about a millisecond.
    ShareRowExclusive,
    /// `ACCESS EXCLUSIVE`: everybody waits, for about a millisecond.
    AccessExclusive,
}

impl Lock {
    /// The lock's name, and how long it is held.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::None => "no lock",
            Self::Rows => "locks the rows of one batch until it commits",
            Self::ShareUpdateExclusive => {
                "SHARE UPDATE EXCLUSIVE while it runs: readers and writers go on"
            }
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE for about 1 ms: writers wait",
            Self::AccessExclusive => "ACCESS EXCLUSIVE for about 1 ms: everybody waits",
        }
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// From 1, without gaps.
    pub number: u32,
    /// What it does, such as `add columns to "public"."events"`.
    pub name: String,
    /// What it belongs to.
    pub phase: Phase,
    /// The strongest lock that it takes.
    pub lock: Lock,
    /// How it is done.
    pub action: Action,
}

/// How a step is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Statements of one short transaction, tried again while a lock cannot be had.
    Transaction(Vec<String>),
    /// One statement that reads a whole table under a weak lock. If rows turn out to be unfilled,
    /// the passes of these tables (by place in the plan) are run again.
    Validate {
        /// The statement.
        sql: String,
        /// The table to fill again.
        table: usize,
    },
    /// `CREATE INDEX CONCURRENTLY`: outside of a transaction, judged by what the catalog says.
    Index {
        /// The statement.
        sql: String,
        /// The index.
        index: Name,
    },
    /// A statement outside of a transaction; where it was cut off, `undo` comes first.
    Again {
        /// Takes away what is left of an unfinished run.
        undo: String,
        /// The statement.
        sql: String,
    },
    /// A statement outside of a transaction that may run again, such as `ANALYZE`.
    Plain(String),
    /// Fills the new columns of a table.
    Fill(Pass),
    /// The columns change names, under locks on all tables.
    Cutover {
        /// `LOCK TABLE` over all of them.
        lock: String,
        /// What happens under it.
        statements: Vec<String>,
    },
}

/// One walk over a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The table, by place in the plan.
    pub table: usize,
    /// The columns to fill, by place in the table.
    pub columns: Vec<usize>,
}
