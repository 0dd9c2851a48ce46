//! A project's events page by page, in bounded memory: the next page is read while one is written.

use event::{Event, ProjectId};
use ids::Uuid;
use store::{Cut, Error, EventFilter, EventPage, Journal};
use tokio::task::JoinHandle;

/// Events of one page.
const PAGE_EVENTS: usize = 1_000;

/// Reads pages.
pub(super) struct Pages {
    journal: Journal,
    project_id: ProjectId,
    filter: EventFilter,
    /// The newest event at the beginning: newer ones do not keep the export from ending.
    newest: Uuid,
    next: Option<JoinHandle<Result<EventPage, Error>>>,
}

impl Pages {
    /// The events of a project that `filter` lets through, oldest first.
    pub(super) async fn open(
        journal: Journal,
        project_id: ProjectId,
        filter: EventFilter,
    ) -> anyhow::Result<Self> {
        let cut = Cut {
            before: None,
            limit: 1,
        };
        let newest = journal
            .events(project_id, EventFilter::default(), cut)
            .await?;
        let newest = newest.events.first().map(|event| event.id);
        let mut pages = Self {
            journal,
            project_id,
            filter,
            newest: newest.unwrap_or(Uuid::NIL),
            next: None,
        };
        if newest.is_some() {
            pages.fetch(None);
        }
        Ok(pages)
    }

    /// The next page; it may be empty. None at the end.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<Vec<Event>>> {
        let Some(page) = self.next.take() else {
            return Ok(None);
        };
        let mut page = page.await??;
        page.events.retain(|event| event.id <= self.newest);
        if let Some(after) = page.next.filter(|after| *after < self.newest) {
            self.fetch(Some(after));
        }
        Ok(Some(page.events))
    }

    fn fetch(&mut self, after: Option<Uuid>) {
        let (journal, filter) = (self.journal.clone(), self.filter.clone());
        let project_id = self.project_id;
        let page = async move { journal.scan(project_id, filter, after, PAGE_EVENTS).await };
        self.next = Some(tokio::spawn(page));
    }
}
