//! The random bits of ids: a ChaCha12 keystream, erased as it is used and often re-seeded.

use std::cell::RefCell;
use std::fmt;

use chacha20::ChaCha12;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use zeroize::Zeroize as _;

use super::clock::{Clock, SystemClock};
use super::policy::Reserved;
use super::{fork, tick};
use crate::{Error, Uuid};

/// A cryptographically secure source of random bits for one generator.
///
/// - **Unguessable**: ChaCha12 under a key from the operating system. Each block of
///   4,096 bytes gives its first 32 as the key of the next (fast key erasure), and what was handed
///   out is overwritten: who reads this memory learns nothing of ids already made.
/// - **Fork-safe**: a child process never continues its parent's stream. The kernel clears a page
///   of memory in the child; looking at it costs one load, not a system call.
/// - **Bounded**: re-keyed from the operating system after 16 blocks (64 KB) and when more than
///   100 ms have passed, so two copies of one virtual machine share no more than that.
pub struct Keystream {
    /// The next key, then `block[next..]` unused random bytes; everything between is erased.
    block: [[u8; 8]; BLOCK_WORDS],
    next: usize,
    /// Blocks until the operating system is asked again.
    blocks_left: u32,
    /// The milliseconds at which it was last asked, and the process in which.
    seeded_ms: u64,
    seeded_in: fork::Stamp,
    /// A fixed seed, never renewed: ids that tests can repeat.
    repeatable: bool,
}

const KEY_WORDS: usize = 4;
/// One random word for each of a chunk's ids.
const BLOCK_WORDS: usize = KEY_WORDS + super::bulk::CHUNK;
const BLOCKS_PER_SEED: u32 = 16;
const SEED_AGE_MS_MAX: u64 = 100;

impl Keystream {
    /// Not seeded yet: the first draw asks the operating system.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            block: [[0; 8]; BLOCK_WORDS],
            next: BLOCK_WORDS,
            blocks_left: 0,
            seeded_ms: 0,
            seeded_in: fork::Stamp::NONE,
            repeatable: false,
        }
    }

    /// The same bits for the same seed, for ever. For tests only: whoever knows the seed knows
    /// every id, and two processes with it make the same ones.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub const fn repeatable(seed: [u8; 32]) -> Self {
        let mut keystream = Self::new();
        keystream
            .block
            .split_at_mut(KEY_WORDS)
            .0
            .as_flattened_mut()
            .copy_from_slice(&seed);
        keystream.repeatable = true;
        keystream
    }

    /// Eight random bytes. `unix_ms` is the clock's reading, for the seed's age.
    #[expect(
        clippy::inline_always,
        reason = "the id it goes into is kept in registers"
    )]
    #[inline(always)]
    pub(crate) fn draw(&mut self, unix_ms: u64) -> Result<[u8; 8], Error> {
        if self.stale(unix_ms) || self.next == BLOCK_WORDS {
            self.renew(unix_ms)?;
        }
        let random = std::mem::take(&mut self.block[self.next]);
        self.next += 1;
        Ok(random)
    }

    /// Writes the ids of reserved ticks, 56 fresh random bits in each; at most a chunk.
    #[inline]
    pub(crate) fn write(&mut self, ticks: Reserved, out: &mut [Uuid]) -> Result<(), Error> {
        // What single draws left of a block is skipped if it is too little.
        let unix_ms = tick::unix_ms(ticks.now);
        if self.stale(unix_ms) || BLOCK_WORDS - self.next < out.len() {
            self.renew(unix_ms)?;
        }
        let end = self.next + out.len();
        let words = &mut self.block[self.next..end];
        tick::write(ticks.first, words, out);
        words.fill([0; 8]);
        self.next = end;
        Ok(())
    }

    /// Whether the seed is too old, from another process, or from no one yet.
    #[inline]
    fn stale(&self, unix_ms: u64) -> bool {
        // Wrapping: a clock that went back makes the age huge, so that counts as too old.
        let old = unix_ms.wrapping_sub(self.seeded_ms) > SEED_AGE_MS_MAX;
        (old || self.seeded_in != fork::stamp()) && !self.repeatable
    }

    #[cold]
    fn renew(&mut self, unix_ms: u64) -> Result<(), Error> {
        if !self.repeatable && (self.stale(unix_ms) || self.blocks_left == 0) {
            let mut seed = [0; 32];
            getrandom::fill(&mut seed).map_err(|_| Error::Entropy)?;
            // Mixed in, not put in place: the key is never weaker than the better of the two.
            for (key, fresh) in self.block.as_flattened_mut().iter_mut().zip(seed) {
                *key ^= fresh;
            }
            seed.zeroize();
            self.blocks_left = BLOCKS_PER_SEED;
            self.seeded_ms = unix_ms;
            self.seeded_in = fork::stamp();
        }
        self.blocks_left = self.blocks_left.saturating_sub(1);
        self.refill();
        Ok(())
    }

    /// Turns the key in front into a new key and a block of keystream.
    fn refill(&mut self) {
        let mut key = [0; 32];
        key.copy_from_slice(self.block[..KEY_WORDS].as_flattened());
        self.block.fill([0; 8]);
        // A key makes one block and is gone, so one nonce for all of them repeats nothing.
        let mut cipher = ChaCha12::new(&key.into(), &[0; 12].into());
        cipher.apply_keystream(self.block.as_flattened_mut());
        // The cipher wipes its own copy when it is dropped.
        key.zeroize();
        self.next = KEY_WORDS;
    }
}

