//! JSON text that every store takes, keeps and answers alike.

use core::fmt;

use crate::Limits;
use crate::sanitise::{Fault, sanitise};

/// One JSON document in canonical form: see [`sanitise`], the only way to make one.
///
/// Equal documents have equal text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Json(String);

impl Json {
    pub(crate) const fn canonical(text: String) -> Self {
        Self(text)
    }

    /// The object without members.
    #[must_use]
    pub fn empty_object() -> Self {
        Self("{}".to_owned())
    }

    /// A document as a store gives it back, in whatever order and spacing the store prefers: the
    /// result is the very text that was stored. No limit applies: what was stored under yesterday's
    /// limits is readable under today's.
    ///
    /// # Errors
    /// The text is not JSON: the store is damaged, or somebody else wrote to it.
    pub fn from_stored(text: &str) -> Result<Self, Fault> {
        sanitise(text.as_bytes(), &Limits::NONE).map(|sanitised| sanitised.json)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// Whether the document is an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.0.starts_with('{')
    }
}

impl AsRef<str> for Json {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
