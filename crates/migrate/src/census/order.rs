//! The order in which dependents can be created: each after what it stands on.

use std::collections::{BTreeSet, HashMap};

use super::Dependent;
use super::graph::{Graph, Object};
use super::walk::Found;

/// Sorts dependents so that each comes after those that it depends on, and otherwise as found.
pub(super) fn sorted(found: Vec<Found>, graph: &Graph) -> Vec<Dependent> {
    let objects: Vec<&[Object]> = found.iter().map(|found| found.objects.as_slice()).collect();
    let order = order(&objects, graph);
    let dependents = found.into_iter().map(|found| Some(found.dependent));
    let mut dependents: Vec<Option<Dependent>> = dependents.collect();
    order
        .into_iter()
        .filter_map(|at| dependents[at].take())
        .collect()
}

/// The places of things, each a few objects, so that each comes after those that it depends on,
/// and otherwise as given.
pub(super) fn order(things: &[&[Object]], graph: &Graph) -> Vec<usize> {
    let mut owner: HashMap<Object, usize> = HashMap::new();
    for (at, objects) in things.iter().enumerate() {
        owner.extend(objects.iter().map(|&object| (object, at)));
    }
    let mut waits: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); things.len()];
    let mut users: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); things.len()];
    for (&object, &below) in &owner {
        for (user, _) in graph.users_of(object) {
            if let Some(&above) = owner.get(&user).filter(|&&above| above != below) {
                waits[above].insert(below);
                users[below].insert(above);
            }
        }
    }
    let free = (0..things.len()).filter(|&at| waits[at].is_empty());
    let mut ready: BTreeSet<usize> = free.collect();
    let mut order = Vec::with_capacity(things.len());
    while let Some(next) = ready.pop_first() {
        order.push(next);
        for &above in &users[next] {
            waits[above].remove(&next);
            if waits[above].is_empty() {
                ready.insert(above);
            }
        }
    }
    // The catalog has no circles; what stood in one would keep its place at the end.
    let placed: BTreeSet<usize> = order.iter().copied().collect();
    order.extend((0..things.len()).filter(|at| !placed.contains(at)));
    order
}
