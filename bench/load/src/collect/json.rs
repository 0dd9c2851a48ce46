//! Prints the figures for programs: one JSON object.

use serde_json::{Value, json};

use super::report::{cpu_us, generators, middle};
use super::rows::MEMORY_MIB_MAX;
use super::{Measured, Outcome};
use crate::machine::Machine;
use crate::options::{Collect, Store};
use crate::sample::Sample;

/// Everything as one JSON object; latencies in milliseconds.
#[must_use]
pub fn json(machine: &Machine, options: &Collect, outcomes: &[Outcome]) -> Value {
    json!({
        "processor": machine.processor,
        "cores": machine.cores,
        "kernel": machine.kernel,
        "disk": machine.disk,
        "busy_before": machine.busy,
        "load_before": machine.load,
        "rounds": options.rounds,
        "seconds": options.time.as_secs(),
        "client_ids": options.named.word(),
        "stores": outcomes.iter().map(store_json).collect::<Vec<_>>(),
    })
}

fn store_json(outcome: &Outcome) -> Value {
    let floor = |samples: &[Sample]| {
        json!({
            "p50_ms": middle(samples, |sample| sample.quantile_ms(0.5)),
            "p99_ms": middle(samples, |sample| sample.quantile_ms(0.99)),
            "per_second": middle(samples, Sample::events_per_second),
        })
    };
    let rows = outcome.rows.iter();
    json!({
        "store": outcome.store.word(),
        "rows": rows.map(|row| row_json(outcome.store, row)).collect::<Vec<_>>(),
        "floors": {
            "commit": floor(&outcome.commits),
            "fdatasync": floor(&outcome.appends),
        },
        "memory_peak_bytes": outcome.peak_bytes,
        "memory_mib_max": MEMORY_MIB_MAX,
        "acknowledged": outcome.acknowledged,
        "stored": outcome.stored,
        "generator_to_wrk": generators(outcome).map(|(theirs, ours)| ours / theirs),
    })
}

fn row_json(store: Store, measured: &Measured) -> Value {
    let Measured { row, ours, bare } = measured;
    let figures = row.figures.iter().map(|figure| {
        let (target, value) = (figure.target(store), middle(ours, |s| figure.kind.of(s)));
        json!({
            "figure": figure.kind.title(),
            "target": target,
            "measured": value,
            "met": figure.kind.is_met(value, target),
            "rounds": ours.iter().map(|s| figure.kind.of(s)).collect::<Vec<_>>(),
            "bare": middle(bare, |s| figure.kind.of(s)),
        })
    });
    json!({
        "row": row.name,
        "figures": figures.collect::<Vec<_>>(),
        "events_per_second": middle(ours, Sample::events_per_second),
        "p50_ms": middle(ours, |sample| sample.quantile_ms(0.5)),
        "p99_ms": middle(ours, |sample| sample.quantile_ms(0.99)),
        "p999_ms": middle(ours, |sample| sample.quantile_ms(0.999)),
        "within_5_ms": middle(ours, Sample::within_promise),
        "waited": ours.iter().map(|sample| sample.waited).sum::<u64>(),
        "cpu_us_per_event": middle(ours, cpu_us),
        "errors": ours.iter().map(|sample| &sample.errors).collect::<Vec<_>>(),
    })
}
