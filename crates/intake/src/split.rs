//! Plain bytes to the inputs of a request: one object, an array, a batch object, or lines.
//!
//! Inputs are cut out, not judged: what is between two borders may be anything, and whoever reads
//! it refuses it alone. Only where the borders themselves cannot be told is the request refused
//! whole.

use event::{Code, Draft, Fault, Field, Limits, Rejection, cut, elements, members};

/// How the inputs came, which is how they are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One object by itself.
    One,
    /// An array, a batch object or several lines.
    Several,
}

/// The inputs of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs<'a> {
    /// How they came.
    pub shape: Shape,
    /// Each as the bytes between its borders: one event, if its sender did it right.
    pub inputs: Vec<&'a [u8]>,
    /// What stands beside the batch and holds for each event that does not have its own.
    pub shared: Shared<'a>,
}

/// The members of a batch object beside the batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shared<'a> {
    /// When the client's clock says that the batch was sent.
    pub sent_at: Option<Field<'a>>,
    /// The surroundings that all its events have.
    pub context: Option<Field<'a>>,
}

/// The key of the list in a batch object.
const BATCH: &str = "batch";

/// Cuts `bytes` into inputs.
///
/// - `[...]`: each element.
/// - `{...}` with a member `batch`, and without an event's name: each element of `batch`; `sent_at`
///   (or `sentAt`) and `context` beside it are shared.
/// - `{...}`: one input.
/// - Otherwise lines, if one of them is an object: each line that is not blank. An array or object
///   may be spread over lines; only where it does not end well are they taken one by one.
///
/// # Errors
/// [`Code::BatchTooLarge`]; [`Code::InvalidJson`] with the position, if the borders cannot be told.
pub fn split<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Inputs<'a>, Rejection> {
    let splitter = Splitter { bytes, limits };
    let text = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii();
    let whole = match text.first() {
        Some(b'[') => splitter.array(bytes, Shared::default()),
        Some(b'{') => splitter.object(text),
        Some(_) => Err(splitter.refusal(Code::InvalidJson, unknown(bytes))),
        None => return Err(splitter.refusal(Code::InvalidJson, "the body is empty".to_owned())),
    };
    whole.or_else(|refusal| match refusal.code {
        Code::InvalidJson if is_lines(text) => splitter.lines(text),
        _ => Err(refusal),
    })
}

/// Reads each input as an event in our own format, in order.
pub fn drafts<'a>(
    inputs: &Inputs<'a>,
    limits: &Limits,
) -> impl Iterator<Item = Result<Draft<'a>, Rejection>> {
    let shared = inputs.shared;
    inputs.inputs.iter().enumerate().map(move |(index, input)| {
        let mut draft = Draft::read(index, input, limits)?;
        draft.sent_at = draft.sent_at.or(shared.sent_at);
        draft.context = draft.context.or(shared.context);
        Ok(draft)
    })
}

/// The write key in the body: `writeKey`, `write_key` or `api_key` beside the batch, or in the
/// first event. None if there is none in plain characters.
#[must_use]
pub fn write_key(bytes: &[u8]) -> Option<&str> {
    let text = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii();
    if text.starts_with(b"[") {
        return elements(text).ok()?.next()?.ok().and_then(key_of);
    }
    key_of(text).or_else(|| lines(text).next().and_then(key_of))
}

fn key_of(object: &[u8]) -> Option<&str> {
    let named = |key: &[u8]| matches!(key, b"\"writeKey\"" | b"\"write_key\"" | b"\"api_key\"");
    let mut members = members(object).ok()?.map_while(Result::ok);
    let (_, value) = members.find(|(key, _)| named(key))?;
    let word = core::str::from_utf8(value)
        .ok()?
        .strip_prefix('"')?
        .strip_suffix('"')?;
    (!word.is_empty() && !word.contains(['\\', '"'])).then_some(word)
}

/// What to say of a body that begins like nothing known.
fn unknown(bytes: &[u8]) -> String {
    let shown = cut(bytes, SHOWN_BYTES_MAX);
    let shown = shown.escape_debug();
    format!("the body begins with `{shown}`: neither JSON nor a compression that is known")
}

/// How much of a body a message shows.
const SHOWN_BYTES_MAX: usize = 16;

struct Splitter<'a, 'l> {
    /// All of the body: positions count from its beginning.
    bytes: &'a [u8],
    limits: &'l Limits,
}

