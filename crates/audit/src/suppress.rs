//! Reads comments that suppress a finding, and holds them to their form.
//!
//! `// idshift-ignore auto-increment-key: counted by a regulator` on the line of a finding, or on
//! the line before it, says that the finding is known and why it stays. Several rules are divided
//! by commas. A comment without a reason, of an unknown rule, or that suppresses nothing is a
//! finding itself.

use std::collections::HashMap;

use schema::Source;
use serde::Serialize;

use crate::{Context, Finding, Findings, Lines, Place, Rule, Severity, config, rule};

/// What a comment begins with that suppresses.
const MARK: &str = "idshift-ignore";

/// What comments of the languages that are read begin with.
const OPENERS: [&str; 6] = ["//", "--", "#", "/*", "*", "<!--"];

/// The rule about comments that do not do their job.
pub(crate) const RULE: Rule = Rule {
    name: "suppression",
    severity: Severity::Medium,
    summary: "a comment that suppresses findings has no reason, no such rule, or nothing to do",
    page: include_str!("../../../docs/rules/suppression.md"),
    check: nothing,
};

/// Comments are judged when all other rules have run; see [`apply`].
fn nothing(_: &Context<'_>, _: &mut Findings) {}

/// A comment that suppresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The names after the mark, as written.
    pub rules: Vec<String>,
    /// Why the finding stays; empty if it is not said.
    pub reason: String,
    /// Where.
    pub place: Place,
    /// The lines, from 1, whose findings it is about: its own, and the next that is no comment.
    lines: [usize; 2],
}

/// A finding that a comment suppresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// The comment's reason.
    pub reason: String,
}

/// The comments of a file.
#[must_use]
pub fn read(source: &Source) -> Vec<Comment> {
    let text = source.text();
    if !text.contains(MARK) {
        return Vec::new();
    }
    let lines = Lines::new(text);
    let mut comments = Vec::new();
    let mut start = 0;
    for (line, number) in text.split('\n').zip(1..) {
        if let Some((at, said)) = comment(line) {
            let (rules, reason) = said.split_once(':').unwrap_or((said, ""));
            let rules = rules
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty());
            let end = start + line.trim_end().len();
            comments.push(Comment {
                rules: rules.map(str::to_owned).collect(),
                reason: reason.trim().to_owned(),
                place: lines.place(source, start + at..end, ""),
                lines: [number, next_of(text, start + line.len(), number)],
            });
        }
        start += line.len() + 1;
    }
    comments
}

/// Where the mark stands in a line, and what follows it; None if it is in no comment.
fn comment(line: &str) -> Option<(usize, &str)> {
    let at = line.find(MARK)?;
    let before = line[..at].trim_end();
    let rest = &line[at + MARK.len()..];
    let opened = OPENERS.iter().any(|opener| before.ends_with(opener));
    let ended = rest.is_empty() || rest.starts_with([' ', '\t', ':', '\r']);
    let said = rest
        .trim()
        .trim_end_matches("*/")
        .trim_end_matches("-->")
        .trim();
    (opened && ended).then_some((at, said))
}

/// The number of the first line after this one that is more than a comment.
fn next_of(text: &str, end: usize, number: usize) -> usize {
    let rest = text.get(end + 1..).unwrap_or_default();
    let is_comment = |line: &&str| {
        let line = line.trim_start();
        line.is_empty() || OPENERS.iter().any(|opener| line.starts_with(opener))
    };
    number + 1 + rest.split('\n').take_while(is_comment).count()
}

/// Takes out the findings that comments suppress, and adds those about the comments. `ran` tells
/// which rules were asked for: a comment about another may have its use elsewhere.
#[must_use]
pub fn apply(
    comments: &[Comment],
    findings: Vec<Finding>,
    ran: impl Fn(&str) -> bool,
) -> (Vec<Finding>, Vec<Suppressed>) {
    let mut by_line: HashMap<(&str, usize), Vec<usize>> = HashMap::new();
    for (at, comment) in comments.iter().enumerate() {
        for line in comment.lines {
            by_line
                .entry((&comment.place.path, line))
                .or_default()
                .push(at);
        }
    }
    let mut used: Vec<Vec<bool>> = comments
        .iter()
        .map(|it| vec![false; it.rules.len()])
        .collect();
    let (mut kept, mut suppressed) = (Vec::new(), Vec::new());
    for finding in findings {
        let place = (finding.primary.path.as_str(), finding.primary.line);
        let candidates = by_line.get(&place).into_iter().flatten();
        let mut found = candidates.rev().filter_map(|at| {
            let comment = &comments[*at];
            let named = comment.rules.iter().position(|name| name == finding.rule)?;
            (!comment.reason.is_empty()).then_some((*at, named))
        });
        if let Some((at, named)) = found.next() {
            used[at][named] = true;
            let reason = comments[at].reason.clone();
            suppressed.push(Suppressed { finding, reason });
        } else {
            kept.push(finding);
        }
    }
    if ran(RULE.name) {
        for (comment, used) in comments.iter().zip(&used) {
            kept.extend(misused(comment, used, &ran));
        }
    }
    (kept, suppressed)
}

