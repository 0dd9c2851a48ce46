//! Items from the command line and from standard input, one at a time, in bounded memory.

use std::io::{self, BufRead, BufReader, Read};

use anyhow::Context;

use crate::Outcome;
use crate::console::{Console, Place};
use crate::refusal::Refusal;

/// The longest line that is read, in bytes without its end. An id has at most 90; keys may be long,
/// but a longer line is a file without line ends, which must not fill the memory.
pub(crate) const LINE_BYTES_MAX: usize = 64 * 1024;

/// The byte order mark, which some programs of Windows write before UTF-8. It is no part of the
/// text: a key that began with it would get another id.
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// The byte order marks of UTF-16. Its lines could pass for UTF-8 with zeroes in it.
const UTF16_MARKS: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

/// The argument that stands for standard input.
const STDIN: &str = "-";

/// What one line of input holds.
#[derive(Debug, PartialEq, Eq)]
enum Line<'a> {
    /// Text, without the line end.
    Text(&'a str),
    /// More than [`LINE_BYTES_MAX`] bytes, passed over.
    TooLong,
    /// The byte at this place, from 0, is no UTF-8.
    NotUtf8(usize),
    /// The input begins as UTF-16 does, so none of its lines can be relied on.
    Utf16,
}

/// Reads lines of any bytes into one buffer.
struct Lines<R: Read> {
    reader: BufReader<R>,
    line: Vec<u8>,
    number: u64,
}

impl<R: Read> Lines<R> {
    fn new(reader: R) -> Self {
        // As much as a pipe holds, so that one system call empties it.
        let reader = BufReader::with_capacity(LINE_BYTES_MAX, reader);
        Self {
            reader,
            line: Vec::new(),
            number: 0,
        }
    }

    /// The next line, or `None` at the end.
    fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        // Room for a mark, the longest line and its end, CR LF.
        let limit = (UTF8_MARK.len() + LINE_BYTES_MAX + 2) as u64;
        let read = (&mut self.reader)
            .take(limit)
            .read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        let ended = self.line.pop_if(|byte| *byte == b'\n').is_some();
        if ended {
            self.line.pop_if(|byte| *byte == b'\r');
        }
        if self.number == 1 {
            if UTF16_MARKS.iter().any(|mark| self.line.starts_with(mark)) {
                return Ok(Some(Line::Utf16));
            }
            if self.line.starts_with(UTF8_MARK) {
                self.line.drain(..UTF8_MARK.len());
            }
        }
        if self.line.len() > LINE_BYTES_MAX {
            if !ended {
                self.reader.skip_until(b'\n')?;
            }
            return Ok(Some(Line::TooLong));
        }
        Ok(Some(match std::str::from_utf8(&self.line) {
            Ok(text) => Line::Text(text),
            Err(error) => Line::NotUtf8(error.valid_up_to()),
        }))
    }

    /// Whether the next line has to be waited for, so that what is known should be shown now.
    fn would_wait(&self) -> bool {
        self.reader.buffer().is_empty()
    }
}

/// How one item ended that was not done.
pub(crate) enum ItemError {
    /// The item is bad; the others go on.
    Refused(Refusal),
    /// The output is gone or the machine fails; nothing can go on.
    Fatal(anyhow::Error),
}

/// Where the one item is the whole command.
impl From<ItemError> for anyhow::Error {
    fn from(error: ItemError) -> Self {
        match error {
            ItemError::Refused(refusal) => refusal.into(),
            ItemError::Fatal(error) => error,
        }
    }
}

impl From<Refusal> for ItemError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<io::Error> for ItemError {
    fn from(error: io::Error) -> Self {
        Self::Fatal(error.into())
    }
}

impl From<ids::Error> for ItemError {
    fn from(error: ids::Error) -> Self {
        Self::Fatal(error.into())
    }
}

