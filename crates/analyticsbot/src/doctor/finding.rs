//! One finding: what was checked, how it is, what to do.

use std::io;

use serde::Serialize;
use serde_json::Value;

use crate::console::{BAD, Console, DIM, GOOD, HINT, WARNING};
use crate::table::plain;

/// Columns of the state.
const STATE_COLUMNS: usize = 9;
/// Columns of the name of the check.
const CHECK_COLUMNS: usize = 15;

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// As it should be.
    Ok,
    /// Works, but somebody should know.
    Warning,
    /// Does not work, or will not.
    Problem,
}

/// One finding.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    /// What was checked: a stable word.
    pub(super) check: &'static str,
    pub(super) state: State,
    pub(super) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hint: Option<String>,
    /// The numbers behind it, for programs.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(super) details: Value,
}

impl Finding {
    /// A finding.
    pub(super) fn new(check: &'static str, state: State, message: impl Into<String>) -> Self {
        Self {
            check,
            state,
            message: message.into(),
            hint: None,
            details: Value::Null,
        }
    }

    /// Something that is as it should be.
    pub(super) fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, State::Ok, message)
    }

    /// Something to know.
    pub(super) fn warning(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, State::Warning, message)
    }

    /// Something that must be mended.
    pub(super) fn problem(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, State::Problem, message)
    }

    /// Adds what to do.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the numbers.
    pub(super) fn details(mut self, details: Value) -> Self {
        self.details = details;
        self
    }

    /// Draws it over as many lines as it needs.
    pub(super) fn draw(&self, console: &mut Console) -> io::Result<()> {
        let (style, word) = match self.state {
            State::Ok => (GOOD, "ok"),
            State::Warning => (WARNING, "warning"),
            State::Problem => (BAD, "problem"),
        };
        let (style, hint, dim) = (
            console.style(style),
            console.style(HINT),
            console.style(DIM),
        );
        let indent = STATE_COLUMNS + CHECK_COLUMNS;
        let width = console.columns().saturating_sub(indent);
        let check = self.check;
        let mut head =
            format!("{style}{word:<STATE_COLUMNS$}{style:#}{dim}{check:<CHECK_COLUMNS$}{dim:#}");
        for line in wrap(&plain(&self.message), width) {
            console.line(format_args!("{head}{line}"))?;
            head = " ".repeat(indent);
        }
        for line in self.hint.iter().flat_map(|text| wrap(&plain(text), width)) {
            console.line(format_args!("{head}{hint}{line}{hint:#}"))?;
        }
        Ok(())
    }
}

/// Lines of at most `width` characters, broken at spaces; a longer word has a line of its own.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("it begins with one");
        if line.is_empty() {
            word.clone_into(line);
        } else if line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_broken_at_its_spaces() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a bcdefghij k", 4), ["a", "bcdefghij", "k"]);
        assert_eq!(wrap("", 4), [""]);
    }
}
