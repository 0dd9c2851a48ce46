//! Draws blocks as text with styles, within a width.

use std::fmt::Write as _;
use std::io;

use anstyle::{AnsiColor, Style};

use super::flow::{self, Line};
use super::{Block, Kind, Text};
use crate::console::{Console, DIM, STRONG};
use crate::table::{self, Cell};

/// Characters in a line of prose; longer ones are hard to read.
const PROSE_COLUMNS_MAX: usize = 88;

/// Characters in a line of prose however deep its list lies.
const PROSE_COLUMNS_MIN: usize = 24;

/// Code within a sentence.
const CODE: Style = AnsiColor::Cyan.on_default();

/// How blocks are drawn.
pub(super) struct Look {
    columns: usize,
    colour: bool,
}

impl Look {
    pub(super) fn of(console: &Console) -> Self {
        Self {
            columns: console.columns(),
            colour: console.style(STRONG) == STRONG,
        }
    }

    fn style(&self, style: Style) -> Style {
        if self.colour { style } else { Style::new() }
    }

    fn of_kind(&self, kind: Kind) -> Style {
        self.style(match kind {
            Kind::Plain => Style::new(),
            Kind::Strong => STRONG,
            Kind::Emphasis => Style::new().italic(),
            Kind::Code => CODE,
            Kind::Address => DIM,
        })
    }
}

/// The whole page, with an empty line between its blocks.
pub(super) fn page(blocks: &[Block], look: &Look) -> io::Result<String> {
    let lines = stacked(blocks, look.columns, look)?;
    let mut page = String::new();
    for line in lines {
        page.push_str(line.trim_end());
        page.push('\n');
    }
    Ok(page)
}

/// Blocks below each other, each line at most `width` wide where that can be.
fn stacked(blocks: &[Block], width: usize, look: &Look) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    for block in blocks {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(drawn(block, width, look)?);
    }
    Ok(lines)
}

fn drawn(block: &Block, width: usize, look: &Look) -> io::Result<Vec<String>> {
    Ok(match block {
        Block::Heading { level, text } => heading(*level, text, look),
        Block::Paragraph(text) => prose(text, width, look),
        Block::Code { text, .. } => text.lines().map(|line| format!("    {line}")).collect(),
        Block::List { items, .. } if is_tree(items) => tree(items, width, look)?,
        Block::List { first, items } => list(*first, items, width, look)?,
        Block::Table { header, rows } => grid(header, rows, width, look)?,
        Block::Quote(blocks) => prefixed(&stacked(blocks, width - 2, look)?, "│ ", "│ "),
        Block::Rule => vec!["─".repeat(width.min(PROSE_COLUMNS_MAX))],
    })
}

fn heading(level: usize, text: &Text, look: &Look) -> Vec<String> {
    let strong = look.style(STRONG);
    let plain = text.plain();
    let under = match level {
        1 => "═",
        2 => "─",
        _ => "",
    };
    let mut lines = vec![format!("{strong}{plain}{strong:#}")];
    if !under.is_empty() {
        let dim = look.style(DIM);
        let rule = under.repeat(plain.chars().count());
        lines.push(format!("{dim}{rule}{dim:#}"));
    }
    lines
}

fn prose(text: &Text, width: usize, look: &Look) -> Vec<String> {
    let text = if look.colour { text } else { &ticked(text) };
    let width = width.clamp(PROSE_COLUMNS_MIN, PROSE_COLUMNS_MAX);
    let lines = flow::lines(text, width);
    lines.iter().map(|line| styled(line, look)).collect()
}

/// The text with backticks around its code.
fn ticked(text: &Text) -> Text {
    let mut text = text.clone();
    for span in &mut text.0 {
        if span.kind == Kind::Code {
            span.text = format!("`{}`", span.text);
        }
    }
    text
}

fn styled(line: &Line, look: &Look) -> String {
    let mut out = String::new();
    for (kind, part) in line {
        let style = look.of_kind(*kind);
        write!(out, "{style}{part}{style:#}").expect("a string takes what it is given");
    }
    out
}

fn list(
    first: Option<u64>,
    items: &[Vec<Block>],
    width: usize,
    look: &Look,
) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    for (blocks, place) in items.iter().zip(0..) {
        let mark = first.map_or_else(|| "• ".to_owned(), |first| format!("{}. ", first + place));
        let indent = " ".repeat(mark.chars().count());
        let inner = stacked(blocks, width.saturating_sub(indent.len()), look)?;
        lines.extend(prefixed(&inner, &mark, &indent));
    }
    Ok(lines)
}

/// Whether an item of the list has a list of its own.
fn is_tree(items: &[Vec<Block>]) -> bool {
    let mut blocks = items.iter().flatten();
    blocks.any(|block| matches!(block, Block::List { .. }))
}

