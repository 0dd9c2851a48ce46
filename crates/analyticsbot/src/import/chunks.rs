//! Records in chunks of one commit each, read and checked on a thread of their own.

use std::io;

use event::Event;
use ids::Timestamp;
use tokio::sync::mpsc::Sender;

use super::check::Checker;
use super::piece::{Place, Reject};
use super::records::Records;

/// Records of one chunk, unless the import is slowed down: a commit of so many takes some tens of
/// milliseconds, which a server on the same database waits at most.
pub(super) const CHUNK_RECORDS: usize = 1_000;

/// Their size, with what the last record adds.
const CHUNK_BYTES: u64 = 4 << 20;

/// What is committed at once.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// To be stored.
    pub(super) events: Vec<Event>,
    /// Not to be stored.
    pub(super) rejects: Vec<Reject>,
    /// Where the next chunk begins.
    pub(super) end: Place,
}

impl Chunk {
    /// How many records it is made of.
    pub(super) const fn records(&self) -> usize {
        self.events.len() + self.rejects.len()
    }
}

/// Makes chunks.
pub(super) struct Reader {
    /// Where they come from.
    pub(super) records: Records,
    /// What makes events of them.
    pub(super) checker: Checker,
    /// How many make a chunk.
    pub(super) chunk_records: usize,
    /// The wall clock.
    pub(super) now: fn() -> Timestamp,
}

impl Reader {
    /// Sends chunks until the input ends, cannot be read, or nobody wants more.
    pub(super) fn run(mut self, chunks: &Sender<io::Result<Chunk>>) {
        loop {
            let chunk = self.next().transpose();
            let last = !matches!(chunk, Some(Ok(_)));
            let Some(chunk) = chunk else { return };
            // Who went away has said why.
            if chunks.blocking_send(chunk).is_err() || last {
                return;
            }
        }
    }

    fn next(&mut self) -> io::Result<Option<Chunk>> {
        let start = self.records.place();
        let now = (self.now)();
        let mut chunk = Chunk::default();
        while chunk.records() < self.chunk_records {
            // What was read before an error is committed: the next call meets the error again.
            let piece = match self.records.next() {
                Ok(Some(piece)) => piece,
                Err(error) if chunk.records() == 0 => return Err(error),
                Ok(None) | Err(_) => break,
            };
            chunk.end = self.records.place();
            match self.checker.event(piece, now) {
                Ok(event) => chunk.events.push(event),
                Err(reject) => chunk.rejects.push(reject),
            }
            if chunk.end.offset - start.offset > CHUNK_BYTES {
                break;
            }
        }
        Ok(Some(chunk).filter(|chunk| chunk.records() > 0))
    }
}
