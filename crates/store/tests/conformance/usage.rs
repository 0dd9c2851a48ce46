//! How many events projects send in a day.

use event::ProjectId;
use ids::Timestamp;
use store::{Day, Error};

use crate::rig::{Rig, START_MS, id_at, project};

const DAY_MS: i64 = 86_400_000;

type Pairs<'a> = &'a [(ProjectId, u64)];

/// `days` after the start.
fn day(days: i64) -> Day {
    Day::of(Timestamp::from_unix_ms(START_MS + days * DAY_MS))
}

pub(crate) async fn totals_add_up_by_project_and_day(rig: &Rig) {
    let store = rig.open().await;
    let registry = store.registry();
    let (one, other) = (project(&store, "one").await, project(&store, "other").await);
    let nobody = ProjectId::from_uuid(id_at(0));
    let steps: [(i64, Pairs, Pairs); 7] = [
        (0, &[], &[]),
        (0, &[(one, 0)], &[(one, 0)]),
        (0, &[(one, 3), (other, 5)], &[(one, 3), (other, 5)]),
        (0, &[(one, 1), (nobody, 9), (one, 1)], &[(one, 5)]),
        (1, &[(one, 2)], &[(one, 2)]),
        (0, &[(one, 0), (other, 0)], &[(one, 5), (other, 5)]),
        (0, &[(other, u64::MAX)], &[(other, 1 << 53)]),
    ];
    for (days, deltas, expected) in steps {
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        let totals = registry
            .count_usage(day(days), deltas.to_vec())
            .await
            .unwrap();
        assert_eq!(totals, expected, "{deltas:?}");
    }
    drop((registry, store));
    let registry = rig.open().await.registry();
    let kept = registry.count_usage(day(0), vec![(one, 0)]).await.unwrap();
    assert_eq!(kept, [(one, 5)], "after opening again");
    let many = vec![(one, 1); rig.config.batch_rows_max + 1];
    let error = registry.count_usage(day(0), many).await.unwrap_err();
    assert!(matches!(error, Error::TooMany { .. }), "{error}");
}

pub(crate) async fn counting_at_once_loses_nothing(rig: &Rig) {
    let store = rig.open().await;
    let (one, other) = (project(&store, "one").await, project(&store, "other").await);
    let count = async |first: ProjectId, second: ProjectId| {
        let registry = rig.open().await.registry();
        for _ in 0..50 {
            let deltas = vec![(first, 1), (second, 1)];
            registry.count_usage(day(0), deltas).await.unwrap();
        }
    };
    tokio::join!(count(one, other), count(other, one), count(one, other));
    let deltas = vec![(one, 0), (other, 0)];
    let totals = store.registry().count_usage(day(0), deltas).await.unwrap();
    let mut expected = [(one, 150), (other, 150)];
    expected.sort_unstable();
    assert_eq!(totals, expected);
}

pub(crate) async fn old_days_are_forgotten(rig: &Rig) {
    let store = rig.open().await;
    let registry = store.registry();
    let (one, other) = (project(&store, "one").await, project(&store, "other").await);
    let deltas = vec![(one, 7), (other, 7)];
    registry.count_usage(day(0), deltas).await.unwrap();
    let rows = "SELECT count(events) FROM project_usage";
    for (days, left) in [(400, 3), (401, 3), (402, 4)] {
        let counted = registry.count_usage(day(days), vec![(one, 1)]).await;
        assert_eq!(counted.unwrap(), [(one, 1)]);
        assert_eq!(rig.number(rows).await, left, "after {days} days");
    }
    let kept = registry.count_usage(day(0), vec![(other, 0)]).await;
    assert_eq!(kept.unwrap(), [(other, 7)], "its own days only");
}
