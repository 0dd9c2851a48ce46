//! What can go wrong, by what the caller can do about it.

use crate::census::Refusal;

/// Why a migration stopped. Nothing is half done: the journal says where it goes on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be reached.
    #[error(transparent)]
    Connect(#[from] connect::Error),
    /// What depends on the columns could not be found out.
    #[error(transparent)]
    Census(#[from] crate::census::Error),
    /// The server refused a statement that should have worked.
    #[error("{doing}: {}", said(source))]
    Database {
        /// What was being done, as it fits after "failed to".
        doing: String,
        /// What the server said.
        #[source]
        source: tokio_postgres::Error,
    },
    /// The plan file cannot be read.
    #[error("read the plan: {0}")]
    Plan(String),
    /// The database has something that is not understood, or that must be settled first.
    #[error("plan: {} refused", count(.0))]
    Refused(Vec<Refusal>),
    /// The journal says that this cannot be done now.
    #[error("{what}")]
    State {
        /// What is the matter, as it fits after "failed to".
        what: String,
        /// The next command or decision.
        next: String,
    },
    /// The caller asked to stop; the next `apply` goes on here.
    #[error("finish: stopped as asked, in step {step}")]
    Stopped {
        /// The step that was not finished.
        step: u32,
    },
    /// No random bytes.
    #[error("make ids: {0}")]
    Ids(#[from] ids::Error),
}

impl Error {
    /// A function that gives a server's refusal the words of what was being done.
    pub(crate) fn database(doing: impl Into<String>) -> impl FnOnce(tokio_postgres::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Database { doing, source }
    }

    /// An obstacle in the journal's state, with what to do about it.
    pub(crate) fn state(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::State {
            what: what.into(),
            next: next.into(),
        }
    }

    /// What to do about it, if that can be said.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::State { next, .. } => Some(next.clone()),
            Self::Stopped { .. } => Some("`idshift migrate apply` goes on from there".to_owned()),
            Self::Database { source, .. } => source.as_db_error()?.hint().map(str::to_owned),
            _ => None,
        }
    }
}

/// The server's own words, which `tokio_postgres` keeps behind "db error".
fn said(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => match error.detail() {
            Some(detail) => format!("{} ({detail})", error.message()),
            None => error.message().to_owned(),
        },
        None => error.to_string(),
    }
}

fn count(refusals: &[Refusal]) -> String {
    match refusals {
        [one] => format!("`{}` is", one.object),
        many => format!("{} objects are", many.len()),
    }
}
