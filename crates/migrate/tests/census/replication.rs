//! Situations that a server has only if it is set up for them: replication, prepared transactions.

use migrate::census::{Census, Choices, Name, Swap, census};
use tokio_postgres::Client;

use crate::rig::connected;

/// The key of `orders`, which every database here has.
async fn swap(client: &Client) -> Swap {
    let sql = "SELECT 'orders'::regclass::oid";
    Swap {
        table_oid: client.query_one(sql, &[]).await.unwrap().get(0),
        table: Name::new("public", "orders"),
        column: "id".to_owned(),
        attnum: 1,
        old_type: "integer".to_owned(),
        new_type: "uuid".to_owned(),
        new_column: "id__new".to_owned(),
    }
}

async fn taken(client: &Client, answer: Option<(&str, &str)>) -> Census {
    let mut choices = Choices::default();
    choices
        .answers
        .extend(answer.map(|(key, value)| (key.to_owned(), value.to_owned())));
    census(client, &[swap(client).await], &choices)
        .await
        .unwrap()
}

fn notes(census: &Census) -> Vec<&'static str> {
    census.notes.iter().map(|note| note.situation).collect()
}

#[tokio::test]
async fn whoever_follows_the_database_is_seen() {
    if testkit::postgres_or_skip().is_none() {
        return;
    }
    let options = testkit::Postgres::options()
        .setting("wal_level", "logical")
        .setting("max_prepared_transactions", "2")
        .setting("fsync", "off");
    let server = options.start().unwrap();
    let database = server.database("replication").unwrap();
    let client = connected(&database.url()).await;
    let schema = "
        CREATE TABLE orders (id serial PRIMARY KEY, state text);
        CREATE PUBLICATION outside FOR TABLE orders";
    client.batch_execute(schema).await.unwrap();
    let before = taken(&client, None).await;
    assert!(before.questions.is_empty());
    assert_eq!(notes(&before), ["column-order"]);

    let slot = "SELECT pg_create_logical_replication_slot('outside', 'pgoutput')";
    client.batch_execute(slot).await.unwrap();
    let asked = taken(&client, None).await;
    let keys: Vec<&str> = asked
        .questions
        .iter()
        .map(|question| question.choice.key.as_str())
        .collect();
    assert_eq!(keys, ["published:public.orders"]);
    let answered = taken(&client, Some(("published:public.orders", "ready"))).await;
    assert!(answered.questions.is_empty());
    assert_eq!(notes(&answered), ["logical-slot", "column-order"]);
    // An answer that is none of those offered answers nothing.
    let misspelt = taken(&client, Some(("published:public.orders", "yes"))).await;
    assert_eq!(misspelt.questions.len(), 1);

    let prepared = "BEGIN; UPDATE orders SET state = ''; PREPARE TRANSACTION 'waiting'";
    client.batch_execute(prepared).await.unwrap();
    let waiting = taken(&client, None).await;
    assert_eq!(
        notes(&waiting),
        ["prepared-transaction", "logical-slot", "column-order"]
    );
    client
        .batch_execute("ROLLBACK PREPARED 'waiting'")
        .await
        .unwrap();

    subscribed(&server, &database.url()).await;
    client
        .batch_execute("SELECT pg_drop_replication_slot('outside')")
        .await
        .unwrap();
}

/// A second database that takes the table from the first.
async fn subscribed(server: &testkit::Postgres, publisher: &str) {
    let database = server.database("subscriber").unwrap();
    let client = connected(&database.url()).await;
    let schema = "CREATE TABLE orders (id serial PRIMARY KEY, state text)";
    client.batch_execute(schema).await.unwrap();
    let subscribe = format!(
        "CREATE SUBSCRIPTION inside CONNECTION '{publisher}' PUBLICATION outside
        WITH (create_slot = false, slot_name = 'outside', enabled = false, copy_data = false)"
    );
    client.batch_execute(&subscribe).await.unwrap();
    assert_eq!(
        notes(&taken(&client, None).await),
        ["subscription", "column-order"]
    );
    // A subscription without its slot can be dropped where it is.
    for sql in [
        "ALTER SUBSCRIPTION inside SET (slot_name = NONE)",
        "DROP SUBSCRIPTION inside",
    ] {
        client.batch_execute(sql).await.unwrap();
    }
}
