//! The oracle must see each kind of damage: a state that is broken on purpose, for each check.

use migrate::run::Until;

use crate::fixture::Fixture;
use crate::journey;
use crate::oracle::Oracle;
use crate::stage::{Stage, Stop};

/// The fixture of the controls, contracted.
async fn contracted() -> Option<(Stage, Oracle)> {
    let fixture = Fixture::named("graph");
    let stage = Stage::of(&fixture).await?;
    let oracle = Oracle::note(&stage, &fixture).await.expect("noted");
    let plan = journey::plan(&stage, &fixture).await.expect("a plan");
    stage
        .apply(&plan, Until::End, Stop::Never)
        .await
        .expect("applied");
    stage.contract(Stop::Never).await.expect("contracted");
    Some((stage, oracle))
}

/// What breaks the rows, and what the oracle must say of it.
const ROWS: [(&str, &str); 8] = [
    (
        "DELETE FROM lines WHERE tag = 'l7'",
        "rows of \"public\".\"lines\": 240 became 239",
    ),
    (
        "ALTER TABLE lines DROP CONSTRAINT lines_pkey;
         UPDATE lines SET order_id = (SELECT id FROM orders WHERE tag = 'o1') WHERE tag = 'l7'",
        "rows of \"public\".\"lines\"",
    ),
    (
        "UPDATE people SET boss_id = NULL WHERE tag = 'p30'",
        "rows of \"public\".\"people\"",
    ),
    (
        "UPDATE people SET tag = 'p30x' WHERE tag = 'p30'",
        "lost [\"{\\\"tag\\\": \\\"o29",
    ),
    (
        "SET session_replication_role = replica;
         INSERT INTO lines (order_id, line, tag) VALUES (gen_random_uuid(), 1, 'l7x')",
        "LOST",
    ),
    (
        "UPDATE events SET id = (SELECT overlay(id::text PLACING '0001' FROM 1)::uuid
            FROM events ORDER BY id DESC LIMIT 1) WHERE tag = 'e9'",
        "order of \"public\".\"events\"",
    ),
    (
        "UPDATE events SET id = overlay(id::text PLACING '4' FROM 15)::uuid WHERE tag = 'e9'",
        "is not of version 7",
    ),
    (
        "UPDATE events SET created_at = created_at + interval '1 minute' WHERE tag = 'e100';
         UPDATE events SET created_at = created_at - interval '1 minute' WHERE tag = 'e100';
         UPDATE events SET id = overlay(id::text PLACING '0000' FROM 1)::uuid WHERE tag = 'e1'",
        "has the time",
    ),
];

#[tokio::test]
async fn broken_rows_are_noticed() {
    let Some((stage, oracle)) = contracted().await else {
        return;
    };
    oracle
        .rows(&stage.client, false)
        .await
        .expect("right before it is broken");
    for (fault, expected) in ROWS {
        stage.run(&format!("BEGIN; {fault}")).await.expect("broken");
        let found = oracle.rows(&stage.client, false).await;
        let found = found.expect_err(fault);
        assert!(found.contains(expected), "{fault}: {found}");
        stage.run("ROLLBACK; RESET ALL").await.expect("taken back");
    }
}

#[tokio::test]
async fn a_key_that_two_rows_have_is_noticed() {
    let Some((stage, oracle)) = contracted().await else {
        return;
    };
    oracle.keys(&stage.client).await.expect("right at first");
    let twice = "BEGIN; ALTER TABLE events DROP CONSTRAINT events_pkey;
         UPDATE events SET id = (SELECT id FROM events WHERE tag = 'e2') WHERE tag = 'e1'";
    stage.run(twice).await.expect("broken");
    let found = oracle.keys(&stage.client).await.expect_err("twice");
    assert!(found.contains("twice"), "{found}");
}

/// What breaks the schema, what puts it back, and what the oracle must say of it.
const SCHEMA: [(&str, &str, &str); 9] = [
    (
        "REVOKE SELECT ON events FROM rig_reader",
        "GRANT SELECT ON events TO rig_reader",
        "ACL",
    ),
    (
        "REVOKE SELECT (id) ON orders FROM rig_reader",
        "GRANT SELECT (id) ON orders TO rig_reader",
        "ACL",
    ),
    (
        "DROP INDEX lines_tag",
        "CREATE INDEX lines_tag ON lines (tag)",
        "lines_tag",
    ),
    (
        "COMMENT ON COLUMN people.id IS NULL",
        "COMMENT ON COLUMN people.id IS 'who'",
        "COMMENT",
    ),
    (
        "ALTER TABLE orders ALTER person_id DROP NOT NULL",
        "ALTER TABLE orders ALTER person_id SET NOT NULL",
        "person_id key",
    ),
    (
        "ALTER TABLE lines ALTER tag TYPE varchar",
        "ALTER TABLE lines ALTER tag TYPE text",
        "character varying",
    ),
    (
        "ALTER TABLE people RENAME CONSTRAINT people_boss_id_fkey TO people_boss",
        "ALTER TABLE people RENAME CONSTRAINT people_boss TO people_boss_id_fkey",
        "people_boss",
    ),
    ("CREATE SCHEMA idshift", "DROP SCHEMA idshift", "idshift"),
    (
        "CREATE SEQUENCE events_id_seq",
        "DROP SEQUENCE events_id_seq",
        "relation events_id_seq",
    ),
];

#[tokio::test]
async fn a_broken_schema_is_noticed() {
    let Some((stage, oracle)) = contracted().await else {
        return;
    };
    for (fault, mend, expected) in SCHEMA {
        stage.run(fault).await.expect("broken");
        let found = oracle.schema(&stage).await.expect_err(fault);
        assert!(found.contains(expected), "{fault}: {found}");
        stage.run(mend).await.expect("mended");
        oracle
            .schema(&stage)
            .await
            .unwrap_or_else(|found| panic!("{mend}: {found}"));
    }
}

#[tokio::test]
async fn a_way_back_that_changed_something_is_noticed() {
    let fixture = Fixture::named("graph");
    let Some(stage) = Stage::of(&fixture).await else {
        return;
    };
    let oracle = Oracle::note(&stage, &fixture).await.expect("noted");
    oracle.untouched(&stage).await.expect("nothing was done");
    for (fault, mend) in [
        (
            "UPDATE lines SET line = 77 WHERE tag = 'l7'",
            "UPDATE lines SET line = 8 WHERE tag = 'l7'",
        ),
        ("SELECT nextval('events_id_seq')", ""),
        ("ALTER TABLE people ALTER id SET DEFAULT 5", ""),
    ] {
        stage.run(fault).await.expect("changed");
        oracle.untouched(&stage).await.expect_err(fault);
        stage.run(mend).await.expect("mended");
    }
}