impl<'a> Splitter<'a, '_> {
    fn array(&self, list: &'a [u8], shared: Shared<'a>) -> Result<Inputs<'a>, Rejection> {
        let mut inputs = Vec::new();
        for element in elements(list).map_err(|fault| self.fault(list, &fault))? {
            let element = element.map_err(|fault| self.fault(list, &fault))?;
            self.push(&mut inputs, element)?;
        }
        Ok(Inputs {
            shape: Shape::Several,
            inputs,
            shared,
        })
    }

    fn object(&self, text: &'a [u8]) -> Result<Inputs<'a>, Rejection> {
        let (mut batch, mut named) = (None, false);
        let mut shared = Shared::default();
        for member in members(text).map_err(|fault| self.fault(text, &fault))? {
            let (key, value) = member.map_err(|fault| self.fault(text, &fault))?;
            match key.get(1..key.len() - 1).unwrap_or_default() {
                b"batch" => batch = Some(value),
                b"event" | b"event_name" => named = true,
                b"sent_at" => shared.sent_at = field("sent_at", value),
                b"sentAt" => shared.sent_at = field("sentAt", value),
                b"context" => shared.context = field("context", value),
                _ => {}
            }
        }
        match batch.filter(|_| !named) {
            // The batch is behind its key in `text`, so that positions can be told from it.
            Some(list) if list.starts_with(b"[") => self.array(list, shared),
            Some(list) => Err(self.not_a_list(list)),
            None => {
                let (shape, inputs) = (Shape::One, vec![text]);
                Ok(Inputs {
                    shape,
                    inputs,
                    shared: Shared::default(),
                })
            }
        }
    }

    fn lines(&self, text: &'a [u8]) -> Result<Inputs<'a>, Rejection> {
        let mut inputs = Vec::new();
        for line in lines(text) {
            self.push(&mut inputs, line)?;
        }
        Ok(Inputs {
            shape: Shape::Several,
            inputs,
            shared: Shared::default(),
        })
    }

    fn push(&self, inputs: &mut Vec<&'a [u8]>, input: &'a [u8]) -> Result<(), Rejection> {
        let max = self.limits.batch_events_max;
        if inputs.len() == max {
            let message = format!("the request has more than {max} events, which is the limit");
            return Err(self.refusal(Code::BatchTooLarge, message));
        }
        inputs.push(input);
        Ok(())
    }

    /// A border that cannot be told in `part`, which is a part of the body.
    fn fault(&self, part: &[u8], fault: &Fault) -> Rejection {
        let start = part.as_ptr().addr() - self.bytes.as_ptr().addr();
        let position = start + fault.position;
        self.refusal(fault.code, format!("{} at byte {position}", fault.message))
    }

    fn not_a_list(&self, value: &[u8]) -> Rejection {
        let shown = cut(value, SHOWN_BYTES_MAX);
        let message = format!("`{}` is not an array of events", shown.escape_debug());
        let refusal = self.refusal(Code::InvalidType, message);
        Rejection {
            field: Some(BATCH.to_owned()),
            ..refusal
        }
    }

    fn refusal(&self, code: Code, message: String) -> Rejection {
        let input = cut(self.bytes, self.limits.rejection_input_bytes_max);
        Rejection {
            index: 0,
            code,
            field: None,
            message,
            input,
        }
    }
}

/// A member that has a value: text, as far as can be told; null is none.
fn field<'a>(name: &'a str, value: &'a [u8]) -> Option<Field<'a>> {
    let json = core::str::from_utf8(value).ok()?;
    (!matches!(json, "null" | "\"\"")).then_some(Field { name, json })
}

/// The lines that are not blank.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
}

/// Whether a text that is no JSON document is one event to a line: some line is an object by
/// itself, and either the first line is not open to the next one, as that of a document spread for
/// reading is, or there are more such objects than open lines.
fn is_lines(text: &[u8]) -> bool {
    let is_whole = |line: &[u8]| {
        line.ends_with(b"}") && members(line).is_ok_and(|mut members| members.all(|m| m.is_ok()))
    };
    let is_open = |line: &[u8]| matches!(line.last(), Some(b',' | b'[' | b'{' | b':'));
    let begins_open = lines(text).next().is_none_or(is_open);
    let (mut count, mut whole, mut open) = (0_usize, 0_usize, 0_usize);
    for line in lines(text) {
        count += 1;
        whole += usize::from(is_whole(line));
        open += usize::from(is_open(line));
    }
    count > 1 && whole > if begins_open { open } else { 0 }
}

#[cfg(test)]
mod tests;
