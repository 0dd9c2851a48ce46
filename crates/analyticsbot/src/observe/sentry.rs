//! Events of level error, panics among them, become reports to Sentry.
//!
//! Source: Sentry's developer documentation: envelopes, the store's event payload, rate limiting.
//! Own code because the published client adds 64 crates, a regex engine and a symbolizer among
//! them, to send one JSON object. What is sent is on a list: see [`envelope`].

mod dsn;
mod envelope;
mod limit;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ids::{Timestamp, Uuid};
use tokio::time::Instant;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterFn, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

pub(super) use self::dsn::Dsn;
use self::limit::Limit;
use super::Origin;
use super::export::Export;
use super::fields::Fields;
use super::outbound::Goal;
use super::queue::Queue;

/// Reports that may wait.
const WAITING_REPORTS_MAX: usize = 128;

/// Makes reports of errors.
pub(super) struct Sentry {
    reports: Arc<Queue<Report>>,
    limit: Mutex<Limit>,
    origin: Origin,
}

/// One error as it is reported.
#[derive(Debug)]
pub(super) struct Report {
    id: Uuid,
    time: Timestamp,
    target: &'static str,
    /// What makes two errors the same: the place in the code.
    place: String,
    /// How many of that place were left out since the last report of it.
    left_out: u32,
    fields: Fields,
}

/// The events that are looked at, the same for each place in the code.
pub(super) fn filter() -> FilterFn<fn(&Metadata<'_>) -> bool> {
    fn wanted(metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() == tracing::Level::ERROR
    }
    filter_fn(wanted as fn(&Metadata<'_>) -> bool).with_max_level_hint(LevelFilter::ERROR)
}

impl Sentry {
    /// Starts the thread that sends to a project.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub(super) fn start(goal: Goal, environment: &str, origin: Origin) -> std::io::Result<Self> {
        let reports = Arc::new(Queue::new(WAITING_REPORTS_MAX));
        let export = Export {
            what: "reports",
            queue: Arc::clone(&reports),
            goal,
            content_type: "application/x-sentry-envelope",
            // An envelope holds one event.
            count_max: 1,
            linger: Duration::ZERO,
        };
        let environment = environment.to_owned();
        export.start(move |reports| {
            reports
                .iter()
                .map(|report| envelope::of(report, &environment))
                .collect()
        })?;
        Ok(Self {
            reports,
            limit: Mutex::default(),
            origin,
        })
    }

    /// What waits to be sent.
    pub(super) fn queue(&self) -> Arc<Queue<Report>> {
        Arc::clone(&self.reports)
    }

    fn report(&self, metadata: &'static Metadata<'static>, mut fields: Fields) {
        self.origin.add_request(&mut fields);
        // All panics come through one place of ours; theirs is a field. The name of any other
        // event is its file and line.
        let place = fields
            .text("location")
            .unwrap_or(metadata.name())
            .to_owned();
        // The state is whole after every call, so also after one that panicked.
        let mut limit = self.limit.lock().unwrap_or_else(PoisonError::into_inner);
        let allowed = limit.allows(&place, Instant::now());
        drop(limit);
        let (Some(left_out), Some(id)) = (allowed, (self.origin.make_id)()) else {
            self.reports.count_dropped(1);
            return;
        };
        let (time, target) = ((self.origin.now)(), metadata.target());
        self.reports.push(Report {
            id,
            time,
            target,
            place,
            left_out,
            fields,
        });
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Sentry {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.report(event.metadata(), fields);
    }
}
