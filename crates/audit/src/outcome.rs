//! Runs the rules over everything that was found, tells each thing once, and heeds what the owner
//! has decided.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use crate::baseline::{Baseline, Entry};
use crate::code::Call;
use crate::config::Config;
use crate::discover::{self, Found, Reader, Set};
use crate::suppress::{self, Suppressed};
use crate::{Context, Document, Finding, KeyFact, Policy, Report, Severity, audit};

/// What is asked for on top of the configuration.
#[derive(Debug, Default)]
pub struct Choice {
    /// Only these rules, if there are any.
    pub only: Vec<&'static str>,
    /// Not these.
    pub skip: Vec<&'static str>,
    /// What is known already.
    pub baseline: Option<Baseline>,
}

/// What is to be reported.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What counts: the worst first; causes before their consequences.
    pub findings: Vec<Finding>,
    /// What the baseline knows.
    pub known: Vec<Finding>,
    /// What comments suppress.
    pub suppressed: Vec<Suppressed>,
    /// What the baseline knows and nobody found.
    pub stale: Vec<Entry>,
    /// Rules that the configuration turned off, with the reason and what they found.
    pub turned_off: Vec<TurnedOff>,
    /// Findings of lesser descriptions of a database that the better one tells.
    pub told_once: usize,
    /// Findings beyond the limit.
    pub left_out: usize,
    /// The primary key of each table.
    pub keys: Vec<KeyFact>,
    /// The tables that tools keep, each with the tool's name.
    pub tables_of_tools: Vec<(String, &'static str)>,
}

/// A rule that the configuration turned off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TurnedOff {
    /// Its name.
    pub rule: &'static str,
    /// Why.
    pub reason: String,
    /// How many findings that hides.
    pub findings: usize,
}

impl Outcome {
    /// How many findings have this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let findings = self.findings.iter();
        findings.filter(|it| it.severity == severity).count()
    }

    /// Whether one weighs as much as this or more.
    #[must_use]
    pub fn fails_at(&self, threshold: Severity) -> bool {
        self.findings.iter().any(|it| it.severity >= threshold)
    }
}

/// Runs the rules.
#[must_use]
pub fn assess(found: &Found, config: &Config, choice: &Choice) -> Outcome {
    let mut outcome = Outcome::default();
    let findings = everything(found, &config.policy, &mut outcome);
    let is_off = |rule: &str| config.of(rule).is_some_and(|it| it.severity.is_none());
    let is_asked = |rule: &str| {
        let only = choice.only.is_empty() || choice.only.contains(&rule);
        only && !choice.skip.contains(&rule)
    };
    let ran = |rule: &str| is_asked(rule) && !is_off(rule);
    let mut off: BTreeMap<&str, usize> = BTreeMap::new();
    let mut kept = Vec::new();
    for mut finding in findings {
        if is_asked(finding.rule) {
            match config.of(finding.rule) {
                Some(decided) if decided.severity.is_none() => {
                    *off.entry(finding.rule).or_default() += 1;
                    continue;
                }
                Some(decided) => finding.severity = decided.severity.unwrap_or(finding.severity),
                None => {}
            }
            kept.push(finding);
        }
    }
    let (mut kept, suppressed) = suppress::apply(&found.comments, kept, ran);
    for finding in &mut kept {
        if finding.rule == suppress::RULE.name
            && let Some(severity) = config.of(finding.rule).and_then(|it| it.severity)
        {
            finding.severity = severity;
        }
    }
    sort(&mut kept);
    outcome.suppressed = suppressed;
    outcome.turned_off = turned_off(config, &off);
    match &choice.baseline {
        Some(baseline) => {
            let compared = baseline.compare(kept, ran);
            outcome.findings = compared.new;
            outcome.known = compared.known;
            outcome.stale = compared.stale;
        }
        None => outcome.findings = kept,
    }
    outcome
}

fn turned_off(config: &Config, counts: &BTreeMap<&str, usize>) -> Vec<TurnedOff> {
    let off = config.overrides.iter().filter(|it| it.severity.is_none());
    let one = |it: &crate::config::Override| TurnedOff {
        rule: it.rule,
        reason: it.reason.clone().unwrap_or_default(),
        findings: counts.get(it.rule).copied().unwrap_or(0),
    };
    off.map(one).collect()
}

