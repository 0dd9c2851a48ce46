//! What the rules' tests share: texts as pictures, and what a rule finds in them.

use schema::{Dialect, Source, prisma};

use crate::{Context, Drawn, Finding, Findings, Policy, rule};

/// The datasource of Prisma schemas that leave it to the test.
const DATASOURCE: &str = "\ndatasource db {\n  provider = \"postgresql\"\n}\n";

/// A Prisma schema, over PostgreSQL unless it says otherwise. The datasource goes to the end, so
/// that positions are those of the text.
pub(crate) fn prisma(text: &str) -> Drawn {
    let mut text = text.to_owned();
    if !text.contains("datasource") {
        text.push_str(DATASOURCE);
    }
    let sources = vec![Source::new("schema.prisma", text).expect("a test's schema is short")];
    let schema = prisma::read(&sources);
    assert_eq!(schema.problems, [], "the test's own schema");
    Drawn { schema, sources }
}

/// A script of PostgreSQL.
pub(crate) fn sql(text: &str) -> Drawn {
    script(Dialect::PostgreSql, text)
}

/// A script of a dialect.
pub(crate) fn script(dialect: Dialect, text: &str) -> Drawn {
    let sources = vec![Source::new("schema.sql", text).expect("a test's script is short")];
    let schema = schema::sql::read(dialect, &sources);
    assert_eq!(schema.problems, [], "the test's own script");
    Drawn { schema, sources }
}

/// What one rule finds.
pub(crate) fn found(name: &str, drawn: Drawn) -> Vec<Finding> {
    found_under(name, drawn, &Policy::default())
}

/// What one rule finds under a policy.
pub(crate) fn found_under(name: &str, drawn: Drawn, policy: &Policy) -> Vec<Finding> {
    let rule = rule(name).expect("a test names a rule that is in the catalogue");
    let drawn = [drawn];
    let context = Context::new(&drawn, policy);
    let mut findings = Findings::default();
    (rule.check)(&context, &mut findings);
    findings.report(&context).findings
}

/// Holds what a rule finds, as `severity object` in the order of a report, against the expectation.
#[track_caller]
pub(crate) fn check(name: &str, drawn: Drawn, expected: &[&str]) {
    let findings = found(name, drawn);
    for finding in &findings {
        for text in [&finding.message, &finding.breaks, &finding.fix.text] {
            assert!(!text.is_empty(), "{name}: {finding:?}");
        }
    }
    let lines = findings
        .iter()
        .map(|it| format!("{} {}", it.severity, it.object));
    assert_eq!(lines.collect::<Vec<_>>(), expected, "{name}");
}
