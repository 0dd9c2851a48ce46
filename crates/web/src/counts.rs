//! What the HTTP face counts, for `/metrics`.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use event::{Code, ProjectId};
use hyper::StatusCode;
use intake::{Answer, Verdict};

/// Projects with counts of their own: 200, the first. The rest is `other`, so that the number of
/// time series is bounded.
const PROJECTS_MAX: usize = 200;

const STATUS_FIRST: usize = 100;
const STATUSES: usize = 500;

/// Counts since the start.
#[derive(Debug)]
pub(crate) struct Counts {
    by_status: Vec<AtomicU64>,
    problems: Mutex<BTreeMap<(u16, &'static str), u64>>,
    projects: Mutex<HashMap<Option<ProjectId>, Project>>,
    accept_failed: AtomicU64,
    slow: AtomicU64,
}

/// What became of the events of one project.
#[derive(Clone, Debug, Default)]
pub(crate) struct Project {
    pub(crate) accepted: u64,
    pub(crate) duplicate: u64,
    pub(crate) rejected: BTreeMap<Code, u64>,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            by_status: (0..STATUSES).map(|_| AtomicU64::new(0)).collect(),
            problems: Mutex::default(),
            projects: Mutex::default(),
            accept_failed: AtomicU64::new(0),
            slow: AtomicU64::new(0),
        }
    }
}

impl Counts {
    pub(crate) fn answered(&self, status: StatusCode) {
        let class = usize::from(status.as_u16()) - STATUS_FIRST;
        if let Some(count) = self.by_status.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn refused(&self, status: StatusCode, code: &'static str) {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        *problems.entry((status.as_u16(), code)).or_default() += 1;
    }

    pub(crate) fn accept_failed(&self) {
        self.accept_failed.fetch_add(1, Ordering::Relaxed);
    }

    /// Gives how many were slow before.
    pub(crate) fn slow(&self) -> u64 {
        self.slow.fetch_add(1, Ordering::Relaxed)
    }

    /// What became of the inputs of one request.
    pub(crate) fn taken(&self, project_id: ProjectId, answer: &Answer) {
        self.with_project(project_id, |project| {
            for verdict in &answer.verdicts {
                match verdict {
                    Verdict::Stored(_) => project.accepted += 1,
                    Verdict::Duplicate(_) => project.duplicate += 1,
                    Verdict::Rejected(reason) => {
                        *project.rejected.entry(reason.code).or_default() += 1;
                    }
                }
            }
        });
    }

    /// A request in which nothing could be read.
    pub(crate) fn unreadable(&self, project_id: ProjectId, code: Code) {
        self.with_project(project_id, |project| {
            *project.rejected.entry(code).or_default() += 1;
        });
    }

    fn with_project(&self, project_id: ProjectId, count: impl FnOnce(&mut Project)) {
        let mut projects = self.projects.lock().unwrap_or_else(PoisonError::into_inner);
        let known = projects.len() < PROJECTS_MAX || projects.contains_key(&Some(project_id));
        count(projects.entry(known.then_some(project_id)).or_default());
    }

    /// The answers by status, those that there were.
    pub(crate) fn by_status(&self) -> Vec<(usize, u64)> {
        let counts = self.by_status.iter().enumerate();
        let counts = counts.map(|(class, count)| (class, count.load(Ordering::Relaxed)));
        let seen = counts.filter(|(_, count)| *count > 0);
        seen.map(|(class, count)| (class + STATUS_FIRST, count))
            .collect()
    }

    pub(crate) fn problems(&self) -> BTreeMap<(u16, &'static str), u64> {
        self.problems
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// By project; None is all the others.
    pub(crate) fn projects(&self) -> BTreeMap<Option<ProjectId>, Project> {
        let projects = self.projects.lock().unwrap_or_else(PoisonError::into_inner);
        projects
            .iter()
            .map(|(id, project)| (*id, project.clone()))
            .collect()
    }

    pub(crate) fn accepts_failed(&self) -> u64 {
        self.accept_failed.load(Ordering::Relaxed)
    }

    pub(crate) fn slow_ones(&self) -> u64 {
        self.slow.load(Ordering::Relaxed)
    }
}
