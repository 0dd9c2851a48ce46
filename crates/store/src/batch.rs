//! Which events of a batch repeat an earlier event of the same batch.

use std::collections::HashMap;

use event::{Event, ProjectId};
use ids::Uuid;

use crate::Outcome;

/// A batch, and for each of its events the place of the first that it repeats.
#[derive(Debug)]
pub(crate) struct Batch {
    events: Vec<Event>,
    repeats: Vec<Option<usize>>,
}

impl Batch {
    pub(crate) fn new(events: Vec<Event>) -> Self {
        let mut by_client_id: HashMap<(ProjectId, Uuid), usize> = HashMap::new();
        let mut by_id = HashMap::with_capacity(events.len());
        let mut repeats = Vec::with_capacity(events.len());
        for (index, event) in events.iter().enumerate() {
            let named = event.canonical_id.map(|id| (event.project_id, id));
            let first = named
                .and_then(|key| by_client_id.get(&key))
                .or_else(|| by_id.get(&(event.project_id, event.id)))
                .copied();
            repeats.push(first);
            if first.is_none() {
                by_id.insert((event.project_id, event.id), index);
                by_client_id.extend(named.map(|key| (key, index)));
            }
        }
        Self { events, repeats }
    }

    /// The events that repeat nothing, with their places.
    pub(crate) fn firsts(&self) -> impl Iterator<Item = (usize, &Event)> {
        let pairs = self.events.iter().enumerate().zip(&self.repeats);
        pairs
            .filter(|(_, repeats)| repeats.is_none())
            .map(|(pair, _)| pair)
    }

    /// The outcome of each event, from those of the firsts by place.
    ///
    /// None if the outcome of a first is missing.
    pub(crate) fn outcomes(&self, firsts: &HashMap<usize, Outcome>) -> Option<Vec<Outcome>> {
        let outcome = |(index, repeats): (usize, &Option<usize>)| match repeats {
            None => firsts.get(&index).copied(),
            Some(first) => firsts.get(first).map(|outcome| match outcome {
                Outcome::Stored(id) | Outcome::Duplicate(id) => Outcome::Duplicate(*id),
                Outcome::NoProject => Outcome::NoProject,
            }),
        };
        self.repeats.iter().enumerate().map(outcome).collect()
    }
}
