//! One request from its bytes to the answer.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use event::{Code, Event, Limits, ProjectId, Received, Rejection};
use ids::{Timestamp, Uuid};
use store::{Outcome, Refusal};

use tokio::time::Instant;

use crate::answer::{Answer, Parts, Reason, Refused, Verdict};
use crate::batch::{self, Buffer, Commit, Committed, Committer, Unaccepted};
use crate::decode::{Decoded, Decoder};
use crate::expand::Body;

/// Makes an id of a moment, or of now: see [`event::check`].
pub type MakeId = Box<dyn Fn(Option<Timestamp>) -> Result<Uuid, ids::Error> + Send + Sync>;

/// Limits of the intake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Of a request and its events.
    pub limits: Limits,
    /// Of what waits.
    pub batch: batch::Config,
    /// Refusals kept of one request: 100, the first. Beyond, they are only answered and counted.
    pub request_refusals_max: usize,
    /// Requests beyond [`SMALL_BODY_BYTES_MAX`](crate::SMALL_BODY_BYTES_MAX) that are decoded at
    /// one time: 2. Each keeps a core busy, and up to twice `body_bytes_max` in memory while it is
    /// expanded. The others wait for their turn.
    pub large_requests_max: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            batch: batch::Config::default(),
            request_refusals_max: 100,
            large_requests_max: 2,
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
    decoder: Decoder,
    request_refusals_max: usize,
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
            decoder: Decoder::new(config.limits, make_id, config.large_requests_max),
            request_refusals_max: config.request_refusals_max,
            rejected: Mutex::default(),
        };
        (intake, committers)
    }

    /// Takes the request with this body, and returns when every event of it that can be stored is
    /// on disk, all by one transaction.
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
        let begun = Instant::now();
        match self.decoder.expand(body).await? {
            Ok(bytes) => self.take(project_id, &bytes, received, begun).await,
            Err(rejection) => Err(self.refuse(project_id, received, rejection)),
        }
    }

    /// [`expand`](crate::expand()) for a body whose write key
    /// ([`split::write_key`](crate::split::write_key)) tells the project, without holding the
    /// thread for long.
    ///
    /// # Errors
    /// The outer one: the server is stopping. The inner one: that of [`expand`](crate::expand()).
    pub async fn expand<'a>(
        &self,
        body: &Body<'a>,
    ) -> Result<Result<Cow<'a, [u8]>, Rejection>, Unaccepted> {
        self.decoder.expand(body).await
    }

    /// [`accept`](Self::accept) for a body that is [expanded](Self::expand) already.
    ///
    /// # Errors
    /// See [`Refused`].
    pub async fn accept_plain(
        &self,
        project_id: ProjectId,
        bytes: &[u8],
        received: &Received<'_>,
    ) -> Result<Answer, Refused> {
        self.take(project_id, bytes, received, Instant::now()).await
    }

    async fn take(
        &self,
        project_id: ProjectId,
        bytes: &[u8],
        received: &Received<'_>,
        begun: Instant,
    ) -> Result<Answer, Refused> {
        let decoded = self.decoder.decode(project_id, bytes, received).await?;
        let Decoded {
            shape,
            events,
            rejections,
        } = decoded.map_err(|rejection| self.refuse(project_id, received, rejection))?;
        let (outcomes, parts) = self.store(project_id, events, begun).await?;
        let verdicts = in_order(outcomes, &rejections)?;
        // Only now: who is told to come again brings them again.
        self.keep(project_id, received, rejections);
        Ok(Answer {
            shape,
            verdicts,
            parts,
        })
    }

    async fn store(
        &self,
        project_id: ProjectId,
        events: Vec<Event>,
        begun: Instant,
    ) -> Result<(Vec<Outcome>, Parts), Refused> {
        let decode = begun.elapsed();
        let committed = self.buffer.append(project_id, events).await?;
        let Committed {
            result,
            wait,
            commit,
        } = committed;
        let parts = Parts {
            decode,
            wait,
            commit,
        };
        match result {
            Ok(outcomes) => Ok((outcomes, parts)),
            Err(failure) => Err(Refused::Failed { failure, parts }),
        }
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
            let id = self.decoder.make_id()(None).ok()?;
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
    pub fn limits(&self) -> &Limits {
        self.decoder.limits()
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
