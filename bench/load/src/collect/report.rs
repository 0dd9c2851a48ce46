//! Prints the figures for people: a table for each store, and the floors below it.

use std::fmt::Write as _;

use super::rows::{Figure, MEMORY_MIB_MAX};
use super::{Measured, Outcome};
use crate::machine::Machine;
use crate::options::{Collect, Store};
use crate::sample::{Sample, median};
use crate::table::{self, figure};

const HEAD: [&str; 10] = [
    "", "", "target", "measured", "ratio", "", "< 5 ms", "errors", "bare", "cpu us",
];

const LEGEND: &str = "\
ratio     measured to target        < 5 ms  share of the requests answered within 5 ms
errors    any answer but the wanted one, over all rounds
bare      the same load on a handler of the same HTTP stack that only reads the body
cpu us    processor time of the server's process for each event, in microseconds
";

/// Everything as text.
#[must_use]
pub fn text(machine: &Machine, options: &Collect, outcomes: &[Outcome]) -> String {
    let mut out = machine.text();
    let _ = writeln!(
        out,
        "medians of {} rounds of {} s; client ids on {} of the events; client and server share the \
         cores\n\n{LEGEND}",
        options.rounds,
        options.time.as_secs(),
        options.named.word()
    );
    for outcome in outcomes {
        out.push_str(&store_text(outcome));
    }
    out
}

fn store_text(outcome: &Outcome) -> String {
    let mut rows = vec![HEAD.map(str::to_owned).to_vec()];
    title(outcome.store).clone_into(&mut rows[0][0]);
    for measured in &outcome.rows {
        for (index, of) in measured.row.figures.iter().enumerate() {
            rows.push(figure_row(outcome.store, measured, *of, index == 0));
        }
    }
    rows.push(memory_row(outcome.peak_bytes));
    let mut out = table::text(&rows);
    out.push('\n');
    out.push_str(&table::text(&floor_rows(outcome)));
    out.push_str(&remarks(outcome));
    out.push('\n');
    out
}

fn title(store: Store) -> &'static str {
    match store {
        Store::Sqlite => "SQLite",
        Store::Postgres => "PostgreSQL",
    }
}

/// The median over the rounds.
pub(super) fn middle(samples: &[Sample], of: impl Fn(&Sample) -> f64) -> f64 {
    median(samples.iter().map(of).collect()).unwrap_or(f64::NAN)
}

fn figure_row(store: Store, measured: &Measured, of: Figure, is_first: bool) -> Vec<String> {
    let Measured { row, ours, bare } = measured;
    let (target, value) = (of.target(store), middle(ours, |s| of.kind.of(s)));
    let once = |text: String| if is_first { text } else { String::new() };
    vec![
        once(row.title.to_owned()),
        of.kind.title().to_owned(),
        figure(target),
        figure(value),
        format!("{:.2} x", value / target),
        verdict(of.kind.is_met(value, target)),
        once(percent(middle(ours, Sample::within_promise))),
        once(ours.iter().map(Sample::failures).sum::<u64>().to_string()),
        figure(middle(bare, |s| of.kind.of(s))),
        once(format!("{:.1}", middle(ours, cpu_us))),
    ]
}

fn memory_row(peak_bytes: u64) -> Vec<String> {
    let mib = peak_bytes as f64 / f64::from(1 << 20);
    vec![
        "memory after all".to_owned(),
        "MiB".to_owned(),
        figure(MEMORY_MIB_MAX),
        figure(mib),
        format!("{:.2} x", mib / MEMORY_MIB_MAX),
        verdict(mib <= MEMORY_MIB_MAX),
    ]
}

fn verdict(is_met: bool) -> String {
    if is_met { "met" } else { "MISSED" }.to_owned()
}

/// Never 100 % of what is not all.
fn percent(share: f64) -> String {
    let percent = (share * 1e4).floor() / 100.0;
    format!("{percent:.2} %")
}

/// Processor time of the server for each event, warm-up included on both sides.
pub(super) fn cpu_us(sample: &Sample) -> f64 {
    sample.server_cpu.as_secs_f64() * 1e6 / sample.acknowledged.max(1) as f64
}

