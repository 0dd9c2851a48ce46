//! The pages of the guide, compiled in.

use clap::ValueEnum;

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Topic {
    /// Which id for what: a few questions
    Choose,
    /// The kinds side by side: size, order, what they tell, what they cost
    Table,
    /// How to use each kind
    Kinds,
    /// Examples in TypeScript
    Typescript,
    /// Examples in Prisma schemas
    Prisma,
    /// Examples in SQL
    Sql,
    /// Examples in Rust
    Rust,
    /// Examples in Python
    Python,
    /// Examples in Go
    Go,
    /// What goes wrong, and what to do instead
    AntiPatterns,
    /// How to test code that makes ids
    Testing,
}

impl Topic {
    /// All of them, in the order in which they are shown.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Self::value_variants().iter().copied()
    }

    /// Its word on the command line, and the name of its file in `docs/guide/`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Choose => "choose",
            Self::Table => "table",
            Self::Kinds => "kinds",
            Self::Typescript => "typescript",
            Self::Prisma => "prisma",
            Self::Sql => "sql",
            Self::Rust => "rust",
            Self::Python => "python",
            Self::Go => "go",
            Self::AntiPatterns => "anti-patterns",
            Self::Testing => "testing",
        }
    }

    /// Its page, in Markdown.
    pub(crate) fn page(self) -> &'static str {
        match self {
            Self::Choose => include_str!("../../../../docs/guide/choose.md"),
            Self::Table => include_str!("../../../../docs/guide/table.md"),
            Self::Kinds => include_str!("../../../../docs/guide/kinds.md"),
            Self::Typescript => include_str!("../../../../docs/guide/typescript.md"),
            Self::Prisma => include_str!("../../../../docs/guide/prisma.md"),
            Self::Sql => include_str!("../../../../docs/guide/sql.md"),
            Self::Rust => include_str!("../../../../docs/guide/rust.md"),
            Self::Python => include_str!("../../../../docs/guide/python.md"),
            Self::Go => include_str!("../../../../docs/guide/go.md"),
            Self::AntiPatterns => include_str!("../../../../docs/guide/anti-patterns.md"),
            Self::Testing => include_str!("../../../../docs/guide/testing.md"),
        }
    }
}

/// The page up to a heading of the second level; all of it if there is none.
pub(crate) fn up_to(page: &'static str, heading: &str) -> &'static str {
    let heading = format!("\n## {heading}\n");
    page.split_once(&heading).map_or(page, |(before, _)| before)
}

/// What stands under a heading of the second level, without the heading.
///
/// # Panics
/// If there is none: the pages are compiled in, so that only a change to one of them can cause it.
pub(crate) fn section(page: &'static str, heading: &str) -> &'static str {
    let (_, after) = page
        .split_once(&format!("\n## {heading}\n"))
        .expect("callers name headings that stand in their page");
    after
        .split_once("\n## ")
        .map_or(after, |(own, _)| own)
        .trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::{Block, blocks};

    #[test]
    fn the_word_of_a_topic_is_what_the_command_line_takes() {
        for topic in Topic::all() {
            let value = topic.to_possible_value().unwrap();
            assert_eq!(value.get_name(), topic.name());
        }
    }

    #[test]
    fn every_page_begins_with_its_heading_and_says_where_its_statements_come_from() {
        for topic in Topic::all() {
            let page = topic.page();
            let first = blocks(page).into_iter().next();
            assert!(
                matches!(first, Some(Block::Heading { level: 1, .. })),
                "{}",
                topic.name()
            );
            // Prisma's page has its one source in its first sentence.
            let linked = page.contains("\n## Sources\n") || page.contains("](https://");
            assert!(linked, "{}", topic.name());
        }
    }

    #[test]
    fn a_section_ends_before_the_next_heading() {
        let page = "# a\n\n## b\n\none\n\n### c\n\ntwo\n\n## d\n\nthree\n";
        assert_eq!(section(page, "b"), "one\n\n### c\n\ntwo");
        assert_eq!(section(page, "d"), "three");
        assert_eq!(up_to(page, "d"), "# a\n\n## b\n\none\n\n### c\n\ntwo\n");
        assert_eq!(up_to(page, "e"), page);
    }
}
