//! Why something was refused: a stable code, a text, and what to do about it.

use std::fmt;

use serde::Serialize;

/// The code of a refusal that is about the command line or the configuration.
const USAGE: &str = "usage";

/// One refused value or command, as it is shown to people and to programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Refusal {
    /// Stable, for programs: `no_project`, `port_taken`, ...
    code: &'static str,
    /// A lowercase fragment with the value in backticks.
    message: String,
    /// What to do, if that can be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Refusal {
    /// A refusal with a code and a text; ends the program with status 1.
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
        }
    }

    /// A refusal of the command line or the configuration, which ends the program with status 2.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(USAGE, message)
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whether the command line or the configuration is wrong.
    pub(crate) fn is_usage(&self) -> bool {
        self.code == USAGE
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
