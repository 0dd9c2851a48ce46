//! Reads Markdown into blocks.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::{Block, Kind, Span, Text};

pub(super) fn blocks(page: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    for event in Parser::new_ext(page, Options::ENABLE_TABLES) {
        reader.event(event);
    }
    reader.finish()
}

/// What was begun and is not at its end yet.
enum Open {
    /// A document, quote or item.
    Blocks(Vec<Block>),
    List {
        first: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    Table(Vec<Vec<Text>>),
    Row(Vec<Text>),
    Code(String),
    /// A paragraph, heading or cell: its text is gathered beside the stack.
    Text,
}

#[derive(Default)]
struct Reader {
    /// Outermost first; the document itself is below it all.
    open: Vec<Open>,
    document: Vec<Block>,
    text: Text,
    /// Styles that were begun within the text.
    kinds: Vec<Kind>,
    /// Where links lead that were begun within the text.
    links: Vec<String>,
    code: String,
}

impl Reader {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if matches!(self.open.last(), Some(Open::Code(_))) => {
                self.code.push_str(&text);
            }
            Event::Text(text) => self.push(self.kind(), &text),
            Event::Code(text) => self.push(Kind::Code, &text),
            Event::SoftBreak => self.push(self.kind(), " "),
            Event::HardBreak => self.push(self.kind(), "\n"),
            Event::Rule => {
                self.settle();
                self.add(Block::Rule);
            }
            // `<name>` in a sentence is no markup here, but a comment is no text.
            Event::InlineHtml(text) if !text.starts_with("<!--") => self.push(self.kind(), &text),
            // The options leave out mathematics, footnotes and tasks; blocks of HTML are comments.
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong => self.kinds.push(Kind::Strong),
            Tag::Emphasis => self.kinds.push(Kind::Emphasis),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.links.push(dest_url.into_string());
            }
            tag => {
                // The text of an item may stand in it without a paragraph around it.
                self.settle();
                self.begin(tag);
            }
        }
    }

    fn begin(&mut self, tag: Tag<'_>) {
        self.open.push(match tag {
            Tag::BlockQuote(_) | Tag::Item => Open::Blocks(Vec::new()),
            Tag::List(first) => Open::List {
                first,
                items: Vec::new(),
            },
            Tag::Table(_) => Open::Table(Vec::new()),
            Tag::TableHead | Tag::TableRow => Open::Row(Vec::new()),
            Tag::CodeBlock(CodeBlockKind::Fenced(language)) => Open::Code(language.into_string()),
            Tag::CodeBlock(CodeBlockKind::Indented) => Open::Code(String::new()),
            _ => Open::Text,
        });
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong | TagEnd::Emphasis => {
                self.kinds.pop();
            }
            TagEnd::Link | TagEnd::Image => self.end_link(),
            tag => self.close(tag),
        }
    }

    /// Adds the address to the text of a link that leads out of the page's own folder.
    fn end_link(&mut self) {
        let Some(address) = self.links.pop() else {
            return;
        };
        let said = self
            .text
            .0
            .last()
            .is_some_and(|span| span.text.ends_with(&address));
        if address.contains("://") && !said {
            self.push(Kind::Address, &format!(" ({address})"));
        }
    }

    fn close(&mut self, tag: TagEnd) {
        if matches!(tag, TagEnd::Item | TagEnd::BlockQuote(_)) {
            self.settle();
        }
        match (self.open.pop(), tag) {
            (Some(Open::Blocks(blocks)), TagEnd::Item) => {
                if let Some(Open::List { items, .. }) = self.open.last_mut() {
                    items.push(blocks);
                }
            }
            (Some(Open::Blocks(blocks)), _) => self.add(Block::Quote(blocks)),
            (Some(Open::List { first, items }), _) => self.add(Block::List { first, items }),
            (Some(Open::Row(row)), _) => {
                if let Some(Open::Table(rows)) = self.open.last_mut() {
                    rows.push(row);
                }
            }
            (Some(Open::Table(mut rows)), _) => {
                let header = rows.remove(0);
                self.add(Block::Table { header, rows });
            }
            (Some(Open::Code(language)), _) => {
                let text = std::mem::take(&mut self.code);
                self.add(Block::Code { language, text });
            }
            (Some(Open::Text), TagEnd::TableCell) => {
                let text = std::mem::take(&mut self.text);
                if let Some(Open::Row(row)) = self.open.last_mut() {
                    row.push(text);
                }
            }
            (Some(Open::Text), TagEnd::Heading(level)) => {
                let text = std::mem::take(&mut self.text);
                let level = number(level);
                self.add(Block::Heading { level, text });
            }
            (Some(Open::Text) | None, _) => self.settle(),
        }
    }

    /// Ends a paragraph, if one was begun.
    fn settle(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.0.is_empty() {
            self.add(Block::Paragraph(text));
        }
    }

    /// Adds a block to the innermost that holds blocks.
    fn add(&mut self, block: Block) {
        let holder = self.open.iter_mut().rev().find_map(|open| match open {
            Open::Blocks(blocks) => Some(blocks),
            _ => None,
        });
        holder.unwrap_or(&mut self.document).push(block);
    }

    fn kind(&self) -> Kind {
        self.kinds.last().copied().unwrap_or(Kind::Plain)
    }

    fn push(&mut self, kind: Kind, text: &str) {
        match self.text.0.last_mut() {
            Some(last) if last.kind == kind && kind != Kind::Code => last.text.push_str(text),
            _ => self.text.0.push(Span {
                kind,
                text: text.to_owned(),
            }),
        }
    }

    fn finish(mut self) -> Vec<Block> {
        self.settle();
        self.document
    }
}

