//! Writes findings as commands of GitHub's workflow runner, which it shows beside the lines.

use std::fmt::Write as _;

use super::Input;
use crate::{Finding, Severity};

/// Of each kind of annotation GitHub shows ten per step; the rest stands in the log only.
const SHOWN_BY_GITHUB: usize = 10;

/// One line for each finding; a last one if there are more than are shown.
#[must_use]
pub fn render(input: &Input<'_>) -> String {
    let mut text = String::new();
    for finding in &input.outcome.findings {
        text.push_str(&line(finding));
    }
    for what in &input.found.unreadable {
        let message = data(&format!("failed to {what}"));
        // Writing into a `String` cannot fail.
        writeln!(text, "::error title=idshift::{message}").ok();
    }
    let findings = input.outcome.findings.len();
    if findings > SHOWN_BY_GITHUB {
        let said = format!("{findings} findings; the log of this step has all of them");
        writeln!(text, "::notice title=idshift::{said}").ok();
    }
    text
}

fn line(finding: &Finding) -> String {
    let command = match finding.severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "notice",
    };
    let place = &finding.primary;
    let mut properties = format!("file={}", property(&place.path));
    if place.line > 0 {
        write!(properties, ",line={},col={}", place.line, place.column).ok();
    }
    let title = property(&format!("{}: {}", finding.severity, finding.rule));
    let said = [&finding.message, &finding.breaks, &finding.fix.text];
    let said = said.map(|text| text.trim()).join("\n");
    format!("::{command} {properties},title={title}::{}\n", data(&said))
}

/// A message: what would end the command is escaped as the runner has it.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property: what divides properties as well.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Place, rules};

    #[test]
    fn what_would_end_a_command_is_escaped() {
        let mut place = Place::without_text("a,b:c%.sql", "");
        (place.line, place.column) = (3, 7);
        let finding = Finding::new(&rules()[0], "a.id", place)
            .severity(Severity::Medium)
            .message("one\n::error::two")
            .breaks("b")
            .fix("100 %");
        let rule = rules()[0].name;
        let expected = format!(
            "::warning file=a%2Cb%3Ac%25.sql,line=3,col=7,title=medium%3A {rule}\
             ::one%0A::error::two%0Ab%0A100 %25\n"
        );
        assert_eq!(line(&finding), expected);
    }
}
