//! Collects what rules find, within a limit, and sorts it.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::{Context, Finding, Kind, Place, Severity};

/// The most findings that a report holds; of any beyond it, the number is told.
pub const FINDINGS_MAX: usize = 20_000;

/// What rules have found so far.
#[derive(Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
    left_out: usize,
}

impl Findings {
    /// Notes a finding.
    pub fn push(&mut self, finding: Finding) {
        if self.list.len() < FINDINGS_MAX {
            self.list.push(finding);
        } else {
            self.left_out += 1;
        }
    }

    pub(crate) fn report(self, context: &Context<'_>) -> Report {
        let mut findings = merged(self.list);
        // Stable, so that findings of one place stay in the order of the catalogue.
        findings.sort_by(|a, b| {
            let key = |it: &Finding| (Reverse(it.severity), it.caused_by.is_some());
            let place = |it: &Finding| (it.primary.line, it.primary.span.start);
            key(a)
                .cmp(&key(b))
                .then_with(|| a.primary.path.cmp(&b.primary.path))
                .then_with(|| place(a).cmp(&place(b)))
        });
        let touched: HashSet<&str> = findings.iter().map(|it| it.object.as_str()).collect();
        let keys = context.tables().filter_map(|seen| {
            let mut key = seen.key_fact()?;
            key.clean = !key
                .objects
                .iter()
                .any(|object| touched.contains(object.as_str()));
            Some(key)
        });
        let keys = keys.collect();
        Report {
            findings,
            left_out: self.left_out,
            keys,
            tables_of_tools: context.tables_of_tools(),
        }
    }
}

impl Extend<Finding> for Findings {
    fn extend<T: IntoIterator<Item = Finding>>(&mut self, more: T) {
        more.into_iter().for_each(|finding| self.push(finding));
    }
}

/// One finding for what two kinds of sources declare, such as a mapper's schema and the database's
/// own: the first of them, with the other's place beside it. Two files of one kind are two
/// databases, or two tables of one name, and remain two.
fn merged(list: Vec<Finding>) -> Vec<Finding> {
    let mut first: HashMap<(&'static str, String), usize> = HashMap::new();
    let mut findings: Vec<Finding> = Vec::with_capacity(list.len());
    for finding in list {
        let key = (finding.rule, finding.object.clone());
        match first.get(&key).map(|at| &mut findings[*at]) {
            Some(known) if differ(&known.primary, &finding.primary) => {
                known.severity = known.severity.max(finding.severity);
                known.confidence = known.confidence.max(finding.confidence);
                known.facts.rows = known.facts.rows.or(finding.facts.rows);
                known.facts.bytes = known.facts.bytes.or(finding.facts.bytes);
                known.related.push(finding.primary);
            }
            Some(_) => findings.push(finding),
            None => {
                first.insert(key, findings.len());
                findings.push(finding);
            }
        }
    }
    findings
}

/// Whether the places are in files of different kinds.
fn differ(a: &Place, b: &Place) -> bool {
    let kind = |place: &Place| match place.path.rsplit_once('.') {
        Some((_, extension)) if place.line > 0 => extension.to_ascii_lowercase(),
        _ => String::new(),
    };
    kind(a) != kind(b)
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The findings, the worst first; causes before their consequences.
    pub findings: Vec<Finding>,
    /// How many more there were than [`FINDINGS_MAX`].
    pub left_out: usize,
    /// The primary key of each table that was looked at.
    pub keys: Vec<KeyFact>,
    /// The tables that were left out because a tool keeps them, each with the tool's name.
    pub tables_of_tools: Vec<(String, &'static str)>,
}

impl Report {
    /// How many findings have this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let of = |it: &&Finding| it.severity == severity;
        self.findings.iter().filter(of).count()
    }

    /// The worst severity; None if nothing was found.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|it| it.severity).max()
    }
}

/// The primary key of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyFact {
    /// The table, by its name in the database.
    pub table: String,
    /// The columns of the key as `table.column`, as findings name them.
    pub objects: Vec<String>,
    /// What the key holds, if it is a single column.
    pub kind: Option<Kind>,
    /// The type of the first column as declared.
    pub declared: String,
    /// Whether no finding is about one of its columns.
    pub clean: bool,
}

#[cfg(test)]
mod tests {
    use crate::{Context, Policy, audit, testing};

    const PRISMA: &str = "model A {\n  id Int @id @default(autoincrement())\n  name String\n}";
    const SQL: &str = "CREATE TABLE public.\"A\" (id serial PRIMARY KEY, name text);";

    #[test]
    fn what_mapper_and_database_both_declare_is_one_finding() {
        let criticals = |drawn: &[crate::Drawn]| {
            let policy = Policy::default();
            let findings = audit(&Context::new(drawn, &policy)).findings;
            let keys = findings
                .into_iter()
                .filter(|it| it.rule == "auto-increment-key");
            keys.map(|it| it.related.len()).collect::<Vec<_>>()
        };
        let (mapper, database) = (testing::prisma(PRISMA), testing::sql(SQL));
        assert_eq!(criticals(&[mapper, database.clone()]), [1]);
        // Two scripts are two databases.
        assert_eq!(criticals(&[database.clone(), database]), [0, 0]);
    }

    #[test]
    fn a_table_stands_for_its_partitions() {
        let drawn = [testing::sql(
            "CREATE TABLE a (id serial, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
            CREATE TABLE a1 PARTITION OF a FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
            CREATE TABLE a2 (id int NOT NULL, at date NOT NULL, PRIMARY KEY (id, at));
            ALTER TABLE a ATTACH PARTITION a2 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');",
        )];
        let findings = audit(&Context::new(&drawn, &Policy::default())).findings;
        let objects: std::collections::BTreeSet<_> = findings.iter().map(|it| &it.object).collect();
        assert_eq!(objects.into_iter().collect::<Vec<_>>(), ["a.id"]);
    }

    #[test]
    fn a_report_tells_keys_and_left_out_tables() {
        let drawn = [testing::sql(
            "CREATE TABLE a (id uuid PRIMARY KEY, x text);
            CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY);",
        )];
        let report = audit(&Context::new(&drawn, &Policy::default()));
        let keys: Vec<_> = report
            .keys
            .iter()
            .map(|it| (it.table.as_str(), it.clean))
            .collect();
        assert_eq!(keys, [("a", true)]);
        let left_out = ("_prisma_migrations".to_owned(), "Prisma Migrate");
        assert_eq!(report.tables_of_tools, [left_out]);
    }
}
