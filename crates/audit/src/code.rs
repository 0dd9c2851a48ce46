//! Finds the calls that make identifiers in the source code beside a schema.
//!
//! No language is parsed: a file is cut into tokens, names are followed through its imports, calls
//! are held against one table of makers, and from each call the tokens before it are walked to the
//! name that gets the value. What needs more understanding than that is not found; what is found is
//! said to be likely, not certain. One pass, in time linear in the length of the file.

mod file;
mod imports;
mod language;
mod lexer;
mod makers;
mod names;
mod namespace;
mod near;
mod plus_one;
mod sql;
mod tokens;

pub use language::{Language, is_test};
pub use namespace::Namespace;

use schema::Source;

use crate::Place;

/// A call that makes an identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What it makes.
    pub kind: Made,
    /// The language that it is written in.
    pub language: Language,
    /// Where.
    pub place: Place,
    /// The call as written, cut to some eighty characters.
    pub text: String,
    /// The name that gets the value, if it sounds like that of an identifier: the variable, field,
    /// argument or function, or the column in SQL.
    pub near: Option<String>,
}

/// What a call makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Made {
    /// A UUID of version 1 or 6: time and the machine's address.
    UuidV1,
    /// A UUID of version 4: random.
    UuidV4,
    /// A UUID of version 3 or 5: the digest of a name within a namespace.
    UuidV5(Namespace),
    /// A UUID of version 7: time and random.
    UuidV7,
    /// A ULID.
    Ulid,
    /// A KSUID, or an XID.
    Ksuid,
    /// A CUID, of either version.
    Cuid,
    /// A `NanoID`.
    Nanoid,
    /// MongoDB's `ObjectId`.
    ObjectId,
    /// A number from a generator that can be predicted, such as `Math.random()`.
    WeakRandom,
    /// The time, such as `Date.now()`.
    Clock,
    /// `MAX(id) + 1`, asked of the database.
    MaxPlusOne,
    /// The last id or the number of items, plus one, computed by the program.
    LastPlusOne,
}

impl Made {
    /// Its name in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UuidV1 => "UUID of version 1 or 6",
            Self::UuidV4 => "UUID of version 4",
            Self::UuidV5(_) => "UUID of version 3 or 5",
            Self::UuidV7 => "UUID of version 7",
            Self::Ulid => "ULID",
            Self::Ksuid => "KSUID",
            Self::Cuid => "CUID",
            Self::Nanoid => "NanoID",
            Self::ObjectId => "ObjectId",
            Self::WeakRandom => "predictable random number",
            Self::Clock => "time",
            Self::MaxPlusOne => "greatest id plus one",
            Self::LastPlusOne => "last number plus one",
        }
    }

    /// Whether programs make it for other purposes as well, so that only the name that gets it
    /// tells that it is an identifier.
    fn needs_a_name(self) -> bool {
        matches!(self, Self::WeakRandom | Self::Clock | Self::LastPlusOne)
    }
}

/// The most calls that are noted of one file: more come only from files that no one writes.
pub const CALLS_MAX: usize = 1_000;

/// The calls in a file of this language, in order, at most [`CALLS_MAX`].
#[must_use]
pub fn scan(language: Language, source: &Source) -> Vec<Call> {
    file::File::new(language, source).calls()
}

#[cfg(test)]
mod tests;
