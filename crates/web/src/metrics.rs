//! `/metrics`: all counts in the text format of Prometheus.
//!
//! Written by hand: the counts live where they are counted, as plain numbers, and a library would
//! want to own them.

use std::fmt::{Display, Write as _};

use intake::batch::{BATCH_SIZES, COMMIT_TIMES};

use crate::app::Shared;

/// The content type of version 0.0.4 of the format.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// All of them.
pub(crate) fn text(shared: &Shared) -> String {
    let text = String::with_capacity(8 << 10);
    let mut page = Page { text, name: "" };
    events(&mut page, shared);
    requests(&mut page, shared);
    commits(&mut page, shared);
    waiting(&mut page, shared);
    let mut text = page.text;
    if let Some(more) = &shared.more_metrics {
        more(&mut text);
    }
    text
}

fn events(page: &mut Page, shared: &Shared) {
    let projects = shared.counts.projects();
    let named = projects.iter().map(|(id, project)| {
        let name = id.map_or_else(|| "other".to_owned(), |id| id.uuid().to_string());
        (name, project)
    });
    let named: Vec<_> = named.collect();
    page.family(
        "analyticsbot_events_accepted_total",
        "counter",
        "Events stored.",
    );
    for (name, project) in &named {
        page.value(&[("project", name)], project.accepted);
    }
    let help = "Events that were stored before.";
    page.family("analyticsbot_events_duplicate_total", "counter", help);
    for (name, project) in &named {
        page.value(&[("project", name)], project.duplicate);
    }
    let help = "Events and whole requests refused, by reason.";
    page.family("analyticsbot_events_rejected_total", "counter", help);
    for (name, project) in &named {
        for (code, count) in &project.rejected {
            page.value(&[("project", name), ("code", code.as_str())], count);
        }
    }
}

fn requests(page: &mut Page, shared: &Shared) {
    let counts = &shared.counts;
    page.family(
        "analyticsbot_http_answers_total",
        "counter",
        "Answers, by status.",
    );
    for (status, count) in counts.by_status() {
        page.value(&[("status", &status.to_string())], count);
    }
    let help = "Requests that were refused, by status and code.";
    page.family("analyticsbot_http_refused_total", "counter", help);
    for ((status, code), count) in counts.problems() {
        page.value(&[("status", &status.to_string()), ("code", code)], count);
    }
    let help = "Event creations slower than the configured bound.";
    page.single(
        "analyticsbot_slow_creations_total",
        "counter",
        help,
        counts.slow_ones(),
    );
    let open = shared.connections.count();
    page.single(
        "analyticsbot_connections_open",
        "gauge",
        "Connections open.",
        open,
    );
    let help = "Failures to accept a connection.";
    page.single(
        "analyticsbot_accept_failures_total",
        "counter",
        help,
        counts.accepts_failed(),
    );
    let keys = shared.access.counts();
    let help = "Write keys found in memory.";
    page.single(
        "analyticsbot_key_cache_hits_total",
        "counter",
        help,
        keys.hits,
    );
    let help = "Write keys asked of the store.";
    page.single(
        "analyticsbot_key_cache_misses_total",
        "counter",
        help,
        keys.misses,
    );
    let help = "Write keys in memory, those that open nothing included.";
    page.single(
        "analyticsbot_key_cache_entries",
        "gauge",
        help,
        keys.entries,
    );
}

fn commits(page: &mut Page, shared: &Shared) {
    let counts = shared.intake.counts().batch;
    let help = "Commits of events that succeeded.";
    page.single(
        "analyticsbot_commits_total",
        "counter",
        help,
        counts.commits,
    );
    let help = "Commits of events that failed.";
    page.single(
        "analyticsbot_commit_failures_total",
        "counter",
        help,
        counts.commits_failed,
    );
    let help = "Events in commits that failed.";
    page.single(
        "analyticsbot_events_failed_total",
        "counter",
        help,
        counts.failed,
    );
    let help = "How long commits took.";
    page.family("analyticsbot_commit_seconds", "histogram", help);
    let bounds = COMMIT_TIMES.iter().map(std::time::Duration::as_secs_f64);
    let sum = counts.commit_seconds.sum.as_secs_f64();
    page.histogram(bounds, &counts.commit_seconds.counts, sum);
    let help = "Events in one commit.";
    page.family("analyticsbot_commit_events", "histogram", help);
    page.histogram(
        BATCH_SIZES.iter(),
        &counts.commits_by_size,
        counts.committed_events,
    );
}

