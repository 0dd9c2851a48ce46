//! Writes a report as `JUnit` XML: a rule is a suite, a finding a test case that fails.

use std::fmt::Write as _;

use super::Input;
use crate::{Finding, Rule, rules};

/// The whole document. Findings below the threshold are skipped test cases; a rule that found
/// nothing has one that passes.
#[must_use]
pub fn render(input: &Input<'_>) -> String {
    let mut suites = String::new();
    let (mut tests, mut failures, mut skipped) = (0, 0, 0);
    for rule in rules() {
        let suite = Suite::of(rule, input);
        tests += suite.tests;
        failures += suite.failures;
        skipped += suite.skipped;
        suites.push_str(&suite.text());
    }
    let errors = input.found.unreadable.len();
    let mut unread = String::new();
    for what in &input.found.unreadable {
        let (path, message) = (escaped(&what.path), escaped(&format!("failed to {what}")));
        // Writing into a `String` cannot fail.
        writeln!(
            unread,
            "    <testcase classname=\"idshift\" name=\"{path}\">\n      \
             <error message=\"{message}\"/>\n    </testcase>"
        )
        .ok();
    }
    if errors > 0 {
        writeln!(
            suites,
            "  <testsuite name=\"read\" tests=\"{errors}\" failures=\"0\" errors=\"{errors}\" \
             skipped=\"0\">\n{unread}  </testsuite>"
        )
        .ok();
    }
    tests += errors;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"idshift audit\" \
         tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\">\n\
         {suites}</testsuites>\n"
    )
}

/// What one rule found.
struct Suite {
    name: &'static str,
    tests: usize,
    failures: usize,
    skipped: usize,
    cases: String,
}

impl Suite {
    fn of(rule: &Rule, input: &Input<'_>) -> Self {
        let mut suite = Self {
            name: rule.name,
            tests: 0,
            failures: 0,
            skipped: 0,
            cases: String::new(),
        };
        let findings = input.outcome.findings.iter();
        for finding in findings.filter(|it| it.rule == rule.name) {
            let fails = input
                .fail_on
                .is_some_and(|threshold| finding.severity >= threshold);
            suite.tests += 1;
            if fails {
                suite.failures += 1;
            } else {
                suite.skipped += 1;
            }
            suite.cases.push_str(&case(finding, fails));
        }
        if suite.tests == 0 {
            suite.tests = 1;
            let name = escaped(rule.summary);
            suite.cases = format!(
                "    <testcase classname=\"{}\" name=\"nowhere: {name}\"/>\n",
                rule.name
            );
        }
        suite
    }

    fn text(&self) -> String {
        let Self {
            name,
            tests,
            failures,
            skipped,
            cases,
        } = self;
        format!(
            "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" \
             skipped=\"{skipped}\">\n{cases}  </testsuite>\n"
        )
    }
}

fn case(finding: &Finding, fails: bool) -> String {
    let place = &finding.primary;
    let (rule, object) = (finding.rule, escaped(&finding.object));
    let (file, message) = (escaped(&place.path), escaped(&finding.message));
    let severity = finding.severity;
    let line = match place.line {
        0 => String::new(),
        line => format!(" line=\"{line}\""),
    };
    let what = if fails {
        let said = format!(
            "{}:{}:{}\n{}\n{}",
            place.path, place.line, place.column, finding.breaks, finding.fix.text
        );
        let said = escaped(&said);
        format!("<failure type=\"{severity}\" message=\"{message}\">{said}</failure>")
    } else {
        format!("<skipped message=\"{severity}: {message}\"/>")
    };
    format!(
        "    <testcase classname=\"{rule}\" name=\"{object}\" file=\"{file}\"{line}>\n      \
         {what}\n    </testcase>\n"
    )
}

/// Text for XML, within quotes or without; characters that XML cannot hold become `?`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\u{fffe}' | '\u{ffff}' => out.push('?'),
            c if c.is_control() => out.push('?'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn no_text_breaks_out() {
        assert_eq!(
            escaped("<a b=\"c\">&\n\u{1b}ä"),
            "&lt;a b=&quot;c&quot;&gt;&amp;&#10;?ä"
        );
    }
}
