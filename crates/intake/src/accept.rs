//! One request from its bytes to the answer.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;

use event::{Code, Event, Limits, ProjectId, Received, Rejection, check};
use ids::{Timestamp, Uuid};
use store::{Outcome, Refusal};

use crate::answer::{Answer, Reason, Refused, Verdict};
use crate::batch::{self, Buffer, Commit, Committer};
use crate::expand::{Body, expand};
use crate::split::{drafts, split};

/// Makes an id of a moment, or of now: see [`event::check`].
pub type MakeId = Box<dyn Fn(Option<Timestamp>) -> Result<Uuid, ids::Error> + Send + Sync>;

/// Inputs read in one go: so many of the usual size take about a millisecond. Then others that wait
/// for the same thread have their turn.
const INPUTS_IN_ONE_GO: usize = 256;

/// Limits of the intake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Of a request and its events.
    pub limits: Limits,
    /// Of what waits.
    pub batch: batch::Config,
    /// Refusals kept of one request: 100, the first. Beyond, they are only answered and counted.
    pub request_refusals_max: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            batch: batch::Config::default(),
            request_refusals_max: 100,
        }
    }
}

/// What was counted since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// By the buffer.
    pub batch: batch::Counts,
    /// Inputs and whole requests refused, by code.
    pub rejected: BTreeMap<Code, u64>,
}

/// Takes requests.
pub struct Intake {
    buffer: Buffer,
    limits: Limits,
    request_refusals_max: usize,
    make_id: MakeId,
    rejected: Mutex<BTreeMap<Code, u64>>,
}

impl std::fmt::Debug for Intake {
    /// Without the generator, which has nothing to show.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Intake")
            .field("buffer", &self.buffer)
            .finish_non_exhaustive()
    }
}

impl Intake {
    /// An intake into `journal`, and the tasks that commit, for the caller to spawn
    /// ([`Committer::run`]); nothing is answered before they run. They end after
    /// [`close`](Self::close), when all that was taken is committed.
    pub fn new<J: Commit>(
        journal: J,
        config: Config,
        make_id: MakeId,
    ) -> (Self, Vec<Committer<J>>) {
        let (buffer, committers) = batch::buffer(journal, config.batch);
        let intake = Self {
            buffer,
            limits: config.limits,
            request_refusals_max: config.request_refusals_max,
            make_id,
            rejected: Mutex::default(),
        };
        (intake, committers)
    }

    /// Takes the request with this body, and returns when every event of it that can be stored is
    /// on disk.
    ///
    /// Dropped before its end, it has taken everything or nothing.
    ///
    /// # Errors
    /// See [`Refused`].
    pub async fn accept(
        &self,
        project_id: ProjectId,
        body: &Body<'_>,
        received: &Received<'_>,
    ) -> Result<Answer, Refused> {
        match expand(body, &self.limits) {
            Ok(bytes) => self.accept_plain(project_id, &bytes, received).await,
            Err(rejection) => Err(self.refuse(project_id, received, rejection)),
        }
    }

    /// [`accept`](Self::accept) for a body that is expanded already, because its write key
    /// ([`split::write_key`](crate::split::write_key)) told the project.
    ///
    /// # Errors
    /// See [`Refused`].
    pub async fn accept_plain(
        &self,
        project_id: ProjectId,
        bytes: &[u8],
        received: &Received<'_>,
    ) -> Result<Answer, Refused> {
        let inputs = match split(bytes, &self.limits) {
            Ok(inputs) => inputs,
            Err(rejection) => return Err(self.refuse(project_id, received, rejection)),
        };
        let (mut events, mut rejections) = (Vec::new(), Vec::new());
        for (index, draft) in drafts(&inputs, &self.limits).enumerate() {
            if index % INPUTS_IN_ONE_GO == INPUTS_IN_ONE_GO - 1 {
                let_others().await;
            }
            let checked = draft.and_then(|draft| {
                check(&draft, project_id, received, &self.limits, |time| {
                    (self.make_id)(time)
                })
            });
            match checked {
                Ok(checked) => events.push(checked.event),
                Err(rejection) => rejections.push(rejection),
            }
        }
        let outcomes = self.store(project_id, events).await?;
        let verdicts = in_order(outcomes, &rejections)?;
        // Only now: who is told to come again brings them again.
        self.keep(project_id, received, rejections);
        Ok(Answer {
            shape: inputs.shape,
            verdicts,
        })
    }

    async fn store(
        &self,
        project_id: ProjectId,
        events: Vec<Event>,
    ) -> Result<Vec<Outcome>, Refused> {
        Ok(self.buffer.append(project_id, events).await??)
    }

    /// Counts and keeps the refusal of a whole request.
    pub fn refuse(
        &self,
        project_id: ProjectId,
        received: &Received<'_>,
        rejection: Rejection,
    ) -> Refused {
        self.keep(project_id, received, vec![rejection.clone()]);
        Refused::Body(rejection)
    }

    fn keep(&self, project_id: ProjectId, received: &Received<'_>, rejections: Vec<Rejection>) {
        if rejections.is_empty() {
            return;
        }
        let mut counts = self.rejected.lock().unwrap_or_else(PoisonError::into_inner);
        for rejection in &rejections {
            *counts.entry(rejection.code).or_default() += 1;
        }
        drop(counts);
        let all = rejections.len();
        let refusal = |rejection| {
            // Without an id it cannot be kept: it is counted as lost below.
            let id = (self.make_id)(None).ok()?;
            let (received_at, source) = (received.at, received.source);
            Some(Refusal {
                id,
                project_id,
                received_at,
                source,
                rejection,
            })
        };
        let first = rejections.into_iter().take(self.request_refusals_max);
        let refusals: Vec<_> = first.filter_map(refusal).collect();
        self.buffer.forget(all - refusals.len());
        self.buffer.reject(refusals);
    }

    /// Takes no more; the committers end when all that was taken is committed.
    pub fn close(&self) {
        self.buffer.close();
    }

    /// Whether it takes requests: not closed, and somebody is left to commit.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.buffer.is_open()
    }

    /// The limits of a request.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What was counted since the start.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let rejected = self
            .rejected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        Counts {
            batch: self.buffer.counts(),
            rejected,
        }
    }
}

/// The verdicts by input: `outcomes` are those of the inputs without a rejection, in order.
fn in_order(outcomes: Vec<Outcome>, rejections: &[Rejection]) -> Result<Vec<Verdict>, Refused> {
    let mut verdicts = Vec::with_capacity(outcomes.len() + rejections.len());
    let mut rejections = rejections.iter().peekable();
    let mut outcomes = outcomes.into_iter();
    loop {
        if let Some(rejection) = rejections.next_if(|next| next.index == verdicts.len()) {
            verdicts.push(Verdict::Rejected(Reason {
                code: rejection.code,
                field: rejection.field.clone(),
                message: rejection.message.clone(),
            }));
            continue;
        }
        match outcomes.next() {
            Some(Outcome::Stored(id)) => verdicts.push(Verdict::Stored(id)),
            Some(Outcome::Duplicate(id)) => verdicts.push(Verdict::Duplicate(id)),
            Some(Outcome::NoProject) => return Err(Refused::NoProject),
            None => return Ok(verdicts),
        }
    }
}

/// Returns after everything else that can run on this thread has run.
async fn let_others() {
    let mut passed = false;
    poll_fn(|context| {
        if passed {
            return Poll::Ready(());
        }
        passed = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
