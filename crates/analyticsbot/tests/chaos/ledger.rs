//! What clients were told, held against what is stored. Knows neither the server nor the database.

use std::collections::BTreeMap;

/// Violations that are named; the others are counted.
const NAMED_MAX: usize = 8;

/// A client's own id of an event.
pub(crate) type ClientId = u64;

/// What a client knows about one attempt to store an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The server said that it is stored: it must be.
    Acked,
    /// The server said that it is not and will not be stored: it must not be.
    Refused,
    /// No answer, or one that says that nobody knows: both are right.
    Unknown,
}

/// Every attempt, by the client's id of the event. An event may be tried several times.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    events: BTreeMap<ClientId, Attempts>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Attempts {
    acked: bool,
    unknown: bool,
}

impl Ledger {
    pub(crate) fn record(&mut self, id: ClientId, outcome: Outcome) {
        let attempts = self.events.entry(id).or_default();
        attempts.acked |= outcome == Outcome::Acked;
        attempts.unknown |= outcome == Outcome::Unknown;
    }

    /// Events that nobody knows about: to be sent again.
    pub(crate) fn unknown(&self) -> Vec<ClientId> {
        let unknown = self.events.iter();
        let unknown = unknown.filter(|(_, attempts)| attempts.unknown && !attempts.acked);
        unknown.map(|(id, _)| *id).collect()
    }

    pub(crate) fn acked(&self) -> usize {
        self.events
            .values()
            .filter(|attempts| attempts.acked)
            .count()
    }

    pub(crate) fn attempted(&self) -> usize {
        self.events.len()
    }

    /// Every promise that the rows break: how often each event is stored is `stored`.
    pub(crate) fn violations(&self, stored: &BTreeMap<ClientId, u32>) -> Vec<String> {
        let mut all = Vec::new();
        for (id, attempts) in &self.events {
            let rows = stored.get(id).copied().unwrap_or(0);
            let what = match (attempts.acked, attempts.unknown, rows) {
                (_, _, 2..) => "is stored more than once",
                (true, _, 0) => "was acknowledged and is lost",
                (false, false, 1) => "was refused and is stored",
                _ => continue,
            };
            all.push(format!("event {id:x} {what}"));
        }
        let invented = stored.keys().filter(|id| !self.events.contains_key(id));
        all.extend(invented.map(|id| format!("event {id:x} is stored and was never sent")));
        if all.len() > NAMED_MAX {
            let more = all.len() - NAMED_MAX;
            all.truncate(NAMED_MAX);
            all.push(format!("and {more} more"));
        }
        all
    }
}

#[test]
fn every_broken_promise_is_seen() {
    use Outcome::{Acked, Refused, Unknown};
    let check = |outcomes: &[Outcome], rows: u32, expected: &str| {
        let mut ledger = Ledger::default();
        for outcome in outcomes {
            ledger.record(7, *outcome);
        }
        let stored: BTreeMap<_, _> = (rows > 0).then_some((7, rows)).into_iter().collect();
        assert_eq!(
            ledger.violations(&stored).concat(),
            expected,
            "{outcomes:?} {rows}"
        );
    };
    check(&[Acked], 1, "");
    check(&[Acked], 0, "event 7 was acknowledged and is lost");
    check(&[Acked], 2, "event 7 is stored more than once");
    check(&[Refused], 0, "");
    check(&[Refused], 1, "event 7 was refused and is stored");
    check(&[Unknown], 0, "");
    check(&[Unknown], 1, "");
    check(&[Unknown], 2, "event 7 is stored more than once");
    check(&[Unknown, Acked], 1, "");
    check(&[Unknown, Acked], 0, "event 7 was acknowledged and is lost");
    check(&[Unknown, Refused], 1, "");
    check(&[Refused, Acked], 1, "");
    check(&[], 1, "event 7 is stored and was never sent");
}

#[test]
fn what_is_unknown_is_known_once_it_is_acknowledged() {
    let mut ledger = Ledger::default();
    ledger.record(1, Outcome::Unknown);
    ledger.record(2, Outcome::Unknown);
    ledger.record(2, Outcome::Acked);
    ledger.record(3, Outcome::Refused);
    assert_eq!(ledger.unknown(), [1]);
    assert_eq!((ledger.acked(), ledger.attempted()), (1, 3));
}
