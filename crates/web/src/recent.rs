//! A map that holds what was used last, and never more than its limit.

use std::collections::HashMap;
use std::hash::Hash;

/// Two generations: what is used moves to the young one; when that is full, the old one goes. So
/// every operation takes the same short time, also while somebody sends a million keys of his own
/// making, and what is in use is never forgotten.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    generation_max: usize,
}

impl<K: Eq + Hash, V> Recent<K, V> {
    /// A map of at most `max` entries, and at least half as many of those used last.
    pub(crate) fn new(max: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            generation_max: (max / 2).max(1),
        }
    }

    /// What is known of `key`, which counts as a use.
    pub(crate) fn get(&mut self, key: K) -> Option<&mut V> {
        if let Some(value) = self.old.remove(&key) {
            return Some(self.insert(key, value));
        }
        self.young.get_mut(&key)
    }

    /// Puts `value` in the place of `key`.
    pub(crate) fn insert(&mut self, key: K, value: V) -> &mut V {
        if self.young.len() >= self.generation_max && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&key);
        self.young.entry(key).insert_entry(value).into_mut()
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_the_rest_goes() {
        let mut recent = Recent::new(10);
        recent.insert(0, "kept");
        for key in 1..1_000 {
            recent.insert(key, "passing");
            assert_eq!(recent.get(0), Some(&mut "kept"), "after {key}");
            assert!(recent.len() <= 10);
        }
        assert_eq!(recent.get(1), None);
        assert_eq!(recent.get(999), Some(&mut "passing"));
        recent.insert(999, "changed");
        assert_eq!(recent.get(999), Some(&mut "changed"));
    }
}
