//! Many ids at once: the limit of the convenient call, and an iterator for any number.

use std::ops::Deref;

use super::clock::Clock;
use super::{Local, Process};
use crate::{Error, Uuid};

/// How many ids [`super::v7s`] gives at once: 10,000, as AnalyticsBot's clients have always known.
pub const BULK_COUNT_MAX: usize = 10_000;

/// Ids that share one clock read and one reservation: 508 use up one block of keystream.
pub(crate) const CHUNK: usize = 508;

/// Up to 508 ids in order, held in place: reads as a slice.
#[derive(Clone, Copy, Debug)]
pub struct Chunk {
    ids: [Uuid; CHUNK],
    len: usize,
}

impl Deref for Chunk {
    type Target = [Uuid];

    fn deref(&self) -> &[Uuid] {
        &self.ids[..self.len]
    }
}

/// An iterator over new ids in order, 508 at a time; made by `chunks`. Allocates nothing, and ends
/// with the first error.
///
/// ```
/// let mut count = 0;
/// for chunk in ids::Process::global().chunks(1_000_000) {
///     count += chunk?.len();
/// }
/// assert_eq!(count, 1_000_000);
/// # Ok::<(), ids::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "ids are made as the iterator is consumed"]
pub struct Chunks<G> {
    generator: G,
    left: u64,
}

impl<G> Chunks<G> {
    pub(crate) const fn new(generator: G, count: u64) -> Self {
        Self {
            generator,
            left: count,
        }
    }

    fn next_with(
        &mut self,
        fill: impl FnOnce(&mut G, &mut [Uuid]) -> Result<(), Error>,
    ) -> Option<Result<Chunk, Error>> {
        let len = usize::try_from(self.left).map_or(CHUNK, |left| left.min(CHUNK));
        if len == 0 {
            return None;
        }
        let mut ids = [Uuid::NIL; CHUNK];
        let made = fill(&mut self.generator, &mut ids[..len]);
        // An error is the last item: one that lasts would come again for ever.
        self.left = if made.is_ok() {
            self.left - len as u64
        } else {
            0
        };
        Some(made.map(|()| Chunk { ids, len }))
    }
}

impl<C: Clock> Iterator for Chunks<&Process<C>> {
    type Item = Result<Chunk, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_with(|process, out| process.fill(out))
    }
}

impl<C: Clock> Iterator for Chunks<&mut Local<C>> {
    type Item = Result<Chunk, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_with(|local, out| local.fill(out))
    }
}