/// The items of a command: its arguments, and the lines of standard input where one is `-`.
pub(crate) struct Items<'a> {
    arguments: &'a [String],
    /// What an item is called, `id` or `key`.
    noun: &'static str,
    /// Whether spaces around an item and empty lines mean nothing. They do around ids; in a key
    /// they are part of it.
    trimmed: bool,
}

impl<'a> Items<'a> {
    /// Ids: spaces around them and empty lines are passed over.
    pub(crate) fn ids(arguments: &'a [String]) -> Self {
        Self {
            arguments,
            noun: "id",
            trimmed: true,
        }
    }

    /// Keys: each byte of a line counts.
    pub(crate) fn keys(arguments: &'a [String]) -> Self {
        Self {
            arguments,
            noun: "key",
            trimmed: false,
        }
    }

    /// The only item, if there is exactly one and it is no stream.
    pub(crate) fn single(&self) -> Option<&'a str> {
        match self.arguments {
            [one] if one != STDIN => Some(one),
            _ => None,
        }
    }

    /// Hands every item to `each`, reports those that it refuses, and goes on.
    ///
    /// # Errors
    /// When there is nothing to read, or on the first error that is not about one item.
    pub(crate) fn for_each<F>(&self, console: &mut Console, each: F) -> anyhow::Result<Outcome>
    where
        F: FnMut(&mut Console, &str) -> Result<(), ItemError>,
    {
        let mut run = Run {
            each,
            console,
            done: 0,
            refused: 0,
            trimmed: self.trimmed,
        };
        let streams = self.arguments.iter().filter(|argument| *argument == STDIN);
        if streams.count() > 1 {
            let refusal = Refusal::usage("`-` is given twice");
            return Err(refusal.hint("standard input can be read once").into());
        }
        if self.arguments.is_empty() {
            if run.console.input_is_terminal() {
                return Err(self.nothing_given().into());
            }
            run.lines()?;
        }
        for (index, argument) in self.arguments.iter().enumerate() {
            if argument == STDIN {
                run.lines()?;
            } else {
                run.item(Place::Argument(index as u64 + 1), argument)?;
            }
        }
        self.finish(run.done, run.refused, console)
    }

    fn nothing_given(&self) -> Refusal {
        Refusal::usage(format!("no {} given", self.noun)).hint(format!(
            "name one or more, or pipe them in, one {} on each line",
            self.noun
        ))
    }

    fn finish(&self, done: u64, refused: u64, console: &mut Console) -> anyhow::Result<Outcome> {
        if refused == 0 {
            return Ok(Outcome::Fine);
        }
        if self.single().is_none() {
            let all = done + refused;
            let plural = if all == 1 { "" } else { "s" };
            console.summarize(&format!("{refused} of {all} {}{plural} refused", self.noun))?;
        }
        Ok(Outcome::Refused)
    }
}

/// One pass over the items.
struct Run<'c, F> {
    each: F,
    console: &'c mut Console,
    done: u64,
    refused: u64,
    trimmed: bool,
}

impl<F: FnMut(&mut Console, &str) -> Result<(), ItemError>> Run<'_, F> {
    fn lines(&mut self) -> anyhow::Result<()> {
        let input = self.console.take_input();
        let mut lines = Lines::new(input.expect("it is read once, which was checked before"));
        loop {
            if lines.would_wait() {
                self.console.flush()?;
            }
            let number = lines.number + 1;
            let place = Place::Line(number);
            match lines.next().context("read standard input")? {
                None => return Ok(()),
                Some(Line::Text(text)) if self.trimmed => match text.trim_ascii() {
                    "" => {}
                    text => self.item(place, text)?,
                },
                Some(Line::Text(text)) => self.item(place, text)?,
                Some(Line::TooLong) => self.refuse(place, &too_long())?,
                Some(Line::NotUtf8(at)) => self.refuse(place, &not_utf8(at))?,
                Some(Line::Utf16) => return Err(utf16().into()),
            }
        }
    }

    fn item(&mut self, place: Place, text: &str) -> anyhow::Result<()> {
        match (self.each)(self.console, text) {
            Ok(()) => {
                self.done += 1;
                Ok(())
            }
            Err(ItemError::Refused(refusal)) => self.refuse(place, &refusal),
            Err(ItemError::Fatal(error)) => Err(error),
        }
    }

    fn refuse(&mut self, place: Place, refusal: &Refusal) -> anyhow::Result<()> {
        self.refused += 1;
        Ok(self.console.refuse(place, refusal)?)
    }
}

