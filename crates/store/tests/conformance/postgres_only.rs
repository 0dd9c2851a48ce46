//! What only a server can do: commit late, be restored elsewhere, promise less than it should.

use event::Event;
use store::{Cursor, Error, Location, Outcome, Scope, Store};
use tokio_postgres::Client;

use crate::follow::follow_all;
use crate::rig::{self, Rig, at, client, event_at, named_event_at, project, store_all};

fn url_of(rig: &Rig) -> &str {
    match &rig.location {
        Location::Postgres(url) => url,
        Location::Sqlite(_) => panic!("a check of PostgreSQL"),
    }
}

/// Stores an event as the journal does, in whatever transaction the session is in.
async fn insert(session: &Client, event: &Event) {
    let statement = "INSERT INTO events (
            project_id, id, commit_position, commit_ordinal, event_name, timestamp, received_at,
            properties, source
        )
        SELECT $1, $2, position_offset + pg_current_xact_id()::text::bigint, 1, 'Signed Up',
            to_timestamp($3::bigint), to_timestamp($3::bigint), '{}', 'import'
        FROM journal_state";
    let second = event.timestamp.unix_ms() / 1_000;
    session
        .execute(statement, &[&event.project_id, &event.id, &second])
        .await
        .unwrap();
}

/// The whole `order` column, newest seen kept as the cursor: what `follow` must not be.
async fn naive(session: &Client, order: &str, after: &mut Option<String>) -> Vec<ids::Uuid> {
    let statement = format!(
        "SELECT e.id, e.{order}::text FROM events e
        WHERE $1::text IS NULL OR e.{order} > $1::text::{} ORDER BY e.{order}",
        match order {
            "id" => "uuid",
            "timestamp" => "timestamptz",
            _ => "bigint",
        }
    );
    let rows = session.query(&statement, &[after]).await.unwrap();
    if let Some(row) = rows.last() {
        *after = Some(row.get(1));
    }
    rows.iter().map(|row| row.get(0)).collect()
}

