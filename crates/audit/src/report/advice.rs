//! Says what to do first: what weighs most, and solves most at once.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::text::first_sentence;
use crate::{Finding, Severity};

/// One thing to do: everything that a rule found of one severity.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Action<'a> {
    pub(super) rule: &'a str,
    pub(super) severity: Severity,
    /// How many findings; several databases may have objects of one name.
    pub(super) findings: usize,
    /// What it is about, each once, in the order of the findings.
    pub(super) objects: Vec<&'a str>,
    /// Findings that are consequences of these, and go with them.
    pub(super) consequences: usize,
    /// The first sentence of the first fix.
    pub(super) fix: &'a str,
}

/// The things to do, the first first. Consequences are no thing of their own.
pub(super) fn actions(findings: &[Finding]) -> Vec<Action<'_>> {
    let present: HashSet<&str> = findings
        .iter()
        .filter(|it| it.caused_by.is_none())
        .map(|it| it.object.as_str())
        .collect();
    let is_consequence = |it: &Finding| {
        it.caused_by
            .as_deref()
            .is_some_and(|cause| present.contains(cause))
    };
    let mut actions: Vec<Action<'_>> = Vec::new();
    let mut named = HashSet::new();
    for finding in findings.iter().filter(|it| !is_consequence(it)) {
        let same =
            |it: &&mut Action<'_>| it.rule == finding.rule && it.severity == finding.severity;
        if let Some(action) = actions.iter_mut().find(same) {
            action.findings += 1;
            if named.insert((finding.rule, finding.severity, &finding.object)) {
                action.objects.push(&finding.object);
            }
        } else {
            named.insert((finding.rule, finding.severity, &finding.object));
            actions.push(Action {
                rule: finding.rule,
                severity: finding.severity,
                findings: 1,
                objects: vec![&finding.object],
                consequences: 0,
                fix: first_sentence(&finding.fix.text),
            });
        }
    }
    for action in &mut actions {
        let objects: HashSet<&str> = action.objects.iter().copied().collect();
        let caused = findings.iter().filter(|it| is_consequence(it));
        let caused = caused.filter_map(|it| it.caused_by.as_deref());
        action.consequences = caused.filter(|cause| objects.contains(cause)).count();
    }
    // Stable: of equals, the rule whose finding came first.
    actions.sort_by_key(|it| (Reverse(it.severity), Reverse(it.findings + it.consequences)));
    actions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Place, rules};

    #[test]
    fn the_worst_and_most_comes_first_with_its_consequences() {
        let new = |object: &str, severity| {
            Finding::new(&rules()[0], object, Place::without_text("x", "")).severity(severity)
        };
        let findings = [
            new("a.id", Severity::Critical).fix("Do. Then."),
            new("b.id", Severity::Critical),
            new("c.a_id", Severity::High).caused_by("a.id"),
            new("d.x", Severity::High).caused_by("gone.id"),
            new("e.x", Severity::Low),
        ];
        let found = actions(&findings);
        let told: Vec<_> = found
            .iter()
            .map(|it| (it.severity, it.objects.join(" "), it.consequences))
            .collect();
        let expected = [
            (Severity::Critical, "a.id b.id".to_owned(), 1),
            (Severity::High, "d.x".to_owned(), 0),
            (Severity::Low, "e.x".to_owned(), 0),
        ];
        assert_eq!(told, expected);
        assert_eq!(found[0].fix, "Do");
    }
}
