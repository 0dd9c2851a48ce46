//! Appending: whole, once, with deliveries.

use event::{Event, EventName, ProjectId, Source};
use ids::Uuid;
use store::{Change, Config, Error, Outcome};

use crate::rig::{Rig, at, event_at, id_at, json, named_event_at, project, provider, store_all};

/// Texts that databases have been known to change, cut or refuse.
fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = [
        "'; DROP TABLE events; --",
        "\"quoted\" \\back\\slash `tick`",
        "line\nbreak\r\n\ttab",
        "\u{1f600}\u{10ffff}\u{e000}\u{fffd}",
        "\u{202e}right to left\u{feff}",
        "%s %n $1 ?1 :name {braces} NULL",
        "e\u{301} ﬃ İ ß",
        " leading and trailing ",
    ]
    .map(str::to_owned)
    .into();
    texts.push("😀".repeat(8_000));
    texts
}

/// Events with everything that an event can have, but for a client's id.
fn rich_events(project_id: ProjectId) -> Vec<Event> {
    let mut events = Vec::new();
    let addresses = ["192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7"];
    for ((us, text), address) in (0..).zip(hostile()).zip(addresses.into_iter().cycle()) {
        let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
        let quoted = quoted
            .replace('\n', "\\n")
            .replace('\r', "\\r")
            .replace('\t', "\\t");
        let object = format!(
            r#"{{"b":[1e300,-0.0,123456789012345678901234567890,0.1],"{us}":1,
            "text":"{quoted}","nested":{{"null":null,"true":true}}}}"#
        );
        let name: String = text.chars().filter(|c| !c.is_control()).take(200).collect();
        events.push(Event {
            name: EventName::from_stored(name).unwrap(),
            user_id: Some(text.clone()),
            anonymous_id: Some(text.clone()),
            original_timestamp: Some("2025-11-18T25:00".to_owned()),
            properties: json(&object),
            context: Some(json(&object)),
            user_agent: Some(text),
            ip_address: Some(address.parse().unwrap()),
            source: Source::Key(Uuid::MAX),
            ..event_at(project_id, us)
        });
    }
    events.push(Event {
        user_id: None,
        ..event_at(project_id, 100)
    });
    events.push(Event {
        timestamp: at(-1),
        received_at: at(-500_001),
        ..event_at(project_id, 101)
    });
    events
}

/// As many as make a database store them another way.
const LARGE: usize = 400;

pub(crate) async fn a_large_batch_is_stored_like_small_ones(rig: &Rig) {
    let store = rig.open().await;
    let (one, other) = (project(&store, "one").await, project(&store, "other").await);
    let closed = project(&store, "closed").await;
    let registry = store.registry();
    let archive = Change::Archive(at(1));
    registry.change_project(closed, archive).await.unwrap();
    for enabled in [true, true, false] {
        let provider = provider(one, enabled);
        assert!(registry.put_provider(provider).await.unwrap());
    }
    let mut batch = rich_events(one);
    let of_one = batch.len();
    batch.extend((0..).take(LARGE).map(|us| event_at(other, us)));
    store_all(&store, &batch).await;
    for event in &batch {
        let found = store.journal().event(event.project_id, event.id).await;
        assert_eq!(found.unwrap().as_ref(), Some(event));
    }
    let queued = "SELECT count(event_id) FROM event_queue";
    assert_eq!(rig.number(queued).await, i64::try_from(2 * of_one).unwrap());
    // All again, beside new ones and what no project takes.
    let unknown = ProjectId::from_uuid(id_at(0));
    let mut expected: Vec<_> = batch.iter().map(|e| Outcome::Duplicate(e.id)).collect();
    for project_id in [closed, unknown, other] {
        let events = (1_000..).take(LARGE).map(|us| event_at(project_id, us));
        let events: Vec<_> = events.collect();
        let open = project_id == other;
        let outcome = |e: &Event| {
            if open {
                Outcome::Stored(e.id)
            } else {
                Outcome::NoProject
            }
        };
        expected.extend(events.iter().map(outcome));
        let alone: Vec<_> = events.iter().map(|_| Outcome::NoProject).collect();
        if !open {
            let outcomes = store.journal().append(events.clone()).await;
            assert_eq!(outcomes.unwrap(), alone);
        }
        batch.extend(events);
    }
    assert_eq!(store.journal().append(batch).await.unwrap(), expected);
    let stored = i64::try_from(of_one + 2 * LARGE).unwrap();
    assert_eq!(rig.number("SELECT count(id) FROM events").await, stored);
    let mut bad: Vec<_> = (2_000..).take(LARGE).map(|us| event_at(one, us)).collect();
    // What no event is: the database itself refuses it.
    bad[LARGE / 2].user_id = Some(String::new());
    let error = store.journal().append(bad).await.unwrap_err();
    assert!(error.nothing_was_stored(), "{error}");
    assert_eq!(rig.number("SELECT count(id) FROM events").await, stored);
}

