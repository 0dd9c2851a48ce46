//! Between two steps the application is never refused: not on the way back, nor at the end.

use migrate::run::{self, Control, Event, Until};
use migrate::{Error, Plan};

use crate::stage::Stage;

/// References that must not be empty, within a table and between tables.
const SCHEMA: &str = "
CREATE TABLE nodes (id serial PRIMARY KEY, up_id integer NOT NULL REFERENCES nodes, tag text);
CREATE TABLE leaves (
    id bigserial PRIMARY KEY, node_id integer NOT NULL REFERENCES nodes, tag text);
INSERT INTO nodes (up_id, tag) SELECT n, 'n' || n FROM generate_series(1, 10) n;
INSERT INTO leaves (node_id, tag) SELECT n, 'n' || n FROM generate_series(1, 10) n;
";

/// Rows as an application writes them that leaves keys to the database.
const WRITES: &str = "
INSERT INTO nodes (up_id, tag) SELECT id, 'n7' FROM nodes WHERE tag = 'n7' LIMIT 1;
INSERT INTO leaves (node_id, tag) SELECT id, 'n7' FROM nodes WHERE tag = 'n7' LIMIT 1;
UPDATE leaves SET node_id = (SELECT id FROM nodes WHERE tag = 'n3'), tag = 'n3' WHERE tag = 'n2';
";

/// The same of one that makes the new keys itself, as it must in the end.
const WRITES_WITH_KEYS: &str = "
INSERT INTO nodes (id, up_id, tag)
    SELECT gen_random_uuid(), id, 'n7' FROM nodes WHERE tag = 'n7' LIMIT 1;
INSERT INTO leaves (id, node_id, tag)
    SELECT gen_random_uuid(), id, 'n7' FROM nodes WHERE tag = 'n7' LIMIT 1;
UPDATE leaves SET node_id = (SELECT id FROM nodes WHERE tag = 'n3'), tag = 'n3' WHERE tag = 'n2';
";

const WRONG: &str = "SELECT count(*) FROM leaves l LEFT JOIN nodes n ON n.id = l.node_id
                     WHERE n.tag IS DISTINCT FROM l.tag";

/// What leads away from where a migration is.
#[derive(Clone, Copy, Debug)]
enum Way {
    Back,
    End,
}

/// Stops behind the transaction of this number, from 1.
async fn until(stage: &Stage, way: Way, number: usize) -> Result<(), Error> {
    let mut committed = 0;
    let mut watch = |event: &Event<'_>| {
        let commits = matches!(event, Event::After(sql) if sql.ends_with("COMMIT"));
        committed += usize::from(commits);
        if commits && committed == number {
            Control::Stop
        } else {
            Control::Continue
        }
    };
    match way {
        Way::Back => run::rollback(&stage.target, &mut watch).await,
        Way::End => run::contract(&stage.target, false, &mut watch).await,
    }
}

/// Writes behind every transaction of `way`; how many there were.
async fn written_between(stage: &Stage, plan: &Plan, from: Until, way: Way) -> usize {
    stage.apply(plan, from).await.expect("applied");
    for number in 1.. {
        let outcome = until(stage, way, number).await;
        let writes = match way {
            Way::Back => WRITES,
            Way::End => WRITES_WITH_KEYS,
        };
        let written = stage.client.batch_execute(writes).await;
        written.unwrap_or_else(|e| panic!("{way:?} from {from:?}, transaction {number}: {e:?}"));
        match outcome {
            Err(Error::Stopped { .. }) => {}
            // The journal is gone.
            Ok(()) | Err(Error::State { .. }) => return number,
            Err(error) => panic!("{way:?} from {from:?}, transaction {number}: {error}"),
        }
    }
    unreachable!("each run gets one transaction further")
}

#[tokio::test]
async fn rows_can_be_written_behind_every_transaction() {
    for (from, way) in [
        (Until::Expand, Way::Back),
        (Until::Ready, Way::Back),
        (Until::End, Way::Back),
        (Until::End, Way::End),
    ] {
        let Some(stage) = Stage::new("between", SCHEMA).await else {
            return;
        };
        let plan = stage.plan(&["nodes", "leaves"]).await.expect("a plan").plan;
        let transactions = written_between(&stage, &plan, from, way).await;
        assert!(transactions > 3, "{from:?}: {transactions} transactions");
        assert_eq!(stage.one(WRONG).await, "0", "{way:?} from {from:?}");
        stage.verify().await;
    }
}
