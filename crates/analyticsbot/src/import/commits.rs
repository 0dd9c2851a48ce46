//! Chunks into the journal: two on their way at most, settled in the order of the input.

use std::collections::VecDeque;
use std::time::Duration;

use anyhow::Context as _;
use event::{Code, Event, ProjectId, Rejection, Source};
use ids::Timestamp;
use store::{Error, Journal, Outcome, Refusal as Kept};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use super::chunks::Chunk;
use super::piece::Reject;
use crate::context::make_id;
use crate::refusal::Refusal;

/// Chunks on their way: while one is on disk the next one is on its way there.
const IN_FLIGHT_MAX: usize = 2;

/// How often a chunk is tried again when others are in the way.
const TRIES: u32 = 8;

/// What is waited before the second try; twice as long before each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// A chunk that is committed.
pub(super) struct Settled {
    /// Without its events.
    pub(super) chunk: Chunk,
    /// What became of them.
    pub(super) outcomes: Vec<Outcome>,
}

/// A commit on its way.
type Commit = JoinHandle<Result<Vec<Outcome>, Error>>;

/// Commits chunks.
pub(super) struct Commits {
    journal: Journal,
    in_flight: VecDeque<(Chunk, Commit)>,
    pace: Pace,
}

impl Commits {
    /// Into `journal`, at most `per_second` records a second.
    pub(super) fn new(journal: Journal, per_second: Option<u32>) -> Self {
        Self {
            journal,
            in_flight: VecDeque::new(),
            pace: Pace::new(per_second),
        }
    }

    /// Sends a chunk on its way. Returns the oldest if there are enough on their way.
    pub(super) async fn push(&mut self, mut chunk: Chunk) -> anyhow::Result<Option<Settled>> {
        let settled = if self.in_flight.len() < IN_FLIGHT_MAX {
            None
        } else {
            self.pop().await?
        };
        self.pace.wait(chunk.records()).await;
        let events = std::mem::take(&mut chunk.events);
        let task = tokio::spawn(append(self.journal.clone(), events));
        self.in_flight.push_back((chunk, task));
        Ok(settled)
    }

    /// Waits for the oldest chunk.
    pub(super) async fn pop(&mut self) -> anyhow::Result<Option<Settled>> {
        let Some((chunk, task)) = self.in_flight.pop_front() else {
            return Ok(None);
        };
        let outcomes = task.await.context("commit a chunk")??;
        if outcomes.contains(&Outcome::NoProject) {
            return Err(
                Refusal::new("project_archived", "the project takes no more events").into(),
            );
        }
        Ok(Some(Settled { chunk, outcomes }))
    }

    /// Keeps refusals where those of HTTP are, so that they are seen in the same place.
    pub(super) async fn keep(
        &self,
        project_id: ProjectId,
        rejects: &[Reject],
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let mut kept = Vec::new();
        for reject in rejects {
            // A row that is no event has a code that no event has.
            let Some(code) = Code::parse(reject.code) else {
                continue;
            };
            kept.push(Kept {
                id: make_id(None)?,
                project_id,
                received_at: now,
                source: Source::Import,
                rejection: Rejection {
                    index: usize::try_from(reject.line).unwrap_or(usize::MAX) - 1,
                    code,
                    field: reject.field.clone(),
                    message: reject.message.clone(),
                    input: reject.input.clone(),
                },
            });
        }
        self.journal.reject(kept).await?;
        Ok(())
    }
}

/// The events have their ids: given again, they are stored once.
async fn append(journal: Journal, events: Vec<Event>) -> Result<Vec<Outcome>, Error> {
    let mut pause = FIRST_PAUSE;
    for _ in 1..TRIES {
        match journal.append(events.clone()).await {
            Err(Error::Busy { .. }) => sleep(pause).await,
            ended => return ended,
        }
        pause *= 2;
    }
    journal.append(events).await
}

/// Holds a rate.
struct Pace {
    per_second: Option<u32>,
    next: Instant,
}

impl Pace {
    fn new(per_second: Option<u32>) -> Self {
        Self {
            per_second,
            next: Instant::now(),
        }
    }

    /// Waits until `records` more may go.
    async fn wait(&mut self, records: usize) {
        let Some(per_second) = self.per_second.filter(|rate| *rate > 0) else {
            return;
        };
        sleep_until(self.next).await;
        let records = u32::try_from(records).unwrap_or(u32::MAX);
        self.next = self.next.max(Instant::now()) + Duration::from_secs(1) * records / per_second;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_rate_is_held_and_time_that_was_lost_is_not_made_up() {
        let started = Instant::now();
        let mut pace = Pace::new(Some(100));
        for _ in 0..5 {
            pace.wait(50).await;
        }
        assert_eq!(started.elapsed(), Duration::from_secs(2));
        tokio::time::advance(Duration::from_mins(1)).await;
        let started = Instant::now();
        for _ in 0..3 {
            pace.wait(50).await;
        }
        assert_eq!(started.elapsed(), Duration::from_secs(1));
        Pace::new(None).wait(1_000_000).await;
        assert_eq!(started.elapsed(), Duration::from_secs(1));
    }
}
