//! The tables of the versions before are taken over once their keys are UUIDs, with every row.

use event::ProjectId;
use ids::Uuid;
use store::{Cut, Error, EventFilter, Scope, Store};

use crate::follow::follow_all;
use crate::rig::{self, Rig, at, event_at, store_all};

/// As they were, with integer keys.
const LEGACY: &str = include_str!("../../../../examples/legacy-analyticsbot/legacy.sql");

const PROJECT: &str = "0190a0b0-0000-7000-8000-000000000001";

/// As they are after their keys were moved.
fn moved() -> String {
    LEGACY
        .replace("serial", "uuid")
        .replace("integer NOT NULL,", "uuid NOT NULL,")
}

/// Two projects, a provider, two events of which one has a delivery that is pending, and one
/// delivery that is done.
const ROWS: &str = "
    INSERT INTO analytics_projects (id, name, slug) VALUES
        ('0190a0b0-0000-7000-8000-000000000001', 'One', 'one'),
        ('0190a0b0-0000-7000-8000-000000000002', 'Other', 'other');
    INSERT INTO provider_configs (id, project_id, kind, name) VALUES
        ('0190a0b0-0000-7000-8000-000000000003', '0190a0b0-0000-7000-8000-000000000001',
         'webhook', 'hook');
    INSERT INTO events (id, project_id, user_id, event_name, properties, ip_address, timestamp,
                        created_at) VALUES
        ('0190a0b0-0000-7000-8000-000000000004', '0190a0b0-0000-7000-8000-000000000001', 'u',
         'signup', '{\"plan\": \"pro\"}', '192.0.2.1', '2024-07-11 10:00+00',
         '2024-07-11 10:00:01+00'),
        ('0190a0b0-0000-7000-8000-000000000005', '0190a0b0-0000-7000-8000-000000000001', '',
         'login', '[1]', NULL, '2024-07-11 10:01+00', NULL);
    INSERT INTO event_queue (id, event_id, provider_id, status) VALUES
        ('0190a0b0-0000-7000-8000-000000000006', '0190a0b0-0000-7000-8000-000000000004',
         '0190a0b0-0000-7000-8000-000000000003', 'pending'),
        ('0190a0b0-0000-7000-8000-000000000007', '0190a0b0-0000-7000-8000-000000000005',
         '0190a0b0-0000-7000-8000-000000000003', 'delivered')";

fn project() -> ProjectId {
    ProjectId::from_uuid(Uuid::parse(PROJECT).unwrap())
}

async fn refused(rig: &Rig) -> (String, String) {
    match Store::open(&rig.location, &rig.config, at(0)).await {
        Err(Error::Refused { why, hint }) => (why, hint),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_with_uuid_keys_are_taken_over_with_every_row() {
    let Some(rig) = rig::postgres("adopt") else {
        return;
    };
    rig.change(&moved()).await;
    rig.change(ROWS).await;
    let store = rig.open().await;
    let slugs = store.registry().projects(None, 10).await.unwrap();
    let mut slugs: Vec<_> = slugs.into_iter().map(|project| project.slug).collect();
    slugs.sort();
    assert_eq!(slugs, ["one", "other"]);
    let cut = Cut {
        limit: 10,
        before: None,
    };
    let journal = store.journal();
    let page = journal.events(project(), EventFilter::default(), cut).await;
    let events = page.unwrap().events;
    let seen: Vec<_> = events
        .iter()
        .map(|e| (e.name.as_str(), e.user_id.as_deref(), e.properties.as_str()))
        .collect();
    let expected = [
        ("login", None, r#"{"value":[1]}"#),
        ("signup", Some("u"), r#"{"plan":"pro"}"#),
    ];
    assert_eq!(seen, expected);
    assert_eq!(events[0].received_at, events[0].timestamp, "it had none");
    assert_ne!(events[1].received_at, events[1].timestamp);
    let queued = "SELECT count(event_id) FROM event_queue";
    assert_eq!(
        rig.number(queued).await,
        1,
        "what is done is not done again"
    );
    // What comes now comes behind what was there, and is delivered like it.
    let new = event_at(project(), 0);
    store_all(&store, std::slice::from_ref(&new)).await;
    assert_eq!(rig.number(queued).await, 2);
    let followed = follow_all(&rig, &journal, Scope::Project(project()), 10).await;
    assert_eq!(followed, [events[1].id, events[0].id, new.id]);

    // Once: the next start finds its own tables.
    drop(store);
    rig.open().await;
    assert_eq!(rig.number("SELECT count(id) FROM events").await, 3);
    let old = "SELECT count(id) FROM analyticsbot_legacy.events";
    assert_eq!(rig.number(old).await, 2, "the old tables are kept");
    let view = "SELECT count(id) FROM pending_deliveries";
    assert_eq!(rig.number(view).await, 1, "and what stands on them");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_that_are_not_ready_are_refused_and_left_alone() {
    let Some(rig) = rig::postgres("adopt_not") else {
        return;
    };
    rig.change(LEGACY).await;
    let (why, hint) = refused(&rig).await;
    assert_eq!(
        why,
        "the table `events` of an earlier version has integer keys"
    );
    assert!(hint.contains("idshift migrate plan"), "{hint}");
    assert_eq!(rig.number("SELECT count(id) FROM events").await, 0);

    let drop_all = "DROP TABLE analytics_projects, events, provider_configs, event_queue CASCADE;
        DROP FUNCTION set_updated_at";
    rig.change(drop_all).await;
    rig.change(&moved()).await;
    rig.change(ROWS).await;
    rig.change("ALTER TABLE events ADD COLUMN id__old integer")
        .await;
    let (why, hint) = refused(&rig).await;
    assert!(why.contains("are being moved"), "{why}");
    assert!(hint.contains("idshift migrate contract"), "{hint}");

    rig.change("ALTER TABLE events DROP COLUMN id__old; UPDATE events SET project_id = id")
        .await;
    let (why, _) = refused(&rig).await;
    assert!(why.starts_with("2 rows of `events` belong to no"), "{why}");
    assert_eq!(rig.number("SELECT count(id) FROM events").await, 2);

    rig.change("ALTER TABLE events DROP COLUMN event_name CASCADE")
        .await;
    let (why, _) = refused(&rig).await;
    assert_eq!(why, "the table `events` has no column `event_name`");
}
