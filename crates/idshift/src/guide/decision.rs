//! The questions that lead to an id, read from their page.

use serde::Serialize;

use super::Topic;
use crate::markdown::{self, Block, Kind, Text};

/// A question with its answers.
#[derive(Debug, Serialize)]
pub(super) struct Node {
    question: String,
    answers: Vec<Answer>,
}

/// An answer and where it leads.
#[derive(Debug, Serialize)]
struct Answer {
    answer: String,
    #[serde(flatten)]
    leads: Leads,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Leads {
    To(Node),
    End {
        /// The kinds to take.
        take: Vec<String>,
        /// How, and why.
        text: String,
    },
}

/// The tree of `docs/guide/choose.md`: its one list of lists.
///
/// # Panics
/// If the page has no such list, or an item in it is neither question nor end: the page is compiled
/// in, and a test reads it.
pub(super) fn tree() -> Node {
    let blocks = markdown::blocks(Topic::Choose.page());
    let root = blocks.into_iter().find_map(|block| match block {
        Block::List { mut items, .. } if items.len() == 1 => items.pop(),
        _ => None,
    });
    let (text, answers) = parts(root.expect("the page has a list with one question on top"));
    Node {
        question: text.plain(),
        answers: answers.into_iter().map(answer).collect(),
    }
}

/// The text of an item, and the items of the list in it.
fn parts(item: Vec<Block>) -> (Text, Vec<Vec<Block>>) {
    let mut text = Text::default();
    let mut below = Vec::new();
    for block in item {
        match block {
            Block::Paragraph(paragraph) => text = paragraph,
            Block::List { items, .. } => below = items,
            _ => {}
        }
    }
    (text, below)
}

/// Reads `**yes**: ...`.
fn answer(item: Vec<Block>) -> Answer {
    let (mut text, below) = parts(item);
    let answer = text.0.remove(0).text;
    let rest = text.plain();
    let rest = rest.trim_start_matches(':').trim_start();
    let leads = if below.is_empty() {
        let codes = text.0.iter().filter(|span| span.kind == Kind::Code);
        Leads::End {
            take: codes.map(|span| span.text.clone()).collect(),
            text: rest.to_owned(),
        }
    } else {
        Leads::To(Node {
            question: rest.to_owned(),
            answers: below.into_iter().map(self::answer).collect(),
        })
    };
    Answer { answer, leads }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(node: &Node, found: &mut Vec<String>) {
        let answers: Vec<&str> = node
            .answers
            .iter()
            .map(|next| next.answer.as_str())
            .collect();
        assert_eq!(answers, ["yes", "no"], "{}", node.question);
        assert!(node.question.ends_with('?'), "{}", node.question);
        for next in &node.answers {
            match &next.leads {
                Leads::To(node) => ends(node, found),
                Leads::End { take, text } => {
                    assert!(!text.is_empty());
                    let kinds = super::super::kinds::all();
                    for kind in take
                        .iter()
                        .filter(|kind| *kind != "token" && *kind != "UUIDv8")
                    {
                        assert!(kinds.iter().any(|known| known["id"] == **kind), "{kind}");
                    }
                    found.extend(take.first().cloned());
                }
            }
        }
    }

    #[test]
    fn each_question_is_one_and_each_way_ends_with_an_id() {
        let mut found = Vec::new();
        ends(&tree(), &mut found);
        let expected = [
            "UUIDv7",
            "UUIDv5",
            "token",
            "UUIDv7",
            "Snowflake",
            "UUIDv7",
            "NanoID",
            "ULID",
            "UUIDv4",
        ];
        assert_eq!(found, expected);
    }
}
