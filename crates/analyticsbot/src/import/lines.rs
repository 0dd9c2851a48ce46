//! NDJSON: one event on each line, in bounded memory whatever the file holds.

use std::borrow::Cow;
use std::io::{self, BufRead, Read as _};

use event::{Code, Limits, members, rejected_input};

use super::fields::Renames;
use super::piece::{Piece, Place, Reject};

/// A byte order mark, which some programs of Windows write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Cuts an input into lines.
pub(super) struct Lines {
    bytes: Box<dyn BufRead + Send>,
    place: Place,
    line: Vec<u8>,
    line_bytes_max: usize,
    input_bytes_max: usize,
    renames: Renames,
}

impl Lines {
    /// Lines of `bytes`, which begin at `place`; a longer line than `line_bytes_max` is refused.
    pub(super) fn new(
        bytes: Box<dyn BufRead + Send>,
        place: Place,
        line_bytes_max: usize,
        limits: &Limits,
        renames: Renames,
    ) -> Self {
        Self {
            bytes,
            place,
            line: Vec::new(),
            line_bytes_max,
            input_bytes_max: limits.rejection_input_bytes_max,
            renames,
        }
    }

    /// Where the next line begins.
    pub(super) const fn place(&self) -> Place {
        self.place
    }

    /// The next line that is not blank.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece>> {
        loop {
            let place = self.place;
            let Some(complete) = self.read()? else {
                return Ok(None);
            };
            let mut text = self.line.as_slice();
            if place.offset == 0 {
                text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
            }
            let text = text.trim_ascii();
            if text.is_empty() && complete {
                continue;
            }
            let json = if complete && text.len() <= self.line_bytes_max {
                Ok(self.renames.apply(text).into_owned())
            } else {
                Err(too_long(
                    place,
                    text,
                    self.line_bytes_max,
                    self.input_bytes_max,
                ))
            };
            return Ok(Some(Piece { place, json }));
        }
    }

    /// Reads one line into the buffer: None at the end, false if the line is longer than that.
    fn read(&mut self) -> io::Result<Option<bool>> {
        self.line.clear();
        // Room for the longest line, a mark and CR LF.
        let room = self.line_bytes_max + BYTE_ORDER_MARK.len() + 2;
        let mut bounded = (&mut self.bytes).take(room as u64);
        let mut read = bounded.read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Ok(None);
        }
        let complete = read < room || self.line.ends_with(b"\n");
        if !complete {
            read += self.bytes.skip_until(b'\n')?;
        }
        self.place.offset += read as u64;
        self.place.line += 1;
        Ok(Some(complete))
    }
}

/// The refusal of a record that was not even read to its end.
pub(super) fn too_long(place: Place, text: &[u8], max: usize, shown: usize) -> Reject {
    Reject {
        line: place.line + 1,
        code: Code::EventTooLarge.as_str(),
        field: None,
        message: format!("the record has more than `{max}` bytes, which is the limit"),
        input: rejected_input(text, shown),
    }
}

impl Renames {
    /// The object in `text` with its fields renamed; whatever is no object stays as it is and is
    /// refused by whoever reads it.
    fn apply<'a>(&self, text: &'a [u8]) -> Cow<'a, [u8]> {
        if self.is_empty() {
            return Cow::Borrowed(text);
        }
        self.renamed(text).map_or(Cow::Borrowed(text), Cow::Owned)
    }

    fn renamed(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(text.len() + 16);
        out.push(b'{');
        for member in members(text).ok()? {
            let (key, value) = member.ok()?;
            let name = key.get(1..key.len() - 1)?;
            if out.len() > 1 {
                out.push(b',');
            }
            match self.of(name) {
                Some(field) => out.extend_from_slice(field.as_bytes()),
                None => out.extend_from_slice(key),
            }
            out.push(b':');
            out.extend_from_slice(value);
        }
        out.push(b'}');
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn lines(input: &[u8], max: usize, renames: Renames) -> Lines {
        let bytes = Box::new(Cursor::new(input.to_vec()));
        Lines::new(bytes, Place::default(), max, &Limits::DEFAULT, renames)
    }

    #[track_caller]
    fn check(input: &[u8], expected: &[(u64, u64, Result<&str, &str>)]) {
        let mut lines = lines(input, 10, Renames::default());
        for (line, offset, text) in expected {
            let piece = lines.next().unwrap().expect("a line");
            assert_eq!((piece.place.line + 1, piece.place.offset), (*line, *offset));
            match piece.json {
                Ok(json) => assert_eq!(Ok(str::from_utf8(&json).unwrap()), *text),
                Err(reject) => assert_eq!((Err(reject.code), reject.line), (*text, *line)),
            }
        }
        assert!(lines.next().unwrap().is_none());
        assert_eq!(lines.place().offset, input.len() as u64);
    }

    #[test]
    fn lines_are_cut_at_any_line_end_and_blank_ones_are_none() {
        check(b"", &[]);
        check(b"\n \r\n", &[]);
        check(
            b"a\r\n\n b \nc",
            &[(1, 0, Ok("a")), (3, 4, Ok("b")), (4, 8, Ok("c"))],
        );
        check(
            b"\xef\xbb\xbfa\n\xef\xbb\xbf\n",
            &[(1, 0, Ok("a")), (2, 5, Ok("\u{feff}"))],
        );
    }

    #[test]
    fn a_long_line_is_refused_and_passed_over() {
        let long = "x".repeat(100_000);
        let text = format!("1234567890\r\n12345678901\n{long}\nok\n{long}");
        let too_large = Err("event_too_large");
        check(
            text.as_bytes(),
            &[
                (1, 0, Ok("1234567890")),
                (2, 12, too_large),
                (3, 24, too_large),
                (4, 100_025, Ok("ok")),
                (5, 100_028, too_large),
            ],
        );
    }

    #[test]
    fn fields_are_renamed_and_what_is_no_object_is_left_alone() {
        let renames = Renames::parse(&["id=messageId".to_owned(), "who=user_id".to_owned()]);
        let mut lines = lines(
            b"{\"id\":1,\"a\":{\"id\":2},\"who\":\"x\"}\nnone\n{\"id\":1\n",
            1000,
            renames.unwrap(),
        );
        let mut next = || String::from_utf8(lines.next().unwrap().unwrap().json.unwrap()).unwrap();
        assert_eq!(next(), r#"{"messageId":1,"a":{"id":2},"user_id":"x"}"#);
        assert_eq!(next(), "none");
        assert_eq!(next(), r#"{"id":1"#);
    }
}
