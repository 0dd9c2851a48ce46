//! A draft to an event that can be stored, or to the reason why not.

use std::borrow::Cow;
use std::net::IpAddr;

use ids::{Timestamp, Uuid};

use crate::draft::{Draft, Field};
use crate::event::has_control;
use crate::rejection::shown;
use crate::sanitise::{is_number, sanitise, sanitise_text, text, too_large, unexpected};
use crate::time::{Correction, micros, parse_time, settle};
use crate::{Code, Event, EventName, Fault, Json, Limits, ProjectId, Rejection, Source};
use crate::{client_event_id, cut, rejected_input};

/// The key of the context under which fields of unknown names are kept.
pub const EXTRA_KEY: &str = "$extra";

/// What the server knows of a request.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// When it came.
    pub at: Timestamp,
    /// Where from.
    pub ip: Option<IpAddr>,
    /// Its `User-Agent`.
    pub user_agent: Option<&'a str>,
    /// How it came in.
    pub source: Source,
}

/// An event, and what had to be done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// To be stored.
    pub event: Event,
    /// For the client, if it wants to know.
    pub notes: Notes,
}

/// What is worth telling of an event that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notes {
    /// A text or number of it is stored otherwise than it was sent:
    /// [`Sanitised::changed`](crate::Sanitised::changed).
    pub sanitised: bool,
    /// How many fields of unknown names are kept in the context under [`EXTRA_KEY`].
    pub extra_fields: usize,
    /// What became of its time.
    pub time: Correction,
    /// It has a time of sending that cannot be read: no correction was possible.
    pub sent_at_ignored: bool,
}

/// Checks `draft`, an event of `project_id`.
///
/// `make_id` makes the event's id: of the moment that it is given, or, where the client wrote no
/// time, of now, in which case the id's millisecond is the event's time. `Uuid::at` and a
/// generator's `generate` are meant.
///
/// # Errors
/// The first thing that is wrong with the draft. [`Code::NoId`] if `make_id` failed.
pub fn check(
    draft: &Draft<'_>,
    project_id: ProjectId,
    received: &Received<'_>,
    limits: &Limits,
    make_id: impl FnOnce(Option<Timestamp>) -> Result<Uuid, ids::Error>,
) -> Result<Checked, Rejection> {
    let mut checker = Checker {
        limits,
        sanitised: false,
        keys: 0,
    };
    let refused = |refusal: Refusal| Rejection {
        index: draft.index,
        code: refusal.code,
        field: refusal.field,
        message: refusal.message,
        input: rejected_input(draft.input, limits.rejection_input_bytes_max),
    };
    checker
        .event(draft, project_id, received, make_id)
        .map_err(refused)
}

/// A [`Rejection`] that does not know its input yet.
struct Refusal {
    code: Code,
    field: Option<String>,
    message: String,
}

impl Refusal {
    fn of(code: Code, field: &str, message: impl Into<String>) -> Self {
        Self {
            code,
            field: Some(field.to_owned()),
            message: message.into(),
        }
    }

    /// What [`sanitise`] said of the document in `field`, whose first byte is byte `start` of the
    /// event, where that is known.
    fn within(field: &str, start: Option<usize>, fault: &Fault) -> Self {
        let place = format!("{field}{}", fault.path);
        let message = match start {
            Some(start) => format!("{} at byte {}", fault.message, start + fault.position),
            None => fault.message.clone(),
        };
        Self::of(fault.code, place.trim_start_matches('/'), message)
    }

    fn not(expected: &str, code: Code, field: Field<'_>) -> Self {
        let value = cut(field.json.as_bytes(), SHOWN_BYTES_MAX);
        let message = format!("`{}` is not {expected}", shown(&value));
        Self::of(code, field.name, message)
    }
}

/// How much of a value a message shows.
const SHOWN_BYTES_MAX: usize = 64;

/// Where `part` begins in `whole`, if it is a part of it.
fn offset(whole: &[u8], part: &str) -> Option<usize> {
    let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    (start + part.len() <= whole.len()).then_some(start)
}

/// A moment, and how it was written.
type Written<'a> = (Timestamp, Cow<'a, str>);

struct Checker<'a> {
    limits: &'a Limits,
    sanitised: bool,
    keys: usize,
}

