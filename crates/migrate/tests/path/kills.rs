//! The plug is pulled before and after every statement; the next run ends as an undisturbed one.

use migrate::run::{self, Control, Event, Until};

use crate::stage::Stage;

/// Small, but with every kind of step: a self reference, a reference, indexes of each role.
const TREE: &str = "
CREATE TABLE nodes (
    id serial PRIMARY KEY, parent_id integer REFERENCES nodes, code text UNIQUE,
    created_at timestamptz NOT NULL);
CREATE INDEX nodes_parent ON nodes (parent_id);
CREATE TABLE leaves (
    id bigserial PRIMARY KEY, node_id integer NOT NULL REFERENCES nodes ON DELETE CASCADE,
    UNIQUE (node_id, id));
INSERT INTO nodes (parent_id, code, created_at)
    SELECT nullif(n / 2, 0), 'n' || n, '2024-01-01'::timestamptz + n * interval '1 second'
    FROM generate_series(1, 40) n;
INSERT INTO leaves (node_id) SELECT 1 + n % 40 FROM generate_series(1, 60) n;
";
const TREE_TABLES: [&str; 2] = ["nodes", "leaves"];

/// What must be equal after every run: all of the schema, and of the data all but random bits.
async fn state(stage: &Stage) -> (String, String, String) {
    let ticks = "SELECT string_agg(left(id::text, 20) || code, ' ' ORDER BY id) FROM nodes";
    let links = "SELECT string_agg(n.code || l.id__old, ' ' ORDER BY l.id)
                 FROM leaves l JOIN nodes n ON n.id = l.node_id";
    (stage.dump(), stage.one(ticks).await, stage.one(links).await)
}

#[tokio::test]
async fn a_killed_run_goes_on_to_the_same_end() {
    let Some(stage) = Stage::new("kills", TREE).await else {
        return;
    };
    let plan = stage.plan(&TREE_TABLES).await.expect("a plan").plan;
    let points = stage
        .apply_until_point(&plan, usize::MAX)
        .await
        .expect("applied");
    let expected = state(&stage).await;
    assert!(points > 100, "only {points} points");
    // A sample here; every point with `cargo xtask chaos migrate`.
    for point in (1..=points).step_by(points / 12) {
        let Some(stage) = Stage::new("kills_at", TREE).await else {
            return;
        };
        let plan = stage.plan(&TREE_TABLES).await.expect("a plan").plan;
        let error = stage
            .apply_until_point(&plan, point)
            .await
            .expect_err("stopped");
        assert!(
            matches!(error, migrate::Error::Stopped { .. }),
            "{point}: {error}"
        );
        stage
            .apply(&plan, Until::End)
            .await
            .unwrap_or_else(|e| panic!("{point}: {e}"));
        stage.verify().await;
        assert_eq!(state(&stage).await, expected, "killed at point {point}");
    }
}

#[tokio::test]
async fn a_killed_run_can_be_rolled_back_and_so_can_a_killed_rollback() {
    let Some(stage) = Stage::new("kills_back", TREE).await else {
        return;
    };
    let plan = stage.plan(&TREE_TABLES).await.expect("a plan").plan;
    let before = (stage.dump(), stage.data(&TREE_TABLES).await);
    let points = stage
        .apply_until_point(&plan, usize::MAX)
        .await
        .expect("applied");
    stage.rollback().await.expect("rolled back");
    assert_eq!((stage.dump(), stage.data(&TREE_TABLES).await), before);
    for point in (1..=points).step_by(points / 8) {
        stage
            .apply_until_point(&plan, point)
            .await
            .expect_err("stopped");
        let mut stop = point % 23 + 1;
        // Each attempt gets a little further before it is killed.
        loop {
            let mut seen = 0;
            let mut watch = |event: &Event<'_>| {
                seen += usize::from(matches!(event, Event::Before(_) | Event::After(_)));
                if seen == stop {
                    Control::Stop
                } else {
                    Control::Continue
                }
            };
            match run::rollback(&stage.target, &mut watch).await {
                Ok(()) => break,
                Err(migrate::Error::Stopped { .. }) => stop += 20,
                // Killed before there was a journal, or after it was gone.
                Err(migrate::Error::State { what, .. }) if what.contains("no journal") => break,
                Err(error) => panic!("{point}: {error}"),
            }
        }
        let after = (stage.dump(), stage.data(&TREE_TABLES).await);
        assert_eq!(after, before, "killed at point {point}");
    }
}
