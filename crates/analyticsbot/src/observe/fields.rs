//! What an event or a span carries, as plain values: bounded, scrubbed, and with the ids of the
//! request set apart.

use std::fmt;

use serde::Serialize;
use tracing::field::{Field, Visit};

use super::scrub::scrub;

/// Longer texts are cut: an error may quote as much as it likes.
const TEXT_BYTES_MAX: usize = 2048;

/// One value as it was given.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Value {
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Text(String),
}

/// The fields of one event or span, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    /// The text of an event; empty in a span.
    pub(super) message: String,
    pub(super) request_id: Option<String>,
    pub(super) trace_id: Option<String>,
    /// At most 32, which `tracing` holds.
    pub(super) others: Vec<(&'static str, Value)>,
}

impl Fields {
    /// The value of one of the others.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        let found = self.others.iter().find(|(other, _)| *other == name);
        found.map(|(_, value)| value)
    }

    /// The value of one of the others, if it is a text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn set(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::Text(text)) => self.message = text,
            ("request_id", Value::Text(text)) => self.request_id = Some(text),
            ("trace_id", Value::Text(text)) => self.trace_id = Some(text),
            // A span's field may be recorded again; the last one counts.
            (name, value) => match self.others.iter_mut().find(|(other, _)| *other == name) {
                Some((_, old)) => *old = value,
                None => self.others.push((name, value)),
            },
        }
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, Value::Float(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, Value::Signed(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, Value::Unsigned(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, Value::Bool(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, Value::Text(clean(value)));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, Value::Text(clean(&format!("{value:?}"))));
    }
}

/// Without secrets, and of a bounded length. Cut after scrubbing: half a secret is not recognised.
fn clean(text: &str) -> String {
    let mut clean = scrub(text).into_owned();
    if clean.len() > TEXT_BYTES_MAX {
        clean.truncate(clean.floor_char_boundary(TEXT_BYTES_MAX));
        clean.push('…');
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let long = "ä".repeat(TEXT_BYTES_MAX);
        let cut = clean(&long);
        assert_eq!(cut.len(), TEXT_BYTES_MAX + '…'.len_utf8());
        assert!(long.starts_with(cut.trim_end_matches('…')));
        assert_eq!(clean("short"), "short");
    }
}
