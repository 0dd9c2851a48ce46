//! Shows a page of Markdown in a terminal.
//!
//! A list with lists in it is drawn as a tree. Without colour the text keeps the backticks of its
//! code, which nothing else would set apart.

mod draw;
mod flow;
mod read;

use std::io;

use crate::console::Console;

/// One block of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// A heading, from level 1.
    Heading { level: usize, text: Text },
    /// Text that flows.
    Paragraph(Text),
    /// Code as it stands, with the word behind its fence.
    Code { language: String, text: String },
    /// Items, each of blocks; `first` numbers them.
    List {
        first: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    /// Rows of as many cells as the header.
    Table {
        header: Vec<Text>,
        rows: Vec<Vec<Text>>,
    },
    /// What is said aside.
    Quote(Vec<Block>),
    /// A line across.
    Rule,
}

/// Text in one or more styles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text(pub(crate) Vec<Span>);

/// A piece of text in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

/// How a piece of text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Strong,
    Emphasis,
    Code,
    /// The address of a link, behind its text.
    Address,
}

impl Text {
    /// The words alone.
    pub(crate) fn plain(&self) -> String {
        let words = self.0.iter().filter(|span| span.kind != Kind::Address);
        words.map(|span| span.text.as_str()).collect()
    }
}

/// The blocks of a page.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    read::blocks(page)
}

/// Prints a page, wrapped to the console's width.
pub(crate) fn print(console: &mut Console, page: &str) -> io::Result<()> {
    let look = draw::Look::of(console);
    let drawn = draw::page(&blocks(page), &look)?;
    console.write(drawn.as_bytes())
}
