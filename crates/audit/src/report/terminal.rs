//! Writes a report for the terminal: what was found, worst first, and a summary at the end, where
//! the eye rests.

mod summary;

use std::collections::HashMap;
use std::fmt::Write as _;

use annotate_snippets::renderer::{AnsiColor, Style};
use schema::Source;

use super::excerpt::Pen;
use super::text::{clean, count, grouped};
use super::{Input, dialect_name};
use crate::{Finding, Severity};

/// Of each rule this many findings of one severity are drawn with their lines.
const DRAWN_MAX: usize = 3;

/// And this many more are listed in a line each.
const LISTED_MAX: usize = 12;

/// Wider lines are hard to read.
const COLUMNS_MAX: usize = 110;

/// How to write.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The width of the terminal in characters.
    pub columns: usize,
    /// Whether it shows colour.
    pub colour: bool,
    /// Whether to draw every finding, and list all that was passed by.
    pub verbose: bool,
}

/// The whole report.
#[must_use]
pub fn render(input: &Input<'_>, options: Options) -> String {
    let options = Options {
        columns: options.columns.min(COLUMNS_MAX),
        ..options
    };
    let mut page = Page {
        text: String::new(),
        texts: input.texts(),
        options,
    };
    page.findings(input);
    summary::write(input, &mut page);
    page.text
}

/// A report in the making.
struct Page<'a> {
    text: String,
    texts: HashMap<&'a str, &'a Source>,
    options: Options,
}

impl Page<'_> {
    fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    fn style(&self, style: Style) -> Style {
        if self.options.colour {
            style
        } else {
            Style::new()
        }
    }

    /// A heading with a line to the right margin.
    fn heading(&mut self, text: &str, style: Style) {
        let style = self.style(style);
        let rule = self
            .options
            .columns
            .saturating_sub(text.chars().count() + 4);
        self.line(&format!("{style}── {text} {}{style:#}", "─".repeat(rule)));
        self.line("");
    }

    fn findings(&mut self, input: &Input<'_>) {
        for severity in Severity::ALL {
            let findings = input.outcome.findings.iter();
            let findings: Vec<&Finding> = findings.filter(|it| it.severity == severity).collect();
            if findings.is_empty() {
                continue;
            }
            let title = format!(
                "{severity}: {}",
                count(findings.len(), "finding", "findings")
            );
            self.heading(&title, style_of(severity));
            for (rule, findings) in by_rule(&findings) {
                self.of_rule(rule, &findings);
            }
        }
        if input.outcome.left_out > 0 {
            let more = grouped(input.outcome.left_out);
            self.line(&format!(
                "{more} more findings are beyond the limit of a report"
            ));
            self.line("");
        }
    }

    fn of_rule(&mut self, rule: &str, findings: &[&Finding]) {
        let all = self.options.verbose;
        let drawn = if all { findings.len() } else { DRAWN_MAX };
        let pen = Pen {
            columns: self.options.columns,
            colour: self.options.colour,
        };
        for finding in findings.iter().take(drawn) {
            let text = pen.draw(finding, &self.texts);
            self.text.push_str(&text);
            self.text.push('\n');
        }
        let rest = &findings[findings.len().min(drawn)..];
        if rest.is_empty() {
            return;
        }
        let dim = self.style(Style::new().dimmed());
        let title = count(rest.len(), "more finding", "more findings");
        self.line(&format!("{title} of {rule}:"));
        let shown = &rest[..rest.len().min(LISTED_MAX)];
        let width = shown
            .iter()
            .map(|it| it.object.chars().count())
            .max()
            .unwrap_or(0);
        for finding in shown {
            let object = clean(&finding.object);
            let place = place(finding);
            self.line(&format!("  {object:width$}  {dim}{place}{dim:#}"));
        }
        if rest.len() > shown.len() {
            let more = grouped(rest.len() - shown.len());
            self.line(&format!("  and {more} more; --verbose shows them"));
        }
        self.line("");
    }
}

/// Findings by rule, in the order in which their rules come first.
fn by_rule<'a>(findings: &[&'a Finding]) -> Vec<(&'static str, Vec<&'a Finding>)> {
    let mut groups: Vec<(&'static str, Vec<&'a Finding>)> = Vec::new();
    for finding in findings {
        match groups.iter_mut().find(|(rule, _)| *rule == finding.rule) {
            Some((_, group)) => group.push(finding),
            None => groups.push((finding.rule, vec![finding])),
        }
    }
    groups
}

/// `file:line:column`, as editors jump to it.
fn place(finding: &Finding) -> String {
    let mut text = clean(&finding.primary.path);
    if finding.primary.line > 0 {
        let place = &finding.primary;
        // Writing into a `String` cannot fail.
        write!(text, ":{}:{}", place.line, place.column).ok();
    }
    text
}

/// The colour of a severity.
fn style_of(severity: Severity) -> Style {
    match severity {
        Severity::Critical => AnsiColor::BrightRed.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default().bold(),
        Severity::Medium => AnsiColor::Yellow.on_default().bold(),
        Severity::Low => AnsiColor::Cyan.on_default(),
        Severity::Info => Style::new().dimmed(),
    }
}

/// One line about a database that was read.
fn of_set(set: &crate::discover::Set) -> String {
    let tables = count(set.drawn.schema.tables.len(), "table", "tables");
    let (reader, dialect) = (set.reader.name(), dialect_name(set));
    format!("{} ({reader}, {dialect}): {tables}", clean(&set.title))
}