fn floor_rows(outcome: &Outcome) -> Vec<Vec<String>> {
    let row = |title: &str, samples: &[Sample]| {
        vec![
            title.to_owned(),
            figure(middle(samples, |s| s.quantile_ms(0.5))),
            figure(middle(samples, |s| s.quantile_ms(0.99))),
            figure(middle(samples, Sample::events_per_second)),
        ]
    };
    let head = ["floors, one after the other", "p50 ms", "p99 ms", "per s"];
    vec![
        head.map(str::to_owned).to_vec(),
        row("a commit for each event, no HTTP", &outcome.commits),
        row("512 bytes appended, fdatasync", &outcome.appends),
    ]
}

fn remarks(outcome: &Outcome) -> String {
    let mut out = format!(
        "{} events acknowledged, {} in the table{}\n",
        outcome.acknowledged,
        outcome.stored,
        if outcome.acknowledged == outcome.stored {
            ""
        } else {
            ": NOT THE SAME"
        }
    );
    for measured in &outcome.rows {
        for (what, count) in errors(&measured.ours) {
            let _ = writeln!(out, "ERROR in {}: {what}, {count} times", measured.row.name);
        }
        for (what, count) in errors(&measured.bare) {
            let _ = writeln!(
                out,
                "ERROR of the bare server in {}: {what}, {count} times",
                measured.row.name
            );
        }
    }
    if let Some((theirs, ours)) = generators(outcome) {
        let _ = writeln!(
            out,
            "load generator: {} requests/s of the bare server, wrk {}: {:.2} x",
            figure(ours),
            figure(theirs),
            ours / theirs
        );
    }
    out
}

fn errors(samples: &[Sample]) -> Vec<(String, u64)> {
    let mut all = std::collections::BTreeMap::<String, u64>::new();
    for (what, count) in samples.iter().flat_map(|sample| &sample.errors) {
        *all.entry(what.clone()).or_default() += count;
    }
    all.into_iter().collect()
}

/// Requests a second by `wrk` and by the own generator: medians.
pub(super) fn generators(outcome: &Outcome) -> Option<(f64, f64)> {
    let (theirs, ours) = outcome.generators.iter().copied().unzip();
    Some((median(theirs)?, median(ours)?))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::rows;
    use super::*;

    fn sample(events: u64, ms: u64, error: Option<&str>) -> Sample {
        let mut sample = Sample::new().unwrap();
        sample.events = events;
        sample.acknowledged = events;
        sample.time = Duration::from_secs(1);
        sample.server_cpu = Duration::from_millis(500);
        sample.record(Duration::from_millis(ms));
        if let Some(what) = error {
            sample.fail(what);
        }
        sample
    }

    fn outcome(error: Option<&str>) -> Outcome {
        Outcome {
            store: Store::Sqlite,
            rows: vec![Measured {
                row: rows::named("clients-64").unwrap(),
                ours: vec![sample(20_000, 4, error)],
                bare: vec![sample(100_000, 1, None)],
            }],
            commits: vec![sample(6_000, 1, None)],
            appends: vec![sample(5_000, 1, None)],
            peak_bytes: 50 << 20,
            acknowledged: 20_000,
            stored: 20_000,
            generators: vec![(100.0, 90.0)],
        }
    }

    #[test]
    fn a_table_is_drawn() {
        let expected = "\
SQLite                         target  measured   ratio            < 5 ms  errors     bare  cpu us
64 clients, 1 event  events/s  40,000    20,000  0.50 x  MISSED  100.00 %       0  100,000    25.0
                       p99 ms    5.00      4.00  0.80 x     met                       1.00
memory after all          MiB     100      50.0  0.50 x     met

floors, one after the other       p50 ms  p99 ms  per s
a commit for each event, no HTTP    1.00    1.00  6,000
512 bytes appended, fdatasync       1.00    1.00  5,000
20000 events acknowledged, 20000 in the table
load generator: 90.0 requests/s of the bare server, wrk 100: 0.90 x

";
        assert_eq!(store_text(&outcome(None)), expected);
    }

    #[test]
    fn errors_and_lost_events_cannot_be_overlooked() {
        let mut outcome = outcome(Some("HTTP 503"));
        outcome.stored = 19_999;
        let text = store_text(&outcome);
        assert!(
            text.contains("ERROR in clients-64: HTTP 503, 1 times"),
            "{text}"
        );
        assert!(text.contains("19999 in the table: NOT THE SAME"), "{text}");
    }

    #[test]
    fn nearly_all_is_not_all() {
        assert_eq!(percent(0.999_99), "99.99 %");
        assert_eq!(percent(1.0), "100.00 %");
    }
}
