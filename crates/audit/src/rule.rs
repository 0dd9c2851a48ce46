//! What a rule is, and how much its findings weigh.

use std::fmt;

use serde::Serialize;

use crate::{Context, Findings};

/// One rule: what it is called, what it says about itself, and what it does.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name in kebab-case, such as `auto-increment-key`. It never changes: baselines and
    /// suppressions hold it.
    pub name: &'static str,
    /// The usual severity; a finding may differ.
    pub severity: Severity,
    /// One line.
    pub summary: &'static str,
    /// Its page in `docs/rules/`, Markdown: what, why and when it breaks, how to fix it, when to
    /// ignore it, sources.
    pub page: &'static str,
    /// Looks at everything, and notes what it finds.
    pub check: fn(&Context<'_>, &mut Findings),
}

/// How much a finding weighs. The greatest is the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// A habit that costs little.
    Low,
    /// Costs time or space now, or breaks in a case that not everyone has.
    Medium,
    /// Breaks as the system grows, or comes with something critical.
    High,
    /// Will break, or leaks already.
    Critical,
}

impl Severity {
    /// All of them, the worst first.
    pub const ALL: [Self; 5] = [
        Self::Critical,
        Self::High,
        Self::Medium,
        Self::Low,
        Self::Info,
    ];

    /// Its name, lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A guess, from names or from source code that a program might read otherwise.
    Low,
    /// Likely: read from plain source code, or a pattern that has exceptions.
    Medium,
    /// The definition that the database goes by says so.
    High,
}

impl Confidence {
    /// Its name, lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

impl From<schema::Confidence> for Confidence {
    fn from(of: schema::Confidence) -> Self {
        match of {
            schema::Confidence::High => Self::High,
            schema::Confidence::Medium => Self::Medium,
            schema::Confidence::Low => Self::Low,
        }
    }
}
