//! A commit that its synchronous standby never confirmed is not acknowledged.

use store::{Error, Location};
use testkit::Postgres;
use tokio_postgres::Client;

use crate::rig::{Rig, client, event_at, project};

/// Looks at the server, each a round trip.
const LOOKS_MAX: usize = 100_000;

/// Ends the wait of whoever waits for the standby; false if the work ended before it waited.
async fn cancel_wait(watcher: &Client, is_over: impl Fn() -> bool) -> bool {
    let cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    for _ in 0..LOOKS_MAX {
        if watcher.execute(cancel, &[]).await.unwrap() > 0 {
            return true;
        }
        if is_over() {
            return false;
        }
    }
    panic!("nobody waits for the standby, and the work does not end");
}

/// The standby is one that does not exist. The control, a client that does not look at warnings,
/// takes the same commit for a success.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_without_its_standby_is_unknown() {
    if testkit::postgres_or_skip().is_none() {
        return;
    }
    let server = Postgres::start().unwrap();
    let rig = Rig::at(Location::parse(&server.url()));
    let store = rig.open().await;
    let project_id = project(&store, "a").await;
    let watcher = client(&server.url()).await;
    let wait_for = "ALTER SYSTEM SET synchronous_standby_names = 'absent'";
    watcher.batch_execute(wait_for).await.unwrap();
    watcher
        .batch_execute("SELECT pg_reload_conf()")
        .await
        .unwrap();

    // The server begins to wait a moment after it was told to.
    let mut us = 0;
    let (event, result) = loop {
        us += 1;
        let event = event_at(project_id, us);
        let (journal, copy) = (store.journal(), event.clone());
        let append = tokio::spawn(async move { journal.append(vec![copy]).await });
        let waited = cancel_wait(&watcher, || append.is_finished()).await;
        let result = append.await.unwrap();
        if waited {
            break (event, result);
        }
        result.unwrap();
    };
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error}");
    assert!(!error.nothing_was_stored(), "it is on the primary's disk");
    // The server warns first, and lets others see the commit then.
    let mut found = None;
    for _ in 0..LOOKS_MAX {
        found = store.journal().event(project_id, event.id).await.unwrap();
        if found.is_some() {
            break;
        }
    }
    assert_eq!(found, Some(event));

    let careless = client(&server.url()).await;
    let work = tokio::spawn(async move {
        let change = "UPDATE journal_state SET probes = probes + 1";
        careless.execute(change, &[]).await
    });
    assert!(cancel_wait(&watcher, || work.is_finished()).await);
    assert_eq!(
        work.await.unwrap().unwrap(),
        1,
        "the control is told that all is well"
    );

    let no_more = "ALTER SYSTEM RESET synchronous_standby_names";
    watcher.batch_execute(no_more).await.unwrap();
    watcher
        .batch_execute("SELECT pg_reload_conf()")
        .await
        .unwrap();
    // On a new connection: the other one is gone.
    let outcomes = store
        .journal()
        .append(vec![event_at(project_id, us + 1)])
        .await;
    assert_eq!(outcomes.unwrap().len(), 1);
}
