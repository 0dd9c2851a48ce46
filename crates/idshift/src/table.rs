//! Draws tables with box-drawing lines, wrapped to a width.
//!
//! Own code because the ready-made crates colour cells only together with a whole terminal
//! library, and because every text here is of one-column characters.

use std::io::{self, Write};

use anstyle::Style;

/// The narrowest that a wrapped column gets.
const COLUMN_MIN: usize = 12;

/// One cell: a text in one style.
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A cell in a style.
    pub(crate) fn styled(text: impl Into<String>, style: Style) -> Self {
        Self {
            text: text.into(),
            style,
        }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::styled(text, Style::new())
    }
}

/// A table of as many columns as its header.
pub(crate) struct Table<const N: usize> {
    header: [Cell; N],
    rows: Vec<[Cell; N]>,
}

impl<const N: usize> Table<N> {
    /// An empty table.
    pub(crate) fn new(header: [Cell; N]) -> Self {
        Self {
            header,
            rows: Vec::new(),
        }
    }

    /// Adds a row at the bottom.
    pub(crate) fn push(&mut self, row: [Cell; N]) {
        self.rows.push(row);
    }

    /// Draws the table, at most `columns` wide unless the columns' minimum is wider.
    pub(crate) fn draw(&self, out: &mut impl Write, columns: usize) -> io::Result<()> {
        let rows: Vec<&[Cell]> = self.rows.iter().map(<[Cell; N]>::as_slice).collect();
        draw(out, columns, &self.header, &rows)
    }
}

/// Draws a table whose columns are counted only when it is there: as many as the header has, and
/// each row has as many.
pub(crate) fn draw(
    out: &mut impl Write,
    columns: usize,
    header: &[Cell],
    rows: &[&[Cell]],
) -> io::Result<()> {
    let widths = widths(columns, header, rows);
    rule(out, &widths, ["┌", "┬", "┐"])?;
    draw_row(out, header, &widths)?;
    rule(out, &widths, ["├", "┼", "┤"])?;
    for row in rows {
        draw_row(out, row, &widths)?;
    }
    rule(out, &widths, ["└", "┴", "┘"])
}

/// The natural widths, with the widest columns narrowed until the table fits.
fn widths(columns: usize, header: &[Cell], rows: &[&[Cell]]) -> Vec<usize> {
    let mut widths = vec![0; header.len()];
    for row in std::iter::once(&header).chain(rows) {
        for (width, cell) in widths.iter_mut().zip(*row) {
            let lines = cell.text.split('\n').map(|line| line.chars().count());
            *width = lines.fold(*width, usize::max);
        }
    }
    // Each column has a border and a space on its left and a space on its right.
    let borders = 3 * header.len() + 1;
    while widths.iter().sum::<usize>() + borders > columns {
        let widest = widths.iter_mut().max().expect("a table has a column");
        if *widest <= COLUMN_MIN {
            break;
        }
        *widest -= 1;
    }
    widths
}

fn rule(
    out: &mut impl Write,
    widths: &[usize],
    [left, middle, right]: [&str; 3],
) -> io::Result<()> {
    let bars: Vec<String> = widths.iter().map(|width| "─".repeat(width + 2)).collect();
    writeln!(out, "{left}{}{right}", bars.join(middle))
}

fn draw_row(out: &mut impl Write, row: &[Cell], widths: &[usize]) -> io::Result<()> {
    let cells: Vec<Vec<String>> = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| wrap(&cell.text, *width))
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    for line in 0..height {
        for ((lines, cell), width) in cells.iter().zip(row).zip(widths) {
            let text = lines.get(line).map_or("", String::as_str);
            let padding = width - text.chars().count();
            write!(out, "│ {0}{text}{0:#}{1:padding$} ", cell.style, "")?;
        }
        writeln!(out, "│")?;
    }
    Ok(())
}

/// Breaks a text into lines of at most `width` characters: at line ends, at spaces, and within a
/// word only if it is longer than a line.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    text.split('\n')
        .flat_map(|line| wrap_line(line, width))
        .collect()
}

fn wrap_line(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        loop {
            let line = lines.last_mut().expect("starts with a line and only grows");
            let used = line.chars().count();
            let space = usize::from(used > 0);
            if used + space + word.len() <= width {
                line.extend((space > 0).then_some(' '));
                line.extend(word);
                break;
            }
            if used == 0 {
                // A word longer than the whole line is cut.
                line.extend(word.drain(..width));
            }
            lines.push(String::new());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn<const N: usize>(header: [&str; N], rows: &[[&str; N]], columns: usize) -> String {
        let mut table = Table::new(header.map(Cell::from));
        for row in rows {
            table.push(row.map(Cell::from));
        }
        let mut out = Vec::new();
        table.draw(&mut out, columns).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let expected = "\
┌────┬─────┐
│ a  │ b   │
├────┼─────┤
│ ✓  │ one │
│ µs │ 2   │
└────┴─────┘
";
        assert_eq!(
            drawn(["a", "b"], &[["✓", "one"], ["µs", "2"]], 80),
            expected
        );
    }

    #[test]
    fn a_cell_may_have_lines_of_its_own() {
        let expected = "\
┌──────┬───┐
│ a    │ b │
├──────┼───┤
│ one  │ 2 │
│ more │   │
└──────┴───┘
";
        assert_eq!(drawn(["a", "b"], &[["one\nmore", "2"]], 80), expected);
    }

    #[test]
    fn the_widest_column_is_wrapped_at_its_spaces() {
        let expected = "\
┌───┬──────────────┐
│ a │ text         │
├───┼──────────────┤
│ 1 │ several      │
│   │ words in one │
│   │ cell         │
└───┴──────────────┘
";
        assert_eq!(
            drawn(["a", "text"], &[["1", "several words in one cell"]], 20),
            expected
        );
    }

    #[test]
    fn a_word_longer_than_its_column_is_cut() {
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a bcdefgh", 3), ["a", "bcd", "efg", "h"]);
        assert_eq!(wrap("", 3), [""]);
        assert_eq!(wrap("ab cd", 5), ["ab cd"]);
        assert_eq!(wrap("ab\ncd ef", 5), ["ab", "cd ef"]);
    }

    #[test]
    fn every_line_keeps_to_the_width() {
        let long = "lorem ipsum dolor sit amet consectetur ".repeat(5);
        for columns in [40, 60, 80, 100] {
            let table = drawn(["x", "y", "z"], &[[&long, "b", &long]], columns);
            for line in table.lines() {
                assert_eq!(line.chars().count(), columns, "{line}");
            }
        }
    }

    #[test]
    fn a_style_covers_the_text_and_no_padding() {
        let mut table = Table::new(["head".into()]);
        table.push([Cell::styled("x", Style::new().bold())]);
        let mut out = Vec::new();
        table.draw(&mut out, 80).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("│ \u{1b}[1mx\u{1b}[0m    │"), "{text:?}");
    }
}
