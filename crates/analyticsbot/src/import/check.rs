//! A record of the input to an event that can be stored, by the checks of HTTP.

use event::{
    Correction, Draft, Event, Field, Limits, ProjectId, Received, Source, check, client_event_id,
    parse_time,
};
use ids::{Timestamp, Uuid};

use super::fields::OF_AN_EXPORT;
use super::piece::{Piece, Place, Reject};
use crate::context::make_id;

/// What an exported line may have beside its properties and context, which by themselves may be as
/// large as an event: a name of 200 characters, four ids, times, a user agent, each in escapes.
const ENVELOPE_BYTES_MAX: usize = 16 * 1024;

/// Checks the records of one input.
pub(super) struct Checker {
    /// Whose events they become.
    pub(super) project_id: ProjectId,
    /// Those of HTTP.
    pub(super) limits: Limits,
    /// By what the input is known again: SHA-256 of its beginning.
    pub(super) input: String,
}

impl Checker {
    /// The longest record that can be an event.
    pub(super) const fn record_bytes_max(&self) -> usize {
        self.limits
            .event_bytes_max
            .saturating_add(ENVELOPE_BYTES_MAX)
    }

    /// The event in `piece`, as taken in at `now`.
    ///
    /// One without an id from its client gets one that its place in the input and its text decide:
    /// imported again it is a duplicate, whether or not the first time was remembered.
    pub(super) fn event(&self, piece: Piece, now: Timestamp) -> Result<Event, Reject> {
        let (place, json) = (piece.place, piece.json?);
        let reject = |rejection| Reject::of(place, rejection);
        let roomy = Limits {
            event_bytes_max: self.record_bytes_max(),
            ..self.limits.clone()
        };
        let mut draft = Draft::read(0, &json, &roomy).map_err(reject)?;
        if let Some(exported) = Exported::of(&draft) {
            return self.restored(&mut draft, &exported, now).map_err(reject);
        }
        if json.len() > self.limits.event_bytes_max {
            draft = Draft::read(0, &json, &self.limits).map_err(reject)?;
        }
        let received = Received {
            at: now,
            ip: None,
            user_agent: None,
            source: Source::Import,
        };
        let checked = check(&draft, self.project_id, &received, &self.limits, make_id);
        let mut event = checked.map_err(reject)?.event;
        if event.canonical_id.is_none() {
            event.canonical_id = Some(self.id_of(place, &json));
        }
        Ok(event)
    }

    fn id_of(&self, place: Place, json: &[u8]) -> Uuid {
        let (input, offset) = (&self.input, place.offset);
        // Checked before: it is UTF-8.
        let text = String::from_utf8_lossy(json);
        client_event_id(self.project_id, &format!("import:{input}:{offset}:{text}"))
    }

    /// An event that was exported keeps its id, by which a repeat is a duplicate.
    fn restored(
        &self,
        draft: &mut Draft<'_>,
        exported: &Exported,
        now: Timestamp,
    ) -> Result<Event, event::Rejection> {
        draft.extra.retain(|(key, _)| !of_an_export(key));
        let received = Received {
            at: exported.received_at.min(now),
            ip: exported
                .ip_address
                .as_deref()
                .and_then(|text| text.parse().ok()),
            user_agent: exported.user_agent.as_deref(),
            source: Source::Import,
        };
        let keep_id = |_: Option<Timestamp>| Ok(exported.id);
        let checked = check(draft, self.project_id, &received, &self.limits, keep_id)?;
        let mut event = checked.event;
        if checked.notes.time != Correction::None {
            // Its time was moved, so it is not what was exported.
            event.id = make_id(Some(event.timestamp)).unwrap_or(event.id);
        }
        event.canonical_id = exported.canonical_id;
        event.original_timestamp = event.original_timestamp.or_else(|| {
            let text = exported.original_timestamp.clone();
            text.filter(|text| text.is_ascii() && text.len() <= self.limits.timestamp_bytes_max)
        });
        Ok(event)
    }
}

/// What an export says of an event that no client can say.
struct Exported {
    id: Uuid,
    received_at: Timestamp,
    original_timestamp: Option<String>,
    user_agent: Option<String>,
    ip_address: Option<String>,
    canonical_id: Option<Uuid>,
}

impl Exported {
    /// Of a draft that has a version 7 id of the very millisecond of its time, and a time of
    /// receipt. Other programs' `id` fits by chance in no file of any size.
    fn of(draft: &Draft<'_>) -> Option<Self> {
        let text = |name: &str| {
            let quoted = |key: &str| key.trim_matches('"') == name;
            let found = draft.extra.iter().find(|(key, _)| quoted(key));
            found.and_then(|(_, json)| serde_json::from_str::<String>(json).ok())
        };
        let id = Uuid::parse_strict(&text("id")?).ok()?;
        let received_at = parse_time(&text("received_at")?)?;
        let timestamp = draft.timestamp.and_then(moment)?;
        let is_its_own = id.is_v7() && id.timestamp()?.unix_ms() == timestamp.unix_ms();
        is_its_own.then(|| Self {
            id,
            received_at,
            original_timestamp: text("original_timestamp"),
            user_agent: text("user_agent"),
            ip_address: text("ip_address"),
            canonical_id: text("canonical_id").and_then(|text| Uuid::parse_strict(&text).ok()),
        })
    }
}

