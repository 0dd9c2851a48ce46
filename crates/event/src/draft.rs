//! What a decoder found of one event: raw JSON of each field, under the names that clients use.

use std::borrow::Cow;

use crate::rejection::CREDENTIALS;
use crate::sanitise::{text, too_large, utf8};
use crate::{Code, Fault, Limits, Rejection, members, rejected_input};

/// A field as the client wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// The client's name for it: where a refusal points.
    pub name: &'a str,
    /// Its value: JSON, not judged yet.
    pub json: &'a str,
}

/// One event before it is checked. A decoder of another product's format fills it field by field;
/// [`Draft::read`] does it for ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft<'a> {
    /// Which input of the request, from 0.
    pub index: usize,
    /// The whole input, for a refusal to cut from.
    pub input: &'a [u8],
    /// What happened.
    pub event_name: Option<Field<'a>>,
    /// Who did it.
    pub user_id: Option<Field<'a>>,
    /// Who did it before they signed in.
    pub anonymous_id: Option<Field<'a>>,
    /// When.
    pub timestamp: Option<Field<'a>>,
    /// When the client's clock says that it was sent. A decoder sets the request's own, where the
    /// event has none.
    pub sent_at: Option<Field<'a>>,
    /// The client's id of the event.
    pub client_id: Option<Field<'a>>,
    /// What there is to say of it.
    pub properties: Option<Field<'a>>,
    /// Of the client's surroundings.
    pub context: Option<Field<'a>>,
    /// All other fields, the name in its quotes: kept in the context.
    pub extra: Vec<(&'a str, &'a str)>,
}

/// A slot of the [`Draft`] and the names that fill it, the most telling first.
const NAMES: [(Slot, &[&str]); 8] = [
    (Slot::EventName, &["event_name", "event", "name", "type"]),
    (Slot::UserId, &["user_id", "userId", "distinct_id"]),
    (Slot::AnonymousId, &["anonymous_id", "anonymousId"]),
    (Slot::Timestamp, &["timestamp", "time", "originalTimestamp"]),
    (Slot::SentAt, &["sent_at", "sentAt"]),
    (
        Slot::ClientId,
        &[
            "messageId",
            "message_id",
            "uuid",
            "insert_id",
            "$insert_id",
            "idempotency_key",
        ],
    ),
    (Slot::Properties, &["properties"]),
    (Slot::Context, &["context"]),
];

/// Calls of the Segment family that are events by their type: what they carry as `name` is the name
/// of a page or screen, not of the event.
const CALLS: [&str; 5] = ["identify", "page", "screen", "group", "alias"];

/// The call of that family whose event is named elsewhere.
const TRACK: &str = "track";

#[derive(Clone, Copy)]
enum Slot {
    EventName,
    UserId,
    AnonymousId,
    Timestamp,
    SentAt,
    ClientId,
    Properties,
    Context,
}

impl<'a> Draft<'a> {
    /// Reads one event in our own format: a JSON object with the field names of `docs/events.md`.
    ///
    /// Of several names for one thing the first that has a value counts; null and, for all but
    /// properties and context, `""` are no value. Of a repeated name the last counts. The others,
    /// and fields of unknown names, go to [`extra`](Self::extra).
    ///
    /// # Errors
    /// The input is larger than an event may be, not UTF-8, or not an object.
    pub fn read(index: usize, input: &'a [u8], limits: &Limits) -> Result<Self, Rejection> {
        let refused = |fault: Fault| Rejection {
            index,
            code: fault.code,
            field: None,
            message: fault.to_string(),
            input: rejected_input(input, limits.rejection_input_bytes_max),
        };
        let fields = fields(input, limits).map_err(refused)?;
        let mut draft = Self {
            index,
            input,
            ..Self::default()
        };
        draft.fill(&fields);
        Ok(draft)
    }

