//! The event buffer: whatever waits while one commit runs is the next commit.
//!
//! There is no timer. An event that comes alone is committed at once; under load the groups grow by
//! themselves, because more arrives while a commit takes its time. Nobody is answered before the
//! commit that holds its events, and everybody gets the outcomes of its own events.
//!
//! A request's events are one transaction: a group holds whole requests, so a request is stored
//! wholly or not at all. Projects take turns in each group, and small requests go before large
//! ones, so that a project with one event waits for the commit that runs and is in the next,
//! however much others have sent; only a large request that was passed over before goes first.
//!
//! What waits is bounded, as a whole and for each project; beyond, the answer is an immediate
//! [`Unaccepted::Busy`].

mod counts;
mod lanes;

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use event::{Event, ProjectId};
use store::{Journal, Outcome, Refusal};
use tokio::sync::Notify;
use tokio::sync::oneshot::Receiver;
use tokio::time::Instant;

pub use counts::{BATCH_SIZES, COMMIT_TIMES, Counts, Histogram};
use lanes::{Group, Lanes, Times, Waiter, Work, bytes_of};

/// Limits of the buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Events accepted and not answered yet: 20,000. Beyond: [`Unaccepted::Busy`].
    pub waiting_events_max: usize,
    /// Their size in memory, about: 32 MiB. Beyond: [`Unaccepted::Busy`].
    pub waiting_bytes_max: usize,
    /// Those of one project: 10,000, so that no project fills the buffer alone. Beyond:
    /// [`Unaccepted::Busy`].
    pub project_events_max: usize,
    /// The size of those of one project: 16 MiB. Beyond: [`Unaccepted::Busy`].
    pub project_bytes_max: usize,
    /// Events of one commit: 500. It bounds how long a commit takes, and with it how long a project
    /// waits for the others. Requests beyond go into the next one; a request with more events is a
    /// commit by itself.
    pub commit_events_max: usize,
    /// Commits at one time: 1. A second one pays where the database has cores to spare; events of
    /// one project may then be stored in another order than they came.
    pub committers: usize,
    /// Refusals that wait to be kept: 2,000. Beyond, they are counted and forgotten: their sender
    /// was told.
    pub waiting_refusals_max: usize,
    /// Refusals kept by one commit: 500. At most one such commit runs between two with events.
    pub commit_refusals_max: usize,
    /// What a refused client is told to wait: 1 s, far more than it takes to commit a full buffer.
    pub retry_after: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            waiting_events_max: 20_000,
            waiting_bytes_max: 32 << 20,
            project_events_max: 10_000,
            project_bytes_max: 16 << 20,
            commit_events_max: 500,
            committers: 1,
            waiting_refusals_max: 2_000,
            commit_refusals_max: 500,
            retry_after: Duration::from_secs(1),
        }
    }
}

/// Where groups are committed: [`Journal`], and what tests put in its place.
pub trait Commit: Send + Sync + 'static {
    /// [`Journal::append`].
    fn append(
        &self,
        events: Vec<Event>,
    ) -> impl Future<Output = Result<Vec<Outcome>, store::Error>> + Send;

    /// [`Journal::reject`].
    fn reject(
        &self,
        refusals: Vec<Refusal>,
    ) -> impl Future<Output = Result<usize, store::Error>> + Send;
}

impl Commit for Journal {
    async fn append(&self, events: Vec<Event>) -> Result<Vec<Outcome>, store::Error> {
        Self::append(self, events).await
    }

    async fn reject(&self, refusals: Vec<Refusal>) -> Result<usize, store::Error> {
        Self::reject(self, refusals).await
    }
}

/// Why events were not taken. Nothing of them is or will be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unaccepted {
    /// Too much is waiting already.
    #[error("take events: too many are waiting; try again in `{}` s", retry_after.as_secs())]
    Busy {
        /// How long the client should wait.
        retry_after: Duration,
    },
    /// The server is stopping.
    #[error("take events: the server is stopping")]
    Closed,
}

/// What became of a request's events.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Of each event, in order: the commit that held them all succeeded, or it did not.
    pub result: Result<Vec<Outcome>, Failure>,
    /// From [`Buffer::append`] to the beginning of the commit.
    pub wait: Duration,
    /// The commit; zero if it did not come to an end.
    pub commit: Duration,
}

/// Why events that were taken are not known to be stored: none of them is, or, where the answer of
/// the database was lost on its way, all. The same events given again, with the ids of their
/// clients, are stored once.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// A commit failed: the same error for all whose events were in it.
    #[error(transparent)]
    Store(Arc<store::Error>),
    /// The journal answered for `answered` events of `given`: a defect.
    #[error("append events: the journal told of `{answered}` events, it was given `{given}`")]
    Miscounted {
        /// Outcomes it returned.
        answered: usize,
        /// Events it was given.
        given: usize,
    },
    /// The task that commits has ended.
    #[error("append events: the task that commits has ended")]
    Ended,
}

/// The buffer: where requests put their events. Dropping it closes it.
#[derive(Debug)]
pub struct Buffer {
    shared: Arc<Shared>,
}

/// Commits what waits in the buffer. Its caller spawns [`run`](Self::run).
///
/// Dropped before its end, by a panic or with its runtime, it answers those whose events it had
/// with [`Failure::Ended`]; the last of them closes the buffer and answers all that wait.
#[derive(Debug)]
pub struct Committer<J> {
    shared: Arc<Shared>,
    journal: Arc<J>,
    /// Whose events it is committing.
    in_hand: Vec<Waiter>,
}

