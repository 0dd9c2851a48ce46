//! One run without disturbance, and every way out of it.

use migrate::Plan;
use migrate::run::Until;

use crate::stage::Stage;

/// Serial and identity keys, a self reference, a circle, a join table, actions, a composite key.
pub(crate) const SHOP: &str = "
CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL, created_at timestamptz);
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers ON DELETE CASCADE,
    number text UNIQUE, placed timestamp DEFAULT now());
CREATE INDEX orders_customer ON orders (customer_id, id DESC) INCLUDE (number) WITH (fillfactor=80);
COMMENT ON COLUMN orders.customer_id IS 'who';
CREATE TABLE lines (
    order_id bigint NOT NULL REFERENCES orders, line int NOT NULL, text text,
    PRIMARY KEY (order_id, line));
CREATE TABLE nodes (
    id serial PRIMARY KEY,
    parent_id integer REFERENCES nodes ON DELETE SET NULL,
    customer_id integer CONSTRAINT \"Nodes customer\" REFERENCES customers ON UPDATE CASCADE);
CREATE TABLE heads (id serial PRIMARY KEY, tail_id integer);
CREATE TABLE tails (id serial PRIMARY KEY, head_id integer NOT NULL REFERENCES heads
    DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE heads ADD CONSTRAINT heads_tail FOREIGN KEY (tail_id) REFERENCES tails;
COMMENT ON CONSTRAINT heads_tail ON heads IS 'a circle';
CREATE TABLE \"_Tags\" (\"A\" integer NOT NULL REFERENCES customers ON DELETE CASCADE,
    \"B\" integer NOT NULL REFERENCES nodes ON DELETE CASCADE);
CREATE UNIQUE INDEX \"_Tags_AB_unique\" ON \"_Tags\" (\"A\", \"B\");
CREATE INDEX \"_Tags_B_index\" ON \"_Tags\" (\"B\");
INSERT INTO customers (name, created_at)
    SELECT 'c' || n, '2020-01-01'::timestamptz + n * interval '1 hour'
    FROM generate_series(1, 500) n;
UPDATE customers SET created_at = NULL WHERE id % 7 = 0;
UPDATE customers SET created_at = 'infinity' WHERE id = 30;
UPDATE customers SET created_at = '1900-01-01' WHERE id = 31;
UPDATE customers SET created_at = '2999-01-01' WHERE id = 32;
INSERT INTO orders (customer_id, number, placed)
    SELECT 1 + n % 500, 'n' || n, '2021-01-01'::timestamp + n * interval '1 minute'
    FROM generate_series(1, 3000) n;
INSERT INTO lines SELECT 1 + n % 3000, n / 3000, 'l' || n FROM generate_series(0, 8999) n;
INSERT INTO nodes (id, parent_id, customer_id)
    SELECT n, CASE WHEN n % 3 <> 0 THEN 1 + (n * 7) % 400 END, nullif(n % 5, 0)
    FROM generate_series(1, 400) n;
SELECT setval('nodes_id_seq', 400);
INSERT INTO heads SELECT FROM generate_series(1, 50);
INSERT INTO tails (head_id) SELECT n FROM generate_series(1, 50) n;
UPDATE heads SET tail_id = 51 - id;
INSERT INTO \"_Tags\" SELECT n, 1 + n * 3 % 400 FROM generate_series(1, 300) n;
";

pub(crate) const SHOP_TABLES: [&str; 7] = [
    "customers",
    "orders",
    "lines",
    "nodes",
    "heads",
    "tails",
    "\"_Tags\"",
];

pub(crate) const SHOP_KEYS: [&str; 5] = ["customers", "orders", "nodes", "heads", "tails"];

#[tokio::test]
async fn a_plan_survives_its_file() {
    let Some(stage) = Stage::new("plan_file", SHOP).await else {
        return;
    };
    let made = stage.plan(&SHOP_KEYS).await.expect("a plan");
    let text = made.plan.render();
    assert_eq!(Plan::parse(&text).expect("readable"), made.plan);
    let error = Plan::parse(&text.replace("batch_rows", "batch_row")).expect_err("a word unknown");
    assert!(error.to_string().contains("batch_row"), "{error}");
}

#[tokio::test]
async fn the_whole_way_and_back_after_the_cut_over() {
    let Some(stage) = Stage::new("whole_back", SHOP).await else {
        return;
    };
    let (schema, data) = (stage.dump(), stage.data(&SHOP_TABLES).await);
    let plan = stage.plan(&SHOP_KEYS).await.expect("a plan").plan;
    stage.apply(&plan, Until::End).await.expect("applied");
    stage.verify().await;
    let kinds = "SELECT string_agg(a.attname, ',' ORDER BY c.relname, a.attname) \
                 FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r' \
                 WHERE a.atttypid = 'uuid'::regtype AND c.relnamespace = 'public'::regnamespace";
    assert_eq!(
        stage.one(kinds).await,
        "A,B,id,id,tail_id,order_id,customer_id,id,parent_id,customer_id,id,head_id,id"
    );
    stage.rollback().await.expect("rolled back");
    assert_eq!(stage.dump(), schema);
    assert_eq!(stage.data(&SHOP_TABLES).await, data);
    stage.verify().await;
}

#[tokio::test]
async fn back_before_the_cut_over() {
    for until in [Until::Expand, Until::Backfill, Until::Ready] {
        let Some(stage) = Stage::new("whole_before", SHOP).await else {
            return;
        };
        let (schema, data) = (stage.dump(), stage.data(&SHOP_TABLES).await);
        let plan = stage.plan(&SHOP_KEYS).await.expect("a plan").plan;
        stage.apply(&plan, until).await.expect("applied");
        stage.verify().await;
        stage.rollback().await.expect("rolled back");
        assert_eq!(stage.dump(), schema, "{until:?}");
        assert_eq!(stage.data(&SHOP_TABLES).await, data, "{until:?}");
    }
}

#[tokio::test]
async fn after_the_contraction_only_types_differ() {
    let Some(stage) = Stage::new("whole_contract", SHOP).await else {
        return;
    };
    let plan = stage.plan(&SHOP_KEYS).await.expect("a plan").plan;
    stage.apply(&plan, Until::End).await.expect("applied");
    stage.contract(true).await.expect("contracted");
    stage.verify().await;
    let dump = stage.dump();
    for left in ["__old", "__new", "~idshift", "_seq"] {
        assert!(!dump.contains(left), "`{left}` is left:\n{dump}");
    }
    let links = "SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer_id
                 JOIN idshift.\"public.orders\" l ON l.new = o.id
                 WHERE c.name = 'c' || (1 + l.old % 500)";
    assert_eq!(stage.one(links).await, "3000");
}
