//! Samples of a live database: which kinds of identifiers its keys really hold.

use schema::{Name, Schema, Stored, live};

use crate::live::open;

async fn sampled(url: &str, rows: u32) -> Schema {
    let mut client = open(url).await;
    let options = live::Options {
        sample_rows: rows,
        ..live::Options::default()
    };
    live::read(&mut client, &options).await.unwrap()
}

fn stored<'a>(schema: &'a Schema, table: &str, column: &str) -> Option<&'a Stored> {
    let table = schema.table(&Name::new(table)).unwrap();
    table.column(column).unwrap().stored.as_ref()
}

fn holds(rows: u64, versions: &[(u8, u64)], others: u64) -> Stored {
    Stored {
        rows,
        versions: versions.iter().copied().collect(),
        others,
    }
}

#[tokio::test]
async fn each_version_is_counted() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let database = server.database("live_sample").unwrap();
    let client = open(&database.url()).await;
    let script = "CREATE DOMAIN key AS uuid;
        CREATE TABLE \"Odd \"\"name\" (id key PRIMARY KEY, \"Ref\" uuid REFERENCES \"Odd \"\"name\",
            t text UNIQUE, c char(36) UNIQUE, short varchar(20) UNIQUE, free uuid, n int UNIQUE);
        INSERT INTO \"Odd \"\"name\" (id, \"Ref\", t, c) VALUES
            ('018f3b7e-0000-7000-8000-000000000001', NULL, 'cjld2cjxh0000qzrmn831i7rn', NULL),
            ('018f3b7e-0000-7000-8000-000000000002', NULL, '018F3B7E000070008000000000000001',
                '4c2c3d5e-9a57-4d3a-bb6a-0c2f9a3f2b11'),
            ('00000000-0000-0000-0000-000000000000', '018f3b7e-0000-7000-8000-000000000001',
                NULL, 'no'),
            ('00000000-0000-0000-0000-000000000001', NULL, repeat('a', 5000), NULL),
            ('ffffffff-ffff-ffff-ffff-ffffffffffff', NULL, NULL, NULL);
        CREATE TABLE plain (id int PRIMARY KEY);";
    client.batch_execute(script).await.unwrap();
    let schema = sampled(&database.url(), 100).await;
    assert_eq!(schema.problems, []);
    let table = "Odd \"name";
    for (column, expected) in [
        ("id", Some(holds(5, &[(0, 1), (7, 2), (15, 1)], 1))),
        ("Ref", Some(holds(5, &[(7, 1)], 0))),
        ("t", Some(holds(5, &[(7, 1)], 2))),
        ("c", Some(holds(5, &[(4, 1)], 1))),
        ("short", None),
        ("free", None),
        ("n", None),
    ] {
        assert_eq!(
            stored(&schema, table, column),
            expected.as_ref(),
            "{column}"
        );
    }
    assert_eq!(stored(&schema, "plain", "id"), None);
    let unasked = sampled(&database.url(), 0).await;
    assert_eq!(stored(&unasked, table, "id"), None);
}

#[tokio::test]
async fn a_sample_is_small_and_spread() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let database = server.database("live_spread").unwrap();
    let client = open(&database.url()).await;
    // The first half was made by the database, the second by an application.
    let script = "CREATE TABLE a (id uuid PRIMARY KEY, at int);
        INSERT INTO a SELECT gen_random_uuid(), n FROM generate_series(1, 20000) AS n;
        INSERT INTO a SELECT overlay(gen_random_uuid()::text PLACING '7' FROM 15)::uuid, n
            FROM generate_series(1, 20000) AS n;
        CREATE TABLE p (id uuid, PRIMARY KEY (id)) PARTITION BY HASH (id);
        CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE p2 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 1);
        INSERT INTO p SELECT gen_random_uuid() FROM generate_series(1, 10);
        ANALYZE;";
    client.batch_execute(script).await.unwrap();
    let schema = sampled(&database.url(), 2000).await;
    let a = stored(&schema, "a", "id").unwrap();
    assert!((500..=2000).contains(&a.rows), "{a:?}");
    assert!(a.versions[&4] > 100 && a.versions[&7] > 100, "{a:?}");
    assert_eq!(stored(&schema, "p", "id"), Some(&holds(10, &[(4, 10)], 0)));
    assert_eq!(
        stored(&schema, "p1", "id"),
        None,
        "its rows are the parent's"
    );
    let again = sampled(&database.url(), 2000).await;
    assert_eq!(
        stored(&again, "a", "id"),
        Some(a),
        "the same pages each time"
    );
}

/// Rows that a policy hides are not passed over in silence.
#[tokio::test]
async fn hidden_rows_are_reported() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let database = server.database("live_policy").unwrap();
    let owner = open(&database.url()).await;
    let role = format!("{}_reader", database.name());
    let script = format!(
        "CREATE TABLE a (id uuid PRIMARY KEY); ALTER TABLE a ENABLE ROW LEVEL SECURITY;
        CREATE ROLE {role} LOGIN; GRANT SELECT ON a TO {role};"
    );
    owner.batch_execute(&script).await.unwrap();
    let url = database.url().replace("postgres@", &format!("{role}@"));
    let found = sampled(&url, 10).await;
    assert_eq!(found.problems.len(), 1);
    let message = &found.problems[0].message;
    assert!(message.contains("row-level security"), "{message}");
    let script = format!("DROP OWNED BY {role}; DROP ROLE {role};");
    owner.batch_execute(&script).await.unwrap();
}
