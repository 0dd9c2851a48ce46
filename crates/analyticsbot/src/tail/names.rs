//! The slugs of projects, by id.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use event::ProjectId;
use store::{Error, Project, Store};

use crate::project;

/// The slugs of projects that are known.
#[derive(Default)]
pub(super) struct Names(BTreeMap<ProjectId, String>);

impl Names {
    /// Those of all projects.
    pub(super) async fn read(store: &Store) -> Result<Self, Error> {
        let projects = project::all(&store.registry()).await?;
        Ok(Self(
            projects
                .into_iter()
                .map(|project| (project.id, project.slug))
                .collect(),
        ))
    }

    /// Looks up a project that was made since.
    pub(super) async fn learn(&mut self, id: ProjectId, store: &Store) -> Result<(), Error> {
        if let Entry::Vacant(unknown) = self.0.entry(id) {
            let project = store.registry().project(id).await?;
            // One that is gone is shown by its id.
            unknown.insert(project.map_or_else(|| id.uuid().to_string(), |project| project.slug));
        }
        Ok(())
    }

    /// The projects to look at: the one that is named, or all.
    pub(super) fn wanted(&self, named: Option<&Project>) -> Vec<ProjectId> {
        match named {
            Some(project) => vec![project.id],
            None => self.0.keys().copied().collect(),
        }
    }

    /// The slug to show; none if there is but one project.
    pub(super) fn of(&self, id: ProjectId) -> Option<&str> {
        let slug = self.0.get(&id).map(String::as_str);
        slug.filter(|_| self.0.len() > 1)
    }
}