fn too_long() -> Refusal {
    Refusal::new(
        "line_too_long",
        format!("longer than {LINE_BYTES_MAX} bytes"),
    )
    .hint("one item is expected on each line")
}

fn not_utf8(at: usize) -> Refusal {
    Refusal::new("not_utf8", format!("byte {at} is not UTF-8")).at(at)
}

fn utf16() -> Refusal {
    Refusal::new("not_utf8", "standard input is UTF-16, not UTF-8")
        .hint("convert it first: `iconv -f UTF-16 -t UTF-8`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &[u8], expected: &[Line<'_>]) {
        let mut lines = Lines::new(input);
        for line in expected {
            assert_eq!(lines.next().unwrap().as_ref(), Some(line));
        }
        assert_eq!(lines.next().unwrap(), None);
        assert_eq!(lines.number, expected.len() as u64);
    }

    #[test]
    fn lines_are_taken_apart_at_any_line_end() {
        check(b"", &[]);
        check(b"a", &[Line::Text("a")]);
        check(b"a\n", &[Line::Text("a")]);
        check(b"a\r\nb\n\nc", &["a", "b", "", "c"].map(Line::Text));
        check(b" a \n", &[Line::Text(" a ")]);
        // A carriage return is an end only before a line feed.
        check(b"a\rb\r", &[Line::Text("a\rb\r")]);
        check(
            b"ok\nab\xffc\nok\n",
            &[Line::Text("ok"), Line::NotUtf8(2), Line::Text("ok")],
        );
    }

    #[test]
    fn a_byte_order_mark_is_taken_off_the_beginning_and_only_there() {
        check(b"\xef\xbb\xbfa\nb\n", &["a", "b"].map(Line::Text));
        check(b"\xef\xbb\xbf", &[Line::Text("")]);
        check(b"a\n\xef\xbb\xbfb", &["a", "\u{feff}b"].map(Line::Text));
        check(b"\xff\xfea\0", &[Line::Utf16]);
        check(b"\xfe\xff\0a", &[Line::Utf16]);
    }

    #[test]
    fn a_line_of_the_limit_is_read_and_one_byte_more_is_passed_over() {
        let longest = "x".repeat(LINE_BYTES_MAX);
        check(
            format!("\u{feff}{longest}\r\n").as_bytes(),
            &[Line::Text(&longest)],
        );
        for end in ["", "\n", "\r\n"] {
            check(
                format!("{longest}{end}").as_bytes(),
                &[Line::Text(&longest)],
            );
            check(format!("{longest}x{end}").as_bytes(), &[Line::TooLong]);
        }
        let far = format!("{longest}{longest}{longest}\nnext\n");
        check(far.as_bytes(), &[Line::TooLong, Line::Text("next")]);
    }

    #[test]
    fn the_line_buffer_does_not_grow_past_the_limit() {
        let input = format!("{}\n", "x".repeat(4 * 1024 * 1024));
        let mut lines = Lines::new(input.as_bytes());
        assert_eq!(lines.next().unwrap(), Some(Line::TooLong));
        assert!(
            lines.line.capacity() <= 2 * (LINE_BYTES_MAX + 5),
            "{}",
            lines.line.capacity()
        );
    }

    #[test]
    fn output_is_handed_on_only_when_the_next_line_is_not_there_yet() {
        let mut lines = Lines::new(&b"a\nb\n"[..]);
        assert!(lines.would_wait());
        lines.next().unwrap();
        assert!(!lines.would_wait());
        lines.next().unwrap();
        assert!(lines.would_wait());
    }
}