/// What is wrong with a comment.
fn misused(comment: &Comment, used: &[bool], ran: impl Fn(&str) -> bool) -> Vec<Finding> {
    let form = format!("Write `{MARK} rule-name: reason`.");
    if comment.rules.is_empty() {
        let text = "the comment names no rule";
        return vec![about(comment, "comment", text, &form)];
    }
    let mut found = Vec::new();
    for (name, used) in comment.rules.iter().zip(used) {
        if rule(name).is_none() {
            let text = format!("there is no rule `{name}`");
            let fix = match config::nearest(name, crate::rules().iter().map(|rule| rule.name)) {
                Some(near) => format!("Did you mean `{near}`? {form}"),
                None => format!("`idshift rules` lists them. {form}"),
            };
            found.push(about(comment, name, &text, &fix));
        } else if comment.reason.is_empty() {
            let text = format!("`{name}` is to be ignored for no reason");
            found.push(about(comment, name, &text, &form));
        } else if !used && ran(name) {
            let text = format!("nothing here breaks `{name}`");
            let fix = "Remove the comment: the finding is gone, or it stands elsewhere.";
            let unused = about(comment, name, &text, fix);
            found.push(unused.severity(Severity::Low));
        }
    }
    found
}

fn about(comment: &Comment, name: &str, text: &str, fix: &str) -> Finding {
    let mut place = comment.place.clone();
    text.clone_into(&mut place.label);
    let object = format!("{}:{name}", place.path);
    Finding::new(&RULE, object, place)
        .message(format!("a comment suppresses nothing: {text}"))
        .breaks("Whoever reads the comment believes that the finding was looked at and may stay.")
        .fix(fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "auto-increment-key";

    fn finding(line: usize) -> Finding {
        let mut place = Place::without_text("a.sql", "");
        place.line = line;
        Finding::new(rule(NAME).unwrap(), "a.id", place)
    }

    /// What is kept, as `rule severity line`, and how many are suppressed.
    fn check(text: &str, line: usize, expected: &[&str], suppressed: usize) {
        let source = Source::new("a.sql", text).unwrap();
        let (kept, found) = apply(&read(&source), vec![finding(line)], |_| true);
        let kept: Vec<String> = kept
            .iter()
            .map(|it| format!("{} {} {}", it.rule, it.severity, it.primary.line))
            .collect();
        assert_eq!(kept, expected, "{text}");
        assert_eq!(found.len(), suppressed, "{text}");
    }

    #[test]
    fn a_comment_with_a_reason_suppresses_its_line_and_the_next() {
        for text in [
            "id serial -- idshift-ignore auto-increment-key: why",
            "-- idshift-ignore auto-increment-key: why\nid serial",
            "-- idshift-ignore x-y, auto-increment-key : why",
            "/* idshift-ignore auto-increment-key: why */",
        ] {
            let line = text.lines().count();
            let source = Source::new("a.sql", text).unwrap();
            let (_, found) = apply(&read(&source), vec![finding(line)], |_| true);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].reason, "why");
        }
        let stacked = "# idshift-ignore auto-increment-key: why\n# more\n\nid";
        check(stacked, 4, &[], 1);
        check(
            stacked,
            5,
            &["auto-increment-key critical 5", "suppression low 1"],
            0,
        );
    }

    #[test]
    fn comments_that_do_not_do_their_job_are_findings() {
        let kept = "auto-increment-key critical 1";
        check(
            "-- idshift-ignore auto-increment-key",
            1,
            &[kept, "suppression medium 1"],
            0,
        );
        check(
            "-- idshift-ignore auto-increment-key: ",
            1,
            &[kept, "suppression medium 1"],
            0,
        );
        check(
            "-- idshift-ignore auto-incremet-key: x",
            1,
            &[kept, "suppression medium 1"],
            0,
        );
        check(
            "-- idshift-ignore: x",
            1,
            &[kept, "suppression medium 1"],
            0,
        );
        check("-- idshift-ignore", 1, &[kept, "suppression medium 1"], 0);
    }

    #[test]
    fn other_texts_are_no_comments() {
        let kept = "auto-increment-key critical 1";
        check(
            "SELECT 'idshift-ignore auto-increment-key: x'",
            1,
            &[kept],
            0,
        );
        check("-- idshift-ignored auto-increment-key: x", 1, &[kept], 0);
    }

    #[test]
    fn a_rule_that_did_not_run_leaves_its_comments_alone() {
        let source = Source::new("a", "-- idshift-ignore auto-increment-key: x").unwrap();
        let (kept, _) = apply(&read(&source), Vec::new(), |name| name == RULE.name);
        assert_eq!(kept, []);
    }
}
