//! What a client is told: what became of each input, or why the request as a whole was refused.

use std::time::Duration;

use event::{Code, Rejection};
use ids::Uuid;

use crate::batch::{Failure, Unaccepted};
use crate::split::Shape;

/// What became of a request that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// How its inputs came: one object by itself is answered by itself.
    pub shape: Shape,
    /// One for each input, in order.
    pub verdicts: Vec<Verdict>,
    /// Where its time went.
    pub parts: Parts,
}

/// Where the time of a request went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Expanding, reading and checking it.
    pub decode: Duration,
    /// From there to the beginning of its commit.
    pub wait: Duration,
    /// The commit that held it, with others' events; zero if there was nothing to store.
    pub commit: Duration,
}

impl Parts {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.decode + self.wait + self.commit
    }
}

/// What became of one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// On disk, under this id.
    Stored(Uuid),
    /// On disk since before, under this id.
    Duplicate(Uuid),
    /// Not stored.
    Rejected(Reason),
}

/// Why an input was not stored: a [`Rejection`] without its input, which the sender has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The kind of refusal.
    pub code: Code,
    /// See [`Rejection::field`].
    pub field: Option<String>,
    /// See [`Rejection::message`].
    pub message: String,
}

/// How many inputs of a request came to which end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// On disk by this request.
    pub stored: usize,
    /// On disk since before.
    pub duplicates: usize,
    /// Not stored.
    pub rejected: usize,
}

impl Answer {
    /// Counts the verdicts.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for verdict in &self.verdicts {
            match verdict {
                Verdict::Stored(_) => totals.stored += 1,
                Verdict::Duplicate(_) => totals.duplicates += 1,
                Verdict::Rejected(_) => totals.rejected += 1,
            }
        }
        totals
    }
}

/// Why a request was refused as a whole.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nothing in it could be read; its code is one of `body_too_large`, `batch_too_large`,
    /// `invalid_encoding`, `invalid_json` and `invalid_type`. Nothing was stored; it is kept as one
    /// refusal.
    #[error("read the request: {}", .0.message)]
    Body(Rejection),
    /// The project does not exist or is archived.
    #[error("store events: the project does not exist")]
    NoProject,
    /// Nothing was stored: try again later.
    #[error(transparent)]
    Unaccepted(#[from] Unaccepted),
    /// It is not stored, as far as is known: send all of it again.
    #[error("{failure}")]
    Failed {
        /// Why.
        #[source]
        failure: Failure,
        /// Where the time went.
        parts: Parts,
    },
}
