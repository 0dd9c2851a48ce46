//! Following: every event once, none skipped.

use event::{Event, ProjectId};
use ids::Uuid;
use store::{Config, Cursor, Journal, Scope};

use crate::rig::{Rig, event_at, project, store_all};

/// Follows until nothing comes any more, with each cursor through its text.
pub(crate) async fn follow_all(
    rig: &Rig,
    journal: &Journal,
    scope: Scope,
    limit: usize,
) -> Vec<Uuid> {
    rig.settle(journal).await;
    let mut cursor = Cursor::START;
    let mut ids = Vec::new();
    loop {
        let followed = journal.follow(scope, cursor, limit).await.unwrap();
        assert!(followed.events.len() <= limit);
        ids.extend(followed.events.iter().map(|event| event.id));
        if followed.cursor == cursor {
            assert_eq!(followed.events, []);
            return ids;
        }
        assert!(followed.cursor > cursor, "a cursor goes forward");
        cursor = Cursor::parse(&followed.cursor.to_string()).unwrap();
    }
}

fn ids(events: &[Event]) -> Vec<Uuid> {
    events.iter().map(|event| event.id).collect()
}

pub(crate) async fn every_event_comes_once_in_order(rig: &Rig) {
    let store = rig.open().await;
    let journal = store.journal();
    assert_eq!(follow_all(rig, &journal, Scope::Everything, 10).await, []);
    let (one, other) = (project(&store, "one").await, project(&store, "other").await);
    // Times run backwards: the order is that of arrival, not that of ids.
    let events: Vec<_> = (0..30)
        .map(|n| event_at(if n % 3 == 0 { other } else { one }, 1_000_000 - n * 1_000))
        .collect();
    for batch in events.chunks(7) {
        store_all(&store, batch).await;
    }
    let of = |project_id: ProjectId| {
        let own = events.iter().filter(|event| event.project_id == project_id);
        own.map(|event| event.id).collect::<Vec<_>>()
    };
    for limit in [1, 2, 7, 1_000] {
        assert_eq!(
            follow_all(rig, &journal, Scope::Everything, limit).await,
            ids(&events),
            "{limit}"
        );
        assert_eq!(
            follow_all(rig, &journal, Scope::Project(one), limit).await,
            of(one),
            "{limit}"
        );
        assert_eq!(
            follow_all(rig, &journal, Scope::Project(other), limit).await,
            of(other),
            "{limit}"
        );
    }
    let first = journal
        .follow(Scope::Everything, Cursor::START, 1)
        .await
        .unwrap();
    assert_eq!(first.events, [events[0].clone()]);
    assert_eq!(
        journal
            .follow(Scope::Everything, Cursor::START, 0)
            .await
            .unwrap()
            .events,
        []
    );
}

pub(crate) async fn a_tail_begins_at_the_head(rig: &Rig) {
    let store = rig.open().await;
    let journal = store.journal();
    let project_id = project(&store, "a").await;
    store_all(&store, &[event_at(project_id, 0)]).await;
    rig.settle(&journal).await;
    let head = journal.head().await.unwrap();
    let scope = Scope::Project(project_id);
    assert_eq!(journal.follow(scope, head, 10).await.unwrap().events, []);
    let next = event_at(project_id, 1);
    store_all(&store, std::slice::from_ref(&next)).await;
    rig.settle(&journal).await;
    assert_eq!(
        journal.follow(scope, head, 10).await.unwrap().events,
        [next]
    );
}

pub(crate) async fn a_quiet_project_is_found_behind_busy_ones(rig: &Rig) {
    let store = rig
        .open_with(&Config {
            scan_rows_max: 4,
            ..rig.config.clone()
        })
        .await;
    let (quiet, busy) = (
        project(&store, "quiet").await,
        project(&store, "busy").await,
    );
    let mut events: Vec<_> = (0..41).map(|n| event_at(busy, n)).collect();
    events.insert(17, event_at(quiet, 100));
    events.push(event_at(quiet, 101));
    store_all(&store, &events).await;
    let journal = store.journal();
    rig.settle(&journal).await;
    let first = journal
        .follow(Scope::Project(quiet), Cursor::START, 10)
        .await
        .unwrap();
    assert_eq!(first.events, [], "four rows were looked at");
    assert!(first.cursor > Cursor::START);
    let found = follow_all(rig, &journal, Scope::Project(quiet), 10).await;
    assert_eq!(found, [events[17].id, events[42].id]);
}

pub(crate) async fn nothing_is_skipped_beside_writers(rig: &Rig) {
    let mut config = rig.config.clone();
    config.postgres.writers = 4;
    let store = rig.open_with(&config).await;
    let project_id = project(&store, "a").await;
    let mut writers = Vec::new();
    for _ in 0..4 {
        let store = store.clone();
        writers.push(tokio::spawn(async move {
            let mut stored = Vec::new();
            for round in 0..25 {
                let events: Vec<_> = (0..=round % 5)
                    .map(|n| event_at(project_id, round * 10 + n))
                    .collect();
                store_all(&store, &events).await;
                stored.extend(ids(&events));
            }
            stored
        }));
    }
    let journal = store.journal();
    let mut cursor = Cursor::START;
    let mut followed = Vec::new();
    let mut done = false;
    loop {
        let page = journal.follow(Scope::Everything, cursor, 13).await.unwrap();
        let is_end = page.cursor == cursor;
        cursor = page.cursor;
        followed.extend(ids(&page.events));
        if is_end && done {
            break;
        }
        // Looked at before the next page: what is stored by then must be in it or behind it.
        if !done && writers.iter().all(tokio::task::JoinHandle::is_finished) {
            done = true;
            rig.settle(&journal).await;
        }
    }
    let mut stored = Vec::new();
    for writer in writers {
        stored.extend(writer.await.unwrap());
    }
    followed.sort();
    stored.sort();
    assert_eq!(followed, stored);
}