/// Two transactions: the first to write commits last. The controls, which go by the newest value
/// seen of some column, skip its event; `follow` does not.
#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_commits_late_is_not_skipped() {
    let Some(rig) = rig::postgres("late_commit") else {
        return;
    };
    let store = rig.open().await;
    let journal = store.journal();
    let project_id = project(&store, "a").await;
    let (late, early) = (client(url_of(&rig)).await, client(url_of(&rig)).await);
    let orders = ["id", "timestamp", "commit_position"];
    let mut seen: [Option<String>; 3] = Default::default();
    let mut naively: [Vec<ids::Uuid>; 3] = Default::default();
    let (mut cursor, mut followed, mut stored) = (Cursor::START, Vec::new(), Vec::new());
    for round in 0..5 {
        let us = round * 10_000_000;
        let (slow, fast) = (
            event_at(project_id, us),
            event_at(project_id, us + 5_000_000),
        );
        late.batch_execute("BEGIN").await.unwrap();
        insert(&late, &slow).await;
        // Its neighbour begins later and commits earlier; so does the journal itself.
        insert(&early, &fast).await;
        let own = event_at(project_id, us + 6_000_000);
        store_all(&store, std::slice::from_ref(&own)).await;
        for step in ["while it is open", "after"] {
            for _ in 0..3 {
                let page = journal.follow(Scope::Everything, cursor, 2).await.unwrap();
                cursor = page.cursor;
                followed.extend(page.events.iter().map(|event| event.id));
            }
            for ((order, after), ids) in orders.iter().zip(&mut seen).zip(&mut naively) {
                ids.extend(naive(&early, order, after).await);
            }
            if step == "while it is open" {
                assert!(!followed.contains(&own.id), "behind the open transaction");
                late.batch_execute("COMMIT").await.unwrap();
                rig.settle(&journal).await;
            }
        }
        stored.extend([slow.id, fast.id, own.id]);
    }
    assert_eq!(followed, stored, "each once, in the order of transactions");
    for (order, ids) in orders.iter().zip(naively) {
        assert_eq!(
            ids.len(),
            10,
            "the control by `{order}` must skip the 5 late ones"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolled_back_transaction_holds_nothing_up() {
    let Some(rig) = rig::postgres("rolled_back") else {
        return;
    };
    let store = rig.open().await;
    let project_id = project(&store, "a").await;
    let session = client(url_of(&rig)).await;
    session.batch_execute("BEGIN").await.unwrap();
    insert(&session, &event_at(project_id, 0)).await;
    session.batch_execute("ROLLBACK").await.unwrap();
    let event = event_at(project_id, 1);
    store_all(&store, std::slice::from_ref(&event)).await;
    assert_eq!(
        follow_all(&rig, &store.journal(), Scope::Everything, 10).await,
        [event.id]
    );
}

/// A dump restored into a younger server: its rows have positions that this one has yet to reach.
#[tokio::test(flavor = "multi_thread")]
async fn a_restored_database_is_followed_where_it_ended() {
    let Some(rig) = rig::postgres("restored") else {
        return;
    };
    let store = rig.open().await;
    let project_id = project(&store, "a").await;
    let old = event_at(project_id, 0);
    store_all(&store, std::slice::from_ref(&old)).await;
    rig.change("UPDATE events SET commit_position = commit_position + 1000000000")
        .await;
    // The control: without opening anew, the stream ends here for good.
    let ahead = rig.number("SELECT commit_position FROM events").await;
    let cursor = Cursor::parse(&format!("{ahead}.1")).unwrap();
    let lost = event_at(project_id, 1);
    store_all(&store, std::slice::from_ref(&lost)).await;
    assert_eq!(
        store
            .journal()
            .follow(Scope::Everything, cursor, 9)
            .await
            .unwrap()
            .events,
        []
    );
    rig.change(&format!(
        "DELETE FROM events WHERE commit_position < {ahead}"
    ))
    .await;

    let store = rig.open().await;
    let new = event_at(project_id, 2);
    store_all(&store, std::slice::from_ref(&new)).await;
    rig.settle(&store.journal()).await;
    let page = store
        .journal()
        .follow(Scope::Everything, cursor, 9)
        .await
        .unwrap();
    assert_eq!(
        page.events,
        std::slice::from_ref(&new),
        "a kept cursor goes on"
    );
    let all = follow_all(&rig, &store.journal(), Scope::Everything, 1).await;
    assert_eq!(all, [old.id, new.id]);
    let offset = rig
        .number("SELECT position_offset FROM journal_state")
        .await;
    drop(rig.open().await);
    let again = rig
        .number("SELECT position_offset FROM journal_state")
        .await;
    assert_eq!(again, offset, "opening does not move it without need");
}

async fn refused(location: &Location, said: &str) {
    let error = Store::open(location, &store::Config::default(), at(0))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error}");
    assert!(error.to_string().contains(said), "{error}");
    assert!(error.hint().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_loses_commits_is_refused() {
    let Some(rig) = rig::postgres("asynchronous") else {
        return;
    };
    let database = url_of(&rig).rsplit('/').next().unwrap().to_owned();
    rig.change(&format!(
        "ALTER DATABASE {database} SET synchronous_commit = off"
    ))
    .await;
    refused(&rig.location, "`synchronous_commit` is `off`").await;
    rig.change(&format!(
        "ALTER DATABASE {database} RESET synchronous_commit"
    ))
    .await;
    rig.open().await;

    let server = testkit::Postgres::options()
        .setting("fsync", "off")
        .start()
        .unwrap();
    refused(&Location::parse(&server.url()), "`fsync` is `off`").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_used_is_refused_with_a_reason() {
    let Some(rig) = rig::postgres("unusable") else {
        return;
    };
    rig.change("CREATE TABLE schema_migrations (version text)")
        .await;
    refused(&rig.location, "another program's").await;
    refused(&Location::parse("postgres://u:secret@localhost:none/x"), "").await;
    let nowhere = Location::parse("postgres://u:secret@127.0.0.1:1/x");
    let error = Store::open(&nowhere, &store::Config::default(), at(0))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
}

/// The server ends every session: the next call may fail, the one after it works.
#[tokio::test(flavor = "multi_thread")]
async fn connections_that_were_ended_are_replaced() {
    let Some(rig) = rig::postgres("ended") else {
        return;
    };
    let store = rig.open().await;
    let project_id = project(&store, "a").await;
    let session = client(url_of(&rig)).await;
    for us in 0..3 {
        store_all(&store, &[event_at(project_id, us)]).await;
        session
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()",
                &[],
            )
            .await
            .unwrap();
        let event = event_at(project_id, us + 10);
        let first = store.journal().append(vec![event.clone()]).await;
        if let Err(error) = first {
            assert!(matches!(error, Error::Unavailable { .. }), "{error}");
            store.journal().append(vec![event]).await.unwrap();
        }
    }
    assert_eq!(rig.number("SELECT count(id) FROM events").await, 6);
}

/// A lock in the way is an answer, not a wait without end.
#[tokio::test(flavor = "multi_thread")]
async fn a_locked_table_is_busy_and_nothing_is_stored() {
    let Some(rig) = rig::postgres("locked") else {
        return;
    };
    let mut config = rig.config.clone();
    config.lock_wait = std::time::Duration::from_millis(50);
    let store = rig.open_with(&config).await;
    let project_id = project(&store, "a").await;
    let session = client(url_of(&rig)).await;
    session
        .batch_execute("BEGIN; LOCK TABLE events IN EXCLUSIVE MODE")
        .await
        .unwrap();
    let event = event_at(project_id, 0);
    let error = store
        .journal()
        .append(vec![event.clone()])
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Busy { .. }), "{error}");
    session.batch_execute("ROLLBACK").await.unwrap();
    store_all(&store, &[event]).await;
}

/// A server that does not answer is given up on this side; the batch is then asked for again.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_answer_is_unavailable() {
    let Some(rig) = rig::postgres("silent") else {
        return;
    };
    let mut config = rig.config.clone();
    config.postgres.answer_wait = std::time::Duration::from_millis(200);
    let store = rig.open_with(&config).await;
    let project_id = project(&store, "a").await;
    let session = client(url_of(&rig)).await;
    let lock = "BEGIN; LOCK TABLE events IN EXCLUSIVE MODE";
    session.batch_execute(lock).await.unwrap();
    let event = named_event_at(project_id, 0, "m");
    let error = store
        .journal()
        .append(vec![event.clone()])
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error}");
    assert!(!error.nothing_was_stored(), "unknown");
    session.batch_execute("ROLLBACK").await.unwrap();
    let again = named_event_at(project_id, 1, "m");
    let outcomes = store.journal().append(vec![again]).await.unwrap();
    assert!(
        matches!(outcomes[..], [Outcome::Stored(_) | Outcome::Duplicate(_)]),
        "{outcomes:?}"
    );
    let stored = rig.number("SELECT count(id) FROM events").await;
    assert_eq!(stored, 1, "whichever of the two came first");
}
