//! Projects, keys, providers and their census.

use event::ProjectId;
use store::{ApiKey, Change, Digest, Error, KeyKind, Project, Repeated};

use crate::rig::{Rig, at, id_at, project, provider};

fn named(name: &str, slug: &str) -> Project {
    Project {
        id: ProjectId::from_uuid(id_at(0)),
        name: name.to_owned(),
        slug: slug.to_owned(),
        created_at: at(1),
        archived_at: None,
    }
}

fn unknown() -> ProjectId {
    ProjectId::from_uuid(id_at(0))
}

/// The field and value of a conflict.
fn taken<T: std::fmt::Debug>(result: Result<T, Error>) -> (&'static str, String) {
    match result {
        Err(Error::Conflict { field, value, .. }) => (field, value),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn a_slug_and_an_id_are_taken_once(rig: &Rig) {
    let registry = rig.open().await.registry();
    let first = named("Größe '; --", "first");
    registry.create_project(first.clone()).await.unwrap();
    let found = registry.project(first.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&first));
    assert_eq!(registry.project(unknown()).await.unwrap(), None);
    let second = registry.create_project(named("Other", "first")).await;
    assert_eq!(taken(second), ("slug", "first".to_owned()));
    let twin = Project {
        slug: "twin".to_owned(),
        ..first.clone()
    };
    let twin = registry.create_project(twin).await;
    assert_eq!(taken(twin), ("id", first.id.to_string()));
    assert_eq!(registry.projects(None, 10).await.unwrap(), [first]);
}

pub(crate) async fn projects_are_renamed_and_archived(rig: &Rig) {
    let registry = rig.open().await.registry();
    let first = named("Old", "first");
    registry.create_project(first.clone()).await.unwrap();
    let rename = Change::Rename("New".to_owned());
    let renamed = registry
        .change_project(first.id, rename.clone())
        .await
        .unwrap();
    let expected = Project {
        name: "New".to_owned(),
        ..first.clone()
    };
    assert_eq!(renamed, Some(expected.clone()));
    let nobody = registry.change_project(unknown(), rename).await.unwrap();
    assert_eq!(nobody, None);
    let expected = Some(Project {
        archived_at: Some(at(5)),
        ..expected
    });
    for moment in [5, 9] {
        let archive = Change::Archive(at(moment));
        let archived = registry.change_project(first.id, archive).await.unwrap();
        assert_eq!(archived, expected, "the first moment stays");
    }
    assert_eq!(registry.project(first.id).await.unwrap(), expected);
}

pub(crate) async fn projects_are_listed_by_pages(rig: &Rig) {
    let store = rig.open().await;
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(project(&store, &format!("more-{n}")).await);
    }
    ids.sort();
    let mut listed: Vec<ProjectId> = Vec::new();
    loop {
        let page = store
            .registry()
            .projects(listed.last().copied(), 2)
            .await
            .unwrap();
        if page.is_empty() {
            break;
        }
        listed.extend(page.iter().map(|project| project.id));
    }
    assert_eq!(listed, ids);
}

fn key(project_id: ProjectId, kind: KeyKind, us: i64) -> ApiKey {
    ApiKey {
        id: id_at(us),
        project_id,
        kind,
        name: "Website".to_owned(),
        hint: "wk_abc".to_owned(),
        created_at: at(us),
        revoked_at: None,
    }
}

const fn digest(byte: u8) -> Digest {
    [byte; 32]
}

pub(crate) async fn keys_are_found_by_their_digest(rig: &Rig) {
    let store = rig.open().await;
    let registry = store.registry();
    let (one, other) = (project(&store, "one").await, project(&store, "other").await);
    let write = key(one, KeyKind::Write, 1_000);
    let admin = key(one, KeyKind::Admin, 2_000);
    let foreign = key(other, KeyKind::Write, 3_000);
    for (key, byte) in [(&write, 1), (&admin, 2), (&foreign, 3)] {
        assert!(
            registry
                .create_key(key.clone(), digest(byte))
                .await
                .unwrap()
        );
        let found = registry.key_of(digest(byte)).await.unwrap();
        assert_eq!(found.as_ref(), Some(key));
    }
    assert_eq!(registry.key_of(digest(9)).await.unwrap(), None);
    let nowhere = key(unknown(), KeyKind::Write, 0);
    let created = registry.create_key(nowhere, digest(4)).await.unwrap();
    assert!(!created, "no such project");
    let again = registry
        .create_key(key(one, KeyKind::Write, 0), digest(3))
        .await;
    assert_eq!(taken(again), ("digest", String::new()));
    let again = registry.create_key(write.clone(), digest(5)).await;
    assert_eq!(taken(again), ("id", write.id.to_string()));
    assert_eq!(registry.keys(one).await.unwrap(), [admin, write]);
    let elsewhere = provider(unknown(), true);
    let configured = registry.put_provider(elsewhere).await.unwrap();
    assert!(!configured, "no such project");
}

pub(crate) async fn keys_work_until_revoked_or_archived(rig: &Rig) {
    let store = rig.open().await;
    let registry = store.registry();
    let (one, other) = (project(&store, "one").await, project(&store, "other").await);
    let write = key(one, KeyKind::Write, 1_000);
    let admin = key(one, KeyKind::Admin, 2_000);
    let foreign = key(other, KeyKind::Write, 3_000);
    for (key, byte) in [(&write, 1), (&admin, 2), (&foreign, 3)] {
        registry
            .create_key(key.clone(), digest(byte))
            .await
            .unwrap();
    }
    let not_its_own = registry.revoke_key(other, write.id, at(7)).await.unwrap();
    assert_eq!(not_its_own, None);
    let expected = Some(ApiKey {
        revoked_at: Some(at(7)),
        ..write.clone()
    });
    for moment in [7, 8] {
        let revoked = registry
            .revoke_key(one, write.id, at(moment))
            .await
            .unwrap();
        assert_eq!(revoked, expected, "the first moment stays");
    }
    assert_eq!(registry.key_of(digest(1)).await.unwrap(), None, "revoked");
    assert_eq!(registry.keys(one).await.unwrap().len(), 2, "still listed");
    assert_eq!(registry.key_of(digest(2)).await.unwrap(), Some(admin));
    let archive = Change::Archive(at(9));
    registry.change_project(one, archive).await.unwrap();
    assert_eq!(registry.key_of(digest(2)).await.unwrap(), None, "archived");
    assert_eq!(registry.key_of(digest(3)).await.unwrap(), Some(foreign));
}

pub(crate) async fn a_census_counts_and_finds_repeated_names(rig: &Rig) {
    let store = rig.open().await;
    let registry = store.registry();
    let empty = registry.census().await.unwrap();
    assert_eq!(
        (empty.projects, empty.unique_ids, empty.repeated_names.len()),
        (0, 0, 0)
    );
    for (name, slug) in [
        ("b", "1"),
        ("Z", "2"),
        ("b", "3"),
        ("a", "4"),
        ("Z", "5"),
        ("c", "6"),
        ("c", "7"),
        ("c", "8"),
    ] {
        registry.create_project(named(name, slug)).await.unwrap();
    }
    let census = registry.census().await.unwrap();
    assert_eq!(
        (census.projects, census.unique_ids, census.unique_slugs),
        (8, 8, 8)
    );
    let repeated = [("c", 3), ("Z", 2), ("b", 2)].map(|(value, projects)| Repeated {
        value: value.to_owned(),
        projects,
    });
    assert_eq!(census.repeated_names, repeated, "in byte order on both");
    assert_eq!(census.repeated_slugs, []);
}
