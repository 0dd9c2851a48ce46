//! Applications write while the migration runs; nothing that they wrote is lost or mapped wrongly.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use migrate::run::Until;
use tokio::task::JoinHandle;

use crate::stage::Stage;

const SHOP: &str = "
CREATE TABLE customers (id serial PRIMARY KEY, tag text NOT NULL UNIQUE, boss_id integer
    REFERENCES customers ON DELETE SET NULL, created_at timestamptz DEFAULT now());
CREATE TABLE orders (id bigserial PRIMARY KEY, tag text NOT NULL UNIQUE,
    customer_id integer REFERENCES customers ON DELETE CASCADE, customer_tag text,
    created_at timestamptz DEFAULT now());
INSERT INTO customers (tag, boss_id, created_at)
    SELECT 'c' || n, nullif(n / 3, 0), now() - (4000 - n) * interval '1 minute'
    FROM generate_series(1, 3000) n;
INSERT INTO orders (tag, customer_id, customer_tag, created_at)
    SELECT 'o' || n, 1 + n % 3000, 'c' || (1 + n % 3000), now() - (9000 - n) * interval '20 second'
    FROM generate_series(1, 8000) n;
";

/// What an application does with old keys, over and over: each round writes rows whose tags say
/// what they must refer to, so that the check needs nothing of the migration.
async fn round(
    client: &mut tokio_postgres::Client,
    writer: u64,
    n: u64,
) -> Result<(), tokio_postgres::Error> {
    let tag = format!("w{writer}-{n}");
    let isolation = ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"][(n % 3) as usize];
    client
        .batch_execute(&format!("BEGIN ISOLATION LEVEL {isolation}"))
        .await?;
    let sql = match n % 8 {
        // Parent and child in one statement, a child that names its parent by a lookup.
        0 | 4 => format!(
            "WITH c AS (INSERT INTO customers (tag) VALUES ('{tag}') RETURNING id, tag)
             INSERT INTO orders (tag, customer_id, customer_tag) SELECT tag, id, tag FROM c"
        ),
        // Another parent for a row that was there before.
        1 | 5 => format!(
            "UPDATE orders o SET customer_id = c.id, customer_tag = c.tag
             FROM (SELECT id, tag FROM customers WHERE tag LIKE 'c%' OFFSET {} LIMIT 1) c
             WHERE o.tag = 'o{}'",
            n * 37 % 2000,
            n * 131 % 8000
        ),
        // Several rows, a savepoint that is taken back, another that stays.
        2 => format!(
            "SAVEPOINT a; INSERT INTO customers (tag) VALUES ('{tag}x'); ROLLBACK TO a;
             INSERT INTO customers (tag, boss_id) SELECT '{tag}', max(id) FROM customers;
             INSERT INTO orders (tag, customer_id, customer_tag)
                SELECT '{tag}-' || n, c.id, c.tag FROM generate_series(1, 5) n,
                    (SELECT id, tag FROM customers WHERE tag = '{tag}') c"
        ),
        // A parent goes, with its orders; others lose their boss.
        3 => format!(
            "DELETE FROM customers WHERE tag = 'c{}'",
            2000 + n * 17 % 1000
        ),
        // The old key of a parent changes where nothing refers to it.
        6 => format!(
            "INSERT INTO customers (tag) VALUES ('{tag}');
             UPDATE customers SET id = id + 1000000 WHERE tag = '{tag}'"
        ),
        _ => format!(
            "UPDATE orders SET created_at = now() WHERE tag = 'o{}'",
            n * 7 % 8000
        ),
    };
    client.batch_execute(&sql).await?;
    client
        .batch_execute(if n.is_multiple_of(11) {
            "ROLLBACK"
        } else {
            "COMMIT"
        })
        .await
}