impl Default for Keystream {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Keystream {
    /// Names no bit of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keystream").finish_non_exhaustive()
    }
}

thread_local! {
    // No destructor to run: at the end of a thread its bits lie unused in freed memory, secret but
    // worth nothing, since no id has them.
    static OF_THREAD: RefCell<Keystream> = const { RefCell::new(Keystream::new()) };
}

/// Lends the calling thread's keystream.
#[inline]
pub(crate) fn with_thread<T>(
    body: impl FnOnce(&mut Keystream) -> Result<T, Error>,
) -> Result<T, Error> {
    OF_THREAD.with_borrow_mut(body)
}

/// Eight bytes of the calling thread's keystream. The clock is asked for the seed's age only.
pub(crate) fn of_thread() -> Result<[u8; 8], Error> {
    let unix_ms = tick::of_clock(SystemClock.now()).map_or(0, tick::unix_ms);
    with_thread(|keystream| keystream.draw(unix_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: u64 = 1_763_510_089_715;

    fn draw(keystream: &mut Keystream, unix_ms: u64) -> u64 {
        u64::from_le_bytes(keystream.draw(unix_ms).expect("the system has entropy"))
    }

    /// What a snapshot of a virtual machine does.
    fn copy(of: &Keystream) -> Keystream {
        Keystream {
            block: of.block,
            ..*of
        }
    }

    #[test]
    fn what_was_handed_out_is_erased() {
        let mut keystream = Keystream::new();
        let mut ids = [Uuid::NIL; 100];
        let now = NOW_MS * tick::TICKS_PER_MS;
        let ticks = Reserved { first: now, now };
        for _ in 0..3 {
            draw(&mut keystream, NOW_MS);
            keystream.write(ticks, &mut ids).expect("entropy");
            let (used, unused) = keystream.block.split_at(keystream.next);
            assert!(used[KEY_WORDS..].iter().all(|word| *word == [0; 8]));
            assert!(
                unused.iter().all(|word| *word != [0; 8]),
                "the rest is still to come"
            );
        }
    }

    #[test]
    fn a_key_makes_one_block_only() {
        let mut keystream = Keystream::repeatable([7; 32]);
        let mut keys = std::collections::HashSet::new();
        for _ in 0..10 {
            keys.insert(keystream.block[..KEY_WORDS].to_vec());
            for _ in 0..super::super::bulk::CHUNK {
                draw(&mut keystream, NOW_MS);
            }
        }
        assert_eq!(keys.len(), 10);
    }

    #[test]
    fn copies_of_a_machine_part_within_16_blocks() {
        let mut one = Keystream::new();
        draw(&mut one, NOW_MS);
        let mut other = copy(&one);
        let drawn: Vec<_> = (0..9000)
            .map(|_| draw(&mut one, NOW_MS) == draw(&mut other, NOW_MS))
            .collect();
        let parted = drawn.iter().position(|same| !same).expect("they part");
        assert_eq!(
            parted,
            16 * super::super::bulk::CHUNK - 1,
            "the first was drawn before"
        );
        assert!(drawn[parted..].iter().all(|same| !same));
    }

    #[test]
    fn copies_of_a_machine_part_after_100_ms() {
        let mut one = Keystream::new();
        draw(&mut one, NOW_MS);
        let mut other = copy(&one);
        assert_eq!(draw(&mut one, NOW_MS + 100), draw(&mut other, NOW_MS + 100));
        assert_ne!(draw(&mut one, NOW_MS + 101), draw(&mut other, NOW_MS + 101));
        // A clock that was set back says nothing of the age, so the seed counts as old.
        let mut third = copy(&one);
        assert_ne!(draw(&mut one, NOW_MS), draw(&mut third, NOW_MS));
    }
}