    fn fill(&mut self, fields: &[Member<'a>]) {
        let mut kept = vec![true; fields.len()];
        for (slot, names) in NAMES {
            let value_of = |name: &str| {
                let at = fields.iter().rposition(|field| field.name == name)?;
                (!slot.is_empty(fields[at].json)).then_some((at, &fields[at]))
            };
            let found = match slot {
                Slot::EventName => event_name(value_of),
                _ => names.iter().find_map(|name| value_of(name)),
            };
            if let Some((at, field)) = found {
                kept[at] = false;
                // The name as the table has it, because the client may have written it in escapes.
                let name = names.iter().copied().find(|name| *name == field.name);
                *self.slot(slot) = name.map(|name| Field {
                    name,
                    json: field.json,
                });
            }
        }
        let kept = fields.iter().zip(kept).filter(|(_, kept)| *kept);
        self.extra = kept
            .filter(|(field, _)| !field.is_nothing())
            .map(|(field, _)| (field.key, field.json))
            .collect();
    }

    fn slot(&mut self, slot: Slot) -> &mut Option<Field<'a>> {
        match slot {
            Slot::EventName => &mut self.event_name,
            Slot::UserId => &mut self.user_id,
            Slot::AnonymousId => &mut self.anonymous_id,
            Slot::Timestamp => &mut self.timestamp,
            Slot::SentAt => &mut self.sent_at,
            Slot::ClientId => &mut self.client_id,
            Slot::Properties => &mut self.properties,
            Slot::Context => &mut self.context,
        }
    }
}

impl Slot {
    /// Whether `json` is no value for it.
    fn is_empty(self, json: &str) -> bool {
        let object = matches!(self, Self::Properties | Self::Context);
        json == "null" || (json == "\"\"" && !object)
    }
}

/// One field of the event's object.
struct Member<'a> {
    /// In its quotes, as it stands in the input.
    key: &'a str,
    name: Cow<'a, str>,
    json: &'a str,
}

impl Member<'_> {
    /// Not to be kept: a credential, which is the request's business, or a known name without a
    /// value. Whatever else it is, even no JSON, is kept and so judged.
    fn is_nothing(&self) -> bool {
        let name = self.name.as_ref();
        let credential = CREDENTIALS.contains(&name);
        let known = || NAMES.iter().any(|(_, names)| names.contains(&name));
        let empty = matches!(self.json, "null" | "\"\"");
        (empty && (credential || known())) || (credential && is_string(self.json))
    }
}

/// Whether `json` is one JSON string and nothing else.
fn is_string(json: &str) -> bool {
    let read = |json| text::read(json, 0, &mut String::new());
    json.starts_with('"') && read(json).is_ok_and(|found| found.end == json.len())
}

/// The fields of the object in `input`.
fn fields<'a>(input: &'a [u8], limits: &Limits) -> Result<Vec<Member<'a>>, Fault> {
    if input.len() > limits.event_bytes_max {
        return Err(too_large(input.len(), limits));
    }
    // All of it, so that every piece that is cut out at an ASCII character is text as well.
    utf8(input)?;
    let object = members(input).map_err(|fault| Fault {
        code: Code::NotAnObject,
        ..fault
    })?;
    let mut fields = Vec::new();
    for member in object {
        let (key, json) = member?;
        if fields.len() == limits.keys_max {
            return Err(Fault {
                code: Code::TooManyKeys,
                position: key.as_ptr().addr() - input.as_ptr().addr(),
                path: String::new(),
                message: format!("the event has more than {} fields", limits.keys_max),
            });
        }
        let (key, json) = (utf8(key)?, utf8(json)?);
        let name = match key.trim_matches('"') {
            plain if !plain.contains('\\') => plain.into(),
            _ => decode(key).into(),
        };
        fields.push(Member { key, name, json });
    }
    Ok(fields)
}

/// The name in a quoted key with escapes. A key that is no string has none: it matches nothing
/// here, and is refused where the rest is checked.
fn decode(key: &str) -> String {
    let mut name = String::new();
    match text::read(key, 0, &mut name) {
        Ok(_) => name,
        Err(_) => String::new(),
    }
}

/// The field that names the event: `event_name` or `event`; the type, if it is a call that is an
/// event by itself; `name`; any other type.
fn event_name<'f, 'a>(
    value_of: impl Fn(&str) -> Option<(usize, &'f Member<'a>)>,
) -> Option<(usize, &'f Member<'a>)> {
    let kind = value_of("type");
    let word = |field: &Member<'a>| field.json.trim_matches('"');
    value_of("event_name")
        .or_else(|| value_of("event"))
        .or_else(|| kind.filter(|(_, field)| CALLS.contains(&word(field))))
        .or_else(|| value_of("name"))
        .or_else(|| kind.filter(|(_, field)| word(field) != TRACK))
}
