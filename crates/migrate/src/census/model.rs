//! What the census is asked about, and what it answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Name;

/// One column that gets a successor: at the cut-over `new_column` takes the name of `column`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swap {
    /// The table's row in `pg_class`.
    pub table_oid: u32,
    /// The table.
    pub table: Name,
    /// The column's name, before and after.
    pub column: String,
    /// The column's number in `pg_attribute`.
    pub attnum: i16,
    /// The type it has, as `format_type` prints it.
    pub old_type: String,
    /// The type it gets: `uuid`.
    pub new_type: String,
    /// What the successor is called until the cut-over, such as `id__new`.
    pub new_column: String,
}

/// What the caller decided, and how far the census may look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Choices {
    /// Answers to questions, by [`Choice::key`]; `situation:*` answers all of a situation.
    pub answers: BTreeMap<String, String>,
    /// Whether a function whose text names a column that moves is a refusal, not a question.
    pub strict: bool,
    /// How many rows of a table are read for a guess about its values; 0 reads none.
    pub sample_rows: u32,
    /// Materialized views up to this size are filled again during the cut-over without a question.
    pub materialized_bytes_max: u64,
}

/// Read by the thousand, a sample costs a few milliseconds and finds what one row in a hundred has.
const SAMPLE_ROWS: u32 = 1_000;

/// 8 MiB: filled within some tens of milliseconds.
const MATERIALIZED_BYTES_MAX: u64 = 8 << 20;

impl Default for Choices {
    fn default() -> Self {
        Self {
            answers: BTreeMap::new(),
            strict: false,
            sample_rows: SAMPLE_ROWS,
            materialized_bytes_max: MATERIALIZED_BYTES_MAX,
        }
    }
}

/// All that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Census {
    /// What makes the move impossible as asked for. Nothing may be written while there is one.
    pub refusals: Vec<Refusal>,
    /// What somebody must decide first. Answered questions are not repeated.
    pub questions: Vec<Question>,
    /// What somebody should know.
    pub notes: Vec<Note>,
    /// What depends on the columns, in the order in which it is created again; it is dropped in
    /// the opposite order.
    pub dependents: Vec<Dependent>,
}

/// Something that cannot be moved, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The kind of situation, stable: `generated-column`, `standby`, ...
    pub situation: &'static str,
    /// The object, as the server describes it.
    pub object: String,
    /// Why, as a lowercase fragment.
    pub reason: String,
    /// What to do about it.
    pub next: String,
}

/// A decision that only a person can take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// The kind of situation, stable.
    pub situation: &'static str,
    /// The object it is about.
    pub object: String,
    /// What is asked.
    pub text: String,
    /// How to answer.
    pub choice: Choice,
}

/// The answers that a question takes: `key = "value"` in the plan, `key=value` on the command line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What the answer is filed under in [`Choices::answers`].
    pub key: String,
    /// Every answer with what it means.
    pub values: Vec<(&'static str, String)>,
}

/// Something to know about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The kind of situation, stable.
    pub situation: &'static str,
    /// The object it is about.
    pub object: String,
    /// What to know, as a sentence.
    pub text: String,
}

/// Something that hangs on a column that moves.
///
/// At the cut-over, in one transaction: `drop` of all dependents from the last to the first, the
/// columns change names, `create` of all from the first to the last. After it is committed,
/// `after`. The way back is the same with `undo_drop` and `undo_create`. A dependent without any
/// statement is known and left to the steps for keys, references and plain indexes, which come
/// before `create` and before `undo_create`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dependent {
    /// The kind, stable: `view`, `policy`, `index`, ...
    pub kind: String,
    /// The object, as the server describes it.
    pub object: String,
    /// The role that owns it: what is created must belong to it again.
    pub owner: String,
    /// Work before the cut-over, such as building the twin of an index.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Before>,
    /// Cut-over: statements before the columns change names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<String>,
    /// Cut-over: statements after the columns have changed names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub create: Vec<String>,
    /// Statements after the cut-over, each in a transaction of its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// Way back after the cut-over: statements before the columns get their old names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undo_drop: Vec<String>,
    /// Way back after the cut-over: statements after the columns have their old names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undo_create: Vec<String>,
    /// Statements after the way back, each in a transaction of its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undo_after: Vec<String>,
}

/// One statement that is run before the cut-over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Before {
    /// The statement.
    pub sql: String,
    /// Removes what it made, whether it was finished or not, before the cut-over or after it was
    /// undone.
    pub undo: String,
    /// Whether it may run in a transaction: `CREATE INDEX CONCURRENTLY` may not.
    pub transactional: bool,
}

/// Why no census could be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server refused a question about its catalog, or went away.
    #[error("read the catalog: {0}")]
    Catalog(#[from] tokio_postgres::Error),
    /// An expression in the catalog is not in the form that this program knows.
    #[error("read the stored expression of `{object}` at byte {position}: {why}")]
    Expression {
        /// What the expression belongs to.
        object: String,
        /// Where in the stored text, in bytes from 0.
        position: usize,
        /// What is wrong there.
        why: &'static str,
    },
}
