//! Backups: made beside writers, put back into either database, refused in any other state.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use event::{Event, ProjectId};
use store::{
    ApiKey, Day, Error, KeyKind, Location, Manifest, Progress, Refusal, Scope, Store, TableCount,
};

use crate::follow::follow_all;
use crate::rig::{
    self, Rig, at, event_at, id_at, json, named_event_at, project, provider, store_all,
};

/// One of everything that the store keeps.
async fn furnish(store: &Store) -> ProjectId {
    let project_id = project(store, "a").await;
    let registry = store.registry();
    registry
        .put_provider(provider(project_id, true))
        .await
        .unwrap();
    let key = ApiKey {
        id: id_at(1),
        project_id,
        kind: KeyKind::Write,
        name: "Größe".to_owned(),
        hint: "wk_abc".to_owned(),
        created_at: at(1),
        revoked_at: Some(at(2)),
    };
    assert!(registry.create_key(key, [7; 32]).await.unwrap());
    let usage = vec![(project_id, 12)];
    registry.count_usage(Day::of(at(0)), usage).await.unwrap();
    let refusal = Refusal {
        id: id_at(3),
        project_id,
        received_at: at(3),
        source: event::Source::Import,
        rejection: event::Rejection {
            index: 9,
            code: event::Code::InvalidJson,
            field: Some("properties".to_owned()),
            message: "no".to_owned(),
            input: "{".to_owned(),
        },
    };
    store.journal().reject(vec![refusal]).await.unwrap();
    // Later ids first: the order of commits is not that of ids.
    store_all(store, &[named_event_at(project_id, 9_000_000, "m")]).await;
    let full = Event {
        anonymous_id: Some("anon".to_owned()),
        original_timestamp: Some("yesterday".to_owned()),
        properties: json(r#"{"z":1.50,"a":{"deep":[1,2,{"ü":null}]},"big":12345678901234567890}"#),
        context: Some(json(r#"{"page":"/"}"#)),
        user_agent: Some("Mozilla".to_owned()),
        ip_address: Some("2001:db8::1".parse().unwrap()),
        ..event_at(project_id, 5)
    };
    store_all(store, &[full, event_at(project_id, 6)]).await;
    project_id
}

async fn back_up(store: &Store, path: &Path) -> Manifest {
    store.backup(path, at(77), drop).await.unwrap()
}

async fn restore(backup: &Path, rig: &Rig) -> Result<Manifest, Error> {
    Store::restore(backup, (&rig.location, &rig.config), at(0), drop).await
}

/// A database of each kind that there is, and nothing in it.
fn targets() -> Vec<Rig> {
    [Some(rig::sqlite()), rig::postgres("restored_backup")]
        .into_iter()
        .flatten()
        .collect()
}

pub(crate) async fn a_backup_comes_back_on_either_database(rig: &Rig) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.backup");
    let store = rig.open().await;
    let project_id = furnish(&store).await;
    let order = follow_all(rig, &store.journal(), Scope::Everything, 10).await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&told);
    let on_progress = move |progress: Progress| listener.lock().unwrap().push(progress);
    let manifest = store.backup(&path, at(77), on_progress).await.unwrap();
    let rows: Vec<_> = manifest.tables.iter().map(|table| table.rows).collect();
    assert_eq!(rows, [1, 1, 1, 3, 3, 1, 1], "{manifest:?}");
    assert_eq!(manifest.created_at, at(77));
    assert_eq!(manifest.last_position, 3);
    assert_eq!(manifest.last_received_at, Some(at(9_000_001)));
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "for its owner alone");
    }
    let last = told.lock().unwrap().last().copied();
    let rows = manifest.rows();
    let rows_total = rows;
    assert_eq!(last, Some(Progress { rows, rows_total }));

    for target in targets() {
        assert_eq!(restore(&path, &target).await.unwrap(), manifest);
        let restored = target.open().await;
        let journal = restored.journal();
        let found = follow_all(&target, &journal, Scope::Everything, 10).await;
        assert_eq!(found, order, "the order of commits");
        for id in &order {
            let was = store.journal().event(project_id, *id).await.unwrap();
            assert_eq!(journal.event(project_id, *id).await.unwrap(), was);
        }
        // New events come behind the old ones, and a client's repeat is still known.
        let new = event_at(project_id, 0);
        store_all(&restored, std::slice::from_ref(&new)).await;
        let again = named_event_at(project_id, 1, "m");
        let outcomes = journal.append(vec![again]).await.unwrap();
        assert_eq!(outcomes, [store::Outcome::Duplicate(order[0])]);
        let found = follow_all(&target, &journal, Scope::Everything, 10).await;
        assert_eq!(found.last(), Some(&new.id));
        // And from there: the same rows, but for the new event and its delivery.
        let second = folder.path().join(format!("{}.backup", new.id));
        let second = back_up(&restored, &second).await;
        let others = |manifest: &Manifest| -> Vec<TableCount> {
            let is_other = |t: &&TableCount| !["events", "event_queue"].contains(&t.table);
            manifest.tables.iter().filter(is_other).copied().collect()
        };
        assert_eq!(others(&second), others(&manifest));
        assert_eq!(second.rows(), manifest.rows() + 2);
    }
}

