//! Lists for people: columns without lines around them, cut to the width of the terminal.

use std::io::{self, Write};
use std::ops::RangeInclusive;

use anstyle::Style;

use crate::console::{Console, DIM};

/// What is between two columns.
const GAP: usize = 2;

/// A column is not cut to less.
const COLUMN_MIN: usize = 6;

/// One cell: a text in one style.
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A cell in a style.
    pub(crate) fn styled(text: impl AsRef<str>, style: Style) -> Self {
        let text = plain(text.as_ref());
        Self { text, style }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::styled(text, Style::new())
    }
}

/// A table of as many columns as its header.
pub(crate) struct Table<const N: usize> {
    header: [Cell; N],
    /// Which columns may be cut: half an id is good for nothing.
    cuttable: [bool; N],
    rows: Vec<[Cell; N]>,
}

impl<const N: usize> Table<N> {
    /// An empty table; columns with these names are cut if it gets too wide.
    pub(crate) fn new(header: [&str; N], cuttable: &[&str]) -> Self {
        Self {
            header: header.map(|name| Cell::styled(name, DIM)),
            cuttable: header.map(|name| cuttable.contains(&name)),
            rows: Vec::new(),
        }
    }

    /// Adds a row at the bottom.
    pub(crate) fn push(&mut self, row: [Cell; N]) {
        self.rows.push(row);
    }

    /// Draws header and rows.
    pub(crate) fn draw(&self, console: &mut Console) -> io::Result<()> {
        let widths = self.widths(console.columns());
        for row in std::iter::once(&self.header).chain(&self.rows) {
            let styles = row.each_ref().map(|cell| console.style(cell.style));
            draw_row(console.out(), row, &styles, &widths)?;
        }
        Ok(())
    }

    /// The natural widths, with the widest columns narrowed until the table fits.
    fn widths(&self, columns: usize) -> [usize; N] {
        let mut widths = [0; N];
        for row in std::iter::once(&self.header).chain(&self.rows) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.text.chars().count());
            }
        }
        while widths.iter().sum::<usize>() + GAP * (N - 1) > columns {
            let narrowed = widths
                .iter_mut()
                .zip(self.cuttable)
                .filter(|(_, cuttable)| *cuttable);
            match narrowed.map(|(width, _)| width).max() {
                Some(widest) if *widest > COLUMN_MIN => *widest -= 1,
                _ => break,
            }
        }
        widths
    }
}

fn draw_row<const N: usize>(
    out: &mut impl Write,
    row: &[Cell; N],
    styles: &[Style; N],
    widths: &[usize; N],
) -> io::Result<()> {
    let mut line = String::new();
    let mut gap = 0;
    for ((cell, style), width) in row.iter().zip(styles).zip(widths) {
        let text = cut(&cell.text, *width);
        if !text.is_empty() {
            line.extend(std::iter::repeat_n(' ', gap));
            line.extend([format!("{style}{text}{style:#}")]);
            gap = 0;
        }
        // Only in front of the next text: no line ends with spaces.
        gap += width - text.chars().count() + GAP;
    }
    writeln!(out, "{line}")
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    kept + "…"
}

/// Characters that turn the direction of what follows (Unicode, annex 9).
const TURNS: [RangeInclusive<char>; 3] = [
    '\u{200e}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2066}'..='\u{2069}',
];

/// The text with what a terminal would obey, or would show in another order, written out: it comes
/// from anybody who has a write key.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || TURNS.iter().any(|span| span.contains(&c)) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn<const N: usize>(header: [&str; N], rows: &[[&str; N]], columns: usize) -> String {
        let mut table = Table::new(header, &["name"]);
        for row in rows {
            table.push(row.map(Cell::from));
        }
        let (mut out, widths) = (Vec::new(), table.widths(columns));
        let styles = [Style::new(); N];
        draw_row(&mut out, &table.header, &styles, &widths).unwrap();
        for row in &table.rows {
            draw_row(&mut out, row, &styles, &widths).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_and_no_line_ends_with_spaces() {
        assert_eq!(
            drawn(["a", "b", "c"], &[["one", "", "x"], ["µ", "two", ""]], 80),
            "a    b    c\none       x\nµ    two\n"
        );
    }

    #[test]
    fn only_what_may_be_cut_is_cut() {
        let id = "019a9964-77f3-7479-bc9f-50ff6ea646f1";
        let row = ["Signed Up and went away again", id, "short"];
        assert_eq!(
            drawn(["name", "id", "c"], &[row], 60)
                .lines()
                .nth(1)
                .unwrap(),
            format!("Signed Up and …  {id}  short")
        );
    }

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        assert_eq!(plain("a\u{1b}[2Jb\u{9b}\n"), r"a\u{1b}[2Jb\u{9b}\n");
        assert_eq!(plain("a\u{202e}b"), r"a\u{202e}b");
        assert_eq!(plain("größe 😀"), "größe 😀");
    }
}
