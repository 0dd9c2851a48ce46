//! Servers and sessions on which no key can be moved.

use migrate::census::{Choices, census, environment};
use tokio_postgres::Client;

use crate::rig::{connected, roles};

/// A database of its own, and a first connection to it; nothing without PostgreSQL.
async fn fresh() -> Option<(testkit::Database<'static>, Client)> {
    let database = testkit::postgres_or_skip()?
        .database("environment")
        .unwrap();
    let client = connected(&database.url()).await;
    Some((database, client))
}

async fn situations(client: &Client) -> Vec<&'static str> {
    let refusals = environment(client).await.unwrap();
    refusals.iter().map(|refusal| refusal.situation).collect()
}

#[tokio::test]
async fn an_ordinary_server_is_no_obstacle() {
    let Some((_database, client)) = fresh().await else {
        return;
    };
    assert_eq!(environment(&client).await.unwrap(), []);
    // What was asked left nothing in the session.
    let row = client
        .query_one("SELECT current_setting('idshift.probe')", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, String>(0), "");
}

#[tokio::test]
async fn a_session_that_only_reads_is_refused() {
    let Some((_database, client)) = fresh().await else {
        return;
    };
    client
        .batch_execute("SET default_transaction_read_only = on")
        .await
        .unwrap();
    assert_eq!(situations(&client).await, ["read-only"]);
}

#[tokio::test]
async fn a_database_without_room_for_a_journal_is_refused() {
    let Some((_database, client)) = fresh().await else {
        return;
    };
    roles(&client).await;
    client
        .batch_execute("SET ROLE census_reader")
        .await
        .unwrap();
    assert_eq!(situations(&client).await, ["database-privilege"]);
}

#[tokio::test]
async fn the_lock_of_a_prisma_migration_is_respected() {
    let Some((database, client)) = fresh().await else {
        return;
    };
    let prisma = connected(&database.url()).await;
    prisma
        .batch_execute("SELECT pg_advisory_lock(72707369)")
        .await
        .unwrap();
    assert_eq!(situations(&client).await, ["other-migration"]);
    prisma
        .batch_execute("SELECT pg_advisory_unlock(72707369)")
        .await
        .unwrap();
    assert_eq!(situations(&client).await, [""; 0]);
}

#[tokio::test]
async fn a_census_leaves_no_transaction_open_and_writes_nothing() {
    let Some((_database, client)) = fresh().await else {
        return;
    };
    let taken = census(&client, &[], &Choices::default()).await.unwrap();
    assert!(taken.notes.is_empty() && taken.dependents.is_empty());
    // Within a transaction this would say the same moment twice.
    let sql = "SELECT now()::text";
    let first: String = client.query_one(sql, &[]).await.unwrap().get(0);
    let second: String = client.query_one(sql, &[]).await.unwrap().get(0);
    assert_ne!(first, second);
}
