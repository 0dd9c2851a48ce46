//! Counters of the log and the exports in the text format of Prometheus.

use std::fmt::Write;
use std::sync::Arc;

use super::otlp::Finished;
use super::queue::Queue;
use super::sentry::Report;

/// What counts.
pub(super) struct Metrics {
    pub(super) log: Arc<Queue<String>>,
    pub(super) spans: Option<Arc<Queue<Finished>>>,
    pub(super) reports: Option<Arc<Queue<Report>>>,
}

impl Metrics {
    /// Appends one family after the other; an export that is off has none.
    pub(super) fn write(&self, text: &mut String) {
        let log = &self.log;
        family(
            text,
            "log_lines_written",
            "Lines of the log that were written.",
            log.done(),
        );
        let help = "Lines of the log that did not fit its buffer or could not be written.";
        family(text, "log_lines_dropped", help, log.dropped());
        if let Some(spans) = &self.spans {
            let help = "Spans that the collector took.";
            family(text, "telemetry_spans_exported", help, spans.done());
            let help = "Spans that did not fit the buffer or that the collector did not take.";
            family(text, "telemetry_spans_dropped", help, spans.dropped());
        }
        if let Some(reports) = &self.reports {
            let help = "Errors and panics that Sentry took.";
            family(text, "sentry_reports_sent", help, reports.done());
            let help = "Errors and panics beyond a limit, or that Sentry did not take.";
            family(text, "sentry_reports_dropped", help, reports.dropped());
        }
    }
}

fn family(text: &mut String, name: &str, help: &str, value: u64) {
    let name = format!("analyticsbot_{name}_total");
    let lines = format_args!("# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}\n");
    text.write_fmt(lines)
        .expect("a String takes whatever is written");
}
