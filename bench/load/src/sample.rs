//! What one measurement brought: latencies, counts and every answer that was not the wanted one.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::Result;

/// Latencies from 1 us to a minute, to three digits.
const LONGEST_US: u64 = 60_000_000;
const DIGITS: u8 = 3;

/// The promise of the product: an event is created in less.
const PROMISE_US: u64 = 5_000;

/// The figures of one measurement, or of several of the same.
#[derive(Debug, Clone)]
pub struct Sample {
    latency_us: Histogram<u64>,
    /// Requests and events that were answered as wanted within the measured time.
    pub requests: u64,
    pub events: u64,
    pub time: Duration,
    /// Anything else, by what it was. Counted over all of the time, warm-up included.
    pub errors: BTreeMap<String, u64>,
    /// Events that the server has acknowledged since the connections were opened.
    pub acknowledged: u64,
    /// Arrivals of an open loop that found every connection busy.
    pub waited: u64,
    /// Processor time of the server's and of this process, in all.
    pub server_cpu: Duration,
    pub client_cpu: Duration,
}

impl Sample {
    /// # Errors
    ///
    /// None in practice: the bounds are constants that the histogram takes.
    pub fn new() -> Result<Self> {
        Ok(Self {
            latency_us: Histogram::new_with_bounds(1, LONGEST_US, DIGITS)?,
            requests: 0,
            events: 0,
            time: Duration::ZERO,
            errors: BTreeMap::new(),
            acknowledged: 0,
            waited: 0,
            server_cpu: Duration::ZERO,
            client_cpu: Duration::ZERO,
        })
    }

    /// Counts one latency; one beyond a minute counts as a minute.
    pub fn record(&mut self, latency: Duration) {
        let us = u64::try_from(latency.as_micros()).unwrap_or(LONGEST_US);
        self.latency_us.saturating_record(us.max(1));
    }

    /// Counts something that should not have been.
    pub fn fail(&mut self, what: impl Into<String>) {
        *self.errors.entry(what.into()).or_default() += 1;
    }

    /// Everything that should not have been.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.errors.values().sum()
    }

    /// The latency that a share of the requests (0 to 1) does not exceed, in milliseconds.
    #[must_use]
    pub fn quantile_ms(&self, share: f64) -> f64 {
        self.latency_us.value_at_quantile(share) as f64 / 1e3
    }

    #[must_use]
    pub fn events_per_second(&self) -> f64 {
        self.events as f64 / self.time.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// The share of the requests (0 to 1) that were answered within the product's promise.
    #[must_use]
    pub fn within_promise(&self) -> f64 {
        let within = self.latency_us.count_between(0, PROMISE_US - 1);
        within as f64 / self.latency_us.len().max(1) as f64
    }

    /// Adds another measurement of the same.
    ///
    /// # Errors
    ///
    /// None in practice: both histograms have the same bounds.
    pub fn add(&mut self, other: &Self) -> Result<()> {
        self.latency_us.add(&other.latency_us)?;
        self.requests += other.requests;
        self.events += other.events;
        self.time += other.time;
        self.acknowledged += other.acknowledged;
        self.waited += other.waited;
        self.server_cpu += other.server_cpu;
        self.client_cpu += other.client_cpu;
        for (what, count) in &other.errors {
            *self.errors.entry(what.clone()).or_default() += count;
        }
        Ok(())
    }
}

/// The median: of an even number the lower one of the middle, which was really measured.
#[must_use]
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_and_the_promise_are_of_all_requests() {
        let mut sample = Sample::new().unwrap();
        for ms in 1..=100 {
            sample.record(Duration::from_millis(ms));
        }
        assert!((sample.quantile_ms(0.5) - 50.0).abs() < 0.1);
        assert!((sample.quantile_ms(0.99) - 99.0).abs() < 0.1);
        assert!((sample.within_promise() - 0.04).abs() < 1e-9);
        let mut twice = sample.clone();
        twice.fail("HTTP 503");
        twice.add(&sample).unwrap();
        assert!((twice.within_promise() - 0.04).abs() < 1e-9);
        assert_eq!(twice.failures(), 1);
    }

    #[test]
    fn an_endless_latency_still_counts() {
        let mut sample = Sample::new().unwrap();
        sample.record(Duration::from_hours(1));
        assert!(sample.quantile_ms(1.0) > 59_000.0);
    }

    #[test]
    fn the_median_is_one_of_the_values() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0]), Some(3.0));
        assert_eq!(median(vec![9.0, 1.0, 5.0]), Some(5.0));
        assert_eq!(median(vec![4.0, 1.0, 3.0, 2.0]), Some(2.0));
    }
}
