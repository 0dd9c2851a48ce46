//! What the new values are: times, order, casts, floors.

use migrate::Plan;
use migrate::plan::Options;
use migrate::run::{self, Until};

use crate::stage::Stage;

/// Milliseconds of an id, in SQL.
const MS: &str = "('x' || lpad(left(replace(id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint";

#[tokio::test]
async fn ids_carry_the_time_of_their_rows_in_the_order_of_the_old_keys() {
    let sql = "
        CREATE TABLE t (id serial PRIMARY KEY, created_at timestamptz);
        INSERT INTO t (created_at) VALUES (NULL), ('2020-01-03'), ('2020-01-02'), (NULL),
            ('2020-01-07'), ('infinity'), ('1950-01-01'), ('2999-01-01')";
    let Some(stage) = Stage::new("values_order", sql).await else {
        return;
    };
    let plan = stage.plan(&["t"]).await.expect("a plan").plan;
    stage.apply(&plan, Until::End).await.expect("applied");
    let days = format!(
        "SELECT string_agg(to_char(to_timestamp({MS} / 1000.0) AT TIME ZONE 'UTC', 'MM-DD'), ' '
            ORDER BY id__old) FROM t WHERE id__old < 6"
    );
    // The first has no other time than that of the second. The third is held back by the second,
    // the fourth lies half way between its neighbours.
    assert_eq!(stage.one(&days).await, "01-03 01-03 01-03 01-04 01-07");
    let order = "SELECT bool_and(a) FROM (SELECT id > lag(id) OVER (ORDER BY id__old) a FROM t) x";
    assert_eq!(stage.one(order).await, "true");
    let future = format!("SELECT count(*) FROM t WHERE {MS} > extract(epoch FROM now()) * 1000");
    assert_eq!(stage.one(&future).await, "0");
}

#[tokio::test]
async fn a_time_of_the_future_says_nothing_of_the_rows_behind_it() {
    let sql = "
        CREATE TABLE t (id serial PRIMARY KEY, created_at timestamptz);
        INSERT INTO t (created_at) VALUES ('2999-01-01'), ('2020-01-01'), ('2999-01-01'),
            ('2020-01-05'), ('2020-01-07'), ('2999-01-01')";
    let Some(stage) = Stage::new("values_future", sql).await else {
        return;
    };
    let mut plan = stage.plan(&["t"]).await.expect("a plan").plan;
    plan.settings.batch_rows = 2;
    stage.apply(&plan, Until::End).await.expect("applied");
    let days = format!(
        "SELECT string_agg(to_char(to_timestamp({MS} / 1000.0) AT TIME ZONE 'UTC', 'MM-DD'), ' '
            ORDER BY id__old) FROM t"
    );
    // The last one has no row behind it: it follows the one before.
    let expected = "01-01 01-01 01-03 01-05 01-07 01-07";
    assert_eq!(stage.one(&days).await, expected);
}

