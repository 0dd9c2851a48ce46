//! Looking at a database: what it says, and that it changes nothing.

use std::collections::BTreeMap;

use store::{Depth, Error, Examination, Location, Settings, Store};

use crate::rig::{Rig, event_at, named_event_at, project, provider, store_all};

async fn examine(rig: &Rig, depth: Depth) -> Examination {
    let found = Store::examine(&rig.location, &rig.config, depth).await;
    found.unwrap().expect("there is a database")
}

/// Of each column: what is unexpected, and how many there are of each version.
fn keys_of(found: &Examination) -> BTreeMap<String, (u64, BTreeMap<u8, u64>)> {
    let name = |key: &store::KeyVersions| format!("{}.{}", key.table, key.column);
    let value = |key: &store::KeyVersions| (key.unexpected(), key.versions.clone());
    found.keys.iter().map(|k| (name(k), value(k))).collect()
}

pub(crate) async fn an_examination_tells_schema_settings_and_keys(rig: &Rig) {
    let mut config = rig.config.clone();
    config.examine_rows_max = 3;
    let store = rig.open().await;
    let project_id = project(&store, "a").await;
    let hook = provider(project_id, true);
    store.registry().put_provider(hook).await.unwrap();
    let events: Vec<_> = (0..10).map(|us| event_at(project_id, us)).collect();
    store_all(&store, &events).await;
    store_all(&store, &[named_event_at(project_id, 11, "m")]).await;
    let found = Store::examine(&rig.location, &config, Depth::Integrity).await;
    let found = found.unwrap().expect("there is a database");
    assert_eq!(found.schema.found, found.schema.known);
    assert_eq!(found.schema.pending, []);
    let keys = keys_of(&found);
    let expected = |version, rows| (0, BTreeMap::from([(version, rows)]));
    assert_eq!(keys["events.id"], expected(7, 6), "three of each end");
    assert_eq!(keys["events.canonical_id"], expected(5, 1));
    assert_eq!(keys["analytics_projects.id"], expected(7, 1));
    assert_eq!(keys["provider_configs.id"], expected(7, 1));
    assert_eq!(keys["rejections.id"], (0, BTreeMap::new()));
    match (&rig.location, found.settings) {
        (Location::Sqlite(path), Settings::Sqlite(settings)) => {
            assert_eq!(settings.journal_mode, "wal");
            assert_eq!(settings.synchronous, "full");
            assert_eq!(settings.file_bytes, std::fs::metadata(path).unwrap().len());
            assert!(settings.log_bytes > 0 && settings.pages > 10);
            assert_eq!(found.integrity, Some(Vec::new()));
        }
        (Location::Postgres(_), Settings::Postgres(settings)) => {
            assert_eq!(settings.fsync, "on");
            assert_eq!(settings.synchronous_commit, "on");
            assert_eq!(settings.encoding, "UTF8");
            assert!(settings.connections > 0 && settings.database_bytes > 1 << 20);
            assert!(settings.clock.unix_ms() > crate::rig::START_MS);
            assert_eq!(found.integrity, None);
        }
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn keys_of_another_version_are_seen(rig: &Rig) {
    let store = rig.open().await;
    let project_id = project(&store, "a").await;
    store_all(&store, &[event_at(project_id, 0), event_at(project_id, 1)]).await;
    let random = match &rig.location {
        Location::Sqlite(_) => "x'b2c3d4e5f6a748909bcdef0123456789'",
        Location::Postgres(_) => "'b2c3d4e5-f6a7-4890-9bcd-ef0123456789'",
    };
    rig.change(&format!(
        "UPDATE events SET id = {random}
        WHERE id = (SELECT id FROM events ORDER BY id LIMIT 1)"
    ))
    .await;
    let found = examine(rig, Depth::Settings).await;
    let expected = (1, BTreeMap::from([(4, 1), (7, 1)]));
    assert_eq!(keys_of(&found)["events.id"], expected);
}

pub(crate) async fn an_examination_changes_nothing(rig: &Rig) {
    if let Location::Sqlite(path) = &rig.location {
        let nothing = Store::examine(&rig.location, &rig.config, Depth::Integrity).await;
        assert_eq!(nothing.unwrap(), None);
        assert!(!path.exists());
        std::fs::write(path, "").unwrap();
    }
    let empty = examine(rig, Depth::Settings).await;
    assert_eq!((empty.schema.found, empty.keys.len()), (0, 0));
    assert_eq!(empty.schema.pending.last().unwrap().0, empty.schema.known);
    let store = rig.open().await;
    project(&store, "a").await;
    drop(store);
    let drop_newest = "DROP TABLE project_usage; DELETE FROM schema_migrations WHERE version = 2;";
    rig.change(drop_newest).await;
    if let Location::Sqlite(_) = &rig.location {
        rig.change("PRAGMA user_version = 1").await;
    }
    let old = examine(rig, Depth::Settings).await;
    assert_eq!(old.schema.pending, [(2, "project_usage")]);
    let rows = "SELECT count(version) FROM schema_migrations";
    assert_eq!(rig.number(rows).await, 1, "nothing was applied");
    rig.change("UPDATE schema_migrations SET name = 'x'").await;
    rig.open().await;
    rig.change("UPDATE schema_migrations SET version = version + 9")
        .await;
    let error = Store::examine(&rig.location, &rig.config, Depth::Settings).await;
    let Err(Error::SchemaTooNew { .. } | Error::Refused { .. }) = error else {
        panic!("{error:?}");
    };
}
