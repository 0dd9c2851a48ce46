//! Two tenants with the same ids in everything.

use event::Event;
use store::{ApiKey, Cut, EventFilter, KeyKind, Outcome, Provider, Refusal, Scope};

use crate::follow::follow_all;
use crate::rig::{Rig, at, event_at, id_at, project, provider, store_all};

pub(crate) async fn the_same_ids_live_apart(rig: &Rig) {
    let store = rig.open().await;
    let (journal, registry) = (store.journal(), store.registry());
    let one = project(&store, "one").await;
    let other = project(&store, "other").await;
    let canonical_id = Some(id_at(0));
    let mine = Event {
        user_id: Some("canary-one".to_owned()),
        canonical_id,
        ..event_at(one, 0)
    };
    let theirs = Event {
        project_id: other,
        user_id: Some("canary-other".to_owned()),
        ..mine.clone()
    };
    // One batch: neither spoils the other's duplicates, ids or deliveries.
    let hook = provider(one, true);
    registry.put_provider(hook.clone()).await.unwrap();
    store_all(&store, &[mine.clone(), theirs.clone()]).await;
    let again = journal
        .append(vec![theirs.clone(), mine.clone()])
        .await
        .unwrap();
    assert_eq!(again, [Outcome::Duplicate(mine.id); 2]);
    assert_eq!(
        rig.number("SELECT count(event_id) FROM event_queue").await,
        1
    );

    let cut = Cut {
        before: None,
        limit: 100,
    };
    for (project_id, own) in [(one, &mine), (other, &theirs)] {
        let found = journal.event(project_id, own.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(own));
        let page = journal
            .events(project_id, EventFilter::default(), cut)
            .await
            .unwrap();
        assert_eq!(page.events, std::slice::from_ref(own));
        let followed = follow_all(rig, &journal, Scope::Project(project_id), 10).await;
        assert_eq!(followed, [own.id]);
        let user = Some("canary-one".to_owned());
        let filter = EventFilter {
            user,
            ..EventFilter::default()
        };
        let page = journal.events(project_id, filter, cut).await.unwrap();
        assert_eq!(page.events.len(), usize::from(project_id == one));
    }
}

pub(crate) async fn the_same_deliveries_live_apart(rig: &Rig) {
    let store = rig.open().await;
    let registry = store.registry();
    let (one, other) = (project(&store, "one").await, project(&store, "other").await);
    let hook = provider(one, true);
    registry.put_provider(hook.clone()).await.unwrap();
    // The other's provider of that id is another: enabling it queues nothing for the first.
    let twin = Provider {
        project_id: other,
        ..hook.clone()
    };
    registry
        .put_provider(Provider {
            enabled: false,
            ..twin
        })
        .await
        .unwrap();
    store_all(&store, &[event_at(one, 5), event_at(other, 6)]).await;
    assert_eq!(
        rig.number("SELECT count(event_id) FROM event_queue").await,
        1
    );
}

pub(crate) async fn the_same_keys_and_refusals_live_apart(rig: &Rig) {
    let store = rig.open().await;
    let (journal, registry) = (store.journal(), store.registry());
    let (one, other) = (project(&store, "one").await, project(&store, "other").await);
    let id = id_at(0);
    let cut = Cut {
        before: None,
        limit: 100,
    };
    for (byte, project_id) in [(1, one), (2, other)] {
        let key = ApiKey {
            id,
            project_id,
            kind: KeyKind::Write,
            name: String::new(),
            hint: String::new(),
            created_at: at(0),
            revoked_at: None,
        };
        assert!(registry.create_key(key.clone(), [byte; 32]).await.unwrap());
        assert_eq!(
            registry.key_of([byte; 32]).await.unwrap(),
            Some(key.clone())
        );
        assert_eq!(registry.keys(project_id).await.unwrap(), [key]);
        let refusal = Refusal {
            id,
            project_id,
            received_at: at(0),
            source: event::Source::Import,
            rejection: event::Rejection {
                index: 0,
                code: event::Code::InvalidJson,
                field: None,
                message: format!("canary {byte}"),
                input: String::new(),
            },
        };
        assert_eq!(journal.reject(vec![refusal.clone()]).await.unwrap(), 1);
        assert_eq!(
            journal.refusals(project_id, cut).await.unwrap().refusals,
            [refusal]
        );
    }
    registry.revoke_key(one, id, at(1)).await.unwrap();
    assert!(registry.key_of([1; 32]).await.unwrap().is_none());
    assert!(registry.key_of([2; 32]).await.unwrap().is_some());
}