/// Items below each other, what belongs to them on branches.
fn tree(items: &[Vec<Block>], width: usize, look: &Look) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    for blocks in items {
        lines.extend(node(blocks, width, look)?);
    }
    Ok(lines)
}

fn node(blocks: &[Block], width: usize, look: &Look) -> io::Result<Vec<String>> {
    let width = width.saturating_sub(3);
    let mut lines = Vec::new();
    for block in blocks {
        let Block::List { items, .. } = block else {
            lines.extend(drawn(block, width, look)?);
            continue;
        };
        for (place, item) in items.iter().enumerate() {
            let last = place + 1 == items.len();
            let (mark, indent) = if last {
                ("└─ ", "   ")
            } else {
                ("├─ ", "│  ")
            };
            lines.extend(prefixed(&node(item, width, look)?, mark, indent));
        }
    }
    Ok(lines)
}

/// The lines with `first` before the first and `others` before the others.
fn prefixed(lines: &[String], first: &str, others: &str) -> Vec<String> {
    let marks = std::iter::once(first).chain(std::iter::repeat(others));
    lines
        .iter()
        .zip(marks)
        .map(|(line, mark)| format!("{mark}{line}"))
        .collect()
}

fn grid(header: &[Text], rows: &[Vec<Text>], width: usize, look: &Look) -> io::Result<Vec<String>> {
    let strong = look.style(STRONG);
    let cells =
        |row: &[Text]| -> Vec<Cell> { row.iter().map(|cell| cell.plain().into()).collect() };
    let header: Vec<Cell> = header
        .iter()
        .map(|cell| Cell::styled(cell.plain(), strong))
        .collect();
    let rows: Vec<Vec<Cell>> = rows.iter().map(|row| cells(row)).collect();
    let rows: Vec<&[Cell]> = rows.iter().map(Vec::as_slice).collect();
    let mut out = Vec::new();
    table::draw(&mut out, width, &header, &rows)?;
    let text = String::from_utf8_lossy(&out);
    Ok(text.lines().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::super::blocks;
    use super::*;

    fn drawn_as(text: &str, columns: usize, colour: bool) -> String {
        page(&blocks(text), &Look { columns, colour }).unwrap()
    }

    #[track_caller]
    fn check(text: &str, columns: usize, expected: &str) {
        assert_eq!(drawn_as(text, columns, false), expected);
    }

    #[test]
    fn headings_are_underlined_and_blocks_stand_apart() {
        check(
            "# Title\n\nOne `id` and\nanother.\n\n## Part\n\n### Less\n\n```sh\nls\n\nls -l\n```\n",
            80,
            "Title\n═════\n\nOne `id` and another.\n\nPart\n────\n\nLess\n\n    ls\n\n    ls -l\n",
        );
    }

    #[test]
    fn prose_keeps_to_the_width_and_lists_hang() {
        check(
            "- one two three four five six\n- seven\n\n9. nine\n10. ten\n\n> said aside",
            26,
            "• one two three four five\n  six\n• seven\n\n9. nine\n10. ten\n\n│ said aside\n",
        );
    }

    #[test]
    fn a_list_of_lists_is_a_tree() {
        check(
            "- a?\n  - yes: b\n  - no: c?\n    - yes: d\n    - no: e\n  - else: f\n",
            80,
            "a?\n├─ yes: b\n├─ no: c?\n│  ├─ yes: d\n│  └─ no: e\n└─ else: f\n",
        );
    }

    #[test]
    fn tables_have_lines_and_no_marks() {
        let expected = "\
┌───┬─────┐
│ a │ b   │
├───┼─────┤
│ x │ one │
└───┴─────┘
";
        check("| `a` | b |\n|---|---|\n| **x** | one |\n", 80, expected);
    }

    #[test]
    fn colour_takes_the_place_of_marks() {
        let shown = drawn_as("a `b` **c** [d](https://e.example)", 80, true);
        assert!(!shown.contains('`'), "{shown}");
        assert!(shown.contains("\u{1b}[36mb\u{1b}[0m"), "{shown:?}");
        assert!(shown.contains("\u{1b}[1mc\u{1b}[0m"), "{shown:?}");
        let plain = drawn_as("a `b` **c** [d](https://e.example)", 80, false);
        assert_eq!(plain, "a `b` c d (https://e.example)\n");
    }

    #[test]
    fn no_page_is_too_deep_or_too_broken() {
        for text in [
            "",
            "> ",
            "- ",
            "| a |\n|---|",
            "```",
            "[a](",
            "**",
            &"- ".repeat(60),
        ] {
            for columns in [60, 80] {
                drawn_as(text, columns, true);
            }
        }
        let items = (0..60).map(|depth| "  ".repeat(depth) + "- x\n");
        let deep: String = items.collect();
        assert!(drawn_as(&deep, 60, false).lines().count() >= 60);
    }
}