fn moment(field: Field<'_>) -> Option<Timestamp> {
    parse_time(&serde_json::from_str::<String>(field.json).ok()?)
}

fn of_an_export(key: &str) -> bool {
    OF_AN_EXPORT.contains(&key.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_329_704_170);

    fn checker() -> Checker {
        Checker {
            project_id: ProjectId::from_uuid(Uuid::NIL),
            limits: Limits::DEFAULT,
            input: "abc".to_owned(),
        }
    }

    fn at(offset: u64, json: &str) -> Piece {
        Piece {
            place: Place { offset, line: 4 },
            json: Ok(json.as_bytes().to_vec()),
        }
    }

    fn event(offset: u64, json: &str) -> Event {
        checker().event(at(offset, json), NOW).expect("an event")
    }

    #[test]
    fn the_place_and_the_text_name_an_event_that_has_no_name() {
        let name = |offset, json| event(offset, json).canonical_id.expect("it is given one");
        let first = name(7, r#"{"event":"a"}"#);
        assert_eq!(first, name(7, r#"{"event":"a"}"#));
        assert_ne!(first, name(8, r#"{"event":"a"}"#));
        assert_ne!(first, name(7, r#"{"event":"b"}"#));
        let other = Checker {
            input: "abd".to_owned(),
            ..checker()
        };
        let elsewhere = other
            .event(at(7, r#"{"event":"a"}"#), NOW)
            .expect("an event");
        assert_ne!(Some(first), elsewhere.canonical_id);
        // Its client's own name comes first.
        let named = client_event_id(checker().project_id, "m1");
        assert_eq!(name(7, r#"{"event":"a","messageId":"m1"}"#), named);
        assert_eq!(name(9, r#"{"event":"a","messageId":"m1"}"#), named);
    }

    #[test]
    fn an_event_is_checked_as_over_http_and_keeps_its_time() {
        let old = event(
            0,
            r#"{"event":"a","timestamp":"2019-03-04T05:06:07Z","x":1}"#,
        );
        assert_eq!(old.timestamp.to_string(), "2019-03-04T05:06:07.000Z");
        assert_eq!(old.id.timestamp(), Some(old.timestamp));
        assert_eq!((old.received_at, old.source), (NOW, Source::Import));
        assert_eq!(
            old.context.expect("a context").as_str(),
            r#"{"$extra":{"x":1}}"#
        );
        let long = format!(r#"{{"event":"{}"}}"#, "x".repeat(201));
        let large = format!(
            r#"{{"event":"a","properties":{{"{}":1}}}}"#,
            "x".repeat(70_000)
        );
        for (json, code) in [
            (r#"{"event":" "}"#, "missing_name"),
            (
                r#"{"event":"a","timestamp":"yesterday"}"#,
                "invalid_timestamp",
            ),
            ("[1]", "not_an_object"),
            (&long, "name_too_long"),
            (&large, "event_too_large"),
        ] {
            let reject = checker().event(at(0, json), NOW).expect_err(json);
            assert_eq!((reject.code, reject.line), (code, 5));
        }
    }

    #[test]
    fn what_was_exported_is_the_same_event() {
        let id = "019abc00-0000-7000-8000-000000000001";
        let time = Uuid::parse(id)
            .expect("an id")
            .timestamp()
            .expect("of version 7");
        let line = format!(
            r#"{{"id":"{id}","project_id":"x","event":"a","timestamp":"{time}",
            "received_at":"2025-12-01T00:00:00.000001Z","original_timestamp":"12","properties":{{}},
            "context":{{"$extra":{{"id":1}}}},"user_agent":"curl","ip_address":"::1",
            "canonical_id":"019abc00-0000-5000-8000-000000000001","source":"command"}}"#
        );
        let found = event(0, &line);
        assert_eq!(found.id.to_string(), id);
        assert_eq!(found.timestamp, time);
        assert_eq!(found.received_at.to_string(), "2025-12-01T00:00:00.000001Z");
        assert_eq!(found.original_timestamp.as_deref(), Some("12"));
        assert_eq!(
            found.context.expect("kept").as_str(),
            r#"{"$extra":{"id":1}}"#
        );
        assert_eq!(found.user_agent.as_deref(), Some("curl"));
        assert_eq!(found.ip_address, Some([0, 0, 0, 0, 0, 0, 0, 1].into()));
        assert_eq!(
            found.canonical_id,
            Uuid::parse("019abc00-0000-5000-8000-000000000001").ok()
        );
        assert_eq!(found.source, Source::Import);
        // Another program's id is a field like any other.
        let other = event(0, &line.replace(id, "019abc00-0000-4000-8000-000000000001"));
        assert!(
            other
                .context
                .expect("kept")
                .as_str()
                .contains("received_at")
        );
    }
}