fn writer(
    stage: &Stage,
    number: u64,
    stop: &Arc<AtomicBool>,
    rounds: &Arc<AtomicU64>,
) -> JoinHandle<()> {
    let (target, stop, rounds) = (stage.target.clone(), Arc::clone(stop), Arc::clone(rounds));
    tokio::spawn(async move {
        let (mut client, _task) = target.open().await.expect("a connection");
        let mut n = number;
        while !stop.load(Ordering::Relaxed) {
            n += 1;
            if let Err(error) = round(&mut client, number, n).await {
                let code = error.code().expect("the server's answer").code().to_owned();
                // Deadlocks and serialization failures are what an application lives with anyway,
                // as is a parent that somebody else deletes; nothing else may come.
                assert!(["40001", "40P01", "23503"].contains(&&*code), "{error:?}");
                client.batch_execute("ROLLBACK").await.expect("rolled back");
            }
            rounds.fetch_add(1, Ordering::Relaxed);
        }
    })
}

/// Rows whose reference is not to the row that its tag names.
const WRONG: &str = "SELECT count(*) FROM orders o LEFT JOIN customers c ON c.id = o.customer_id
                     WHERE c.tag IS DISTINCT FROM o.customer_tag";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_notice_nothing_until_the_cut_over() {
    let Some(stage) = Stage::new("live", SHOP).await else {
        return;
    };
    let (stop, rounds) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let writers: Vec<_> = (0..3)
        .map(|n| writer(&stage, n * 1000, &stop, &rounds))
        .collect();
    let mut plan = stage
        .plan(&["customers", "orders"])
        .await
        .expect("a plan")
        .plan;
    plan.settings.batch_rows = 50;
    stage.apply(&plan, Until::Ready).await.expect("applied");
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.expect("no writer failed");
    }
    assert!(
        rounds.load(Ordering::Relaxed) > 50,
        "the writers hardly ran"
    );
    assert_eq!(
        stage.one(WRONG).await,
        "0",
        "the writers themselves keep to it"
    );
    stage.verify().await;
    stage.apply(&plan, Until::End).await.expect("cut over");
    stage.verify().await;
    assert_eq!(stage.one(WRONG).await, "0");
    let without = "SELECT count(*) FROM customers WHERE id IS NULL";
    assert_eq!(stage.one(without).await, "0");
}

#[tokio::test]
async fn what_was_written_after_the_cut_over_survives_the_way_back() {
    let Some(stage) = Stage::new("live_back", SHOP).await else {
        return;
    };
    let plan = stage
        .plan(&["customers", "orders"])
        .await
        .expect("a plan")
        .plan;
    stage.apply(&plan, Until::End).await.expect("applied");
    stage
        .run(
            "INSERT INTO customers (id, tag) VALUES ('01900000-0000-7000-8000-000000000001', 'new');
             INSERT INTO orders (id, tag, customer_id, customer_tag) SELECT
                '01900000-0000-7000-8000-000000000002', 'new', id, tag FROM customers
                WHERE tag = 'new';
             INSERT INTO orders (tag, customer_id, customer_tag) SELECT 'by itself', id, tag
                FROM customers WHERE tag = 'c7';
             UPDATE orders SET customer_id = (SELECT id FROM customers WHERE tag = 'new'),
                customer_tag = 'new' WHERE tag = 'o5';
             UPDATE customers SET boss_id = (SELECT id FROM customers WHERE tag = 'new')
                WHERE tag = 'c9';
             DELETE FROM customers WHERE tag = 'c11'",
        )
        .await;
    stage.verify().await;
    stage.rollback().await.expect("rolled back");
    assert_eq!(stage.one(WRONG).await, "0");
    let kinds = "SELECT count(*) FROM orders WHERE customer_tag = 'new' AND customer_id > 3000";
    assert_eq!(stage.one(kinds).await, "2");
    let boss = "SELECT b.tag FROM customers c JOIN customers b ON b.id = c.boss_id \
                WHERE c.tag = 'c9'";
    assert_eq!(stage.one(boss).await, "new");
    stage
        .run("INSERT INTO customers (tag) VALUES ('still counting')")
        .await;
}
