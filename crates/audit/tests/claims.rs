//! Runs what the pages say breaks: each SQL statement of those sections, on a real PostgreSQL. One
//! that is followed by `-- ERROR:  text` must fail with that text, every other must not fail.

use audit::rules;
use postgres::{Client, NoTls};

const BREAKS: &str = "## What breaks, and when";

/// A statement, and the error that the page claims for it.
#[derive(Debug, PartialEq, Eq)]
struct Claim {
    statement: String,
    error: Option<String>,
}

/// The statements of the SQL blocks of one section, but for those of other databases.
fn claims(page: &str) -> Vec<Claim> {
    let section = page.split(BREAKS).nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut claims = Vec::new();
    let mut block: Option<Vec<&str>> = None;
    for line in section.lines().map(str::trim) {
        match (&mut block, line) {
            (None, "```sql") => block = Some(Vec::new()),
            (Some(lines), "```") => {
                if lines.first() != Some(&"-- MySQL") {
                    claims.extend(statements(lines));
                }
                block = None;
            }
            (Some(lines), line) => lines.push(line),
            (None, _) => {}
        }
    }
    claims
}

fn statements(lines: &[&str]) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    let mut open = String::new();
    for line in lines {
        let (code, comment) = line.split_once("--").unwrap_or((line, ""));
        open.push_str(code.trim());
        open.push(' ');
        if code.trim_end().ends_with(';') {
            let statement = std::mem::take(&mut open).trim().to_owned();
            claims.push(Claim {
                statement,
                error: None,
            });
        }
        if let (Some(text), Some(last)) = (comment.trim().strip_prefix("ERROR:"), claims.last_mut())
        {
            last.error = Some(text.trim().to_owned());
        }
    }
    assert_eq!(open.trim(), "", "a statement without its end");
    claims
}

/// What came of a statement that is not what the page says; None if it is.
fn contradiction(client: &mut Client, claim: &Claim) -> Option<String> {
    let outcome = client.batch_execute(&claim.statement);
    let message = outcome.err().map(|error| match error.as_db_error() {
        Some(of_server) => of_server.message().to_owned(),
        None => error.to_string(),
    });
    let holds = match (&claim.error, &message) {
        (None, None) => true,
        (Some(claimed), Some(message)) => message.contains(claimed.as_str()),
        _ => false,
    };
    (!holds).then(|| format!("{}\n  came to {message:?}", claim.statement))
}

#[test]
fn what_the_pages_say_breaks_breaks() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let (mut run, mut failures, mut wrong) = (0, 0, Vec::new());
    for rule in rules() {
        let claims = claims(rule.page);
        if claims.is_empty() {
            continue;
        }
        let database = server.database("claims").unwrap();
        let mut client = Client::connect(&database.url(), NoTls).unwrap();
        for claim in &claims {
            let found = contradiction(&mut client, claim);
            wrong.extend(found.map(|it| format!("{}: {it}", rule.name)));
            failures += usize::from(claim.error.is_some());
        }
        run += claims.len();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        run >= 30 && failures >= 7,
        "{run} statements, {failures} claimed errors"
    );
}

#[test]
fn a_page_that_is_wrong_is_noticed() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let database = server.database("wrong_claims").unwrap();
    let mut client = Client::connect(&database.url(), NoTls).unwrap();
    let page = "## What breaks, and when\n```sql\nSELECT 1;  -- ERROR:  division by zero\n```\n
```sql\nSELECT 1 / 0;\nSELECT 1 / 0; -- ERROR:  overflow\n```\n## Next\n```sql\nSELECT 2;\n```\n";
    let claims = claims(page);
    assert_eq!(claims.len(), 3);
    for claim in &claims {
        assert!(contradiction(&mut client, claim).is_some(), "{claim:?}");
    }
}
