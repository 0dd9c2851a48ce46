//! The bytes of a request to checked events: on the spot if there is little to do, else on a thread
//! of its own kind, so that no other request waits for a large one.

use std::borrow::Cow;
use std::sync::Arc;

use event::{Code, Event, Limits, ProjectId, Received, Rejection, check};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::accept::MakeId;
use crate::batch::Unaccepted;
use crate::expand::{Body, expand};
use crate::split::{Shape, drafts, split};

/// A body of at most so many bytes, as sent and expanded, is decoded on the spot: events of the
/// usual size then hold the thread for less than a millisecond.
pub const SMALL_BODY_BYTES_MAX: usize = 64 << 10;

/// What was in a request.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) shape: Shape,
    /// Of the inputs without a rejection, in order.
    pub(crate) events: Vec<Event>,
    pub(crate) rejections: Vec<Rejection>,
}

/// Expands, splits, reads and checks.
pub(crate) struct Decoder {
    shared: Arc<Shared>,
    /// One for each large request that is worked on: each keeps a core busy and its expanded bytes
    /// in memory.
    large: Semaphore,
}

struct Shared {
    limits: Limits,
    make_id: MakeId,
}

impl Decoder {
    pub(crate) fn new(limits: Limits, make_id: MakeId, large_requests_max: usize) -> Self {
        Self {
            shared: Arc::new(Shared { limits, make_id }),
            large: Semaphore::new(large_requests_max.clamp(1, Semaphore::MAX_PERMITS)),
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    pub(crate) fn make_id(&self) -> &MakeId {
        &self.shared.make_id
    }

    /// [`expand`]. The outer error: the server is stopping.
    pub(crate) async fn expand<'a>(
        &self,
        body: &Body<'a>,
    ) -> Result<Result<Cow<'a, [u8]>, Rejection>, Unaccepted> {
        let limits = self.limits();
        let small = Limits {
            body_bytes_max: limits.body_bytes_max.min(SMALL_BODY_BYTES_MAX),
            ..limits.clone()
        };
        // How far it grows is seen only by expanding it; what is done twice is little.
        if body.bytes.len() <= SMALL_BODY_BYTES_MAX {
            match expand(body, &small) {
                Err(refusal) if refusal.code == Code::BodyTooLarge => {}
                found => return Ok(found),
            }
        }
        let (bytes, claimed) = (body.bytes.to_vec(), body.claimed.map(str::to_owned));
        let expanded = self.aside(move |shared| {
            let body = Body {
                bytes: &bytes,
                claimed: claimed.as_deref(),
            };
            expand(&body, &shared.limits).map(|plain| Cow::Owned(plain.into_owned()))
        });
        expanded.await
    }

    /// The events in plain `bytes`. The outer error: the server is stopping.
    pub(crate) async fn decode(
        &self,
        project_id: ProjectId,
        bytes: &[u8],
        received: &Received<'_>,
    ) -> Result<Result<Decoded, Rejection>, Unaccepted> {
        if bytes.len() <= SMALL_BODY_BYTES_MAX {
            return Ok(self.shared.decode(project_id, bytes, received));
        }
        let (bytes, received) = (bytes.to_vec(), *received);
        let user_agent = received.user_agent.map(str::to_owned);
        let (at, ip, source) = (received.at, received.ip, received.source);
        let decoded = self.aside(move |shared| {
            let user_agent = user_agent.as_deref();
            let received = Received {
                at,
                ip,
                user_agent,
                source,
            };
            shared.decode(project_id, &bytes, &received)
        });
        decoded.await
    }

    /// Does `work` on a thread for such work, in turn with other large requests.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> T + Send + 'static,
    ) -> Result<T, Unaccepted> {
        // Never closed; if it were, then because the server is stopping.
        let _permit = self.large.acquire().await.map_err(|_| Unaccepted::Closed)?;
        let shared = Arc::clone(&self.shared);
        match spawn_blocking(move || work(&shared)).await {
            Ok(done) => Ok(done),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is ending and began nothing more.
                Err(_) => Err(Unaccepted::Closed),
            },
        }
    }
}

impl Shared {
    fn decode(
        &self,
        project_id: ProjectId,
        bytes: &[u8],
        received: &Received<'_>,
    ) -> Result<Decoded, Rejection> {
        let inputs = split(bytes, &self.limits)?;
        let mut events = Vec::with_capacity(inputs.inputs.len());
        let mut rejections = Vec::new();
        for draft in drafts(&inputs, &self.limits) {
            let make_id = |time| (self.make_id)(time);
            let checked =
                draft.and_then(|draft| check(&draft, project_id, received, &self.limits, make_id));
            match checked {
                Ok(checked) => events.push(checked.event),
                Err(rejection) => rejections.push(rejection),
            }
        }
        Ok(Decoded {
            shape: inputs.shape,
            events,
            rejections,
        })
    }
}