pub(crate) async fn events_come_back_as_they_were(rig: &Rig) {
    let store = rig.open().await;
    let project_id = project(&store, "a").await;
    let mut events = rich_events(project_id);
    for event in &mut events {
        event.canonical_id = Some(event.id);
    }
    store_all(&store, &events).await;
    for event in &events {
        let found = store.journal().event(project_id, event.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(event));
    }
    assert_eq!(
        store.journal().event(project_id, id_at(0)).await.unwrap(),
        None
    );
    assert_eq!(store.journal().append(Vec::new()).await.unwrap(), []);
}

pub(crate) async fn duplicates_are_exact(rig: &Rig) {
    let store = rig.open().await;
    let journal = store.journal();
    let (one, other) = (project(&store, "one").await, project(&store, "other").await);
    let first = named_event_at(one, 0, "m-1");
    let again = named_event_at(one, 1, "m-1");
    let elsewhere = named_event_at(other, 2, "m-1");
    let unnamed = event_at(one, 3);
    let batch = vec![
        first.clone(),
        again,
        elsewhere.clone(),
        unnamed.clone(),
        unnamed.clone(),
    ];
    let expected = [
        Outcome::Stored(first.id),
        Outcome::Duplicate(first.id),
        Outcome::Stored(elsewhere.id),
        Outcome::Stored(unnamed.id),
        Outcome::Duplicate(unnamed.id),
    ];
    assert_eq!(journal.append(batch.clone()).await.unwrap(), expected);
    // The whole batch again, as after an answer that was lost.
    let ids = [first.id, first.id, elsewhere.id, unnamed.id, unnamed.id];
    assert_eq!(
        journal.append(batch).await.unwrap(),
        ids.map(Outcome::Duplicate)
    );
    // In a later batch, under a new id and with other contents, beside something new.
    let changed = Event {
        user_id: None,
        ..named_event_at(one, 9, "m-1")
    };
    let fresh = named_event_at(one, 10, "m-2");
    let outcomes = journal
        .append(vec![changed.clone(), fresh.clone()])
        .await
        .unwrap();
    assert_eq!(
        outcomes,
        [Outcome::Duplicate(first.id), Outcome::Stored(fresh.id)]
    );
    assert_eq!(
        journal.event(one, first.id).await.unwrap(),
        Some(first.clone()),
        "unchanged"
    );
    assert_eq!(journal.event(one, changed.id).await.unwrap(), None);
    // The client's own id decides where both are known but of different events.
    let both = Event {
        id: unnamed.id,
        ..named_event_at(one, 3, "m-2")
    };
    assert_eq!(
        journal.append(vec![both]).await.unwrap(),
        [Outcome::Duplicate(fresh.id)]
    );
    assert_eq!(rig.number("SELECT count(id) FROM events").await, 4);
}

pub(crate) async fn a_batch_is_stored_whole_or_not_at_all(rig: &Rig) {
    let store = rig.open().await;
    let project_id = project(&store, "a").await;
    store
        .registry()
        .put_provider(provider(project_id, true))
        .await
        .unwrap();
    let good: Vec<_> = (0..10).map(|us| event_at(project_id, us)).collect();
    let mut batch = good.clone();
    // What no event is: the database itself refuses it.
    batch.insert(
        5,
        Event {
            user_id: Some(String::new()),
            ..event_at(project_id, 20)
        },
    );
    let error = store.journal().append(batch).await.unwrap_err();
    assert!(matches!(error, Error::Failed { .. }), "{error}");
    assert!(error.nothing_was_stored());
    assert_eq!(rig.number("SELECT count(id) FROM events").await, 0);
    assert_eq!(
        rig.number("SELECT count(event_id) FROM event_queue").await,
        0
    );
    store_all(&store, &good).await;
}

