//! What a server is made of, and what its requests share.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use ids::{Timestamp, Uuid};
use intake::{Intake, MakeId};
use store::{Journal, Registry};

use crate::access::Access;
use crate::counts::Counts;
use crate::quota::Quota;
use crate::rate::Limiter;
use crate::ready::Ready;
use crate::serve::Open;
use crate::{Config, routes};

/// The wall clock: tests turn it by hand.
pub type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;

/// Appends lines in the text format of Prometheus to `/metrics`.
pub type MoreMetrics = Box<dyn Fn(&mut String) + Send + Sync>;

/// What a server is made of.
pub struct Parts {
    /// Takes the events. Its committers are the caller's to run, and to wait for at the end.
    pub intake: Arc<Intake>,
    /// Proves for `/readyz` that the store commits.
    pub journal: Journal,
    /// Knows the keys.
    pub registry: Registry,
    /// Tells when a request came.
    pub clock: Clock,
    /// Makes the ids of requests.
    pub make_id: MakeId,
    /// Limits.
    pub config: Config,
    /// Metrics of other parts of the program.
    pub more_metrics: Option<MoreMetrics>,
}

/// A server that is ready to [`run`](crate::run).
pub struct App {
    pub(crate) shared: Arc<Shared>,
    pub(crate) router: Router,
}

/// What the requests of a server share.
pub(crate) struct Shared {
    pub(crate) intake: Arc<Intake>,
    pub(crate) journal: Journal,
    pub(crate) registry: Registry,
    pub(crate) access: Access,
    pub(crate) key_rate: Limiter<Uuid>,
    pub(crate) address_rate: Limiter<IpAddr>,
    /// Of warnings about slow creations: under overload each would be one.
    pub(crate) slow_lines: Limiter<()>,
    pub(crate) quota: Quota,
    pub(crate) ready: Ready,
    pub(crate) counts: Counts,
    pub(crate) connections: Open,
    pub(crate) clock: Clock,
    pub(crate) make_id: MakeId,
    pub(crate) config: Config,
    pub(crate) more_metrics: Option<MoreMetrics>,
}

/// Beyond, slow creations are only counted.
const SLOW_LINES_PER_SECOND: u64 = 10;

impl App {
    /// Puts the parts together. Needs a running tokio runtime with timers.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let rate = &parts.config.rate;
        let (key, address) = (rate.key_events_per_second, rate.address_requests_per_second);
        let (of_key, of_address) = (rate.key_burst_events, rate.address_burst_requests);
        let shared = Arc::new(Shared {
            access: Access::new(parts.config.keys.clone()),
            key_rate: Limiter::new(key, of_key, rate.remembered_max),
            address_rate: Limiter::new(address, of_address, rate.remembered_max),
            slow_lines: Limiter::new(SLOW_LINES_PER_SECOND, SLOW_LINES_PER_SECOND, 1),
            quota: Quota::default(),
            ready: Ready::default(),
            counts: Counts::default(),
            connections: Open::default(),
            registry: parts.registry,
            intake: parts.intake,
            journal: parts.journal,
            clock: parts.clock,
            make_id: parts.make_id,
            config: parts.config,
            more_metrics: parts.more_metrics,
        });
        let router = routes::router(Arc::clone(&shared));
        Self { shared, router }
    }
}

impl std::fmt::Debug for App {
    /// The limits: the rest has nothing to show.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("config", &self.shared.config)
            .finish_non_exhaustive()
    }
}
