//! The door to tenants: projects, their keys and their providers.

use event::ProjectId;
use ids::{Timestamp, Uuid};

use crate::backend::{Backend, check_max};
use crate::usage::Usage;
use crate::{ApiKey, Census, Change, Day, Digest, Error, Project, Provider, postgres, sqlite};

/// Keeps projects, keys and providers. Lists are cut at
/// [`page_rows_max`](crate::Config::page_rows_max).
#[derive(Clone, Debug)]
pub struct Registry {
    backend: Backend,
}

/// One operation on whichever database it is.
macro_rules! on_either {
    ($self:ident, $operation:ident($($argument:expr),*)) => {
        match &$self.backend {
            Backend::Sqlite(database) => sqlite::$operation(database, $($argument),*).await,
            Backend::Postgres(database) => postgres::$operation(database, $($argument),*).await,
        }
    };
}

impl Registry {
    pub(crate) const fn over(backend: Backend) -> Self {
        Self { backend }
    }

    /// Creates a project.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the id or the slug is taken; else as
    /// [`Journal::append`](crate::Journal::append).
    pub async fn create_project(&self, project: Project) -> Result<(), Error> {
        on_either!(self, create_project(project))
    }

    /// One project. None if there is none with this id.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`], [`Error::Unavailable`], [`Error::Corrupt`].
    pub async fn project(&self, id: ProjectId) -> Result<Option<Project>, Error> {
        on_either!(self, project(id))
    }

    /// Projects in the order of their ids, those behind `after`, archived ones too.
    ///
    /// # Errors
    ///
    /// As [`project`](Self::project).
    pub async fn projects(
        &self,
        after: Option<ProjectId>,
        limit: usize,
    ) -> Result<Vec<Project>, Error> {
        on_either!(self, projects(after, limit))
    }

    /// Changes a project and returns it as it is then. None if there is none with this id.
    ///
    /// # Errors
    ///
    /// As [`Journal::append`](crate::Journal::append).
    pub async fn change_project(
        &self,
        id: ProjectId,
        change: Change,
    ) -> Result<Option<Project>, Error> {
        on_either!(self, change_project(id, change))
    }

    /// Adds a key to a project. False, and nothing is stored, if there is no such project.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the id or the digest is taken; else as
    /// [`Journal::append`](crate::Journal::append).
    pub async fn create_key(&self, key: ApiKey, digest: Digest) -> Result<bool, Error> {
        on_either!(self, create_key(key, digest))
    }

    /// The keys of one project, newest first, revoked ones too.
    ///
    /// # Errors
    ///
    /// As [`project`](Self::project).
    pub async fn keys(&self, project_id: ProjectId) -> Result<Vec<ApiKey>, Error> {
        on_either!(self, keys(project_id))
    }

    /// Ends a key at this moment and returns it; a key that was revoked keeps its first moment.
    /// None if this project has none with this id.
    ///
    /// # Errors
    ///
    /// As [`Journal::append`](crate::Journal::append).
    pub async fn revoke_key(
        &self,
        project_id: ProjectId,
        id: Uuid,
        at: Timestamp,
    ) -> Result<Option<ApiKey>, Error> {
        on_either!(self, revoke_key(project_id, id, at))
    }

    /// The key that has this digest. None if there is none, if it is revoked, or if its project is
    /// archived: the three are not told apart.
    ///
    /// # Errors
    ///
    /// As [`project`](Self::project).
    pub async fn key_of(&self, digest: Digest) -> Result<Option<ApiKey>, Error> {
        on_either!(self, key_of(digest))
    }

    /// Configures a provider, or replaces what was configured under its id; the moment of its
    /// creation stays. False, and nothing is stored, if there is no such project.
    ///
    /// # Errors
    ///
    /// As [`Journal::append`](crate::Journal::append).
    pub async fn put_provider(&self, provider: Provider) -> Result<bool, Error> {
        on_either!(self, put_provider(provider))
    }

    /// Adds to how many events each project sent on a day, in one transaction, and returns the
    /// day's totals, one for each project named, in the order of their ids. Adding 0 asks for the
    /// total. A project that does not exist has none.
    ///
    /// Days that lie more than 400 days back are forgotten as their project is counted. Repeated
    /// after [`Error::Unavailable`], it may count twice.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] beyond [`batch_rows_max`](crate::Config::batch_rows_max); else as
    /// [`Journal::append`](crate::Journal::append).
    pub async fn count_usage(
        &self,
        day: Day,
        deltas: Vec<(ProjectId, u64)>,
    ) -> Result<Vec<(ProjectId, u64)>, Error> {
        let max = self.backend.config().batch_rows_max;
        check_max("count usage", "batch_rows_max", deltas.len(), max)?;
        if deltas.is_empty() {
            return Ok(Vec::new());
        }
        let usage = Usage::of(day, deltas);
        on_either!(self, count_usage(usage))
    }

    /// Counts projects and looks for what should be unique among them.
    ///
    /// # Errors
    ///
    /// As [`project`](Self::project).
    pub async fn census(&self) -> Result<Census, Error> {
        on_either!(self, census())
    }
}