pub(crate) async fn deliveries_are_queued_with_the_event(rig: &Rig) {
    let store = rig.open().await;
    let (one, other) = (project(&store, "one").await, project(&store, "other").await);
    let registry = store.registry();
    let providers = [
        provider(one, true),
        provider(one, true),
        provider(one, false),
    ];
    for provider in &providers {
        assert!(registry.put_provider(provider.clone()).await.unwrap());
    }
    let batch = [
        event_at(one, 0),
        named_event_at(one, 1, "m"),
        event_at(other, 2),
    ];
    store_all(&store, &batch).await;
    let queued = "SELECT count(event_id) FROM event_queue";
    assert_eq!(
        rig.number(queued).await,
        4,
        "two events, two enabled providers"
    );
    store
        .journal()
        .append(vec![named_event_at(one, 3, "m")])
        .await
        .unwrap();
    assert_eq!(
        rig.number(queued).await,
        4,
        "a duplicate is not delivered again"
    );
    let disabled = store::Provider {
        enabled: false,
        ..providers[0].clone()
    };
    registry.put_provider(disabled).await.unwrap();
    store_all(&store, &[event_at(one, 4)]).await;
    assert_eq!(rig.number(queued).await, 5);
    let dangling = "SELECT count(q.event_id) FROM event_queue q WHERE NOT EXISTS (
        SELECT 1 FROM events e WHERE e.project_id = q.project_id AND e.id = q.event_id)";
    assert_eq!(rig.number(dangling).await, 0);
}

pub(crate) async fn only_open_projects_take_events(rig: &Rig) {
    let store = rig.open().await;
    let (open, closed) = (
        project(&store, "open").await,
        project(&store, "closed").await,
    );
    let before = named_event_at(closed, 0, "m");
    store_all(&store, std::slice::from_ref(&before)).await;
    store
        .registry()
        .change_project(closed, Change::Archive(at(1)))
        .await
        .unwrap();
    let unknown = ProjectId::from_uuid(id_at(0));
    let good = event_at(open, 3);
    let batch = vec![
        event_at(closed, 1),
        good.clone(),
        event_at(unknown, 2),
        before,
    ];
    let outcomes = store.journal().append(batch).await.unwrap();
    let expected = [
        Outcome::NoProject,
        Outcome::Stored(good.id),
        Outcome::NoProject,
        Outcome::NoProject,
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(rig.number("SELECT count(id) FROM events").await, 2);
}

pub(crate) async fn a_batch_has_a_limit(rig: &Rig) {
    let store = rig
        .open_with(&Config {
            batch_rows_max: 3,
            ..rig.config.clone()
        })
        .await;
    let project_id = project(&store, "a").await;
    let batch = |count| {
        (0..count)
            .map(|us| event_at(project_id, us))
            .collect::<Vec<_>>()
    };
    let error = store.journal().append(batch(4)).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::TooMany {
                count: 4,
                max: 3,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(rig.number("SELECT count(id) FROM events").await, 0);
    store_all(&store, &batch(3)).await;
}

/// Batches with the same events in different orders, at once, over several connections.
pub(crate) async fn writers_agree_on_one_first(rig: &Rig) {
    let mut config = rig.config.clone();
    config.postgres.writers = 4;
    let store = rig.open_with(&config).await;
    let project_id = project(&store, "a").await;
    let mut writers = Vec::new();
    for writer in 0..6 {
        let journal = store.journal();
        writers.push(tokio::spawn(async move {
            let mut stored = Vec::new();
            for round in 0..10 {
                let mut batch: Vec<_> = (0..20)
                    .map(|n| named_event_at(project_id, n, &format!("{round}-{n}")))
                    .collect();
                batch.rotate_left(writer * 3);
                if writer % 2 == 1 {
                    batch.reverse();
                }
                let outcomes = journal.append(batch).await.unwrap();
                stored.extend(outcomes.into_iter().filter_map(|outcome| match outcome {
                    Outcome::Stored(id) => Some(id),
                    Outcome::Duplicate(_) => None,
                    Outcome::NoProject => panic!("the project is there"),
                }));
            }
            stored
        }));
    }
    let mut stored = Vec::new();
    for writer in writers {
        stored.extend(writer.await.unwrap());
    }
    assert_eq!(stored.len(), 200, "each named event once");
    assert_eq!(rig.number("SELECT count(id) FROM events").await, 200);
}

pub(crate) async fn a_probe_commits(rig: &Rig) {
    let store = rig.open().await;
    let probes = "SELECT probes FROM journal_state";
    let before = rig.number(probes).await;
    store.journal().ready().await.unwrap();
    assert_eq!(rig.number(probes).await, before + 1);
}
