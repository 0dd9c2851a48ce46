//! Tells which of several descriptions of one database stands for it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::sets::{Reader, Set, is_within};

/// Marks each set that another describes better. The mark leads to a set without one.
///
/// Two sets describe one database if they belong to one project, or one's project holds the
/// other's, and at least half of the tables of the lesser are in the better.
pub(super) fn mark(sets: &mut [Set]) {
    let names: Vec<BTreeSet<String>> = sets.iter().map(tables).collect();
    let mut order: Vec<usize> = (0..sets.len()).collect();
    order.sort_by_key(|at| rank(&sets[*at]));
    for place in 0..order.len() {
        let lesser = order[place];
        let better = order[..place].iter().copied().filter(|better| {
            let better = &sets[*better];
            better.covered_by.is_none() && may_be_one(better, &sets[lesser])
        });
        // The nearest of several: the one whose path has most in common.
        let best = better
            .filter(|better| is_half(&names[lesser], &names[*better]))
            .max_by_key(|better| common(&sets[*better].title, &sets[lesser].title));
        sets[lesser].covered_by = best;
    }
}

/// The better comes first: the surer, then what says how things are before how they came to be.
fn rank(set: &Set) -> (Reverse<schema::Confidence>, u8) {
    let kind = match set.reader {
        Reader::Prisma => 0,
        Reader::Mapper(_) => 1,
        Reader::Script => 2,
        Reader::Migrations => 3,
        Reader::Live => 4,
    };
    (Reverse(set.confidence()), kind)
}

fn may_be_one(better: &Set, lesser: &Set) -> bool {
    let (a, b) = (&better.project, &lesser.project);
    // Two scripts, or two schemas, side by side were not written by accident.
    rank(better) < rank(lesser) && (is_within(a, b) || is_within(b, a))
}

fn is_half(lesser: &BTreeSet<String>, better: &BTreeSet<String>) -> bool {
    let shared = lesser.intersection(better).count();
    shared > 0 && shared * 2 >= lesser.len()
}

/// The tables of a set, by bare names in lower case.
pub(crate) fn tables(set: &Set) -> BTreeSet<String> {
    let tables = set.drawn.schema.tables.iter();
    tables
        .map(|table| table.name.name.to_ascii_lowercase())
        .collect()
}

/// How many folders two paths share.
fn common(a: &str, b: &str) -> usize {
    let pairs = a.split('/').zip(b.split('/'));
    pairs.take_while(|(a, b)| a == b).count()
}
