//! The event itself: checked, sanitised, within limits, ready to be stored.

use core::fmt;
use std::net::IpAddr;

use ids::{Entity, Id, ParseError, Timestamp, Uuid};

use crate::Json;

/// A tenant: names the ids of projects.
pub struct Project;

impl Entity for Project {
    const PREFIX: &str = "project";
}

/// The id of a project, the tenant that owns an event.
pub type ProjectId = Id<Project>;

/// Names the ids of events.
pub struct EventTag;

impl Entity for EventTag {
    const PREFIX: &str = "event";
}

/// The id of an event; its 48-bit time is the event's own [`timestamp`](Event::timestamp).
pub type EventId = Id<EventTag>;

/// One checked event. Every text in it is UTF-8 without U+0000 and within
/// [`Limits`](crate::Limits), so that each store takes it and gives it back unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Version 7; its milliseconds are those of `timestamp`.
    pub id: Uuid,
    /// The tenant.
    pub project_id: ProjectId,
    /// What happened.
    pub name: EventName,
    /// Who did it, as the client names them; never empty.
    pub user_id: Option<String>,
    /// Who did it before they signed in; never empty.
    pub anonymous_id: Option<String>,
    /// When it happened: corrected for the client's clock, clamped, in whole microseconds.
    pub timestamp: Timestamp,
    /// When the server took it in, in whole microseconds.
    pub received_at: Timestamp,
    /// What the client wrote as the time, if `timestamp` is another moment; ASCII, at most
    /// [`timestamp_bytes_max`](crate::Limits::timestamp_bytes_max).
    pub original_timestamp: Option<String>,
    /// A JSON object, `{}` if the client sent none.
    pub properties: Json,
    /// A JSON object: what the client said about its surroundings.
    pub context: Option<Json>,
    /// The request's `User-Agent`, cut to its limit.
    pub user_agent: Option<String>,
    /// Where the request came from.
    pub ip_address: Option<IpAddr>,
    /// The client's own id of this event as a version 5 id, unique in the project: see
    /// [`client_event_id`].
    pub canonical_id: Option<Uuid>,
    /// How it came in.
    pub source: Source,
}

impl Event {
    /// The id with its kind: `event_01h…`.
    #[must_use]
    pub const fn typed_id(&self) -> EventId {
        EventId::from_uuid(self.id)
    }
}

/// The id under which a client's own event id is unique: version 5 in
/// [`NAMESPACE_EVENT`](ids::NAMESPACE_EVENT) over the project's hyphenated id, a colon and `name`.
///
/// A project's id has no colon and a fixed length, so no two pairs make one key.
#[must_use]
pub fn client_event_id(project_id: ProjectId, name: &str) -> Uuid {
    const PROJECT_BYTES: usize = 36;
    let namespace = ids::Namespace::new(ids::NAMESPACE_EVENT);
    let project = project_id.uuid().hyphenated();
    let (project, name) = (project.as_str().as_bytes(), name.as_bytes());
    // Without the heap for names of a usual length.
    let mut short = [0; 128];
    match short.get_mut(..PROJECT_BYTES + 1 + name.len()) {
        Some(key) => {
            key[..PROJECT_BYTES].copy_from_slice(project);
            key[PROJECT_BYTES] = b':';
            key[PROJECT_BYTES + 1..].copy_from_slice(name);
            namespace.v5(key)
        }
        None => namespace.v5(&[project, b":", name].concat()),
    }
}

/// What happened: 1 to [`name_chars_max`](crate::Limits::name_chars_max) characters, no control
/// characters, not only white space.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventName(String);

impl EventName {
    /// The name as a store gave it back: checked for what no limit can change.
    ///
    /// None if it is blank or holds a control character, which no stored name does.
    #[must_use]
    pub fn from_stored(name: String) -> Option<Self> {
        let blank = name.trim_start().is_empty();
        (!blank && !has_control(&name)).then_some(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether `text` holds a control character.
pub(crate) fn has_control(text: &str) -> bool {
    if text.is_ascii() {
        text.bytes().any(|b| b.is_ascii_control())
    } else {
        text.contains(char::is_control)
    }
}

impl AsRef<str> for EventName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// How an event came in: stored as its text form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// Over HTTP, with the write key that has this id. Text: `key:` and the hyphenated id.
    Key(Uuid),
    /// By `analyticsbot import`.
    Import,
    /// By `analyticsbot send`.
    Command,
}

impl Source {
    /// Reads the text form.
    ///
    /// # Errors
    /// The byte of the key's id that does not fit; any other unknown word is read as such an id.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        match text {
            "import" => Ok(Self::Import),
            "command" => Ok(Self::Command),
            _ => Uuid::parse(text.strip_prefix("key:").unwrap_or(text)).map(Self::Key),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => write!(f, "key:{id}"),
            Self::Import => f.write_str("import"),
            Self::Command => f.write_str("command"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_survives_its_text() {
        for source in [Source::Key(Uuid::MAX), Source::Import, Source::Command] {
            assert_eq!(Source::parse(&source.to_string()), Ok(source));
        }
        assert!(Source::parse("key:nobody").is_err());
        assert!(Source::parse("").is_err());
    }

    #[test]
    fn a_clients_id_is_one_per_project() {
        let (one, other) = (
            ProjectId::from_uuid(Uuid::NIL),
            ProjectId::from_uuid(Uuid::MAX),
        );
        let id = client_event_id(one, "my-msg-1");
        assert_eq!(id, client_event_id(one, "my-msg-1"));
        assert_ne!(id, client_event_id(other, "my-msg-1"));
        assert_ne!(id, client_event_id(one, "my-msg-2"));
        // Fixed: events stored by earlier versions must still be found as duplicates. Computed
        // with Python's `uuid.uuid5(uuid.NAMESPACE_OID, "00000000-…-000000000000:my-msg-1")`.
        assert_eq!(id.to_string(), "1c660761-c720-52b8-ac66-2489d9c85020");
    }

    #[test]
    fn a_stored_name_is_never_blank_or_a_control_character() {
        let name = |text: &str| EventName::from_stored(text.to_owned());
        assert_eq!(name("Signed Up").expect("a name").as_str(), "Signed Up");
        for bad in ["", "  ", "a\nb", "\u{7f}"] {
            assert_eq!(name(bad), None, "{bad:?}");
        }
    }
}
