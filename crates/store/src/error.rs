//! What can go wrong at a door, sorted by what the caller can do about it.

use std::error::Error as StdError;

/// Why an operation failed. Texts fit after "failed to".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing was stored. Others are in the way: try again shortly.
    #[error("{doing}: the store is busy: {why}")]
    Busy {
        /// The operation, such as "append events".
        doing: &'static str,
        /// What is in the way.
        why: String,
    },
    /// Nothing was stored. The disk or the configured size is used up; the store works again by
    /// itself when there is space.
    #[error("{doing}: the disk is full")]
    Full {
        /// The operation.
        doing: &'static str,
    },
    /// The database cannot be reached, or has failed. Whether a write was stored is unknown: the
    /// same call, repeated with the same ids, stores what is missing and nothing twice.
    #[error("{doing}: the database is not available: {why}")]
    Unavailable {
        /// The operation.
        doing: &'static str,
        /// What the database or the operating system said.
        why: String,
    },
    /// Something else has this value already.
    #[error("{doing}: {field} `{value}` is taken")]
    Conflict {
        /// The operation.
        doing: &'static str,
        /// The field, such as `slug`.
        field: &'static str,
        /// Its value; empty if it may not be shown.
        value: String,
    },
    /// A call is larger than a limit in [`Config`](crate::Config). Nothing was stored.
    #[error("{doing}: `{count}` is more than `{limit}`, which is `{max}`")]
    TooMany {
        /// The operation.
        doing: &'static str,
        /// How many there were.
        count: usize,
        /// The name of the limit.
        limit: &'static str,
        /// Its value.
        max: usize,
    },
    /// A stored value is not what this program stored: the database is damaged, or somebody else
    /// wrote to it.
    #[error("{doing}: column `{column}` of `{table}` cannot be read in row `{row}`")]
    Corrupt {
        /// The operation.
        doing: &'static str,
        /// The table, or the file.
        table: &'static str,
        /// The column, or what SQLite said of the file.
        column: String,
        /// The row's key, or empty if it is not known.
        row: String,
    },
    /// A later version of this program has changed the database.
    #[error("open the store: its schema is version `{found}`, this program knows up to `{known}`")]
    SchemaTooNew {
        /// The version in the database.
        found: u32,
        /// The newest that this program knows.
        known: u32,
    },
    /// The database is of a kind or in a state that is not accepted. Nothing was changed.
    #[error("open the store: {why}")]
    Refused {
        /// What is not accepted, with the value in backticks.
        why: String,
        /// What to do about it.
        hint: String,
    },
    /// A backup is not whole, or there is no room for it by that name. Nothing was changed.
    #[error("{doing}: {why}")]
    Backup {
        /// The operation.
        doing: &'static str,
        /// What is wrong, with the value in backticks.
        why: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// The database refused a statement for a reason that the caller cannot mend: a defect. A write
    /// was not stored.
    #[error("{doing}: the database refused")]
    Failed {
        /// The operation.
        doing: &'static str,
        /// What the database said.
        source: Box<dyn StdError + Send + Sync>,
    },
}

impl Error {
    /// Whether the failed write is certainly not in the store. After [`Error::Unavailable`] it may
    /// be.
    #[must_use]
    pub const fn nothing_was_stored(&self) -> bool {
        !matches!(self, Self::Unavailable { .. })
    }

    /// What to do, for the `hint:` line of the command line.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Refused { hint, .. } => Some(hint),
            Self::Backup { hint, .. } => Some(hint),
            Self::SchemaTooNew { .. } => {
                Some("run the newer version, or restore a backup made before it")
            }
            Self::Full { .. } => Some("free some space on the disk that holds the database"),
            _ => None,
        }
    }
}
