//! The request that the current task works for, for whoever writes a line about it.

use ids::Uuid;
use ids::trace::TraceId;

/// What names a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Current {
    /// Ours; answered as `x-request-id`.
    pub request_id: Uuid,
    /// The caller's, if it sent a valid `traceparent`; else the request's own id.
    pub trace_id: TraceId,
}

tokio::task_local! {
    pub(crate) static CURRENT: Current;
}

/// The request that is being answered here. None outside of one.
#[must_use]
pub fn current() -> Option<Current> {
    CURRENT.try_with(|current| *current).ok()
}