/// Batches of ten commit meanwhile: a backup has whole ones, the oldest, and what was acknowledged
/// before it began.
pub(crate) async fn a_backup_under_load_is_one_moment(rig: &Rig) {
    let folder = tempfile::tempdir().unwrap();
    let store = rig.open().await;
    let project_id = project(&store, "a").await;
    store_all(&store, &[event_at(project_id, 0)]).await;
    let stop = AtomicBool::new(false);
    let writing = async {
        let mut stored = 1;
        while !stop.load(Ordering::Relaxed) {
            let batch: Vec<_> = (0..10).map(|us| event_at(project_id, us)).collect();
            store_all(&store, &batch).await;
            stored += 10;
        }
        stored
    };
    let backing_up = async {
        let mut found: Vec<u64> = Vec::new();
        for n in 0..4 {
            let before = follow_all(rig, &store.journal(), Scope::Everything, 1_000).await;
            let path = folder.path().join(n.to_string());
            let manifest = back_up(&store, &path).await;
            let target = rig::sqlite();
            restore(&path, &target).await.unwrap();
            let journal = target.open().await.journal();
            let there = follow_all(&target, &journal, Scope::Everything, 1_000).await;
            assert_eq!(there.len() as u64, manifest.last_position);
            assert_eq!(there.len() % 10, 1, "no batch is torn");
            assert!(there.len() >= before.len());
            assert_eq!(
                there[..before.len()],
                before,
                "a beginning of what is stored"
            );
            found.push(there.len() as u64);
        }
        stop.store(true, Ordering::Relaxed);
        found
    };
    let (stored, found) = tokio::join!(writing, backing_up);
    assert!(
        found.is_sorted() && found[3] > found[0],
        "the writer went on: {found:?}"
    );
    assert!(stored >= found[3]);
}

pub(crate) async fn nothing_is_overwritten(rig: &Rig) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.backup");
    let store = rig.open().await;
    furnish(&store).await;
    std::fs::write(&path, "mine").unwrap();
    let error = store.backup(&path, at(0), drop).await.unwrap_err();
    assert!(matches!(error, Error::Backup { .. }), "{error}");
    assert!(error.to_string().contains("is there already"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    std::fs::remove_file(&path).unwrap();
    back_up(&store, &path).await;
    let names = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 1, "nothing unfinished is left");
    let before = follow_all(rig, &store.journal(), Scope::Everything, 10).await;
    drop(store);
    let error = restore(&path, rig).await.unwrap_err();
    assert!(matches!(error, Error::Backup { .. }), "{error}");
    assert!(error.hint().is_some());
    let store = rig.open().await;
    let after = follow_all(rig, &store.journal(), Scope::Everything, 10).await;
    assert_eq!(after, before);
    // A backup is not taken for a store.
    let opened = Store::open(&Location::Sqlite(path.clone()), &rig.config, at(0)).await;
    let error = opened.unwrap_err();
    assert!(error.to_string().contains("is a backup"), "{error}");
    Store::check_backup(&path, &rig.config, drop).await.unwrap();
}

pub(crate) async fn a_damaged_backup_is_refused(rig: &Rig) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.backup");
    let store = rig.open().await;
    furnish(&store).await;
    let manifest = back_up(&store, &path).await;
    let check = async || Store::check_backup(&path, &rig.config, drop).await;
    // The control: as it is, it passes.
    assert_eq!(check().await.unwrap(), manifest);
    let whole = std::fs::read(&path).unwrap();
    let mut bad = vec![whole[..whole.len() / 2].to_vec(), Vec::new()];
    bad.push(whole[..whole.len() - 1].to_vec());
    for place in [
        0,
        24,
        5_000,
        whole.len() / 2,
        whole.len() - 41,
        whole.len() - 1,
    ] {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        bad.push(changed);
    }
    for bytes in bad {
        std::fs::write(&path, &bytes).unwrap();
        let error = check().await.unwrap_err();
        assert!(matches!(error, Error::Backup { .. }), "{error}");
        for target in targets() {
            let error = restore(&path, &target).await.unwrap_err();
            assert!(matches!(error, Error::Backup { .. }), "{error}");
            if let Location::Sqlite(target) = &target.location {
                assert!(!target.exists());
            }
        }
    }
}

/// Somebody who changes a row and seals the file anew: the sums of the manifest hold that.
#[tokio::test]
async fn rows_are_held_by_the_manifest() {
    let rig = rig::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.backup");
    let store = rig.open().await;
    furnish(&store).await;
    back_up(&store, &path).await;
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 40]).unwrap();
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute("UPDATE events SET event_name = 'Signed Off'", ())
        .unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&bytes);
    bytes.extend_from_slice(b"ANBTBKP1");
    bytes.extend_from_slice(&digest);
    std::fs::write(&path, bytes).unwrap();
    let error = Store::check_backup(&path, &rig.config, drop)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("`events`"), "{error}");
    let error = restore(&path, &rig::sqlite()).await.unwrap_err();
    assert!(error.to_string().contains("`events`"), "{error}");
}
