//! Reads Markdown as far as the checks need it: headings, code blocks, links and tables.

/// One line, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: usize,
    pub(super) text: &'a str,
    /// The language of the code block that the line is in; empty if it names none.
    pub(super) code: Option<&'a str>,
    /// Whether the line opens or closes a code block.
    pub(super) is_fence: bool,
}

/// One heading of the `#` kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading<'a> {
    /// From 1.
    pub(super) line: usize,
    /// The number of `#`.
    pub(super) level: usize,
    pub(super) title: &'a str,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row<'a> {
    /// From 1.
    pub(super) line: usize,
    pub(super) cells: Vec<&'a str>,
}

/// The lines, with code told from text.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut code: Option<(&str, &str)> = None;
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let start = line.trim_start();
        let fence_bytes = start.len() - start.trim_start_matches('`').len();
        let (fence, language) = start.split_at(fence_bytes);
        let closes =
            code.is_some_and(|(open, _)| fence.len() >= open.len() && language.trim().is_empty());
        let opens = code.is_none() && fence.len() >= 3;
        lines.push(Line {
            number,
            text: line,
            code: code.map(|(_, language)| language),
            is_fence: opens || closes,
        });
        if opens {
            code = Some((fence, language.trim()));
        } else if closes {
            code = None;
        }
    }
    lines
}

/// The headings outside code blocks.
pub(super) fn headings(text: &str) -> Vec<Heading<'_>> {
    let prose = lines(text).into_iter().filter(|line| line.code.is_none());
    prose
        .filter_map(|line| {
            let title = line.text.trim_start_matches('#');
            let level = line.text.len() - title.len();
            let is_heading = (1..=6).contains(&level) && title.starts_with(' ');
            is_heading.then(|| Heading {
                line: line.number,
                level,
                title: title.trim(),
            })
        })
        .collect()
}

/// The rows of the table whose head is these cells; None if there is no such table.
pub(super) fn table<'a>(text: &'a str, head: &[&str]) -> Option<Vec<Row<'a>>> {
    let mut prose = lines(text).into_iter().filter(|line| line.code.is_none());
    prose.find(|line| cells(line.text).as_deref() == Some(head))?;
    // The line of dashes.
    prose.next()?;
    let rows = prose.map_while(|line| {
        Some(Row {
            line: line.number,
            cells: cells(line.text)?,
        })
    });
    Some(rows.collect())
}

/// Lines and targets of the links outside code.
pub(super) fn links(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for line in lines(text)
        .into_iter()
        .filter(|line| line.code.is_none() && !line.is_fence)
    {
        if let Some(target) = definition(line.text) {
            found.push((line.number, target));
        }
        for piece in prose_pieces(line.text) {
            for (at, _) in piece.match_indices("](") {
                let rest = &piece[at + 2..];
                if let Some(end) = rest.find(')') {
                    // A title may follow the target.
                    let target = rest[..end].split_whitespace().next().unwrap_or("");
                    found.push((line.number, target.trim_matches(['<', '>'])));
                }
            }
        }
    }
    found
}

/// The anchor that a heading gets where the page is shown: lower case, punctuation dropped, spaces
/// to hyphens.
pub(super) fn anchor(title: &str) -> String {
    title
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .flat_map(char::to_lowercase)
        .collect()
}

/// `[name]: target`.
fn definition(line: &str) -> Option<&str> {
    let (name, target) = line.strip_prefix('[')?.split_once("]: ")?;
    (!name.contains(']')).then(|| target.split_whitespace().next())?
}

/// What of a line stands outside code spans.
fn prose_pieces(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').step_by(2)
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(str::trim).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_from_text() {
        let text = "a\n````sh\n```\nb\n````\nc";
        let seen: Vec<_> = lines(text)
            .iter()
            .map(|line| (line.code, line.is_fence))
            .collect();
        let sh = Some("sh");
        assert_eq!(
            seen,
            [
                (None, false),
                (None, true),
                (sh, false),
                (sh, false),
                (sh, true),
                (None, false)
            ]
        );
    }

    #[test]
    fn headings_have_a_level_and_code_has_none() {
        let text = "# One\n#no\n```sh\n# comment\n```\n### Two `x`\n####### seven";
        let found = headings(text);
        assert_eq!(
            found[0],
            Heading {
                line: 1,
                level: 1,
                title: "One"
            }
        );
        assert_eq!(
            found[1],
            Heading {
                line: 6,
                level: 3,
                title: "Two `x`"
            }
        );
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_table_is_found_by_its_head() {
        let text =
            "| x | y |\n|---|---|\n| 1 | 2 |\n\n| a | b |\n|---|---|\n| 3 | `4` |\n|5|6|\nend";
        let rows = table(text, &["a", "b"]).unwrap();
        assert_eq!(
            rows[0],
            Row {
                line: 7,
                cells: vec!["3", "`4`"]
            }
        );
        assert_eq!(
            rows[1],
            Row {
                line: 8,
                cells: vec!["5", "6"]
            }
        );
        assert_eq!(rows.len(), 2);
        assert_eq!(table(text, &["a", "c"]), None);
    }

    #[test]
    fn links_are_found_outside_code() {
        let text = "[a](b.md) `[c](d.md)` ![e](f.png \"title\")\n[g]: h.md\n```\n[i](j.md)\n```";
        assert_eq!(links(text), [(1, "b.md"), (1, "f.png"), (2, "h.md")]);
    }

    #[test]
    fn anchors_are_those_of_the_web_page() {
        assert_eq!(anchor("What must stay true"), "what-must-stay-true");
        assert_eq!(anchor("`id new`: make, print"), "id-new-make-print");
    }
}
