//! The lines of a file that differ, for showing.

use serde::Serialize;

use super::Edit;

/// Neighbouring lines that differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hunk {
    /// The first of them in the old text, from 1.
    pub line: usize,
    /// As they were.
    pub before: Vec<String>,
    /// As they become.
    pub after: Vec<String>,
}

/// The hunks of a text and its changes, which do not overlap and are in order.
pub(super) fn hunks(text: &str, edits: &[Edit]) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    let mut at = 0;
    while at < edits.len() {
        let start = line_start(text, edits[at].0.start);
        let mut end = line_end(text, edits[at].0.end);
        let first = at;
        at += 1;
        // Changes on the same or the next line belong together.
        while at < edits.len() && line_start(text, edits[at].0.start) <= end + 1 {
            end = line_end(text, edits[at].0.end);
            at += 1;
        }
        let mut after = String::new();
        let mut done = start;
        for (range, new) in &edits[first..at] {
            after.push_str(text.get(done..range.start).unwrap_or_default());
            after.push_str(new);
            done = range.end;
        }
        after.push_str(text.get(done..end).unwrap_or_default());
        let lines = |text: &str| text.lines().map(str::to_owned).collect();
        hunks.push(Hunk {
            line: text[..start].matches('\n').count() + 1,
            before: lines(text.get(start..end).unwrap_or_default()),
            after: lines(&after),
        });
    }
    hunks
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end)
}
