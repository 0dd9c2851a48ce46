//! The inputs that cases rotate through: 1,024 different ones, so that neither the compiler nor
//! the branch predictor can learn the answer.

use chacha20::ChaCha12Rng;
use chacha20::rand_core::{Rng as _, SeedableRng as _};

/// How many inputs a case rotates through; a power of two, so that choosing one costs a mask.
pub const COUNT: usize = 1024;

/// A rotating set; lives as long as the program.
pub struct Inputs<T: 'static>(&'static [T; COUNT]);

impl<T> Inputs<T> {
    /// Makes the set from [`COUNT`] values that differ.
    pub fn of(make: impl FnMut(usize) -> T) -> Self {
        // Leaked, as cases outlive the function that makes them and end with the program.
        Self(Box::leak(Box::new(std::array::from_fn(make))))
    }

    /// The input of step `at`.
    #[must_use]
    pub fn get(&self, at: usize) -> &'static T {
        &self.0[at % COUNT]
    }
}

/// Sixteen random bytes each; the same in every run.
#[must_use]
pub fn random_bytes() -> Inputs<[u8; 16]> {
    let mut rng = seeded();
    Inputs::of(|_| bytes(&mut rng))
}

/// The text of each random id, made by `text`; all in one piece of memory.
#[must_use]
pub fn texts(text: impl Fn(uuid::Uuid) -> String) -> Inputs<&'static str> {
    let random = random_bytes();
    let each: Vec<String> = (0..COUNT)
        .map(|at| text(uuid::Uuid::from_bytes(*random.get(at))))
        .collect();
    let mut rest: &'static str = each.concat().leak();
    Inputs::of(|at| {
        let (text, tail) = rest.split_at(each[at].len());
        rest = tail;
        text
    })
}

/// Names of `length` bytes for hashing, printable and different in their last 15 bytes.
#[must_use]
pub fn names(length: usize) -> Inputs<&'static str> {
    let random = random_bytes();
    Inputs::of(|at| {
        let id = u128::from_be_bytes(*random.get(at));
        let name = format!("{id:0>length$x}");
        &*String::leak(name[name.len() - length..].to_owned())
    })
}

/// The generator of all inputs: fixed, so that two runs measure the same.
#[must_use]
pub fn seeded() -> ChaCha12Rng {
    ChaCha12Rng::from_seed([7; 32])
}

/// The next sixteen bytes of `rng`.
pub fn bytes(rng: &mut ChaCha12Rng) -> [u8; 16] {
    let mut out = [0; 16];
    rng.fill_bytes(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn inputs_differ() {
        let differ = |set: Inputs<&'static str>| {
            (0..COUNT)
                .map(|at| *set.get(at))
                .collect::<HashSet<_>>()
                .len()
        };
        assert_eq!(differ(texts(|id| id.to_string())), COUNT);
        assert_eq!(differ(names(15)), COUNT);
    }

    #[test]
    fn names_have_the_length_asked_for() {
        for length in [15, 39, 100] {
            assert_eq!(names(length).get(5).len(), length);
        }
    }
}
