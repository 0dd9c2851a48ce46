//! The three standard streams: buffered output, colour only where a person looks, errors with what
//! to do about them.

use std::fmt;
use std::io::{self, BufWriter, IsTerminal, Stderr, Stdin, Stdout, Write};

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::refusal::Refusal;

/// Bytes collected before they are written: one pipe's worth on Linux.
const BUFFER_BYTES: usize = 64 * 1024;

/// Columns to draw in when nobody looks, so that a file gets the same table on every machine.
const COLUMNS_DEFAULT: u16 = 100;

/// Columns below which a table would be all gaps.
const COLUMNS_MIN: u16 = 60;

/// A detail that is there if it is needed.
pub(crate) const DIM: Style = Style::new().dimmed();
/// The thing that was asked for.
pub(crate) const STRONG: Style = Style::new().bold();
/// Something that is as it should be.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// A failure.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Advice, and what to type next.
pub(crate) const HINT: Style = AnsiColor::Cyan.on_default();
/// Something to know before relying on the result.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// A refusal as a line of JSON: `{"error":{...}}`.
#[derive(Serialize)]
struct Refused<'a> {
    error: &'a Refusal,
}

/// The standard streams of the process and how to write to them.
pub(crate) struct Console {
    input: Stdin,
    out: BufWriter<Stdout>,
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
            input: io::stdin(),
            out_colour: coloured(anstream::AutoStream::choice(&out), out.is_terminal()),
            err_colour: coloured(anstream::AutoStream::choice(&err), err.is_terminal()),
            out: BufWriter::with_capacity(BUFFER_BYTES, out),
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

    /// The style, or none where the output has no colour.
    pub(crate) fn style(&self, style: Style) -> Style {
        if self.out_colour { style } else { Style::new() }
    }

    /// Whether a person can be asked something: input and errors are both on a terminal.
    pub(crate) fn is_interactive(&self) -> bool {
        self.input.is_terminal() && self.err.is_terminal()
    }

    /// Whether the output is a terminal, which binary data would upset.
    pub(crate) fn out_is_terminal(&self) -> bool {
        self.out.get_ref().is_terminal()
    }

    /// Whether the error stream is a terminal, where a progress bar can be drawn.
    pub(crate) fn err_is_terminal(&self) -> bool {
        self.err.is_terminal()
    }

    /// Standard input.
    pub(crate) fn input(&self) -> &Stdin {
        &self.input
    }

    /// The output, buffered.
    pub(crate) fn out(&mut self) -> &mut BufWriter<Stdout> {
        &mut self.out
    }

    /// The error stream, for progress.
    pub(crate) fn err(&mut self) -> &mut Stderr {
        &mut self.err
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

    /// Says something beside the output: what is going on, what to type next.
    pub(crate) fn note(&mut self, text: &str) -> io::Result<()> {
        self.flush()?;
        self.say("note", DIM, text)
    }

    /// Gives a piece of advice on a line of its own.
    pub(crate) fn hint(&mut self, text: &str) -> io::Result<()> {
        self.flush()?;
        self.say("hint", HINT, text)
    }

    /// Warns of something to know before relying on the result.
    pub(crate) fn warn(&mut self, refusal: &Refusal) -> io::Result<()> {
        self.flush()?;
        self.complain("warning", WARNING, refusal)
    }

    /// Asks a question and returns the line that is typed, without its end.
    pub(crate) fn ask(&mut self, question: &str) -> io::Result<String> {
        self.flush()?;
        self.err.write_all(question.as_bytes())?;
        self.err.flush()?;
        let mut answer = String::new();
        self.input.read_line(&mut answer)?;
        Ok(answer.trim().to_owned())
    }

    /// Reports that the whole command failed.
    pub(crate) fn fail(&mut self, refusal: &Refusal) -> io::Result<()> {
        let mut written = self.flush();
        if self.json && written.is_ok() {
            written = self.write_json(&Refused { error: refusal });
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
