//! The pass itself: a loop over the text with a stack of what is open.

use super::members::{self, Member};
use super::{BYTE_ORDER_MARK, Sanitised, number, skip_space, text};
use crate::sanitise::fault::{PATH_BYTES_MAX, too_large, unexpected};
use crate::{Code, Fault, Json, Limits, cut};

/// An object or array that is not closed yet.
enum Frame {
    Array {
        index: usize,
    },
    Object {
        /// Where its `{` is in the output.
        out_start: usize,
        /// Where its members begin in [`Reader::members`].
        first_member: usize,
    },
}

/// A document that is being read, and what has been written of it.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    out: String,
    limits: &'a Limits,
    frames: Vec<Frame>,
    members: Vec<Member>,
    changed: bool,
    keys: usize,
    sort_steps: usize,
}

impl<'a> Reader<'a> {
    /// At the beginning of `text`.
    fn new(text: &'a str, limits: &'a Limits) -> Self {
        let marked = text.as_bytes().starts_with(BYTE_ORDER_MARK);
        Self {
            text,
            at: if marked { BYTE_ORDER_MARK.len() } else { 0 },
            out: String::with_capacity(text.len()),
            limits,
            frames: Vec::new(),
            members: Vec::new(),
            changed: false,
            keys: 0,
            sort_steps: 0,
        }
    }

    /// Reads `text`; gives the number of steps as well: bytes read, bytes copied by sorting, keys
    /// compared.
    pub(super) fn read(text: &'a str, limits: &'a Limits) -> Result<(Sanitised, usize), Fault> {
        let mut reader = Self::new(text, limits);
        reader.document()?;
        let steps = reader.at + reader.sort_steps;
        let sanitised = Sanitised {
            json: Json::canonical(reader.out),
            changed: reader.changed,
            keys: reader.keys,
        };
        Ok((sanitised, steps))
    }

    /// One value and nothing behind it.
    fn document(&mut self) -> Result<(), Fault> {
        loop {
            if self.value()? && self.closes()? {
                break;
            }
        }
        if self.at < self.text.len() {
            return Err(self.unexpected("the end of the text"));
        }
        Ok(())
    }

    /// Reads a value, or the beginning of an object or array up to where its first value begins.
    /// Tells whether the value is complete.
    fn value(&mut self) -> Result<bool, Fault> {
        match self.next_token() {
            Some(b'{') => self.open_object(),
            Some(b'[') => self.open_array(),
            Some(b'"') => {
                let max = (self.limits.string_bytes_max, Code::StringTooLong, "string");
                self.string(max).map(|_| true)
            }
            Some(b'-' | b'0'..=b'9') => self.number().map(|()| true),
            Some(b't') => self.literal("true"),
            Some(b'f') => self.literal("false"),
            Some(b'n') => self.literal("null"),
            _ => Err(self.unexpected("a value")),
        }
    }

    /// After a complete value: reads on to the next value of what surrounds it, closing what ends.
    /// Tells whether the document is complete.
    fn closes(&mut self) -> Result<bool, Fault> {
        loop {
            if self.out.len() > self.limits.event_bytes_max {
                return Err(too_large(self.out.len(), self.limits));
            }
            let token = self.next_token();
            match self.frames.last_mut() {
                None => return Ok(true),
                Some(Frame::Array { index }) => match token {
                    Some(b',') => {
                        *index += 1;
                        self.take(',');
                        return Ok(false);
                    }
                    Some(b']') => {
                        self.take(']');
                        self.frames.pop();
                    }
                    _ => return Err(self.unexpected("`,` or `]`")),
                },
                Some(Frame::Object { .. }) => {
                    self.end_member();
                    match token {
                        Some(b',') => {
                            self.take(',');
                            self.next_token();
                            return self.key().map(|()| false);
                        }
                        Some(b'}') => self.close_object(),
                        _ => return Err(self.unexpected("`,` or `}`")),
                    }
                }
            }
        }
    }

    fn open_object(&mut self) -> Result<bool, Fault> {
        self.check_depth()?;
        let out_start = self.out.len();
        self.take('{');
        if self.next_token() == Some(b'}') {
            self.take('}');
            return Ok(true);
        }
        self.frames.push(Frame::Object {
            out_start,
            first_member: self.members.len(),
        });
        self.key().map(|()| false)
    }

    fn open_array(&mut self) -> Result<bool, Fault> {
        self.check_depth()?;
        self.take('[');
        if self.next_token() == Some(b']') {
            self.take(']');
            return Ok(true);
        }
        self.frames.push(Frame::Array { index: 0 });
        Ok(false)
    }

