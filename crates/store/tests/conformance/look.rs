//! Looking up: filters and pages.

use event::{Event, EventName, ProjectId};
use ids::Uuid;
use store::{Config, Cut, EventFilter, Journal, Store};

use crate::rig::{Rig, at, event_at, project, store_all};

async fn all_pages(
    journal: &Journal,
    project_id: ProjectId,
    filter: &EventFilter,
    limit: usize,
) -> Vec<Uuid> {
    let mut before = None;
    let mut ids = Vec::new();
    loop {
        let cut = Cut { before, limit };
        let page = journal
            .events(project_id, filter.clone(), cut)
            .await
            .unwrap();
        assert!(page.events.len() <= limit);
        ids.extend(page.events.iter().map(|event| event.id));
        before = page.next;
        if before.is_none() {
            return ids;
        }
    }
}

/// The same, oldest first.
async fn all_scanned(
    journal: &Journal,
    project_id: ProjectId,
    filter: &EventFilter,
    limit: usize,
) -> Vec<Uuid> {
    let mut after = None;
    let mut ids = Vec::new();
    loop {
        let page = journal
            .scan(project_id, filter.clone(), after, limit)
            .await
            .unwrap();
        assert!(page.events.len() <= limit);
        ids.extend(page.events.iter().map(|event| event.id));
        after = page.next;
        if after.is_none() {
            return ids;
        }
    }
}

/// Forty events of a few users and two names, newest first; two in each millisecond.
async fn forty(store: &Store, project_id: ProjectId) -> Vec<Event> {
    let name = |text: &str| EventName::from_stored(text.to_owned()).unwrap();
    let mut events: Vec<_> = (0..40)
        .map(|n| Event {
            name: name(if n % 4 == 0 { "Paid" } else { "Seen" }),
            user_id: (n % 3 != 0).then(|| format!("u{}", n % 5)),
            anonymous_id: (n % 3 == 0).then(|| "u1".to_owned()),
            ..event_at(project_id, n * 500)
        })
        .collect();
    store_all(store, &events).await;
    events.sort_by_key(|event| std::cmp::Reverse(event.id));
    events
}

/// What the filter must find, said a second time without a database.
fn matches(filter: &EventFilter, event: &Event) -> bool {
    let EventFilter {
        user,
        name,
        from,
        to,
    } = filter;
    (user.is_none() || [&event.user_id, &event.anonymous_id].contains(&user))
        && name
            .as_deref()
            .is_none_or(|name| name == event.name.as_str())
        && from.is_none_or(|from| event.timestamp >= from)
        && to.is_none_or(|to| event.timestamp < to)
}

pub(crate) async fn filters_and_pages_meet_every_event_once(rig: &Rig) {
    let store = rig.open().await;
    let (one, other) = (project(&store, "one").await, project(&store, "other").await);
    let events = forty(&store, one).await;
    store_all(&store, &[event_at(other, 3_000)]).await;
    let filter = |user: Option<&str>, name: Option<&str>, from, to| EventFilter {
        user: user.map(str::to_owned),
        name: name.map(str::to_owned),
        from,
        to,
    };
    let (from, to) = (Some(at(2_499)), Some(at(9_501)));
    // The number is there so that a filter that finds nothing cannot agree with itself.
    let filters = [
        (EventFilter::default(), 40),
        (filter(Some("u1"), None, None, None), 19),
        (filter(None, Some("Paid"), None, None), 10),
        (filter(None, None, from, to), 15),
        (filter(None, None, from, None), 35),
        (filter(None, None, None, Some(at(9_500))), 19),
        (filter(Some("u1"), Some("Paid"), from, to), 2),
        (filter(Some("' OR 1=1 --"), None, None, None), 0),
    ];
    for (filter, count) in filters {
        let kept = events.iter().filter(|event| matches(&filter, event));
        let expected: Vec<_> = kept.map(|event| event.id).collect();
        assert_eq!(expected.len(), count, "{filter:?}");
        for limit in [1, 7, 1_000] {
            let found = all_pages(&store.journal(), one, &filter, limit).await;
            assert_eq!(found, expected, "{filter:?} by {limit}");
            let mut found = all_scanned(&store.journal(), one, &filter, limit).await;
            found.reverse();
            assert_eq!(found, expected, "{filter:?} by {limit}, oldest first");
        }
    }
}

pub(crate) async fn a_search_is_bounded_and_goes_on(rig: &Rig) {
    let config = Config {
        scan_rows_max: 5,
        page_rows_max: 3,
        ..rig.config.clone()
    };
    let store = rig.open_with(&config).await;
    let project_id = project(&store, "a").await;
    let rare = Event {
        user_id: Some("rare".to_owned()),
        ..event_at(project_id, 0)
    };
    let mut events: Vec<_> = (1..24).map(|n| event_at(project_id, n * 1_000)).collect();
    events.push(rare.clone());
    store_all(&store, &events).await;
    let filter = EventFilter {
        user: rare.user_id,
        ..EventFilter::default()
    };
    let cut = Cut {
        before: None,
        limit: 10,
    };
    let page = store
        .journal()
        .events(project_id, filter.clone(), cut)
        .await
        .unwrap();
    assert_eq!(page.events, []);
    assert!(
        page.next.is_some(),
        "five rows were looked at, there are more"
    );
    assert_eq!(
        all_pages(&store.journal(), project_id, &filter, 10).await,
        [rare.id]
    );
    // The rare one is the oldest; what is searched for here is the newest.
    let newest = events.iter().map(|event| event.id).max();
    let journal = store.journal();
    let page = journal.scan(project_id, filter.clone(), Some(rare.id), 10);
    let page = page.await.unwrap();
    assert_eq!(page.events, []);
    assert!(page.next.is_some() && page.next < newest, "five rows on");
    let scanned = all_scanned(&store.journal(), project_id, &filter, 10).await;
    assert_eq!(scanned, [rare.id]);
    let page = store
        .journal()
        .events(project_id, EventFilter::default(), cut)
        .await
        .unwrap();
    assert_eq!(page.events.len(), 3, "cut to `page_rows_max`");
    let found = all_pages(&store.journal(), project_id, &EventFilter::default(), 10).await;
    assert_eq!(found.len(), 24);
}
