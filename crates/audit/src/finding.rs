//! One finding: what, where, what breaks, and what to do about it.

use std::ops::Range;

use serde::Serialize;

use crate::{Confidence, Place, Rule, Severity};

/// Something that a rule found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The name of the rule.
    pub rule: &'static str,
    /// How much it weighs here.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What it is about, by its name in the database: `table.column`, or `schema.table.column`.
    /// With the rule's name it is the key of a baseline, and does not change as lines move.
    pub object: String,
    /// What was found: one sentence that names table and column as the reader's file does.
    pub message: String,
    /// What breaks, and when: one sentence.
    pub breaks: String,
    /// What to do.
    pub fix: Fix,
    /// Where.
    pub primary: Place,
    /// Other places that explain it.
    pub related: Vec<Place>,
    /// The object of the finding that this one is a consequence of: solving that solves this.
    pub caused_by: Option<String>,
    /// Figures and names behind it.
    pub facts: Facts,
}

impl Finding {
    /// A finding of the rule's usual severity, at a place.
    #[must_use]
    pub fn new(rule: &Rule, object: impl Into<String>, primary: Place) -> Self {
        Self {
            rule: rule.name,
            severity: rule.severity,
            confidence: Confidence::High,
            object: object.into(),
            message: String::new(),
            breaks: String::new(),
            fix: Fix::default(),
            primary,
            related: Vec::new(),
            caused_by: None,
            facts: Facts::default(),
        }
    }

    /// With another severity than the rule's usual one.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Not surer than this.
    #[must_use]
    pub fn at_most(mut self, confidence: Confidence) -> Self {
        self.confidence = self.confidence.min(confidence);
        self
    }

    /// What was found: one sentence.
    #[must_use]
    pub fn message(mut self, text: impl Into<String>) -> Self {
        self.message = text.into();
        self
    }

    /// What breaks, and when: one sentence.
    #[must_use]
    pub fn breaks(mut self, text: impl Into<String>) -> Self {
        self.breaks = text.into();
        self
    }

    /// What to do: one to three sentences.
    #[must_use]
    pub fn fix(mut self, text: impl Into<String>) -> Self {
        self.fix.text = text.into();
        self
    }

    /// What to do, as a change of the file that is safe to make.
    #[must_use]
    pub fn edit(mut self, edit: Option<Edit>) -> Self {
        self.fix.edit = edit;
        self
    }

    /// With another place that explains it.
    #[must_use]
    pub fn related(mut self, place: Place) -> Self {
        self.related.push(place);
        self
    }

    /// As the consequence of another finding's object.
    #[must_use]
    pub fn caused_by(mut self, object: impl Into<String>) -> Self {
        self.caused_by = Some(object.into());
        self
    }
}

/// What to do about a finding.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Fix {
    /// One to three sentences.
    pub text: String,
    /// The change of the file, where one alone is safe.
    pub edit: Option<Edit>,
}

/// The replacement of some bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// The path as the caller gave it.
    pub path: String,
    /// Bytes of the file, the end exclusive; empty for an insertion.
    pub span: Range<usize>,
    /// What takes their place.
    pub replacement: String,
}

/// Figures and names behind a finding.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Facts {
    /// The rows of the table, as the database estimates them.
    pub rows: Option<u64>,
    /// The bytes of the table, as the database has them.
    pub bytes: Option<u64>,
    /// The columns that refer to the object, as `table.column`.
    pub dependents: Vec<String>,
    /// How much of a range of numbers is used up, in per cent, rounded down.
    pub used_percent: Option<u8>,
}
