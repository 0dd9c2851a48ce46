//! Prints how often each rule finds something in a folder of schemas, and what it says.
//!
//! `cargo run --release -p audit --example corpus -- FOLDER [RULE]`
//!
//! Without a rule it prints the counts; with one, each of its findings. Each folder of Prisma files
//! is one schema, each SQL file is one, read in the dialect that reads most of it.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for people, which measures time"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use audit::{Context, Drawn, Finding, Policy, Severity};
use schema::{Dialect, Source, prisma, sql};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("no folder was named")?;
    let wanted = arguments.next();
    let mut files = Vec::new();
    collect(Path::new(&folder), &mut files)?;
    let drawn = draw(files)?;
    let mut found: BTreeMap<&str, Vec<(usize, Finding)>> = BTreeMap::new();
    let mut spent = Duration::ZERO;
    let mut tables = 0;
    for (number, one) in drawn.iter().enumerate() {
        let start = Instant::now();
        let report = audit::audit(&Context::new(std::slice::from_ref(one), &Policy::default()));
        spent += start.elapsed();
        tables += report.keys.len();
        for finding in report.findings {
            found
                .entry(finding.rule)
                .or_default()
                .push((number, finding));
        }
    }
    if let Some(rule) = wanted {
        for finding in found.get(rule.as_str()).into_iter().flatten() {
            tell(finding);
        }
        return Ok(());
    }
    let schemas = drawn.len();
    println!("{schemas} schemas, {tables} tables with keys, rules took {spent:.1?}");
    for (rule, findings) in &found {
        count(rule, findings);
    }
    Ok(())
}

fn tell((_, finding): &(usize, Finding)) {
    let (path, line) = (&finding.primary.path, finding.primary.line);
    let (severity, confidence) = (finding.severity, finding.confidence.name());
    println!("{severity} {confidence} {path}:{line}: {}", finding.message);
    println!(
        "    breaks: {}\n    fix: {}",
        finding.breaks, finding.fix.text
    );
}

fn count(rule: &str, findings: &[(usize, Finding)]) {
    let mut schemas: Vec<usize> = findings.iter().map(|(number, _)| *number).collect();
    schemas.dedup();
    let of = |severity| {
        findings
            .iter()
            .filter(|(_, it)| it.severity == severity)
            .count()
    };
    let severities = Severity::ALL.map(|it| (it, of(it)));
    let severities = severities.iter().filter(|(_, count)| *count > 0);
    let severities: Vec<String> = severities
        .map(|(it, count)| format!("{count} {it}"))
        .collect();
    println!(
        "{rule:36} {:5} in {:3} schemas: {}",
        findings.len(),
        schemas.len(),
        severities.join(", ")
    );
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let mut entries: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder)? {
        entries.push(entry?.path());
    }
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            collect(&entry, files)?;
        } else {
            files.push(entry);
        }
    }
    Ok(())
}

fn draw(files: Vec<PathBuf>) -> Result<Vec<Drawn>, Failure> {
    let mut folders: BTreeMap<PathBuf, Vec<Source>> = BTreeMap::new();
    let mut drawn = Vec::new();
    for path in files {
        match path.extension().and_then(|it| it.to_str()) {
            Some("prisma") => {
                let folder = path.parent().unwrap_or(Path::new("")).to_owned();
                folders.entry(folder).or_default().push(source(&path)?);
            }
            Some("sql") => drawn.push(script(source(&path)?)),
            _ => {}
        }
    }
    for sources in folders.into_values() {
        let schema = prisma::read(&sources);
        drawn.push(Drawn { schema, sources });
    }
    Ok(drawn)
}

fn source(path: &Path) -> Result<Source, Failure> {
    let bytes = fs::read(path)?;
    Ok(Source::new(path.display().to_string(), bytes)?)
}

/// The dialect with the fewest problems is that of the script.
fn script(source: Source) -> Drawn {
    let sources = vec![source];
    let mut schema = sql::read(Dialect::PostgreSql, &sources);
    for dialect in [Dialect::MySql, Dialect::Sqlite] {
        let other = sql::read(dialect, &sources);
        if other.problems.len() < schema.problems.len() {
            schema = other;
        }
    }
    Drawn { schema, sources }
}