#[derive(Debug)]
struct Shared {
    lanes: Mutex<Lanes>,
    /// Rung when there is something to do. It keeps one ring for a committer that is not listening.
    bell: Notify,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Lanes> {
        // Nothing that holds the lock calls out or allocates without bound, so it does not panic;
        // if it did, refusing to answer the other waiters would make it worse.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A buffer over `journal`, and the committers to spawn.
pub fn buffer<J: Commit>(journal: J, config: Config) -> (Buffer, Vec<Committer<J>>) {
    let (journal, count) = (Arc::new(journal), config.committers.max(1));
    let lanes = Mutex::new(Lanes::new(config, count));
    let shared = Arc::new(Shared {
        lanes,
        bell: Notify::new(),
    });
    let committer = |_| Committer {
        shared: Arc::clone(&shared),
        journal: Arc::clone(&journal),
        in_hand: Vec::new(),
    };
    let committers = (0..count).map(committer).collect();
    (Buffer { shared }, committers)
}

impl Buffer {
    /// Puts the events of one request into the buffer, and returns when they are committed, all at
    /// once.
    ///
    /// Whether the caller waits for the end makes no difference to the events.
    ///
    /// # Errors
    /// Nothing was taken.
    pub async fn append(
        &self,
        project_id: ProjectId,
        events: Vec<Event>,
    ) -> Result<Committed, Unaccepted> {
        let since = Instant::now();
        if events.is_empty() {
            return Ok(Committed {
                result: Ok(Vec::new()),
                wait: Duration::ZERO,
                commit: Duration::ZERO,
            });
        }
        let answer = self.put(project_id, events, since)?;
        Ok(answer.await.unwrap_or_else(|_| Committed {
            result: Err(Failure::Ended),
            wait: since.elapsed(),
            commit: Duration::ZERO,
        }))
    }

    fn put(
        &self,
        project_id: ProjectId,
        events: Vec<Event>,
        since: Instant,
    ) -> Result<Receiver<Committed>, Unaccepted> {
        let bytes = events.iter().map(bytes_of).sum();
        let answer = self.shared.lock().put(project_id, events, bytes, since)?;
        self.shared.bell.notify_one();
        Ok(answer)
    }

    /// Has refusals kept soon, as many as there is room for; the others are counted as lost.
    pub fn reject(&self, refusals: Vec<Refusal>) {
        if !refusals.is_empty() {
            self.shared.lock().reject(refusals);
            self.shared.bell.notify_one();
        }
    }

    /// Counts refusals that nobody will keep.
    pub(crate) fn forget(&self, refusals: usize) {
        if refusals > 0 {
            self.shared.lock().kept(0, refusals);
        }
    }

    /// Takes no more. What was taken is still committed; then the committers end.
    pub fn close(&self) {
        self.shared.lock().close();
        self.shared.bell.notify_one();
    }

    /// Whether it takes events.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.shared.lock().is_open()
    }

    /// What was counted so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.lock().counts()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.close();
    }
}

impl<J: Commit> Committer<J> {
    /// Commits until the buffer is closed and empty.
    pub async fn run(mut self) {
        loop {
            let work = self.shared.lock().take();
            if work.more {
                // For the other committers: the bell may have rung for several reasons only once.
                // At the end, dropping this one rings it for the next.
                self.shared.bell.notify_one();
            }
            match work {
                Work {
                    group: None,
                    refusals,
                    ended,
                    ..
                } if refusals.is_empty() => {
                    if ended {
                        return;
                    }
                    self.shared.bell.notified().await;
                }
                Work {
                    group, refusals, ..
                } => {
                    if let Some(group) = group {
                        self.commit(group).await;
                    }
                    if !refusals.is_empty() {
                        self.keep(refusals).await;
                    }
                }
            }
        }
    }

    async fn commit(&mut self, group: Group) {
        let given = group.events.len();
        self.in_hand = group.waiters;
        let begun = Instant::now();
        let appended = self.journal.append(group.events).await;
        let commit = begun.elapsed();
        let result = match appended {
            Ok(outcomes) if outcomes.len() == given => Ok(outcomes),
            Ok(outcomes) => Err(Failure::Miscounted {
                answered: outcomes.len(),
                given,
            }),
            Err(error) => Err(Failure::Store(Arc::new(error))),
        };
        let waiters = std::mem::take(&mut self.in_hand);
        let outcomes = result.as_deref().ok();
        self.shared.lock().settle(&waiters, outcomes, commit);
        tell(waiters, result, Times { begun, commit });
    }

    async fn keep(&self, refusals: Vec<Refusal>) {
        let count = refusals.len();
        let kept = self.journal.reject(refusals).await;
        // A refusal is for its sender to look up, and the sender was told: an error here is counted
        // and not retried, because what made it will show on the events as well.
        self.shared.lock().kept(kept.unwrap_or(0), count);
    }
}

impl<J> Drop for Committer<J> {
    fn drop(&mut self) {
        let in_hand = std::mem::take(&mut self.in_hand);
        let waiters = self.shared.lock().leave(in_hand);
        let times = Times {
            begun: Instant::now(),
            commit: Duration::ZERO,
        };
        tell(waiters, Err(Failure::Ended), times);
        self.shared.bell.notify_one();
    }
}

/// Gives each waiter its own outcomes, or all of them the failure.
fn tell(waiters: Vec<Waiter>, result: Result<Vec<Outcome>, Failure>, times: Times) {
    let mut outcomes = result.map(Vec::into_iter);
    for waiter in waiters {
        let own = match &mut outcomes {
            Ok(outcomes) => Ok(outcomes.take(waiter.events()).collect()),
            Err(failure) => Err(failure.clone()),
        };
        waiter.answer(own, times);
    }
}
