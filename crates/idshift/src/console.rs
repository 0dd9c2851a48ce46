//! The three standard streams: buffered output, colour only where a person looks, errors that
//! point at their line.

use std::fmt::{self, Display};
use std::io::{self, BufWriter, IsTerminal, Stderr, StdinLock, StdoutLock, Write};

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};
use serde::{Serialize, Serializer};

use crate::refusal::Refusal;

/// Bytes collected before they are written: one pipe's worth on Linux.
const BUFFER_BYTES: usize = 64 * 1024;

/// Columns to draw in when nobody looks, so that a file gets the same table on every machine.
const COLUMNS_DEFAULT: u16 = 100;

/// Columns below which a table would be all borders.
const COLUMNS_MIN: u16 = 60;

/// A detail that is there if it is needed.
pub(crate) const DIM: Style = Style::new().dimmed();
/// The thing that was asked for.
pub(crate) const STRONG: Style = Style::new().bold();
/// A check that passed.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// A check that failed, an error.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Advice.
const HINT: Style = AnsiColor::Cyan.on_default();
/// Something to know before relying on the result.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// Where a refused value stood.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    /// Line of standard input, from 1.
    Line(u64),
    /// Argument, from 1.
    Argument(u64),
}

/// What is printed like this, as a JSON string: without an allocation for each.
pub(crate) struct Text<T>(pub(crate) T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A refusal as a line of JSON: `{"line":3,"error":{...}}`.
#[derive(Serialize)]
struct Refused<'a> {
    #[serde(flatten)]
    place: Option<Place>,
    error: &'a Refusal,
}

/// The standard streams of the process and how to write to them.
pub(crate) struct Console {
    input: Option<StdinLock<'static>>,
    out: BufWriter<StdoutLock<'static>>,
    err: Stderr,
    /// A line in the making: its many small pieces are put together in memory.
    line: Vec<u8>,
    json: bool,
    out_colour: bool,
    err_colour: bool,
    columns: usize,
}

/// Whether a stream gets colour. The choice honours `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and
/// `TERM=dumb`, but takes `CLICOLOR_FORCE=0` for a yes.
#[expect(
    clippy::disallowed_methods,
    reason = "a binary reads its environment; this is its source"
)]
fn coloured(choice: ColorChoice, terminal: bool) -> bool {
    let is = |name, value| std::env::var_os(name).is_some_and(|set| set == value);
    if choice == ColorChoice::Never || !is("CLICOLOR_FORCE", "0") {
        return choice != ColorChoice::Never;
    }
    terminal && !is("CLICOLOR", "0") && !is("TERM", "dumb")
}

impl Console {
    /// The streams of this process; `json` is the `--json` of the command line.
    pub(crate) fn of_process(json: bool) -> Self {
        let (out, err) = (io::stdout(), io::stderr());
        let columns = terminal_size::terminal_size_of(&out)
            .map_or(COLUMNS_DEFAULT, |(width, _)| width.0.max(COLUMNS_MIN));
        Self {
            input: Some(io::stdin().lock()),
            out_colour: coloured(anstream::AutoStream::choice(&out), out.is_terminal()),
            err_colour: coloured(anstream::AutoStream::choice(&err), err.is_terminal()),
            out: BufWriter::with_capacity(BUFFER_BYTES, out.lock()),
            err,
            line: Vec::new(),
            json,
            columns: usize::from(columns),
        }
    }

    /// Whether programs read the output.
    pub(crate) fn json(&self) -> bool {
        self.json
    }

    /// Columns that a table may take.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// The style, or none where colour is off.
    pub(crate) fn style(&self, style: Style) -> Style {
        if self.out_colour { style } else { Style::new() }
    }

    /// Whether the output shows colour.
    pub(crate) fn coloured(&self) -> bool {
        self.out_colour
    }

    /// Whether standard input is typed by a person, and would be waited for.
    pub(crate) fn input_is_terminal(&self) -> bool {
        self.input.as_ref().is_some_and(IsTerminal::is_terminal)
    }

    /// Standard input; `None` if it was taken before.
    pub(crate) fn take_input(&mut self) -> Option<StdinLock<'static>> {
        self.input.take()
    }

    /// The output, buffered.
    pub(crate) fn out(&mut self) -> &mut impl Write {
        &mut self.out
    }

    /// Writes bytes to the output.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    /// Writes one line.
    pub(crate) fn line(&mut self, text: fmt::Arguments<'_>) -> io::Result<()> {
        self.line.clear();
        self.line.write_fmt(text)?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }

    /// Writes one line of JSON.
    pub(crate) fn write_json(&mut self, value: &impl Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, value)?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }

    /// Hands on what is buffered.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Reports one refused value and lets the command go on.
    pub(crate) fn refuse(&mut self, place: Place, refusal: &Refusal) -> io::Result<()> {
        if self.json {
            return self.write_json(&Refused {
                place: Some(place),
                error: refusal,
            });
        }
        self.flush()?;
        match place {
            Place::Line(number) => self.complain(&format!("line {number}"), BAD, refusal),
            Place::Argument(_) => self.complain("error", BAD, refusal),
        }
    }

    /// Warns of something to know before relying on the result.
    pub(crate) fn warn(&mut self, refusal: &Refusal) -> io::Result<()> {
        self.flush()?;
        self.complain("warning", WARNING, refusal)
    }

    /// Says at the end how much was refused.
    pub(crate) fn summarize(&mut self, text: &str) -> io::Result<()> {
        self.flush()?;
        self.say("error", BAD, text)
    }

    /// Reports that the whole command failed.
    pub(crate) fn fail(&mut self, refusal: &Refusal) -> io::Result<()> {
        let mut written = self.flush();
        if self.json && written.is_ok() {
            written = self.write_json(&Refused {
                place: None,
                error: refusal,
            });
            written = written.and_then(|()| self.flush());
        }
        // An output that cannot be written to must not hide the reason, least of all that one.
        if self.json && written.is_ok() {
            Ok(())
        } else {
            self.complain("error", BAD, refusal)
        }
    }

    fn complain(&mut self, head: &str, style: Style, refusal: &Refusal) -> io::Result<()> {
        self.say(head, style, refusal.message())?;
        match refusal.advice() {
            Some(hint) => self.say("hint", HINT, hint),
            None => Ok(()),
        }
    }

    /// Writes `head: text` in one piece, so that two processes on one terminal do not mix letters.
    /// Callers hand on the output first: often both are seen together, in the order of things.
    fn say(&mut self, head: &str, style: Style, text: &str) -> io::Result<()> {
        let style = if self.err_colour { style } else { Style::new() };
        self.err
            .write_all(format!("{style}{head}{style:#}: {text}\n").as_bytes())
    }
}

/// A line on the error stream that says what takes its time, while a person looks; it is gone
/// before anything else is printed.
pub(crate) struct Progress {
    shown: bool,
}

impl Progress {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            shown: io::stderr().is_terminal(),
        }
    }

    /// Says what is done now.
    pub(crate) fn say(&self, text: &str) {
        if self.shown {
            // Whoever does not see it misses nothing.
            write!(io::stderr(), "\r\u{1b}[K{text} ...").ok();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            write!(io::stderr(), "\r\u{1b}[K").ok();
        }
    }
}
