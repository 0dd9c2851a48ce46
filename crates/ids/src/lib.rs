//! Identifiers that need no coordination: time-ordered UUIDv7 keys, and everything around them.
//!
//! ```
//! let id = ids::Uuid::now_v7();
//! assert!(id < ids::Uuid::now_v7()); // strictly, on any thread of this process
//! println!("{id} was made at {}", id.timestamp().expect("version 7 knows"));
//! ```
//!
//! # Which id for what
//!
//! | you need | take | because |
//! |---|---|---|
//! | a primary key | [`Uuid::now_v7`] | new rows go to the end of the index; no database asked, no clash between machines |
//! | the same, many at once | [`fill_v7`], [`v7s`], [`Process::chunks`] | one clock read for hundreds |
//! | a key for a row of the past | [`Uuid::at`] | the id carries the row's own time |
//! | a range scan by time | [`Uuid::range_of`], [`Uuid::first_of`] | the key is the time index |
//! | the same id for the same thing, everywhere | [`canonical_id`], [`Namespace::v5`] | computed, not stored: repeats are found by the key |
//! | the same without SHA-1 | [`Namespace::v8`] | SHA-256, marked as version 8 |
//! | a public id that must not tell when | [`Uuid::new_v4`] | 122 random bits, no time |
//! | an id that says what it is of | [`Id`], [`typeid`] | `user_01h…`; the compiler and the reader both know |
//! | 26 characters, case-insensitive | [`ulid`] | the same bits as base 32 |
//! | a trace id | [`trace`] | the id of the request is the id of its trace |
//! | to know what a string is | [`inspect`](inspect::inspect) | UUID, ULID, `TypeID`, KSUID, `ObjectId`, Snowflake, `NanoID` |
//!
//! No id is a password. Whoever holds one may guess its neighbours' time, and RFC 9562, section 8
//! says it plainly: possession of an id grants nothing.
//!
//! # What a version 7 id promises here
//!
//! - **Strictly increasing**: [`Process`] across all threads of a process, without a lock;
//!   [`Local`] within one generator, cheaper. Which one you hold is in the type. The one exception
//!   is a clock set back by more than 11 s, which is followed, and counted.
//! - **56 fresh random bits** from a CSPRNG in every id, in bulk too: neighbours are not guessable.
//! - **Fork-safe** without a system call for it: parent and child never draw the same bits. Copies
//!   of a virtual machine part ways within 100 ms.
//! - **Never a duplicate through overflow**: faster than the counter, ids run ahead of the clock,
//!   by at most 10 s, which [`Process::ahead_of_clock`] shows; at the bound the caller's
//!   [`Policy`] waits or fails.
//! - **A clock may be wrong**: steps back are held, up to the bound, then the policy decides; one
//!   wrong reading of the future is not believed, and no wrong clock is kept to for ever.
//!
//! Uniqueness between machines is by chance, and the odds are good: two ids can only be equal if
//! made within the same 244 ns, and then one time in 2^56.
//!
//! # Features
//!
//! | feature | gives |
//! |---|---|
//! | `std` (default) | clock, entropy, generators; without it the crate is `no_std` and allocates nothing |
//! | `serde` | text in JSON and its like, 16 bytes elsewhere |
//! | `rusqlite` | 16-byte blobs |
//! | `postgres` | the native `uuid` type of `tokio-postgres` and `postgres` |
//! | `testing` | `ManualClock` and `Keystream::repeatable`: ids that a test can foretell |
//!
//! # Ids that a test can foretell
//!
//! ```
//! # #[cfg(feature = "testing")] {
//! use ids::{Keystream, Local, ManualClock, Policy};
//! let clock = ManualClock::at(1_763_510_089_715);
//! let mut ids = Local::with(&clock, Keystream::repeatable([7; 32]), Policy::DEFAULT);
//! let first = ids.generate()?;
//! assert!(first.to_string().starts_with("019a9964-77f3-7000-80"));
//! # }
//! # Ok::<(), ids::Error>(())
//! ```
//!
//! Sources: RFC 9562 with its errata; W3C Trace Context, level 2; the specifications of ULID,
//! `TypeID` 0.3 and KSUID. Every figure of speed is printed by `cargo xtask bench ids`.
#![cfg_attr(not(feature = "std"), no_std)]

mod base32;
mod error;
#[cfg(feature = "std")]
mod generate;
mod hex;
pub mod inspect;
mod named;
mod parse;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "rusqlite")]
mod rusqlite;
#[cfg(feature = "serde")]
mod serde;
mod text;
mod time;
pub mod trace;
mod typed;
pub mod typeid;
pub mod ulid;
mod uuid;

pub use error::{Error, ParseError};
#[cfg(all(feature = "std", any(test, feature = "testing")))]
pub use generate::ManualClock;
#[cfg(feature = "std")]
pub use generate::{
    BULK_COUNT_MAX, Chunk, Chunks, Clock, Keystream, Local, Overrun, Policy, Process, Rollback,
    SystemClock, V7Fields, fill_v7, v7s,
};
pub use named::{
    NAMESPACE_EVENT, NAMESPACE_PROJECT, NAMESPACE_PROVIDER, NAMESPACE_USER, Namespace,
    canonical_id, canonical_id_of_parts, namespaces,
};
pub use text::Text;
pub use time::Timestamp;
pub use typed::{Entity, Id};
pub use uuid::{Uuid, Variant};
