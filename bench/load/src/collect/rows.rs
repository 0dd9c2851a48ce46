//! The rows of the table: what is sent, what counts, and what it should be.

use std::time::Duration;

use crate::client::{Load, Pace};
use crate::options::Store;
use crate::sample::Sample;

/// One way of sending events.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// For `--row` and programs.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    connections: usize,
    events: usize,
    pace: Pace,
    pub figures: &'static [Figure],
}

/// One figure of a row, and its targets.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    pub kind: Kind,
    sqlite: f64,
    postgres: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    P50,
    P99,
    P999,
    Rate,
}

/// Clients that keep a connection each, of which an open loop may use as many as it needs.
const OPEN_CONNECTIONS: usize = 256;

/// Every row, in the order of the table.
pub const ALL: [Row; 6] = [
    Row {
        name: "client-1",
        title: "1 client, 1 event",
        connections: 1,
        events: 1,
        pace: Pace::Closed,
        figures: &[
            Figure::new(Kind::P50, 0.35, 0.45),
            Figure::new(Kind::P99, 1.0, 1.5),
        ],
    },
    Row {
        name: "clients-64",
        title: "64 clients, 1 event",
        connections: 64,
        events: 1,
        pace: Pace::Closed,
        figures: &[
            Figure::new(Kind::Rate, 40_000.0, 30_000.0),
            Figure::new(Kind::P99, 5.0, 7.0),
        ],
    },
    Row {
        name: "clients-256",
        title: "256 clients, 1 event",
        connections: 256,
        events: 1,
        pace: Pace::Closed,
        figures: &[
            Figure::new(Kind::Rate, 50_000.0, 33_000.0),
            Figure::new(Kind::P99, 12.0, 15.0),
        ],
    },
    Row {
        name: "batch-20",
        title: "64 clients, 20 events",
        connections: 64,
        events: 20,
        pace: Pace::Closed,
        figures: &[Figure::new(Kind::Rate, 150_000.0, 100_000.0)],
    },
    Row {
        name: "open-5000",
        title: "open loop, 5,000 events/s",
        connections: OPEN_CONNECTIONS,
        events: 1,
        pace: Pace::Open {
            per_second: 5_000.0,
        },
        figures: &[Figure::new(Kind::P999, 5.0, 5.0)],
    },
    Row {
        name: "batch-1000",
        title: "1 client, 1,000 events",
        connections: 1,
        events: 1_000,
        pace: Pace::Closed,
        figures: &[Figure::new(Kind::P50, 8.0, 10.0)],
    },
];

/// What the server may have resident at most, after all of it.
pub const MEMORY_MIB_MAX: f64 = 100.0;

/// The row of that name.
#[must_use]
pub fn named(name: &str) -> Option<Row> {
    ALL.into_iter().find(|row| row.name == name)
}

impl Row {
    /// What is sent for it.
    #[must_use]
    pub fn load(&self, warm_up: Duration, time: Duration) -> Load {
        Load {
            connections: self.connections,
            events: self.events,
            pace: self.pace,
            warm_up,
            time,
        }
    }
}

impl Figure {
    const fn new(kind: Kind, sqlite: f64, postgres: f64) -> Self {
        Self {
            kind,
            sqlite,
            postgres,
        }
    }

    #[must_use]
    pub fn target(&self, store: Store) -> f64 {
        match store {
            Store::Sqlite => self.sqlite,
            Store::Postgres => self.postgres,
        }
    }
}

impl Kind {
    /// Name and unit.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::P50 => "p50 ms",
            Self::P99 => "p99 ms",
            Self::P999 => "p99.9 ms",
            Self::Rate => "events/s",
        }
    }

    #[must_use]
    pub fn of(self, sample: &Sample) -> f64 {
        match self {
            Self::P50 => sample.quantile_ms(0.5),
            Self::P99 => sample.quantile_ms(0.99),
            Self::P999 => sample.quantile_ms(0.999),
            Self::Rate => sample.events_per_second(),
        }
    }

    /// Whether a figure reaches its target: a rate is at least that, a latency at most.
    #[must_use]
    pub fn is_met(self, measured: f64, target: f64) -> bool {
        match self {
            Self::Rate => measured >= target,
            Self::P50 | Self::P99 | Self::P999 => measured <= target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_minimum_and_a_latency_a_maximum() {
        assert!(Kind::Rate.is_met(41.0, 40.0) && !Kind::Rate.is_met(39.0, 40.0));
        assert!(Kind::P99.is_met(4.0, 5.0) && !Kind::P99.is_met(6.0, 5.0));
    }

    #[test]
    fn names_are_told_apart() {
        for row in ALL {
            assert_eq!(named(row.name).map(|found| found.title), Some(row.title));
        }
        assert!(named("nothing").is_none());
    }
}
