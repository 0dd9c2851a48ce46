//! The targets, and what was measured against each.

use std::cmp::Ordering::Equal;

use crate::case::{Case, Role};
use crate::harness::{Table, key_of};

/// What a target compares, by the keys of cases.
#[derive(Clone, Copy)]
enum Goal {
    /// At most so many nanoseconds per id.
    Ns(&'static str, f64),
    /// At most so many times what another case takes.
    AtMost(&'static str, f64, &'static str),
    /// At least so many times faster than another case.
    Faster(&'static str, f64, &'static str),
    /// At most so many times what the fastest published crate in the same table takes.
    OfBest(&'static str, f64),
}

use Goal::{AtMost, Faster, Ns, OfBest};

const CLOCK: &str = super::cases::CLOCK;

const TARGETS: [(&str, Goal); 16] = [
    (
        "one id, process-wide, in clock reads",
        AtMost("one/ids Uuid::now_v7", 1.6, CLOCK),
    ),
    (
        "one id, per generator, in clock reads",
        AtMost("local/ids Local::generate", 1.3, CLOCK),
    ),
    (
        "two threads together, to one alone, process-wide",
        AtMost("threads/ids Uuid::now_v7", 1.0, "one/ids Uuid::now_v7"),
    ),
    (
        "two threads together, to one alone, per generator",
        AtMost(
            "threads/ids Local::generate",
            1.0,
            "local/ids Local::generate",
        ),
    ),
    (
        "1,000 into a slice, process-wide",
        Ns("bulk-1000/ids fill_v7", 3.5),
    ),
    (
        "1,000 into a slice, per generator",
        Ns("bulk-1000/ids Local::fill", 3.5),
    ),
    (
        "10,000 into a slice, process-wide",
        Ns("bulk-10000/ids fill_v7", 3.5),
    ),
    (
        "10,000 into a slice, per generator",
        Ns("bulk-10000/ids Local::fill", 3.5),
    ),
    (
        "parse hyphenated, to uuid-simd, any form",
        AtMost("parse/ids Uuid::parse", 2.0, "parse/uuid-simd parse"),
    ),
    (
        "parse hyphenated, to uuid-simd, this form only",
        AtMost(
            "parse/ids Uuid::parse",
            2.0,
            "parse/uuid-simd parse_hyphenated",
        ),
    ),
    (
        "parse hyphenated, than uuid",
        Faster("parse/ids Uuid::parse", 4.0, "parse/uuid parse_str"),
    ),
    (
        "format on the stack, to the best",
        OfBest("format/ids hyphenated", 1.1),
    ),
    (
        "version 5 of 15 bytes, than uuid",
        Faster("v5-15/ids Uuid::new_v5", 1.8, "v5-15/uuid new_v5"),
    ),
    (
        "version 5 of 39 bytes, than uuid",
        Faster("v5-39/ids Uuid::new_v5", 1.8, "v5-39/uuid new_v5"),
    ),
    ("TypeID, parse", Ns("typeid-parse/ids TypeId::parse", 12.0)),
    (
        "TypeID, format on the stack",
        Ns("typeid-format/ids TypeId, on the stack", 12.0),
    ),
];

/// A target beside what was measured.
pub struct Verdict {
    pub target: &'static str,
    /// `ns`, or `x` for a ratio.
    pub unit: &'static str,
    /// None if a case was filtered away.
    pub figure: Option<f64>,
    bound: f64,
    /// Whether the figure is to be the bound or more, rather than the bound or less.
    at_least: bool,
}

impl Verdict {
    /// As `at most 1.6 x`.
    #[must_use]
    pub fn limit(&self) -> String {
        let word = if self.at_least { "at least" } else { "at most" };
        format!("{word} {:.1} {}", self.bound, self.unit)
    }

    /// The figure with its unit.
    #[must_use]
    pub fn measured(&self) -> String {
        self.figure
            .map_or_else(|| "-".into(), |figure| format!("{figure:.2} {}", self.unit))
    }

    /// None if a case was filtered away.
    #[must_use]
    pub fn met(&self) -> Option<bool> {
        let figure = self.figure?;
        Some(if self.at_least {
            figure >= self.bound
        } else {
            figure <= self.bound
        })
    }

    /// Met, or missed by how much of the bound.
    #[must_use]
    pub fn word(&self) -> String {
        match (self.figure, self.met()) {
            (_, Some(true)) => "met".into(),
            (Some(figure), _) => {
                format!(
                    "MISSED by {:.0} %",
                    100.0 * (figure / self.bound - 1.0).abs()
                )
            }
            (None, _) => "not measured".into(),
        }
    }
}

/// Every target against the 10th percentiles in `tables`.
#[must_use]
pub fn verdicts(tables: &[Table]) -> Vec<Verdict> {
    TARGETS
        .iter()
        .map(|&(target, goal)| verdict(tables, target, goal))
        .collect()
}

fn verdict(tables: &[Table], target: &'static str, goal: Goal) -> Verdict {
    let ratio = |a: Option<f64>, b: Option<f64>| Some(a? / b?);
    let (figure, bound, unit) = match goal {
        Ns(ours, bound) => (ns(tables, ours), bound, "ns"),
        AtMost(ours, bound, other) => (ratio(ns(tables, ours), ns(tables, other)), bound, "x"),
        Faster(ours, bound, other) => (ratio(ns(tables, other), ns(tables, ours)), bound, "x"),
        OfBest(ours, bound) => (
            ratio(ns(tables, ours), best_beside(tables, ours)),
            bound,
            "x",
        ),
    };
    Verdict {
        target,
        unit,
        figure,
        bound,
        at_least: matches!(goal, Faster(..)),
    }
}

fn find<'a>(tables: &'a [Table], key: &str) -> Option<(&'a Table, &'a Case)> {
    let mut all = tables
        .iter()
        .flat_map(|table| table.cases.iter().map(move |case| (table, case)));
    all.find(|(table, case)| key_of(table, case) == key)
}

fn ns(tables: &[Table], key: &str) -> Option<f64> {
    find(tables, key)?.1.ns()
}

fn best_beside(tables: &[Table], key: &str) -> Option<f64> {
    anchor(find(tables, key)?.0)?.ns()
}

/// The fastest of the published crates that promise the same.
#[must_use]
pub fn anchor(table: &Table) -> Option<&Case> {
    let rivals = table
        .cases
        .iter()
        .filter(|case| case.role == Role::Rival && case.ns().is_some());
    rivals.min_by(|a, b| a.ns().partial_cmp(&b.ns()).unwrap_or(Equal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases;

    #[test]
    fn targets_name_cases_that_exist() {
        let tables = cases::tables();
        for (target, goal) in TARGETS {
            let keys = match goal {
                Ns(a, _) | OfBest(a, _) => vec![a],
                AtMost(a, _, b) | Faster(a, _, b) => vec![a, b],
            };
            for key in keys {
                assert!(find(&tables, key).is_some(), "{target}: no case `{key}`");
            }
        }
    }

    fn table() -> Table {
        let case = |name: &str, role, ns| {
            let mut case = Case::new(name, |i| i).role(role);
            case.samples = vec![ns];
            case
        };
        let cases = vec![
            case("ours", Role::Ours, 10.0),
            case("slow", Role::Rival, 40.0),
            case("fast", Role::Rival, 8.0),
            case("wrong", Role::Peer, 1.0),
        ];
        Table {
            key: "t",
            title: "T",
            columns: &[],
            cases,
        }
    }

    #[test]
    fn figures_meet_or_miss() {
        let tables = [table()];
        let check = |goal, measured: &str, word: &str| {
            let verdict = verdict(&tables, "x", goal);
            assert_eq!(
                (verdict.measured().as_str(), verdict.word().as_str()),
                (measured, word)
            );
        };
        check(Ns("t/ours", 10.0), "10.00 ns", "met");
        check(Ns("t/ours", 8.0), "10.00 ns", "MISSED by 25 %");
        check(AtMost("t/ours", 1.0, "t/fast"), "1.25 x", "MISSED by 25 %");
        check(AtMost("t/ours", 1.3, "t/fast"), "1.25 x", "met");
        check(Faster("t/ours", 4.0, "t/slow"), "4.00 x", "met");
        check(Faster("t/ours", 5.0, "t/slow"), "4.00 x", "MISSED by 20 %");
        check(OfBest("t/ours", 1.3), "1.25 x", "met");
        check(Ns("t/none", 9.9), "-", "not measured");
        assert_eq!(
            verdict(&tables, "x", Ns("t/ours", 3.5)).limit(),
            "at most 3.5 ns"
        );
        let faster = verdict(&tables, "x", Faster("t/ours", 4.0, "t/slow"));
        assert_eq!(faster.limit(), "at least 4.0 x");
    }

    #[test]
    fn the_anchor_is_the_fastest_that_promises_the_same() {
        assert_eq!(anchor(&table()).expect("there are two").name, "fast");
    }
}
