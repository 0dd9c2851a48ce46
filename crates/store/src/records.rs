//! What goes through the doors: one type for each kind of row.

use std::borrow::Cow;

use event::{Json, ProjectId, Rejection, Source};
use ids::{Timestamp, Uuid};

/// What became of one event of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is on disk, under this id.
    Stored(Uuid),
    /// It was there before, under this id: from an earlier batch, or earlier in this one.
    Duplicate(Uuid),
    /// Its project does not exist or is archived. It was not stored.
    NoProject,
}

/// An event that was refused, kept so that its sender can see why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Version 7, from the moment of the refusal; decides which refusals are the newest.
    pub id: Uuid,
    /// The tenant.
    pub project_id: ProjectId,
    /// When the input came in.
    pub received_at: Timestamp,
    /// How it came in.
    pub source: Source,
    /// Which input, why, where.
    pub rejection: Rejection,
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Version 7.
    pub id: ProjectId,
    /// For people; not unique.
    pub name: String,
    /// For addresses and the command line; unique, also among archived projects.
    pub slug: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// Since when it takes no events and its keys do not work.
    pub archived_at: Option<Timestamp>,
}

/// A change of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Gives it another name.
    Rename(String),
    /// Closes it at this moment; a project that is closed already keeps its first moment.
    Archive(Timestamp),
}

/// SHA-256 of a key.
pub type Digest = [u8; 32];

/// What a key is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Sends events, and nothing else.
    Write,
    /// Asks and manages.
    Admin,
}

impl KeyKind {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }

    /// Reads the stored word. None for any other.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Write, Self::Admin]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// A key, without the key itself: that is nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Version 7.
    pub id: Uuid,
    /// The tenant.
    pub project_id: ProjectId,
    /// What it is good for.
    pub kind: KeyKind,
    /// For people; may be empty.
    pub name: String,
    /// Its first characters, for lists.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it does not work.
    pub revoked_at: Option<Timestamp>,
}

/// Somewhere that the events of a project are sent on to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Version 7.
    pub id: Uuid,
    /// The tenant.
    pub project_id: ProjectId,
    /// Which kind of sender, such as `webhook`.
    pub kind: String,
    /// For people.
    pub name: String,
    /// Whether events stored from now on are sent.
    pub enabled: bool,
    /// What the sender needs to know.
    pub settings: Json,
    /// When it was configured.
    pub created_at: Timestamp,
}

/// A value that more than one project has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// The value.
    pub value: String,
    /// How many projects have it.
    pub projects: u64,
}

/// Projects counted, and looked through for what should be unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Census {
    /// Rows.
    pub projects: u64,
    /// Different ids among them; the same number, unless the database is damaged.
    pub unique_ids: u64,
    /// Different slugs among them.
    pub unique_slugs: u64,
    /// Names that several projects have, most frequent first; allowed, but confusing.
    pub repeated_names: Vec<Repeated>,
    /// Slugs that several projects have; none, unless the database is damaged.
    pub repeated_slugs: Vec<Repeated>,
}

/// A text without U+0000, which PostgreSQL does not take and at which SQLite's functions stop: a
/// refusal quotes what a client sent, and must not be refused for it in turn.
pub(crate) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}
