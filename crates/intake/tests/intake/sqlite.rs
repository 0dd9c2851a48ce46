//! From bytes to a SQLite file and back.

use event::{Code, ProjectId};
use ids::Uuid;
use intake::{Body, Config, Intake, Refused, Verdict};
use store::{Cut, Location, Project, Store};

use crate::fake::{NOW, make_id, project, received};

async fn open(folder: &tempfile::TempDir) -> Store {
    let location = Location::Sqlite(folder.path().join("events.db"));
    Store::open(&location, &store::Config::default(), NOW)
        .await
        .unwrap()
}

async fn create(store: &Store, id: ProjectId) {
    let (name, slug) = ("Shop".to_owned(), "shop".to_owned());
    let project = Project {
        id,
        name,
        slug,
        created_at: NOW,
        archived_at: None,
    };
    store.registry().create_project(project).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_is_in_the_file_after_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    create(&store, project(1)).await;
    let (intake, committers) = Intake::new(store.journal(), Config::default(), make_id());
    let committers = committers.into_iter().map(|c| tokio::spawn(c.run()));
    let committers: Vec<_> = committers.collect();
    let body = br#"{"batch":[
        {"event":"Signed Up","userId":"u1","messageId":"m1","properties":{"plan":"pro\u0000"}},
        {"userId":"u1"},
        {"event":"Signed Up","userId":"u1","messageId":"m1"},
        {"event":"Opened","properties":{"n":1e3}}
    ],"sentAt":"2026-11-18T09:46:40Z"}"#;
    let body = Body {
        bytes: body,
        claimed: None,
    };
    let answer = intake.accept(project(1), &body, &received()).await.unwrap();
    let [
        Verdict::Stored(first),
        Verdict::Rejected(reason),
        Verdict::Duplicate(again),
        last,
    ] = answer.verdicts.as_slice()
    else {
        panic!("{answer:?}");
    };
    assert_eq!((reason.code, first), (Code::MissingName, again));
    let nobody = intake.accept(project(2), &body, &received()).await;
    assert!(matches!(nobody, Err(Refused::NoProject)), "{nobody:?}");
    intake.close();
    for committer in committers {
        committer.await.unwrap();
    }
    drop((intake, store));

    let journal = open(&folder).await.journal();
    let stored = journal.event(project(1), *first).await.unwrap();
    let stored = stored.expect("answered as stored");
    assert_eq!(stored.properties.as_str(), "{\"plan\":\"pro\u{fffd}\"}");
    let Verdict::Stored(last) = last else {
        panic!("{last:?}")
    };
    let stored = journal
        .event(project(1), *last)
        .await
        .unwrap()
        .expect("answered as stored");
    assert_eq!(stored.properties.as_str(), "{\"n\":1000}");
    let refusals = journal
        .refusals(
            project(1),
            Cut {
                before: None,
                limit: 10,
            },
        )
        .await
        .unwrap();
    assert_eq!(refusals.refusals.len(), 1);
    assert_eq!(refusals.refusals[0].rejection.index, 1);
    assert_eq!(refusals.refusals[0].rejection.input, r#"{"userId":"u1"}"#);
    assert_eq!(
        journal.event(project(2), *last).await.unwrap(),
        None::<event::Event>
    );
    assert_ne!(*first, Uuid::NIL);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_requests_share_commits_and_none_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    create(&store, project(1)).await;
    let (intake, committers) = Intake::new(store.journal(), Config::default(), make_id());
    let intake = std::sync::Arc::new(intake);
    for committer in committers {
        tokio::spawn(committer.run());
    }
    let clients = (0..32).map(|client| {
        let intake = std::sync::Arc::clone(&intake);
        tokio::spawn(async move {
            let mut ids = Vec::new();
            for number in 0..20 {
                let bytes = format!("{{\"event\":\"e\",\"messageId\":\"{client}-{number}\"}}");
                let body = Body {
                    bytes: bytes.as_bytes(),
                    claimed: None,
                };
                let answer = intake.accept(project(1), &body, &received()).await.unwrap();
                let [Verdict::Stored(id)] = answer.verdicts[..] else {
                    panic!("{answer:?}")
                };
                ids.push(id);
            }
            ids
        })
    });
    let clients: Vec<_> = clients.collect();
    let mut ids = Vec::new();
    for client in clients {
        ids.extend(client.await.unwrap());
    }
    let counts = intake.counts().batch;
    assert_eq!((ids.len(), counts.stored), (640, 640));
    assert!(
        counts.commits < 640,
        "no two shared one of {} commits",
        counts.commits
    );
    for id in ids {
        assert!(
            store
                .journal()
                .event(project(1), id)
                .await
                .unwrap()
                .is_some()
        );
    }
}
