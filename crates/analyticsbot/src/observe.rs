//! Logs, traces and reports of errors: set up once at the start of the server, flushed at its end.
//!
//! | module | does |
//! |---|---|
//! | [`log`] | events become lines on standard error ([`mod@line`]) |
//! | [`otlp`] | spans go to an OpenTelemetry collector |
//! | [`sentry`] | errors and panics go to Sentry |
//! | [`panics`] | a panic becomes one event of level error |
//!
//! Whoever logs is never kept waiting and never fails: each of the three has a bounded [`queue`]
//! and a thread of its own behind it; what does not fit is dropped, counted and reported. All texts
//! pass [`scrub`] before they are kept. [`outbound`] is the one sender of both exports.

mod config;
mod export;
mod fields;
mod line;
mod log;
mod metrics;
mod otlp;
mod outbound;
mod panics;
mod queue;
#[cfg(test)]
mod rig;
mod scrub;
mod sentry;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use ids::trace::TraceId;
use ids::{Timestamp, Uuid};
use tokio::time::Instant;
use tracing::Subscriber;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::Registry;

pub(crate) use config::{Config, Format};

use crate::clock;
use crate::context::make_id;

use self::fields::Fields;
use self::log::Log;
use self::metrics::Metrics;
use self::otlp::{Finished, Otlp};
use self::queue::Queue;
use self::sentry::{Report, Sentry};

/// The target of what is said here about the log and the exports themselves.
const TARGET: &str = "analyticsbot::observe";

/// The most that the end of the process waits for exports and log together.
const FLUSH_TIME_MAX: Duration = Duration::from_secs(2);

/// What the log has of that at least, when a collector takes its time.
const LOG_TIME_MIN: Duration = Duration::from_millis(200);

/// Where times and ids come from.
#[derive(Clone, Copy)]
struct Origin {
    /// The wall clock.
    now: fn() -> Timestamp,
    /// A fresh id; `None` where the machine gives no entropy.
    make_id: fn() -> Option<Uuid>,
    /// The request that the calling task works on, if it does.
    request: fn() -> Option<Request>,
}

/// The names of one request.
#[derive(Clone, Copy)]
struct Request {
    /// What its answer names as `request_id`.
    request_id: Uuid,
    /// The trace that it belongs to.
    trace_id: TraceId,
}

/// What must be flushed before the process ends.
pub(crate) struct Guard {
    log: Arc<Queue<String>>,
    spans: Option<Arc<Queue<Finished>>>,
    reports: Option<Arc<Queue<Report>>>,
}

/// Sets it all up for this process: once.
///
/// # Errors
/// A [`Refusal`](crate::refusal::Refusal) of the configuration; no thread left; called twice.
pub(crate) fn install(config: &Config) -> anyhow::Result<Guard> {
    let origin = Origin::of_process();
    let (subscriber, guard) = build(config, origin, log::stream()?, log::takes_colour())?;
    tracing::subscriber::set_global_default(subscriber).context("set up the log a second time")?;
    panics::install();
    Ok(guard)
}

type BoxedLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// The subscriber for this configuration, whose log goes to `out`.
fn build(
    config: &Config,
    origin: Origin,
    out: impl io::Write + Send + 'static,
    colour: bool,
) -> anyhow::Result<(impl Subscriber + Send + Sync, Guard)> {
    let log = Log {
        lines: Arc::new(Queue::new(log::WAITING_LINES_MAX)),
        format: config.log.format,
        colour,
        origin,
    };
    let lines = Arc::clone(&log.lines);
    let level = config.log.targets()?;
    let goals = (config.telemetry.goal()?, config.sentry.goal()?);
    log::start(log.clone(), out).context("start the thread of the log")?;
    let mut layers: Vec<BoxedLayer> = vec![log.with_filter(level).boxed()];
    let mut spans = None;
    if let Some(goal) = goals.0 {
        let otlp = Otlp::start(&config.telemetry, goal, origin)?;
        spans = Some(otlp.queue());
        layers.push(otlp.with_filter(otlp::filter()).boxed());
    }
    let mut reports = None;
    if let Some(goal) = goals.1 {
        let sentry = Sentry::start(goal, &config.sentry.environment, origin)?;
        reports = Some(sentry.queue());
        layers.push(sentry.with_filter(sentry::filter()).boxed());
    }
    let subscriber = tracing_subscriber::registry().with(layers);
    Ok((
        subscriber,
        Guard {
            log: lines,
            spans,
            reports,
        },
    ))
}

impl Guard {
    /// Counters of the log and the exports, for `/metrics`.
    pub(crate) fn metrics(&self) -> impl Fn(&mut String) + Send + Sync + 'static {
        let metrics = Metrics {
            log: Arc::clone(&self.log),
            spans: self.spans.clone(),
            reports: self.reports.clone(),
        };
        move |text| metrics.write(text)
    }

    /// Hands on what is buffered, within two seconds.
    pub(crate) async fn flush(self) {
        // Off the runtime's threads: it waits for other threads.
        let flushed = tokio::task::spawn_blocking(move || drop(self)).await;
        debug_assert!(flushed.is_ok(), "waiting does not panic");
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let began = Instant::now();
        let left = || FLUSH_TIME_MAX.saturating_sub(began.elapsed());
        // All at once are told to finish; the log is the last, so that it can say what failed.
        self.spans.iter().for_each(|spans| spans.close());
        self.reports.iter().for_each(|reports| reports.close());
        let exports = left().saturating_sub(LOG_TIME_MIN);
        let spans = self
            .spans
            .as_ref()
            .is_none_or(|spans| spans.wait_empty(exports));
        let exports = left().saturating_sub(LOG_TIME_MIN);
        let reports = self
            .reports
            .as_ref()
            .is_none_or(|reports| reports.wait_empty(exports));
        if !(spans && reports) {
            tracing::warn!(target: TARGET, "what was not exported in time is lost");
        }
        self.log.close();
        // Whoever reads standard error does not: there is nobody left to tell.
        self.log.wait_empty(left().max(LOG_TIME_MIN));
    }
}

impl Origin {
    fn of_process() -> Self {
        Self {
            now: clock::now,
            make_id: || make_id(None).ok(),
            request: || {
                web::current().map(|current| Request {
                    request_id: current.request_id,
                    trace_id: current.trace_id,
                })
            },
        }
    }

    /// Names the request of the calling task, unless the event did so itself.
    fn add_request(&self, fields: &mut Fields) {
        if let (None, Some(request)) = (&fields.request_id, (self.request)()) {
            fields.request_id = Some(request.request_id.to_string());
            fields
                .trace_id
                .get_or_insert_with(|| request.trace_id.to_string());
        }
    }

    #[cfg(test)]
    fn of_test() -> Self {
        Self {
            now: || Timestamp::from_unix_ms(1_763_510_089_715),
            make_id: || Some(Uuid::now_v7()),
            request: || None,
        }
    }
}

#[cfg(test)]
mod tests;
