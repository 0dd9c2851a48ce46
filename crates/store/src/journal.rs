//! The door to events: append, refuse, follow, look up.

use event::{Event, ProjectId};
use ids::Uuid;

use crate::backend::{Backend, check_max};
use crate::batch::Batch;
use crate::{
    Cursor, Cut, Error, EventFilter, EventPage, Followed, Outcome, Refusal, RefusalPage, Scope,
    postgres, sqlite,
};

/// Stores events durably and tells what is stored.
#[derive(Clone, Debug)]
pub struct Journal {
    backend: Backend,
}

impl Journal {
    pub(crate) const fn over(backend: Backend) -> Self {
        Self { backend }
    }

    /// Stores a batch in one transaction and returns, when that is on disk, what became of each
    /// event, in the order given. An event stored gets one delivery for each enabled provider of
    /// its project in the same transaction; a duplicate changes nothing.
    ///
    /// Duplicates are those with the `canonical_id`, or the very `id`, of an event of the same
    /// project. So a batch whose outcome is unknown can be given again as it is.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`], [`Error::Busy`], [`Error::Full`]: nothing was stored.
    /// [`Error::Unavailable`]: unknown, all or nothing.
    pub async fn append(&self, events: Vec<Event>) -> Result<Vec<Outcome>, Error> {
        let max = self.backend.config().batch_rows_max;
        check_max("append events", "batch_rows_max", events.len(), max)?;
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let batch = Batch::new(events);
        let outcome = match &self.backend {
            Backend::Sqlite(database) => sqlite::append(database, batch).await,
            Backend::Postgres(database) => postgres::append(database, batch).await,
        };
        self.backend.full().note(&outcome);
        outcome
    }

    /// Keeps refusals, the newest [`refusals_kept_max`](crate::Config::refusals_kept_max) of each
    /// project by id, and returns how many had a project. One with a known id changes nothing.
    ///
    /// # Errors
    ///
    /// As [`append`](Self::append).
    pub async fn reject(&self, refusals: Vec<Refusal>) -> Result<usize, Error> {
        let max = self.backend.config().batch_rows_max;
        check_max("keep refusals", "batch_rows_max", refusals.len(), max)?;
        if refusals.is_empty() {
            return Ok(0);
        }
        match &self.backend {
            Backend::Sqlite(database) => sqlite::reject(database, refusals).await,
            Backend::Postgres(database) => postgres::reject(database, refusals).await,
        }
    }

    /// The place behind everything that can be followed now: where a live tail begins.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`], [`Error::Unavailable`].
    pub async fn head(&self) -> Result<Cursor, Error> {
        match &self.backend {
            Backend::Sqlite(database) => sqlite::head(database).await,
            Backend::Postgres(database) => postgres::head(database).await,
        }
    }

    /// Up to `limit` events behind `after`, in the order of commits. Every event is returned by
    /// exactly one call of a chain of calls that each begin at the cursor of the one before,
    /// however late its transaction commits.
    ///
    /// On PostgreSQL nothing is returned that is newer than the oldest transaction still open on
    /// the server: a long transaction of anybody's delays the stream; it never tears it.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`], [`Error::Unavailable`], [`Error::Corrupt`].
    pub async fn follow(
        &self,
        scope: Scope,
        after: Cursor,
        limit: usize,
    ) -> Result<Followed, Error> {
        match &self.backend {
            Backend::Sqlite(database) => sqlite::follow(database, scope, after, limit).await,
            Backend::Postgres(database) => postgres::follow(database, scope, after, limit).await,
        }
    }

    /// One event. None if this project has none with this id.
    ///
    /// # Errors
    ///
    /// As [`follow`](Self::follow).
    pub async fn event(&self, project_id: ProjectId, id: Uuid) -> Result<Option<Event>, Error> {
        match &self.backend {
            Backend::Sqlite(database) => sqlite::event(database, project_id, id).await,
            Backend::Postgres(database) => postgres::event(database, project_id, id).await,
        }
    }

    /// Events of one project, newest first.
    ///
    /// # Errors
    ///
    /// As [`follow`](Self::follow).
    pub async fn events(
        &self,
        project_id: ProjectId,
        filter: EventFilter,
        cut: Cut,
    ) -> Result<EventPage, Error> {
        match &self.backend {
            Backend::Sqlite(database) => sqlite::events(database, project_id, filter, cut).await,
            Backend::Postgres(database) => {
                postgres::events(database, project_id, filter, cut).await
            }
        }
    }

    /// Events of one project, oldest first: those whose id is greater than `after`.
    ///
    /// # Errors
    ///
    /// As [`follow`](Self::follow).
    pub async fn scan(
        &self,
        project_id: ProjectId,
        filter: EventFilter,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<EventPage, Error> {
        let which = (filter, after);
        match &self.backend {
            Backend::Sqlite(database) => sqlite::scan(database, project_id, which, limit).await,
            Backend::Postgres(database) => postgres::scan(database, project_id, which, limit).await,
        }
    }

    /// Refusals of one project, newest first.
    ///
    /// # Errors
    ///
    /// As [`follow`](Self::follow).
    pub async fn refusals(&self, project_id: ProjectId, cut: Cut) -> Result<RefusalPage, Error> {
        match &self.backend {
            Backend::Sqlite(database) => sqlite::refusals(database, project_id, cut).await,
            Backend::Postgres(database) => postgres::refusals(database, project_id, cut).await,
        }
    }

    /// Proves that the store can commit, by committing. For 5 s after events found the disk full,
    /// that is the answer, unless others were stored since.
    ///
    /// # Errors
    ///
    /// What [`append`](Self::append) would fail with.
    pub async fn ready(&self) -> Result<(), Error> {
        self.backend.full().check("commit a probe")?;
        match &self.backend {
            Backend::Sqlite(database) => sqlite::ready(database).await,
            Backend::Postgres(database) => postgres::ready(database).await,
        }
    }
}
