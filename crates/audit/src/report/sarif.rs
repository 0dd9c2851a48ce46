//! Writes a report as SARIF 2.1.0, which editors and code scanning read.

mod log;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use log::{
    ArtifactChange, ArtifactLocation, Configuration, Descriptor, Driver, Invocation, Location, Log,
    Message, MultiformatMessage, Notification, PhysicalLocation, Region, Replacement, ResultFix,
    Run, SarifResult, Suppression, Tool,
};

use super::text::clean;
use super::{Input, pretty};
use crate::{Edit, Finding, Place, Rule, Severity, rules};

/// Where the schema of the standard is published.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The whole log.
#[must_use]
pub fn render(input: &Input<'_>) -> String {
    let outcome = input.outcome;
    // Without a baseline nothing is new or old.
    let compared = !outcome.known.is_empty() || !outcome.stale.is_empty();
    let mut results: Vec<SarifResult> = outcome
        .findings
        .iter()
        .map(|finding| result(finding, compared.then_some("new")))
        .collect();
    results.extend(
        outcome
            .known
            .iter()
            .map(|finding| result(finding, Some("unchanged"))),
    );
    for it in &outcome.suppressed {
        let mut result = result(&it.finding, None);
        result.suppressions = vec![Suppression {
            kind: "inSource",
            justification: clean(&it.reason),
        }];
        results.push(result);
    }
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "idshift",
                    semantic_version: input.version.to_owned(),
                    rules: rules().iter().map(descriptor).collect(),
                },
            },
            invocations: [invocation(input)],
            column_kind: "unicodeCodePoints",
            results,
        }],
    };
    pretty(&log)
}

fn descriptor(rule: &Rule) -> Descriptor {
    Descriptor {
        id: rule.name,
        name: pascal(rule.name),
        short_description: message(rule.summary),
        help: MultiformatMessage {
            text: format!("idshift explain {}", rule.name),
            markdown: rule.page.to_owned(),
        },
        default_configuration: Configuration {
            level: level(rule.severity),
        },
        properties: BTreeMap::from([
            ("security-severity", security(rule.severity).to_owned()),
            ("precision", "high".to_owned()),
        ]),
    }
}

fn result(finding: &Finding, baseline: Option<&'static str>) -> SarifResult {
    let index = rules().iter().position(|rule| rule.name == finding.rule);
    let text = format!(
        "{}. {} {}",
        finding.message, finding.breaks, finding.fix.text
    );
    SarifResult {
        rule_id: finding.rule,
        rule_index: index.unwrap_or_default(),
        level: level(finding.severity),
        message: message(&text),
        locations: vec![location(&finding.primary)],
        related_locations: finding.related.iter().map(location).collect(),
        partial_fingerprints: BTreeMap::from([("identifier/v1", fingerprint(finding))]),
        baseline_state: baseline,
        suppressions: Vec::new(),
        fixes: finding
            .fix
            .edit
            .iter()
            .map(|edit| fix(edit, &finding.fix.text))
            .collect(),
        properties: BTreeMap::from([
            ("severity", finding.severity.name().to_owned()),
            ("confidence", finding.confidence.name().to_owned()),
            ("object", finding.object.clone()),
        ]),
    }
}

/// What stays the same when lines move: rule, object and file.
fn fingerprint(finding: &Finding) -> String {
    format!(
        "{}:{}:{}",
        finding.rule, finding.object, finding.primary.path
    )
}

fn fix(edit: &Edit, text: &str) -> ResultFix {
    ResultFix {
        description: message(text),
        artifact_changes: [ArtifactChange {
            artifact_location: artifact(&edit.path),
            replacements: [Replacement {
                deleted_region: Region {
                    byte_offset: Some(edit.span.start),
                    byte_length: Some(edit.span.len()),
                    ..Region::default()
                },
                inserted_content: message(&edit.replacement),
            }],
        }],
    }
}

fn location(place: &Place) -> Location {
    let region = (place.line > 0).then(|| Region {
        start_line: Some(place.line),
        start_column: Some(place.column),
        byte_offset: Some(place.span.start),
        byte_length: Some(place.span.len()),
    });
    Location {
        physical_location: PhysicalLocation {
            artifact_location: artifact(&place.path),
            region,
        },
        message: (!place.label.is_empty()).then(|| message(&place.label)),
    }
}

/// What could not be read, and what readers did not understand.
fn invocation(input: &Input<'_>) -> Invocation {
    let problems = input.problems();
    let mut notifications: Vec<Notification> = problems
        .iter()
        .map(|problem| Notification {
            level: "warning",
            message: message(&format!("failed to {}", problem.message)),
            locations: vec![location(&problem.place)],
        })
        .collect();
    notifications.extend(input.found.unreadable.iter().map(|what| Notification {
        level: "error",
        message: message(&format!("failed to {what}")),
        locations: Vec::new(),
    }));
    Invocation {
        execution_successful: input.found.unreadable.is_empty(),
        tool_execution_notifications: notifications,
    }
}

fn artifact(path: &str) -> ArtifactLocation {
    ArtifactLocation { uri: uri(path) }
}

/// A path as a relative reference, or as a `file:` address if it is absolute (RFC 3986, RFC 8089).
fn uri(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    if path.starts_with('/') {
        text.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing into a `String` cannot fail.
            write!(text, "%{byte:02X}").ok();
        }
    }
    text
}

fn message(text: &str) -> Message {
    Message {
        text: text.to_owned(),
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// The number by which GitHub sorts: above 9 is critical, from 7 high, from 4 medium.
fn security(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.0",
        Severity::Low => "2.0",
        Severity::Info => "0.5",
    }
}

/// `auto-increment-key` as `AutoIncrementKey`, which viewers expect of a name.
fn pascal(name: &str) -> String {
    let words = name.split('-');
    words
        .map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_ascii_uppercase() + rest
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_addresses() {
        assert_eq!(uri("a b/ä.sql"), "a%20b/%C3%A4.sql");
        assert_eq!(uri("/x/y.sql"), "file:///x/y.sql");
        assert_eq!(uri("127.0.0.1:5432"), "127.0.0.1%3A5432");
        assert_eq!(pascal("auto-increment-key"), "AutoIncrementKey");
    }
}