#[tokio::test]
async fn a_second_column_stands_in_for_an_empty_one() {
    let sql = "
        CREATE TABLE t (id serial PRIMARY KEY, created_at timestamptz, \"timestamp\" timestamp);
        INSERT INTO t (created_at, \"timestamp\") VALUES (NULL, '2020-01-01'),
            ('2020-01-03', '2020-01-02'), (NULL, '2020-01-04'), (NULL, '2020-02-01'),
            ('2020-01-07', NULL)";
    let Some(stage) = Stage::new("values_second", sql).await else {
        return;
    };
    let mut plan = stage.plan(&["t"]).await.expect("a plan").plan;
    // However the rows fall into batches.
    plan.settings.batch_rows = 1;
    assert_eq!(Plan::parse(&plan.render()).expect("readable"), plan);
    stage.apply(&plan, Until::End).await.expect("applied");
    let days = format!(
        "SELECT string_agg(to_char(to_timestamp({MS} / 1000.0) AT TIME ZONE 'UTC', 'MM-DD'), ' '
            ORDER BY id__old) FROM t"
    );
    assert_eq!(stage.one(&days).await, "01-01 01-03 01-04 01-07 01-07");
    stage.contract(true).await.expect("contracted");
    let found = run::lookup(&stage.target, "t", "3")
        .await
        .expect("asked")
        .expect("found");
    let new = found.new.expect("filled").to_string();
    let back = run::lookup(&stage.target, "public.t", &new)
        .await
        .expect("asked");
    assert_eq!(back.expect("found").old, "3");
}

#[tokio::test]
async fn a_child_without_a_time_has_that_of_its_parent() {
    let sql = "
        CREATE TABLE p (id serial PRIMARY KEY, created_at date);
        CREATE TABLE c (id serial PRIMARY KEY, p_id int NOT NULL REFERENCES p);
        INSERT INTO p (created_at) VALUES ('2019-05-05'), ('2021-06-06');
        INSERT INTO c (p_id) VALUES (1), (2), (2)";
    let Some(stage) = Stage::new("values_parent", sql).await else {
        return;
    };
    let plan = stage.plan(&["p", "c"]).await.expect("a plan").plan;
    stage.apply(&plan, Until::End).await.expect("applied");
    let years = format!(
        "SELECT string_agg(extract(year FROM to_timestamp({MS} / 1000.0))::text, ' ' ORDER BY \
         id__old) FROM c"
    );
    assert_eq!(stage.one(&years).await, "2019 2021 2021");
}

#[tokio::test]
async fn text_that_holds_uuids_is_cast_and_random_uuids_get_a_time() {
    let sql = "
        CREATE TABLE a (id text PRIMARY KEY);
        CREATE TABLE b (id uuid PRIMARY KEY, a_id text REFERENCES a, created_at timestamptz);
        CREATE TABLE c (b_id uuid NOT NULL REFERENCES b);
        INSERT INTO a SELECT gen_random_uuid()::text FROM generate_series(1, 20);
        INSERT INTO b SELECT gen_random_uuid(), id, '2022-02-02' FROM a;
        INSERT INTO c SELECT id FROM b";
    let Some(stage) = Stage::new("values_cast", sql).await else {
        return;
    };
    let schema = stage.dump();
    let plan = stage.plan(&["a", "b"]).await.expect("a plan").plan;
    stage.apply(&plan, Until::End).await.expect("applied");
    stage.verify().await;
    assert_eq!(
        stage
            .one("SELECT bool_and(id::text = id__old) FROM a")
            .await,
        "true"
    );
    let sevens = "SELECT count(*) FROM b WHERE substr(id::text, 15, 1) = '7'
                  AND id::text LIKE '017eb7%'";
    assert_eq!(stage.one(sevens).await, "20");
    let linked = "SELECT count(*) FROM c JOIN b ON b.id = c.b_id JOIN a ON a.id = b.a_id";
    assert_eq!(stage.one(linked).await, "20");
    stage
        .run("INSERT INTO a (id) VALUES ('01900000-0000-7000-8000-00000000000a')")
        .await;
    stage.rollback().await.expect("rolled back");
    assert_eq!(stage.dump(), schema);
    assert_eq!(stage.one("SELECT count(*) FROM a").await, "21");
}

#[tokio::test]
async fn a_table_without_a_key_is_walked_by_place() {
    let sql = "
        CREATE TABLE p (id serial PRIMARY KEY);
        CREATE TABLE log (p_id int REFERENCES p, note text);
        INSERT INTO p SELECT FROM generate_series(1, 100);
        INSERT INTO log SELECT nullif(n % 101, 0), repeat('x', 100)
            FROM generate_series(1, 5000) n";
    let Some(stage) = Stage::new("values_place", sql).await else {
        return;
    };
    let plan = stage.plan(&["p"]).await.expect("a plan").plan;
    stage.apply(&plan, Until::End).await.expect("applied");
    stage.verify().await;
    let linked = "SELECT count(*) FROM log JOIN p ON p.id = log.p_id AND p.id__old = log.p_id__old";
    assert_eq!(stage.one(linked).await, "4951");
}

#[tokio::test]
async fn old_keys_lead_to_new_ones_and_back() {
    let Some(stage) = Stage::new(
        "values_lookup",
        "
        CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t SELECT FROM generate_series(1, 9)",
    )
    .await
    else {
        return;
    };
    let options = Options {
        all_auto_increment: true,
        ..Options::default()
    };
    let plan = stage.plan_with(options).await.expect("a plan").plan;
    for until in [Until::Backfill, Until::End] {
        stage.apply(&plan, until).await.expect("applied");
        let found = run::lookup(&stage.target, "t", "7")
            .await
            .expect("asked")
            .expect("found");
        let new = found.new.expect("filled").to_string();
        let back = run::lookup(&stage.target, "public.t", &new)
            .await
            .expect("asked");
        assert_eq!(back.expect("found").old, "7");
        assert!(
            run::lookup(&stage.target, "t", "70")
                .await
                .expect("asked")
                .is_none()
        );
    }
}