    fn check_depth(&self) -> Result<(), Fault> {
        let max = self.limits.depth_max;
        if self.frames.len() < max {
            return Ok(());
        }
        let message = format!("objects and arrays are more than {max} deep");
        Err(self.fault(Code::TooDeep, self.at, message))
    }

    /// Reads a key and the colon behind it.
    fn key(&mut self) -> Result<(), Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in `\"`"));
        }
        self.keys += 1;
        if self.keys > self.limits.keys_max {
            let message = format!("objects have more than {} keys", self.limits.keys_max);
            return Err(self.fault(Code::TooManyKeys, self.at, message));
        }
        let key_start = self.out.len();
        let max = (self.limits.key_bytes_max, Code::KeyTooLong, "key");
        let key_bytes = self.string(max)?;
        self.members
            .push(Member::open(key_start, self.out.len(), key_bytes));
        if self.next_token() != Some(b':') {
            return Err(self.unexpected("`:`"));
        }
        self.take(':');
        Ok(())
    }

    fn end_member(&mut self) {
        let end = self.out.len();
        if let Some(member) = self.members.last_mut() {
            member.end = Some(end);
        }
    }

    fn close_object(&mut self) {
        if let Some(Frame::Object {
            out_start,
            first_member,
        }) = self.frames.pop()
        {
            let sorted = members::sort(&mut self.out, &mut self.members[first_member..], out_start);
            self.changed |= sorted.repeated;
            self.sort_steps += sorted.steps;
            self.members.truncate(first_member);
            self.take('}');
        }
    }

    /// Reads a string of at most so many bytes; gives the number that it has.
    fn string(&mut self, (max, code, what): (usize, Code, &str)) -> Result<usize, Fault> {
        let start = self.at;
        match text::read(self.text, start, &mut text::Escaped::begin(&mut self.out)) {
            Ok(found) if found.bytes > max => {
                let message = format!("a {what} has `{}` bytes, the limit is {max}", found.bytes);
                Err(self.fault(code, start, message))
            }
            Ok(found) => {
                self.out.push('"');
                self.at = found.end;
                self.changed |= found.changed;
                Ok(found.bytes)
            }
            Err((position, expected)) => {
                self.at = position;
                Err(self.unexpected(expected))
            }
        }
    }

    fn number(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let end = number::end(self.text.as_bytes(), start).map_err(|position| {
            self.at = position;
            self.unexpected("a digit")
        })?;
        let text = &self.text[start..end];
        let max = self.limits.number_bytes_max;
        let Some(changed) = number::write(text, max, &mut self.out) else {
            let message = format!("a number has more than {max} bytes when written out");
            return Err(self.fault(Code::NumberTooLong, start, message));
        };
        self.at = end;
        self.changed |= changed;
        Ok(())
    }

    fn literal(&mut self, word: &'static str) -> Result<bool, Fault> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(self.unexpected("a value"));
        }
        self.out.push_str(word);
        self.at += word.len();
        Ok(true)
    }

    /// Writes the ASCII character that is next.
    fn take(&mut self, token: char) {
        self.out.push(token);
        self.at += 1;
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes to the next byte that is not white space.
    fn next_token(&mut self) -> Option<u8> {
        self.at = skip_space(self.text.as_bytes(), self.at);
        self.peek()
    }

    fn unexpected(&self, expected: &str) -> Fault {
        let message = unexpected(self.text.as_bytes(), self.at, expected);
        self.fault(Code::InvalidJson, self.at, message)
    }

    fn fault(&self, code: Code, position: usize, message: String) -> Fault {
        Fault {
            code,
            position,
            path: self.path(),
            message,
        }
    }

    /// The way from the document to the value that is being read.
    fn path(&self) -> String {
        let mut path = String::new();
        // Members of inner objects lie behind those of outer ones, so each object's last member
        // lies before the next object's first.
        let mut members_end = self.members.len();
        let mut steps = Vec::with_capacity(self.frames.len());
        for frame in self.frames.iter().rev() {
            match frame {
                Frame::Array { index } => steps.push(index.to_string()),
                Frame::Object { first_member, .. } => {
                    let last = self.members[*first_member..members_end].last();
                    if let Some(member) = last.filter(|member| member.end.is_none()) {
                        let key = text::decode_canonical(member.key(&self.out));
                        steps.push(key.replace('~', "~0").replace('/', "~1"));
                    }
                    members_end = *first_member;
                }
            }
        }
        for step in steps.iter().rev().take(PATH_BYTES_MAX) {
            path.push('/');
            path.push_str(step);
        }
        cut(path.as_bytes(), PATH_BYTES_MAX)
    }
}