impl Checker<'_> {
    fn event(
        &mut self,
        draft: &Draft<'_>,
        project_id: ProjectId,
        received: &Received<'_>,
        make_id: impl FnOnce(Option<Timestamp>) -> Result<Uuid, ids::Error>,
    ) -> Result<Checked, Refusal> {
        let name = self.name(draft.event_name)?;
        let user_id = self.id(draft.user_id)?.map(Cow::into_owned);
        let anonymous_id = self.id(draft.anonymous_id)?.map(Cow::into_owned);
        let client_id = self.id(draft.client_id)?;
        let written = self.time(draft.timestamp)?;
        let (sent_at, sent_at_ignored) = self.sent_at(draft.sent_at)?;
        let (properties, context) = self.documents(draft)?;

        let received_at = micros(received.at);
        let settled = written
            .as_ref()
            .map(|(time, _)| settle(*time, sent_at, received_at));
        let id = make_id(settled.map(|(time, _)| time)).map_err(|error| Refusal {
            code: Code::NoId,
            field: None,
            message: format!("the server could not make an id: {error}"),
        })?;
        let (timestamp, time) = settled.unwrap_or_else(|| {
            let made_at = id.timestamp().unwrap_or(received_at);
            (made_at, Correction::None)
        });
        let event = Event {
            id,
            project_id,
            name,
            user_id,
            anonymous_id,
            timestamp,
            received_at,
            original_timestamp: written
                .filter(|_| time != Correction::None)
                .map(|(_, text)| text.into_owned()),
            properties,
            context,
            user_agent: received.user_agent.and_then(|text| self.user_agent(text)),
            ip_address: received.ip,
            canonical_id: client_id.map(|name| client_event_id(project_id, &name)),
            source: received.source,
        };
        let notes = Notes {
            sanitised: self.sanitised,
            extra_fields: draft.extra.len(),
            time,
            sent_at_ignored,
        };
        Ok(Checked { event, notes })
    }

    fn name(&mut self, field: Option<Field<'_>>) -> Result<EventName, Refusal> {
        let missing = || Refusal::of(Code::MissingName, "event", "the event has no name");
        let field = field.ok_or_else(missing)?;
        let name = self.text(field, "a string")?;
        let max = self.limits.name_chars_max;
        // A character has a byte or more.
        let chars = if name.len() > max {
            name.chars().count()
        } else {
            0
        };
        if chars > max {
            let message = format!("the name has `{chars}` characters, the limit is {max}");
            return Err(Refusal::of(Code::NameTooLong, field.name, message));
        }
        if has_control(&name) {
            let message = format!("the name `{}` holds a control character", shown(&name));
            return Err(Refusal::of(Code::InvalidName, field.name, message));
        }
        EventName::from_stored(name.into_owned())
            .ok_or_else(|| Refusal::of(Code::MissingName, field.name, "the event's name is blank"))
    }

    /// A string, or an integer as its digits: databases have numbers for ids. Null and the empty
    /// string are none.
    fn id<'a>(&mut self, field: Option<Field<'a>>) -> Result<Option<Cow<'a, str>>, Refusal> {
        let Some(field) = field.filter(|field| field.json != "null") else {
            return Ok(None);
        };
        let integer = is_number(field.json) && !field.json.contains(['.', 'e', 'E']);
        let id = if integer {
            field.json.into()
        } else {
            self.text(field, "a string or an integer")?
        };
        let (bytes, max) = (id.len(), self.limits.id_bytes_max);
        if bytes > max {
            let message = format!("the id has `{bytes}` bytes, the limit is {max}");
            return Err(Refusal::of(Code::IdTooLong, field.name, message));
        }
        Ok(Some(id).filter(|id| !id.is_empty()))
    }

    fn time<'a>(&mut self, field: Option<Field<'a>>) -> Result<Option<Written<'a>>, Refusal> {
        let Some(field) = field.filter(|field| !matches!(field.json, "null" | "\"\"")) else {
            return Ok(None);
        };
        let text = if is_number(field.json) {
            field.json.into()
        } else {
            self.text(field, "a string or a number")?
        };
        let short = text.len() <= self.limits.timestamp_bytes_max;
        let time = short.then(|| parse_time(&text)).flatten();
        let time = time.ok_or_else(|| {
            let expected = "RFC 3339 with an offset, such as `2026-11-22T06:41:44Z`, nor Unix time";
            Refusal::not(expected, Code::InvalidTimestamp, field)
        })?;
        Ok(Some((time, text)))
    }

    /// The moment of sending, and whether there is one that cannot be read. It only serves to mend
    /// another time: an event is not refused for it, unless it is no JSON.
    fn sent_at(&mut self, field: Option<Field<'_>>) -> Result<(Option<Timestamp>, bool), Refusal> {
        match (self.time(field), field) {
            (Ok(found), _) => Ok((found.map(|(time, _)| time), false)),
            (Err(_), Some(field)) => sanitise(field.json.as_bytes(), self.limits)
                .map(|_| (None, true))
                .map_err(|fault| Refusal::within(field.name, None, &fault)),
            (Err(refusal), None) => Err(refusal),
        }
    }

    /// The text of a field that is a JSON string.
    fn text<'a>(&mut self, field: Field<'a>, expected: &str) -> Result<Cow<'a, str>, Refusal> {
        if let Some(text) = text::plain(field.json) {
            return Ok(text.into());
        }
        let mut out = String::new();
        if !field.json.starts_with('"') {
            return Err(Refusal::not(expected, Code::InvalidType, field));
        }
        let (at, expected) = match text::read(field.json, 0, &mut out) {
            Ok(found) if found.end == field.json.len() => {
                self.sanitised |= found.changed;
                return Ok(out.into());
            }
            Ok(found) => (found.end, "the end of the field"),
            Err(misfit) => misfit,
        };
        let message = unexpected(field.json.as_bytes(), at, expected);
        Err(Refusal::of(Code::InvalidJson, field.name, message))
    }

    /// Properties and context, within the limits that they share.
    fn documents(&mut self, draft: &Draft<'_>) -> Result<(Json, Option<Json>), Refusal> {
        let properties = self.object(draft.properties, draft.input)?;
        let mut context = self.object(draft.context, draft.input)?;
        if !draft.extra.is_empty() {
            context = Some(self.with_extra(context, &draft.extra)?);
        }
        let properties = properties.unwrap_or_else(Json::empty_object);
        if self.keys > self.limits.keys_max {
            let message = format!(
                "properties and context have more than {} keys",
                self.limits.keys_max
            );
            return Err(Refusal::of(Code::TooManyKeys, "properties", message));
        }
        let bytes =
            properties.as_str().len() + context.as_ref().map_or(0, |json| json.as_str().len());
        if bytes > self.limits.event_bytes_max {
            let fault = too_large(bytes, self.limits);
            return Err(Refusal::within("properties", None, &fault));
        }
        Ok((properties, context))
    }

    /// An object. Null is none; so is the empty array, which PHP writes for an empty object.
    fn object(&mut self, field: Option<Field<'_>>, input: &[u8]) -> Result<Option<Json>, Refusal> {
        let Some(field) = field.filter(|field| field.json != "null") else {
            return Ok(None);
        };
        let found = sanitise_text(field.json, self.limits)
            .map_err(|fault| Refusal::within(field.name, offset(input, field.json), &fault))?;
        self.sanitised |= found.changed;
        self.keys += found.keys;
        match found.json.as_str() {
            "[]" => Ok(None),
            _ if found.json.is_object() => Ok(Some(found.json)),
            _ => Err(Refusal::not("an object", Code::NotAnObject, field)),
        }
    }

    /// The context with the fields of unknown names in it.
    fn with_extra(
        &mut self,
        context: Option<Json>,
        extra: &[(&str, &str)],
    ) -> Result<Json, Refusal> {
        // One less, because the context is around it.
        let limits = Limits {
            depth_max: self.limits.depth_max.saturating_sub(1),
            ..self.limits.clone()
        };
        let members: Vec<String> = extra
            .iter()
            .map(|(key, json)| format!("{key}:{json}"))
            .collect();
        let text = format!("{{{}}}", members.join(","));
        let extra = sanitise(text.as_bytes(), &limits)
            .map_err(|fault| Refusal::within("", None, &fault))?;
        self.sanitised |= extra.changed;
        self.keys += extra.keys + 1;
        let mut text = context.unwrap_or_else(Json::empty_object).into_string();
        // Takes the closing bracket off, and puts it back behind one member more.
        text.pop();
        let comma = if text.len() > 1 { "," } else { "" };
        text.extend([comma, "\"", EXTRA_KEY, "\":", extra.json.as_str(), "}"]);
        let found = sanitise(text.as_bytes(), &Limits::NONE)
            .map_err(|fault| Refusal::within("context", None, &fault))?;
        self.sanitised |= found.changed;
        Ok(found.json)
    }

    /// Cut to its limit; U+0000 and the like are not in a header's value, but they are not trusted
    /// to be out either.
    fn user_agent(&self, text: &str) -> Option<String> {
        let text = cut(text.as_bytes(), self.limits.user_agent_bytes_max);
        Some(text).filter(|text| !text.is_empty())
    }
}
