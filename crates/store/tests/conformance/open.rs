//! Opening: again, twice at once, and not at all.

use store::{Error, Outcome, Scope, Store};

use crate::follow::follow_all;
use crate::rig::{Rig, at, event_at, named_event_at, project, store_all};

pub(crate) async fn everything_is_there_after_reopening(rig: &Rig) {
    let store = rig.open().await;
    let project_id = project(&store, "a").await;
    let before = named_event_at(project_id, 0, "m");
    store_all(&store, std::slice::from_ref(&before)).await;
    drop(store);
    let store = rig.open().await;
    let journal = store.journal();
    assert_eq!(
        journal.event(project_id, before.id).await.unwrap(),
        Some(before.clone())
    );
    let again = journal.append(vec![before.clone()]).await.unwrap();
    assert_eq!(again, [Outcome::Duplicate(before.id)]);
    let after = event_at(project_id, 1);
    store_all(&store, std::slice::from_ref(&after)).await;
    assert_eq!(
        follow_all(rig, &journal, Scope::Everything, 10).await,
        [before.id, after.id]
    );
    assert_eq!(
        rig.number("SELECT count(version) FROM schema_migrations")
            .await,
        2
    );
}

pub(crate) async fn two_processes_may_open_a_new_database(rig: &Rig) {
    let (one, two, three) = tokio::join!(rig.open(), rig.open(), rig.open());
    let project_id = project(&one, "a").await;
    for (us, store) in (0..).zip([&one, &two, &three]) {
        store_all(store, &[event_at(project_id, us)]).await;
    }
    for store in [&one, &two, &three] {
        assert_eq!(
            follow_all(rig, &store.journal(), Scope::Everything, 2)
                .await
                .len(),
            3
        );
    }
    assert_eq!(
        rig.number("SELECT count(version) FROM schema_migrations")
            .await,
        2
    );
}

pub(crate) async fn a_newer_schema_is_refused(rig: &Rig) {
    drop(rig.open().await);
    rig.change(
        "INSERT INTO schema_migrations (version, name, digest, applied_at)
        SELECT 99, name, digest, applied_at FROM schema_migrations WHERE version = 1",
    )
    .await;
    let error = Store::open(&rig.location, &rig.config, at(0))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::SchemaTooNew {
                found: 99,
                known: 2
            }
        ),
        "{error}"
    );
    assert!(error.hint().is_some());
    rig.change("DELETE FROM schema_migrations WHERE version = 99")
        .await;
    rig.open().await;
}

pub(crate) async fn a_changed_migration_is_refused(rig: &Rig) {
    drop(rig.open().await);
    rig.change("CREATE TABLE other (digest text); UPDATE schema_migrations SET name = 'x';")
        .await;
    drop(rig.open().await);
    rig.change(match &rig.location {
        store::Location::Sqlite(_) => "UPDATE schema_migrations SET digest = zeroblob(32)",
        store::Location::Postgres(_) => {
            "UPDATE schema_migrations SET digest = decode(repeat('00', 32), 'hex')"
        }
    })
    .await;
    let error = Store::open(&rig.location, &rig.config, at(0))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error}");
}
