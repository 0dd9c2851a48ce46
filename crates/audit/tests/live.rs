//! Holds the rules that need facts of a live database against a real PostgreSQL: how far sequences
//! have come, and which versions of UUIDs are stored.

#![expect(
    clippy::unwrap_used,
    reason = "a check that cannot go on ends where it is, and the line says why"
)]

use audit::{Confidence, Context, Drawn, Finding, Policy, Severity, audit};
use schema::live;
use tokio_postgres::NoTls;

/// One table for each case; those that end in `_fine` are the controls.
const TABLES: &str = "
CREATE TABLE full_up (id serial PRIMARY KEY, body text);
SELECT setval('full_up_id_seq', 1900000000);
CREATE TABLE half (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text);
SELECT setval('half_id_seq', 1100000000);
CREATE TABLE wide (id bigserial PRIMARY KEY, body text);
SELECT setval('wide_id_seq', 2000000000);
CREATE TABLE narrow_reference (
    id uuid PRIMARY KEY, wide_id int REFERENCES wide, body text);
CREATE TABLE young_fine (id serial PRIMARY KEY, body text);
SELECT setval('young_fine_id_seq', 1000);
CREATE TABLE capped (id bigint PRIMARY KEY, body text);
CREATE SEQUENCE capped_numbers MAXVALUE 1000 OWNED BY capped.id;
ALTER TABLE capped ALTER COLUMN id SET DEFAULT nextval('capped_numbers');
SELECT setval('capped_numbers', 999);

CREATE TABLE random (id uuid PRIMARY KEY, body text);
INSERT INTO random SELECT gen_random_uuid(), 'x' FROM generate_series(1, 50);
CREATE TABLE seven_fine (id uuid PRIMARY KEY, body text);
INSERT INTO seven_fine VALUES ('0190163d-8694-739b-aea5-966c26f8ad91', 'x');
CREATE TABLE mixed (id text PRIMARY KEY, body text);
INSERT INTO mixed VALUES ('0190163d-8694-739b-aea5-966c26f8ad91', 'x'), ('guest', 'y');
CREATE TABLE text_only (id text PRIMARY KEY, body text);
INSERT INTO text_only SELECT gen_random_uuid()::text, 'x' FROM generate_series(1, 50);
CREATE TABLE addressed (id uuid PRIMARY KEY, body text);
INSERT INTO addressed VALUES ('2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d', 'x');
";

async fn findings(keys: Option<u8>) -> Option<Vec<Finding>> {
    let server = testkit::postgres_or_skip()?;
    let database = server.database("audit_live").unwrap();
    let connected = tokio_postgres::connect(&database.url(), NoTls).await;
    let (mut client, connection) = connected.unwrap();
    let driver = tokio::spawn(connection);
    client.batch_execute(TABLES).await.unwrap();
    let options = live::Options {
        sample_rows: 100,
        ..live::Options::default()
    };
    let schema = live::read(&mut client, &options).await.unwrap();
    drop(client);
    driver.await.unwrap().unwrap();
    let drawn = [Drawn {
        schema,
        sources: Vec::new(),
    }];
    Some(audit(&Context::new(&drawn, &Policy { keys })).findings)
}

fn of<'a>(findings: &'a [Finding], rule: &str) -> Vec<(&'a str, Severity)> {
    let mut found: Vec<_> = findings
        .iter()
        .filter(|it| it.rule == rule)
        .map(|it| (it.object.as_str(), it.severity))
        .collect();
    found.sort_unstable();
    found
}

#[tokio::test]
async fn sequences_that_come_to_their_end_are_found() {
    let Some(findings) = findings(None).await else {
        return;
    };
    let expected = [
        ("capped.id", Severity::Critical),
        ("full_up.id", Severity::Critical),
        ("half.id", Severity::High),
        ("wide.id", Severity::Critical),
    ];
    assert_eq!(of(&findings, "key-near-exhaustion"), expected);
    let told = |object: &str| {
        let near = |it: &&Finding| it.rule == "key-near-exhaustion" && it.object == object;
        findings.iter().find(near).unwrap()
    };
    assert_eq!(told("full_up.id").facts.used_percent, Some(88));
    assert_eq!(told("full_up.id").confidence, Confidence::High);
    assert!(
        told("wide.id")
            .message
            .contains("`narrow_reference.wide_id`")
    );
    assert!(told("capped.id").message.contains("its sequence"));
    assert!(told("capped.id").primary.path.starts_with("postgresql:"));
}

#[tokio::test]
async fn versions_that_are_stored_are_found() {
    let Some(findings) = findings(Some(7)).await else {
        return;
    };
    let random = [
        ("random.id", Severity::Medium),
        ("text_only.id", Severity::Medium),
    ];
    assert_eq!(of(&findings, "random-key"), random);
    assert_eq!(
        of(&findings, "version-1-key"),
        [("addressed.id", Severity::Medium)]
    );
    assert_eq!(
        of(&findings, "uuid-in-text-column"),
        [("text_only.id", Severity::Medium)]
    );
    let policy = of(&findings, "uuid-version-policy")
        .into_iter()
        .map(|(object, _)| object);
    let expected = ["addressed.id", "mixed.id", "random.id", "text_only.id"];
    assert_eq!(policy.collect::<Vec<_>>(), expected);
}