fn waiting(page: &mut Page, shared: &Shared) {
    let counts = shared.intake.counts().batch;
    let help = "Events taken and not committed yet.";
    page.single(
        "analyticsbot_buffer_events",
        "gauge",
        help,
        counts.waiting_events,
    );
    let help = "Their size in memory, about.";
    page.single(
        "analyticsbot_buffer_bytes",
        "gauge",
        help,
        counts.waiting_bytes,
    );
    let help = "Requests refused because the buffer was full.";
    page.single(
        "analyticsbot_buffer_refused_total",
        "counter",
        help,
        counts.refused_busy,
    );
    let help = "Refusals kept for their senders to see.";
    page.single(
        "analyticsbot_refusals_kept_total",
        "counter",
        help,
        counts.refusals_kept,
    );
    let help = "Refusals that could not be kept.";
    page.single(
        "analyticsbot_refusals_lost_total",
        "counter",
        help,
        counts.refusals_lost,
    );
}

/// The text, and the family that its next values belong to.
struct Page {
    text: String,
    name: &'static str,
}

impl Page {
    fn family(&mut self, name: &'static str, kind: &str, help: &str) {
        self.name = name;
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
    }

    fn single(&mut self, name: &'static str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.value(&[], value);
    }

    /// Labels are words of ours, numbers and ids: nothing to escape.
    fn value(&mut self, labels: &[(&str, &str)], value: impl Display) {
        self.sample("", labels, value);
    }

    fn sample(&mut self, suffix: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<_> = labels
            .iter()
            .map(|(name, of)| format!("{name}=\"{of}\""))
            .collect();
        let name = self.name;
        match labels.as_slice() {
            [] => self.line(format_args!("{name}{suffix} {value}")),
            _ => self.line(format_args!(
                "{name}{suffix}{{{}}} {value}",
                labels.join(",")
            )),
        }
    }

    /// `counts` are those of each class by itself; the format wants the sums up to each.
    fn histogram<B: Display>(
        &mut self,
        bounds: impl Iterator<Item = B>,
        counts: &[u64],
        sum: impl Display,
    ) {
        let mut total = 0;
        let bounds = bounds
            .map(|bound| bound.to_string())
            .chain(["+Inf".to_owned()]);
        for (bound, count) in bounds.zip(counts) {
            total += count;
            self.sample("_bucket", &[("le", &bound)], total);
        }
        self.sample("_sum", &[], sum);
        self.sample("_count", &[], total);
    }

    fn line(&mut self, line: impl Display) {
        writeln!(self.text, "{line}").expect("a string takes every text");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_what_prometheus_reads() {
        let mut page = Page {
            text: String::new(),
            name: "",
        };
        page.single("a_total", "counter", "So many.", 7);
        page.family("b_seconds", "histogram", "So long.");
        page.histogram([0.5, 1.0].iter(), &[1, 0, 2], 9.25);
        page.family("c", "gauge", "By project.");
        page.value(&[("project", "x"), ("code", "y")], 1);
        let expected = "\
# HELP a_total So many.
# TYPE a_total counter
a_total 7
# HELP b_seconds So long.
# TYPE b_seconds histogram
b_seconds_bucket{le=\"0.5\"} 1
b_seconds_bucket{le=\"1\"} 1
b_seconds_bucket{le=\"+Inf\"} 3
b_seconds_sum 9.25
b_seconds_count 3
# HELP c By project.
# TYPE c gauge
c{project=\"x\",code=\"y\"} 1
";
        assert_eq!(page.text, expected);
    }
}
