//! Writes the story: headings, commentary, commands with what they print, checks, tables.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

/// Columns of commentary: what a terminal of any age shows.
const COLUMNS: usize = 80;

const STRONG: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// Where the story is told.
pub(crate) struct Narrator {
    out: Box<dyn Write>,
    acts: u32,
}

impl Narrator {
    pub(crate) fn new(out: Box<dyn Write>) -> Self {
        Self { out, acts: 0 }
    }

    /// The first line.
    pub(crate) fn title(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{STRONG}{text}{STRONG:#}\n")
    }

    /// Begins the next act.
    pub(crate) fn act(&mut self, title: &str) -> io::Result<()> {
        self.acts += 1;
        self.heading(&format!("{}. {title}", self.acts))
    }

    /// A line across the terminal with a title in it.
    pub(crate) fn heading(&mut self, title: &str) -> io::Result<()> {
        let rule = "─".repeat(COLUMNS.saturating_sub(title.chars().count() + 4));
        writeln!(self.out, "\n{STRONG}── {title} {rule}{STRONG:#}\n")
    }

    /// A paragraph.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        for line in wrap(text, COLUMNS) {
            writeln!(self.out, "{line}")?;
        }
        writeln!(self.out)
    }

    /// A command as it is typed.
    pub(crate) fn command(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{STRONG}$ {line}{STRONG:#}")?;
        self.out.flush()
    }

    /// A line that a command printed, which may bring colours of its own.
    pub(crate) fn output(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")?;
        self.out.flush()
    }

    /// What was left out between lines of output.
    pub(crate) fn cut(&mut self, lines: usize) -> io::Result<()> {
        writeln!(self.out, "{DIM}  ... {lines} lines ...{DIM:#}")
    }

    /// An empty line.
    pub(crate) fn gap(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A check and what it compared.
    pub(crate) fn check(&mut self, held: bool, compared: &str) -> io::Result<()> {
        let (mark, style) = if held { ("✓", GOOD) } else { ("✗", BAD) };
        for (index, line) in wrap(compared, COLUMNS - 2).iter().enumerate() {
            let mark = if index == 0 { mark } else { " " };
            writeln!(self.out, "{style}{mark}{style:#} {line}")?;
        }
        self.out.flush()
    }

    /// Something that was not done, and why; nobody should overlook it.
    pub(crate) fn skipped(&mut self, why: &str) -> io::Result<()> {
        writeln!(self.out, "{BAD}SKIPPED:{BAD:#} {why}")
    }

    /// Why the story ends here.
    pub(crate) fn problem(&mut self, why: &str) -> io::Result<()> {
        writeln!(self.out, "{BAD}error:{BAD:#} {why}")
    }

    /// Rows in columns; the first row is their heads. All but the first column lean right if
    /// `numbers`.
    pub(crate) fn table(&mut self, rows: &[Vec<String>], numbers: bool) -> io::Result<()> {
        let columns = rows.first().map_or(0, Vec::len);
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (index, row) in rows.iter().enumerate() {
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let gap = " ".repeat(width - cell.chars().count());
                let (left, right) = if numbers && column > 0 {
                    (gap.as_str(), "")
                } else {
                    ("", gap.as_str())
                };
                for part in ["  ", left, cell, right] {
                    line.push_str(part);
                }
            }
            let style = if index == 0 { DIM } else { Style::new() };
            writeln!(self.out, "{style}{}{style:#}", line.trim_end())?;
        }
        writeln!(self.out)
    }
}

/// Lines of at most so many characters, broken between words.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("it begins with one and only grows");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= columns {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
