//! What a decoder found of one event: raw JSON of each field, under the names that clients use.

use std::borrow::Cow;

use crate::rejection::CREDENTIALS;
use crate::sanitise::{text, too_large, utf8};
use crate::scan::text_members;
use crate::{Code, Fault, Limits, Rejection, rejected_input};

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

/// The names that clients use and the slot of the [`Draft`] that each fills; of a slot's names the
/// most telling first.
const NAMES: [(&str, Slot); 22] = [
    ("event_name", Slot::EventName),
    ("event", Slot::EventName),
    ("name", Slot::EventName),
    ("type", Slot::EventName),
    ("user_id", Slot::UserId),
    ("userId", Slot::UserId),
    ("distinct_id", Slot::UserId),
    ("anonymous_id", Slot::AnonymousId),
    ("anonymousId", Slot::AnonymousId),
    ("timestamp", Slot::Timestamp),
    ("time", Slot::Timestamp),
    ("originalTimestamp", Slot::Timestamp),
    ("sent_at", Slot::SentAt),
    ("sentAt", Slot::SentAt),
    ("messageId", Slot::ClientId),
    ("message_id", Slot::ClientId),
    ("uuid", Slot::ClientId),
    ("insert_id", Slot::ClientId),
    ("$insert_id", Slot::ClientId),
    ("idempotency_key", Slot::ClientId),
    ("properties", Slot::Properties),
    ("context", Slot::Context),
];

/// The row of a name in [`NAMES`].
fn row_of(name: &str) -> Option<usize> {
    NAMES.iter().position(|(known, _)| *known == name)
}

/// Calls of the Segment family that are events by their type: what they carry as `name` is the name
/// of a page or screen, not of the event.
const CALLS: [&str; 5] = ["identify", "page", "screen", "group", "alias"];

/// The call of that family whose event is named elsewhere.
const TRACK: &str = "track";

#[derive(Clone, Copy, PartialEq, Eq)]
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
        let mut fields = fields(input, limits).map_err(refused)?;
        let mut draft = Self {
            index,
            input,
            ..Self::default()
        };
        draft.fill(&mut fields);
        Ok(draft)
    }

    fn fill(&mut self, fields: &mut [Member<'a>]) {
        let mut places = [None; NAMES.len()];
        for (at, field) in fields.iter().enumerate() {
            // Of a repeated name the last counts, also if it has no value.
            if let Some(row) = field.row {
                places[row] = Some(at);
            }
        }
        let value_at = |row: usize| places[row].filter(|at| !fields[*at].is_empty());
        let mut chosen = [None; NAMES.len()];
        if let Some(row) = event_name(|row| Some(fields[value_at(row)?].json)) {
            chosen[row] = value_at(row);
        }
        let mut filled = Slot::EventName;
        for (row, (_, slot)) in NAMES.iter().enumerate() {
            if *slot != filled && value_at(row).is_some() {
                filled = *slot;
                chosen[row] = value_at(row);
            }
        }
        for (row, (name, slot)) in NAMES.into_iter().enumerate() {
            if let Some(at) = chosen[row] {
                let field = &mut fields[at];
                field.counts = true;
                let json = field.json;
                // The name as the table has it, because the client may have written it in escapes.
                *self.slot(slot) = Some(Field { name, json });
            }
        }
        let rest = fields.iter().filter(|field| !field.counts);
        self.extra = rest
            .filter(|field| !field.is_nothing())
            .map(|field| (field.key, field.json))
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

/// One field of the event's object.
struct Member<'a> {
    /// In its quotes, as it stands in the input.
    key: &'a str,
    name: Cow<'a, str>,
    json: &'a str,
    /// Of its name in [`NAMES`].
    row: Option<usize>,
    /// It is in a slot of the draft.
    counts: bool,
}

impl Member<'_> {
    /// A known name without a value: null, and for all but properties and context, `""`.
    fn is_empty(&self) -> bool {
        let object = |row: usize| matches!(NAMES[row].1, Slot::Properties | Slot::Context);
        self.json == "null" || (self.json == "\"\"" && !self.row.is_some_and(object))
    }

    /// Not to be kept: a credential, which is the request's business, or a known name without a
    /// value. Whatever else it is, even no JSON, is kept and so judged.
    fn is_nothing(&self) -> bool {
        let credential = CREDENTIALS.contains(&self.name.as_ref());
        let empty = matches!(self.json, "null" | "\"\"");
        (empty && (credential || self.row.is_some())) || (credential && is_string(self.json))
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
    let object = text_members(utf8(input)?).map_err(|fault| Fault {
        code: Code::NotAnObject,
        ..fault
    })?;
    // As many as most events have.
    let mut fields = Vec::with_capacity(8);
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
        let name: Cow<_> = match text::plain(key) {
            Some(name) => name.into(),
            None => decode(key).into(),
        };
        fields.push(Member {
            key,
            json,
            row: row_of(&name),
            name,
            counts: false,
        });
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

/// The row of the field that names the event: `event_name` or `event`; the type, if it is a call
/// that is an event by itself; `name`; any other type.
fn event_name<'a>(value_of: impl Fn(usize) -> Option<&'a str>) -> Option<usize> {
    // Their rows: the first of the table.
    let [event_name, event, name, kind] = [0, 1, 2, 3];
    let word = value_of(kind).map(|json| json.trim_matches('"'));
    let has = |row: usize| value_of(row).map(|_| row);
    has(event_name)
        .or_else(|| has(event))
        .or_else(|| word.filter(|word| CALLS.contains(word)).map(|_| kind))
        .or_else(|| has(name))
        .or_else(|| word.filter(|word| *word != TRACK).map(|_| kind))
}
