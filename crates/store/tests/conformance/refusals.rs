//! Refusals: kept, bounded, and never refused in their turn.

use event::{Code, ProjectId, Rejection, Source};
use ids::Uuid;
use store::{Config, Cut, Refusal};

use crate::rig::{Rig, at, id_at, project};

fn refusal_at(project_id: ProjectId, us: i64) -> Refusal {
    Refusal {
        id: id_at(us * 1_000),
        project_id,
        received_at: at(us),
        source: Source::Key(Uuid::MAX),
        rejection: Rejection {
            index: 7,
            code: Code::TooDeep,
            field: Some("properties/a".to_owned()),
            message: "`33` levels are more than `32`".to_owned(),
            input: "{\"event\":".to_owned(),
        },
    }
}

pub(crate) async fn the_newest_are_kept(rig: &Rig) {
    let store = rig
        .open_with(&Config {
            refusals_kept_max: 5,
            ..rig.config.clone()
        })
        .await;
    let journal = store.journal();
    let (one, other) = (project(&store, "one").await, project(&store, "other").await);
    let refusals: Vec<_> = (0..8).map(|us| refusal_at(one, us)).collect();
    assert_eq!(journal.reject(refusals[..4].to_vec()).await.unwrap(), 4);
    let mut batch = refusals[4..].to_vec();
    batch.push(refusal_at(other, 0));
    assert_eq!(journal.reject(batch).await.unwrap(), 5);
    let newest: Vec<_> = refusals[3..].iter().rev().cloned().collect();
    let page = journal
        .refusals(
            one,
            Cut {
                before: None,
                limit: 10,
            },
        )
        .await
        .unwrap();
    assert_eq!((page.refusals, page.next), (newest.clone(), None));
    assert_eq!(
        rig.number("SELECT count(id) FROM rejections").await,
        6,
        "and one of the other"
    );
    // By pages.
    let first = journal
        .refusals(
            one,
            Cut {
                before: None,
                limit: 3,
            },
        )
        .await
        .unwrap();
    let rest = journal
        .refusals(
            one,
            Cut {
                before: first.next,
                limit: 3,
            },
        )
        .await
        .unwrap();
    assert_eq!([first.refusals, rest.refusals].concat(), newest);
}

pub(crate) async fn refusals_come_back_as_they_were(rig: &Rig) {
    let store = rig.open().await;
    let journal = store.journal();
    let project_id = project(&store, "a").await;
    let nowhere = refusal_at(ProjectId::from_uuid(id_at(0)), 0);
    let mut bare = refusal_at(project_id, 1);
    bare.rejection.field = None;
    bare.rejection.input = "'; DROP TABLE rejections; -- 😀\n".repeat(30);
    let nul_id = id_at(2_000);
    let with = |c: char| {
        let refusal = refusal_at(project_id, 2);
        let rejection = Rejection {
            field: Some(format!("properties/{c}")),
            message: format!("`{c}`"),
            input: c.to_string(),
            ..refusal.rejection
        };
        Refusal {
            id: nul_id,
            rejection,
            ..refusal
        }
    };
    let batch = vec![nowhere, bare.clone(), with('\0')];
    assert_eq!(
        journal.reject(batch.clone()).await.unwrap(),
        2,
        "one has no project"
    );
    assert_eq!(journal.reject(batch).await.unwrap(), 0, "known already");
    let page = journal
        .refusals(
            project_id,
            Cut {
                before: None,
                limit: 10,
            },
        )
        .await
        .unwrap();
    assert_eq!(page.refusals, [with('\u{fffd}'), bare]);
    assert_eq!(journal.reject(Vec::new()).await.unwrap(), 0);
}
