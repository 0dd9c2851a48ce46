//! Why a throwaway server or database could not be had.

use std::fmt;
use std::io;
use std::process::Output;

/// Why a throwaway server or database could not be had.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The programs of a PostgreSQL server are not on this machine, or are too old. The text says
    /// where they were looked for.
    Missing(String),
    /// A program of PostgreSQL failed. The text is what it said.
    Program {
        /// Name of the program, such as `initdb`.
        name: String,
        /// Its messages, or its exit status if it had none.
        said: String,
    },
    /// The operating system refused something.
    System {
        /// What was being done, such as "start `postgres`".
        doing: String,
        /// The refusal.
        source: io::Error,
    },
}

impl Error {
    /// For `map_err`: names what was being done when the operating system refused.
    pub(crate) fn system(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        |source| Self::System {
            doing: doing.into(),
            source,
        }
    }

    /// The failure of a program that ran to its end.
    pub(crate) fn program(name: &str, output: &Output) -> Self {
        let mut said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        if said.is_empty() {
            said = output.status.to_string();
        }
        Self::Program {
            name: name.to_owned(),
            said,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(why) => f.write_str(why),
            Self::Program { name, said } => write!(f, "run `{name}`: {said}"),
            Self::System { doing, source } => write!(f, "{doing}: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::System { source, .. } => Some(source),
            Self::Missing(_) | Self::Program { .. } => None,
        }
    }
}