fn number(level: HeadingLevel) -> usize {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Text {
        Text(vec![Span {
            kind: Kind::Plain,
            text: text.to_owned(),
        }])
    }

    fn paragraph(words: &str) -> Block {
        Block::Paragraph(text(words))
    }

    #[test]
    fn each_kind_of_block_is_read() {
        let page = "# One\n\ntwo\nlines\n\n```sql\nSELECT 1;\n```\n\n| a | b |\n|---|---|\n\
                    | 1 | 2 |\n\n> aside\n\n---\n<!-- left out -->\n";
        let expected = [
            Block::Heading {
                level: 1,
                text: text("One"),
            },
            paragraph("two lines"),
            Block::Code {
                language: "sql".to_owned(),
                text: "SELECT 1;\n".to_owned(),
            },
            Block::Table {
                header: vec![text("a"), text("b")],
                rows: vec![vec![text("1"), text("2")]],
            },
            Block::Quote(vec![paragraph("aside")]),
            Block::Rule,
        ];
        assert_eq!(blocks(page), expected);
    }

    #[test]
    fn items_hold_blocks_tight_or_loose() {
        let nested = Block::List {
            first: None,
            items: vec![vec![paragraph("below")]],
        };
        for page in [
            "1. top\n   - below\n2. next",
            "1. top\n\n   - below\n\n2. next",
        ] {
            let expected = Block::List {
                first: Some(1),
                items: vec![
                    vec![paragraph("top"), nested.clone()],
                    vec![paragraph("next")],
                ],
            };
            assert_eq!(blocks(page), [expected], "{page}");
        }
    }

    #[test]
    fn styles_and_addresses_are_spans() {
        let page = "a **b** *c* `d` [e](https://f.example/) [g](h.md) <https://i.example/> <name>";
        let Some(Block::Paragraph(Text(spans))) = blocks(page).into_iter().next() else {
            panic!("no paragraph");
        };
        let spans: Vec<(Kind, &str)> = spans
            .iter()
            .map(|span| (span.kind, span.text.as_str()))
            .collect();
        let expected = [
            (Kind::Plain, "a "),
            (Kind::Strong, "b"),
            (Kind::Plain, " "),
            (Kind::Emphasis, "c"),
            (Kind::Plain, " "),
            (Kind::Code, "d"),
            (Kind::Plain, " e"),
            (Kind::Address, " (https://f.example/)"),
            (Kind::Plain, " g https://i.example/ <name>"),
        ];
        assert_eq!(spans, expected);
    }
}
