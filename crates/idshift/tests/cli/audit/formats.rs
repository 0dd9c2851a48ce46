//! The reports for programs, held against their schemas.

use serde_json::Value;

use super::{GOOD, USERS, audit, folder};
use crate::json_schema::violations;

const EVERYTHING: &str = "CREATE TABLE users (id serial PRIMARY KEY, name text);\n\
    CREATE TABLE posts (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),\n  \
    user_id int REFERENCES users);\n\
    CREATE TABLE logs (line text);\n\
    CREATE TABLE known (id serial PRIMARY KEY, -- idshift-ignore auto-increment-key: \"why\" <&>\n\
    x text);\nCREATE TABLE broken (((;\n";

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("the report is JSON")
}

fn report(format: &str) -> String {
    let folder = folder(&[("db/a b.sql", EVERYTHING), ("good.sql", GOOD)]);
    let path = folder.path();
    audit(path, &["--format", format, "--fail-on", "never"]).fine()
}

#[test]
fn json_follows_its_published_schema() {
    let schema = parsed(include_str!(
        "../../../../../docs/idshift/audit.schema.json"
    ));
    let report = parsed(&report("json"));
    assert_eq!(violations(&schema, &report), [""; 0]);
    assert!(report["summary"]["critical"].as_u64() > Some(0), "{report}");
    assert_eq!(report["suppressed"].as_array().map(Vec::len), Some(1));
    // A control: the schema holds something.
    let mut broken = report;
    broken["findings"][0]["severity"] = "worst".into();
    broken["extra"] = 1.into();
    assert_eq!(violations(&schema, &broken).len(), 2);
}

#[test]
fn sarif_follows_the_standard() {
    let schema = parsed(include_str!("../../data/sarif-2.1.0.schema.json"));
    let report = parsed(&report("sarif"));
    assert_eq!(violations(&schema, &report), [""; 0]);
    let run = &report["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert!(results.len() > 3, "{report}");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "db/a%20b.sql");
        assert!(place["region"]["startLine"].as_u64() > Some(0));
        let print = result["partialFingerprints"]["identifier/v1"].as_str();
        assert!(print.is_some_and(|print| !print.is_empty()));
    }
    let suppressed = results.iter().filter(|it| it.get("suppressions").is_some());
    assert_eq!(suppressed.count(), 1);
    let mut broken = report.clone();
    broken["runs"][0]["results"][0]["level"] = "critical".into();
    assert!(!violations(&schema, &broken).is_empty());
}

#[test]
fn github_gets_one_command_for_each_finding() {
    let out = report("github");
    let json = parsed(&report("json"));
    let findings = json["findings"].as_array().unwrap().len();
    assert_eq!(out.lines().count(), findings, "{out}");
    assert!(
        out.starts_with("::error file=db/a b.sql,line=1,col="),
        "{out}"
    );
    for line in out.lines() {
        assert!(
            line.starts_with("::error ") || line.starts_with("::"),
            "{line}"
        );
    }
}

#[test]
fn junit_counts_add_up_and_tags_are_closed() {
    let folder = folder(&[("a.sql", EVERYTHING)]);
    let ran = audit(folder.path(), &["--format", "junit"]);
    assert_eq!(ran.status, 1);
    let out = ran.out;
    let failures = out.matches("<failure ").count();
    assert!(failures > 0, "{out}");
    let head = out.lines().nth(1).unwrap();
    assert!(head.contains(&format!("failures=\"{failures}\"")), "{head}");
    let tests = out.matches("<testcase ").count();
    assert!(head.contains(&format!("tests=\"{tests}\"")), "{head}");
    assert_eq!(
        out.matches("<testsuite ").count(),
        out.matches("</testsuite>").count()
    );
    assert!(!out.contains("\"why\" <&>"), "{out}");
}

#[test]
fn markdown_has_every_part_of_an_audit() {
    let out = report("markdown");
    let mut rest = out.as_str();
    for heading in [
        "# Identifier audit",
        "## Executive summary",
        "## Critical violations",
        "## High-priority recommendations",
        "## Other findings",
        "## Accepted",
        "## Compliant patterns",
        "## Best-practices checklist",
        "## Prioritized actions",
        "## Validation tests to run",
        "## Migration impact",
        "## References",
    ] {
        let at = rest.find(&format!("{heading}\n"));
        rest = &rest[at.unwrap_or_else(|| panic!("{heading} is not there:\n{out}"))..];
    }
    assert!(
        out.contains("CREATE TABLE users (id serial PRIMARY KEY"),
        "{out}"
    );
    assert!(out.contains("WHERE p.\"id\" = c.\"user_id\""), "{out}");
}

#[test]
fn several_reports_are_written_at_once() {
    let folder = folder(&[("a.sql", USERS)]);
    let path = folder.path();
    let ran = audit(
        path,
        &[
            "--output",
            "a.txt",
            "--also",
            "sarif=a.sarif",
            "--also",
            "json=-",
        ],
    );
    assert_eq!(parsed(&ran.out)["summary"]["critical"], 1);
    let text = std::fs::read_to_string(path.join("a.txt")).unwrap();
    assert!(text.contains("critical[auto-increment-key]"), "{text}");
    let sarif = std::fs::read_to_string(path.join("a.sarif")).unwrap();
    assert_eq!(parsed(&sarif)["version"], "2.1.0");
}
