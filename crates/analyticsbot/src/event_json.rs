//! One stored event as JSON: the same object wherever an event is printed.

use event::{Event, Json};
use ids::Timestamp;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// Nanoseconds of a microsecond, in which events keep their times.
const NS_PER_US: i128 = 1_000;

/// An event for programs. Members that it does not have are left out.
pub(crate) struct EventJson<'a>(pub(crate) &'a Event);

impl Serialize for EventJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(event) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", event.id.hyphenated().as_str())?;
        map.serialize_entry("project_id", event.project_id.uuid().hyphenated().as_str())?;
        map.serialize_entry("event", event.name.as_str())?;
        optional(&mut map, "user_id", event.user_id.as_deref())?;
        optional(&mut map, "anonymous_id", event.anonymous_id.as_deref())?;
        map.serialize_entry("timestamp", &time(event.timestamp))?;
        map.serialize_entry("received_at", &time(event.received_at))?;
        let original = event.original_timestamp.as_deref();
        optional(&mut map, "original_timestamp", original)?;
        map.serialize_entry("properties", raw(&event.properties)?)?;
        if let Some(context) = &event.context {
            map.serialize_entry("context", raw(context)?)?;
        }
        optional(&mut map, "user_agent", event.user_agent.as_deref())?;
        optional(&mut map, "ip_address", event.ip_address)?;
        let canonical = event.canonical_id.map(ids::Uuid::hyphenated);
        optional(
            &mut map,
            "canonical_id",
            canonical.as_ref().map(ids::Text::as_str),
        )?;
        map.serialize_entry("source", &event.source.to_string())?;
        map.end()
    }
}

fn optional<M: SerializeMap>(
    map: &mut M,
    name: &str,
    value: Option<impl Serialize>,
) -> Result<(), M::Error> {
    match value {
        Some(value) => map.serialize_entry(name, &value),
        None => Ok(()),
    }
}

/// The document as it is stored, not taken apart: a number keeps its digits.
fn raw<E: serde::ser::Error>(json: &Json) -> Result<&RawValue, E> {
    serde_json::from_str(json.as_str()).map_err(E::custom)
}

/// RFC 3339 in UTC with the six digits that are stored; a date beyond the calendar as ids print it.
pub(crate) fn time(time: Timestamp) -> String {
    let us = time.unix_ns().div_euclid(NS_PER_US);
    match jiff::Timestamp::from_nanosecond(us * NS_PER_US) {
        Ok(time) => format!("{time:.6}"),
        Err(_) => time.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use event::{EventName, ProjectId, Source};
    use ids::Uuid;

    use super::*;

    fn event() -> Event {
        Event {
            id: Uuid::parse("019a9964-77f3-7479-bc9f-50ff6ea646f1").unwrap(),
            project_id: ProjectId::from_uuid(Uuid::MAX),
            name: EventName::from_stored("Signed Up".to_owned()).unwrap(),
            user_id: None,
            anonymous_id: None,
            timestamp: Timestamp::from_unix_ms(1_763_510_089_715),
            received_at: Timestamp::from_unix_ns(1_763_510_089_715_001_000),
            original_timestamp: None,
            properties: Json::empty_object(),
            context: None,
            user_agent: None,
            ip_address: None,
            canonical_id: None,
            source: Source::Command,
        }
    }

    #[test]
    fn what_an_event_does_not_have_is_left_out() {
        let json = serde_json::to_string(&EventJson(&event())).unwrap();
        assert_eq!(
            json,
            "{\"id\":\"019a9964-77f3-7479-bc9f-50ff6ea646f1\",\
             \"project_id\":\"ffffffff-ffff-ffff-ffff-ffffffffffff\",\"event\":\"Signed Up\",\
             \"timestamp\":\"2025-11-18T23:54:49.715000Z\",\
             \"received_at\":\"2025-11-18T23:54:49.715001Z\",\"properties\":{},\
             \"source\":\"command\"}"
        );
    }

    #[test]
    fn a_document_keeps_every_digit() {
        let limits = event::Limits::default();
        let text = br#"{"n":12345678901234567890.12345678901234567890}"#;
        let properties = event::sanitise(text, &limits).unwrap().json;
        let stored = properties.as_str().to_owned();
        let json = serde_json::to_string(&EventJson(&Event {
            properties,
            user_id: Some("u1".to_owned()),
            ip_address: Some("::1".parse().unwrap()),
            canonical_id: Some(Uuid::NIL),
            ..event()
        }))
        .unwrap();
        assert!(
            json.contains(&format!("\"properties\":{stored},")),
            "{json}"
        );
        assert!(json.contains(r#""user_id":"u1","timestamp""#), "{json}");
        assert!(
            json.contains(
                r#""ip_address":"::1","canonical_id":"00000000-0000-0000-0000-000000000000""#
            ),
            "{json}"
        );
    }

    #[test]
    fn a_time_beyond_the_calendar_is_still_a_time() {
        assert!(time(Timestamp::from_unix_ms(253_402_300_800_000)).starts_with("+010000-01-01T"));
        assert_eq!(
            time(Timestamp::from_unix_ns(-1)),
            "1969-12-31T23:59:59.999999Z"
        );
    }
}
