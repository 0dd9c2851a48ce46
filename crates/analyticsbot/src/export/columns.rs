//! What an event has, as columns: the names that every format uses, and the value of each.

use std::borrow::Cow;

use event::{Event, Json};
use ids::{Timestamp, Uuid};

/// What kind of value a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A UUID.
    Id,
    /// A moment in whole microseconds.
    Time,
    /// Text.
    Text,
    /// A JSON object.
    Json,
}

/// The value of one column of one event, of the column's kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Id(Uuid),
    Time(Timestamp),
    Text(Cow<'a, str>),
    Json(&'a str),
}

/// One column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// The name of the same member in JSON.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Some events have none.
    pub(super) optional: bool,
    /// The value, if the event has one.
    pub(super) value: fn(&Event) -> Option<Value<'_>>,
}

/// All of them, in the order of the JSON.
pub(super) const COLUMNS: [Column; 14] = [
    column("id", Kind::Id, |event| Some(Value::Id(event.id))),
    column("project_id", Kind::Id, |event| {
        Some(Value::Id(event.project_id.uuid()))
    }),
    column("event", Kind::Text, |event| Some(text(event.name.as_str()))),
    optional("user_id", Kind::Text, |event| {
        event.user_id.as_deref().map(text)
    }),
    optional("anonymous_id", Kind::Text, |event| {
        event.anonymous_id.as_deref().map(text)
    }),
    column("timestamp", Kind::Time, |event| {
        Some(Value::Time(event.timestamp))
    }),
    column("received_at", Kind::Time, |event| {
        Some(Value::Time(event.received_at))
    }),
    optional("original_timestamp", Kind::Text, |event| {
        event.original_timestamp.as_deref().map(text)
    }),
    column("properties", Kind::Json, |event| {
        Some(json(&event.properties))
    }),
    optional("context", Kind::Json, |event| {
        event.context.as_ref().map(json)
    }),
    optional("user_agent", Kind::Text, |event| {
        event.user_agent.as_deref().map(text)
    }),
    optional("ip_address", Kind::Text, |event| {
        event
            .ip_address
            .map(|address| Value::Text(address.to_string().into()))
    }),
    optional("canonical_id", Kind::Id, |event| {
        event.canonical_id.map(Value::Id)
    }),
    column("source", Kind::Text, |event| {
        Some(Value::Text(event.source.to_string().into()))
    }),
];

/// The column with this name.
pub(super) fn find(name: &str) -> Option<Column> {
    COLUMNS.into_iter().find(|column| column.name == name)
}

const fn column(name: &'static str, kind: Kind, value: fn(&Event) -> Option<Value<'_>>) -> Column {
    Column {
        name,
        kind,
        optional: false,
        value,
    }
}

const fn optional(
    name: &'static str,
    kind: Kind,
    value: fn(&Event) -> Option<Value<'_>>,
) -> Column {
    Column {
        name,
        kind,
        optional: true,
        value,
    }
}

fn text(text: &str) -> Value<'_> {
    Value::Text(text.into())
}

fn json(json: &Json) -> Value<'_> {
    Value::Json(json.as_str())
}