/// What all rules find in everything, each thing once.
fn everything(found: &Found, policy: &Policy, outcome: &mut Outcome) -> Vec<Finding> {
    let (covered, own): (Vec<&Set>, Vec<&Set>) =
        found.sets.iter().partition(|set| set.covered_by.is_some());
    let mut report = over(&own, &found.calls, &found.documents, policy);
    let mut findings = std::mem::take(&mut report.findings);
    outcome.left_out = report.left_out;
    outcome.keys = report.keys;
    outcome.tables_of_tools = report.tables_of_tools;
    for set in covered {
        let Some(better) = set.covered_by.and_then(|at| found.sets.get(at)) else {
            continue;
        };
        let report = over(&[set], &[], &[], policy);
        let told = discover::tables(better);
        add_keys(&told, report.keys, outcome);
        if set.reader == Reader::Live {
            add_live(&mut findings, report.findings, outcome);
        } else {
            // What is said of a whole description is said of the better one, if it is true there.
            let of_whole: BTreeSet<&str> = findings
                .iter()
                .filter(|it| better.drawn.schema.files.contains(&it.object))
                .map(|it| it.rule)
                .collect();
            let files = &set.drawn.schema.files;
            let is_told = |it: &Finding| {
                if files.contains(&it.object) {
                    of_whole.contains(it.rule)
                } else {
                    told.contains(&table_of(&it.object))
                }
            };
            let (told, new): (Vec<_>, Vec<_>) = report.findings.into_iter().partition(is_told);
            outcome.told_once += told.len();
            findings.extend(new);
        }
    }
    findings
}

fn over(sets: &[&Set], calls: &[Call], documents: &[Document], policy: &Policy) -> Report {
    let mut context = Context::new(&[], policy)
        .with_code(calls)
        .with_documents(documents);
    for set in sets {
        let one = Context::new(std::slice::from_ref(&set.drawn), policy);
        context.subjects.extend(one.subjects);
    }
    audit(&context)
}

fn add_keys(told: &BTreeSet<String>, keys: Vec<KeyFact>, outcome: &mut Outcome) {
    let new = |key: &KeyFact| !told.contains(&bare(&key.table));
    outcome.keys.extend(keys.into_iter().filter(new));
}

/// Adds what a live database says: figures to the findings that a file has too, and the others.
fn add_live(findings: &mut Vec<Finding>, live: Vec<Finding>, outcome: &mut Outcome) {
    let about = |it: &Finding| (it.rule, without_public(&it.object));
    let places: HashMap<_, usize> = findings
        .iter()
        .enumerate()
        .map(|(at, it)| (about(it), at))
        .collect();
    for finding in live {
        let Some(at) = places.get(&about(&finding)) else {
            findings.push(finding);
            continue;
        };
        outcome.told_once += 1;
        let facts = &mut findings[*at].facts;
        facts.rows = finding.facts.rows.or(facts.rows);
        facts.bytes = finding.facts.bytes.or(facts.bytes);
        facts.used_percent = finding.facts.used_percent.or(facts.used_percent);
    }
}

fn without_public(object: &str) -> String {
    object.strip_prefix("public.").unwrap_or(object).to_owned()
}

/// The table of an object, `table.column` or `schema.table.column` or `table`, in lower case.
fn table_of(object: &str) -> String {
    let mut parts = object.rsplit('.');
    let last = parts.next().unwrap_or_default();
    parts.next().unwrap_or(last).to_ascii_lowercase()
}

/// A table without its namespace, in lower case.
fn bare(table: &str) -> String {
    table
        .rsplit('.')
        .next()
        .unwrap_or(table)
        .to_ascii_lowercase()
}

fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        let weight = |it: &Finding| (Reverse(it.severity), it.caused_by.is_some());
        let place = |it: &Finding| (it.primary.line, it.primary.span.start);
        let files = a.primary.path.cmp(&b.primary.path);
        weight(a)
            .cmp(&weight(b))
            .then(files)
            .then_with(|| place(a).cmp(&place(b)))
    });
}
