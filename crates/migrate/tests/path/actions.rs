//! Foreign keys with all that they can do, while both columns of a pair are there.

use migrate::run::Until;

use crate::stage::Stage;

const SCHEMA: &str = "
CREATE TABLE p (id serial PRIMARY KEY, tag text);
CREATE TABLE c (id serial PRIMARY KEY, tag text,
    p_id integer REFERENCES p ON DELETE SET NULL ON UPDATE CASCADE);
CREATE TABLE late (id serial PRIMARY KEY, tag text,
    p_id integer NOT NULL REFERENCES p DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE tree (id integer PRIMARY KEY, tag text, up_id integer REFERENCES tree);
INSERT INTO p (tag) SELECT 'p' || n FROM generate_series(1, 10) n;
INSERT INTO c (tag, p_id) SELECT 'p' || n, n FROM generate_series(1, 10) n;
INSERT INTO late (tag, p_id) SELECT 'p' || n, n FROM generate_series(1, 10) n;
DELETE FROM late WHERE p_id IN (3, 4);
INSERT INTO tree VALUES (1, 't1', NULL), (2, 't2', 1);
";

/// What an application does with old keys; `{}` is where the next new key comes from.
const WRITES: &str = "
DELETE FROM p WHERE tag = 'p3';
UPDATE p SET id = 400 WHERE tag = 'p4';
BEGIN;
INSERT INTO late (tag, p_id) VALUES ('p500', 500);
INSERT INTO p (id, tag) VALUES (500, 'p500');
COMMIT;
INSERT INTO tree VALUES (3, 't3', 4), (4, 't4', 4), (5, 't5', 3);
WITH x AS (INSERT INTO c (tag, p_id) VALUES ('p600', 600))
INSERT INTO p (id, tag) VALUES (600, 'p600');
";

const WRONG: &str = "
SELECT (SELECT count(*) FROM c LEFT JOIN p ON p.id = c.p_id
        WHERE p.tag IS DISTINCT FROM c.tag AND NOT (c.tag = 'p3' AND c.p_id IS NULL))
     + (SELECT count(*) FROM late LEFT JOIN p ON p.id = late.p_id
        WHERE p.tag IS DISTINCT FROM late.tag)
     + (SELECT count(*) FROM tree t LEFT JOIN tree u ON u.id = t.up_id
        WHERE u.tag IS DISTINCT FROM
            (ARRAY[NULL, 't1', 't4', 't4', 't3'])[substr(t.tag, 2)::int])";

#[tokio::test]
async fn actions_deferral_and_rows_ahead_of_their_parents_work_in_every_phase() {
    for until in [
        None,
        Some(Until::Expand),
        Some(Until::Backfill),
        Some(Until::Ready),
    ] {
        let Some(stage) = Stage::new("actions", SCHEMA).await else {
            return;
        };
        let plan = stage
            .plan(&["p", "c", "late", "tree"])
            .await
            .expect("a plan")
            .plan;
        if let Some(until) = until {
            stage.apply(&plan, until).await.expect("applied");
        }
        stage.run(WRITES).await;
        assert_eq!(stage.one(WRONG).await, "0", "{until:?}");
        stage
            .apply(&plan, Until::End)
            .await
            .unwrap_or_else(|e| panic!("{until:?}: {e}"));
        stage.verify().await;
        assert_eq!(stage.one(WRONG).await, "0", "{until:?}");
        let schema = "SELECT count(*) FROM late WHERE p_id IS NULL OR p_id__old IS NULL";
        assert_eq!(stage.one(schema).await, "0");
    }
}

#[tokio::test]
async fn the_same_with_new_keys_after_the_cut_over() {
    let Some(stage) = Stage::new("actions_after", SCHEMA).await else {
        return;
    };
    let plan = stage
        .plan(&["p", "c", "late", "tree"])
        .await
        .expect("a plan")
        .plan;
    stage.apply(&plan, Until::End).await.expect("applied");
    stage
        .run(
            "DELETE FROM p WHERE tag = 'p3';
             UPDATE p SET id = '01900000-0000-7000-8000-000000000004' WHERE tag = 'p4';
             BEGIN;
             INSERT INTO late (id, tag, p_id) VALUES ('01900000-0000-7000-8000-000000000001',
                'p500', '01900000-0000-7000-8000-000000000500');
             INSERT INTO p (id, tag) VALUES ('01900000-0000-7000-8000-000000000500', 'p500');
             COMMIT;
             INSERT INTO tree (id, tag, up_id) VALUES
                ('01900000-0000-7000-8000-000000000003', 't3',
                    '01900000-0000-7000-8000-000000000004'),
                ('01900000-0000-7000-8000-000000000004', 't4',
                    '01900000-0000-7000-8000-000000000004'),
                ('01900000-0000-7000-8000-000000000005', 't5',
                    '01900000-0000-7000-8000-000000000003')",
        )
        .await;
    assert_eq!(stage.one(WRONG).await, "0");
    stage.verify().await;
    stage.rollback().await.expect("rolled back");
    assert_eq!(stage.one(WRONG).await, "0");
}
