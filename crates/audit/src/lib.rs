//! Rules about how a system makes its identifiers, and the reports of what they find.
//!
//! ```
//! use audit::{Context, Drawn, Policy, Severity};
//! use schema::{Dialect, Source, sql};
//! let script = "CREATE TABLE users (id serial PRIMARY KEY, name text);";
//! let sources = vec![Source::new("a.sql", script)?];
//! let schema = sql::read(Dialect::PostgreSql, &sources);
//! let policy = Policy::default();
//! let report = audit::audit(&Context::new(&[Drawn { schema, sources }], &policy));
//! let worst = &report.findings[0];
//! assert_eq!((worst.rule, worst.severity), ("auto-increment-key", Severity::Critical));
//! assert_eq!(worst.object, "users.id");
//! # Ok::<(), schema::SourceTooLong>(())
//! ```
//!
//! A rule is a [`Rule`]: a name, a page and a function from a [`Context`] to [`Finding`]s. Each
//! has a file of its own in `rules/`, a page in `docs/rules/` and one line in the catalogue.

pub mod baseline;
mod catalogue;
pub mod code;
pub mod config;
mod context;
pub mod discover;
mod documents;
mod finding;
mod findings;
mod keys;
mod names;
mod outcome;
mod place;
pub mod report;
mod rule;
mod rules;
pub mod suppress;
#[cfg(test)]
mod testing;
mod tools;

pub use catalogue::{rule, rules};
pub use context::{Context, Drawn, Policy, Seen, Subject};
pub use documents::Document;
pub use finding::{Edit, Facts, Finding, Fix};
pub use findings::{FINDINGS_MAX, Findings, KeyFact, Report};
pub use keys::{Kind, Role};
pub use outcome::{Choice, Outcome, TurnedOff, assess};
pub use place::{Lines, Place};
pub use rule::{Confidence, Rule, Severity};

/// Runs every rule, and sorts what they find: the worst first, then by place.
#[must_use]
pub fn audit(context: &Context<'_>) -> Report {
    let mut findings = Findings::default();
    for rule in rules() {
        (rule.check)(context, &mut findings);
    }
    findings.report(context)
}
