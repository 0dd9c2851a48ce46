//! Why something was refused: a stable code, a text, and what to do about it.

use std::fmt;

use serde::Serialize;

/// The code of a refusal that is about the command line itself.
const USAGE: &str = "usage";

/// The code of what should have been read and could not be.
const UNREAD: &str = "unread";

/// One refused value or command, as it is shown to people and to programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Refusal {
    /// Stable, for programs: `not_an_id`, `line_too_long`, ...
    code: &'static str,
    /// A lowercase fragment with the value in backticks.
    message: String,
    /// Where in the value, in bytes from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
    /// What to do, if that can be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Refusal {
    /// A refusal with a code and a text.
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            position: None,
            hint: None,
        }
    }

    /// A refusal of the command line, which ends the program with status 2.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(USAGE, message)
    }

    /// Something that should have been read and could not be, which ends `audit` with status 3.
    pub(crate) fn unread(message: impl Into<String>) -> Self {
        Self::new(UNREAD, message)
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the place in the value, in bytes from 0.
    pub(crate) fn at(mut self, position: usize) -> Self {
        self.position = Some(position);
        self
    }

    /// Whether the command line itself is wrong.
    pub(crate) fn is_usage(&self) -> bool {
        self.code == USAGE
    }

    /// Whether something could not be read.
    pub(crate) fn is_unread(&self) -> bool {
        self.code == UNREAD
    }

    /// The text, without the hint.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it, if that is known.
    pub(crate) fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}
