//! Spans of requests become spans of OpenTelemetry: sampled, gathered, sent to a collector.
//!
//! Source: OpenTelemetry protocol 1.3 over HTTP with JSON; W3C Trace Context, level 2. Own code
//! because the published exporter adds 37 crates and its bridge would have `web` know it: here a
//! span says `trace_id`, `parent_id` and `sampled` as plain fields.

mod body;
mod trace;

use std::sync::Arc;
use std::time::Duration;

use ids::Timestamp;
use tokio::time::Instant;
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{FilterFn, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use self::trace::Trace;
use super::Origin;
use super::config::TelemetryConfig;
use super::export::Export;
use super::fields::Fields;
use super::outbound::Goal;
use super::queue::Queue;

/// Spans that may wait: some megabytes.
const WAITING_SPANS_MAX: usize = 8192;

/// Spans of one request to the collector.
const SPANS_AT_ONCE: usize = 512;

/// How long a finished span waits for others.
const LINGER: Duration = Duration::from_secs(1);

/// The target whose spans are exported, with all below it.
const ROOT: &str = "web";

/// Keeps spans while they run and hands on the sampled ones as they end.
pub(super) struct Otlp {
    finished: Arc<Queue<Finished>>,
    sample_ratio: f64,
    origin: Origin,
}

/// One span that is over.
#[derive(Debug)]
pub(super) struct Finished {
    name: &'static str,
    trace: Trace,
    began: Timestamp,
    took: Duration,
    fields: Fields,
}

/// What is kept of a span until it ends.
struct Open {
    place: Place,
    began: (Timestamp, Instant),
    fields: Fields,
}

/// Where a span belongs.
#[derive(Clone, Copy)]
enum Place {
    /// Its fields may still say: they are recorded after the span was made.
    Undecided,
    /// `None` if it is not exported.
    Decided(Option<Trace>),
}

/// The spans that are looked at. Constant for each place in the code, so that the answer is cached
/// and every other place costs a branch.
pub(super) fn filter() -> FilterFn<fn(&Metadata<'_>) -> bool> {
    fn wanted(metadata: &Metadata<'_>) -> bool {
        let below = metadata.target().strip_prefix(ROOT);
        metadata.is_span() && below.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }
    filter_fn(wanted as fn(&Metadata<'_>) -> bool).with_max_level_hint(LevelFilter::DEBUG)
}

impl Otlp {
    /// Starts the thread that sends to `goal`.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub(super) fn start(
        config: &TelemetryConfig,
        goal: Goal,
        origin: Origin,
    ) -> std::io::Result<Self> {
        let finished = Arc::new(Queue::new(WAITING_SPANS_MAX));
        let export = Export {
            what: "spans",
            queue: Arc::clone(&finished),
            goal,
            content_type: "application/json",
            count_max: SPANS_AT_ONCE,
            linger: LINGER,
        };
        let service = config.service_name.clone();
        export.start(move |spans| body::of(&service, spans))?;
        Ok(Self {
            finished,
            sample_ratio: config.sample_ratio,
            origin,
        })
    }

    /// What waits to be sent.
    pub(super) fn queue(&self) -> Arc<Queue<Finished>> {
        Arc::clone(&self.finished)
    }

    /// Decides when the first child begins or the span ends, whichever comes first; once.
    fn place_of(&self, open: &mut Open) -> Option<Trace> {
        if let Place::Decided(trace) = open.place {
            return trace;
        }
        let trace = Trace::root(&open.fields, self.sample_ratio, self.origin.make_id);
        open.place = Place::Decided(trace);
        trace
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Otlp {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else {
            return;
        };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let place = span.parent().map_or(Place::Undecided, |parent| {
            let mut extensions = parent.extensions_mut();
            let parent = extensions.get_mut::<Open>();
            Place::Decided(parent.and_then(|open| self.place_of(open)?.child()))
        });
        let began = ((self.origin.now)(), Instant::now());
        span.extensions_mut().insert(Open {
            place,
            began,
            fields,
        });
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(open) = span.extensions_mut().get_mut::<Open>()
        {
            record.record(&mut open.fields);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if let Some(span) = context.span(&id)
            && let Some(mut open) = span.extensions_mut().remove::<Open>()
            && let Some(trace) = self.place_of(&mut open)
        {
            self.finished.push(Finished {
                name: span.name(),
                trace,
                began: open.began.0,
                took: open.began.1.elapsed(),
                fields: open.fields,
            });
        }
    }
}
