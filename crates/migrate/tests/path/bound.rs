//! What was created again on an old column stops the cut-over.

use migrate::run::Until;

use crate::stage::Stage;

#[tokio::test]
async fn a_view_on_an_old_column_takes_the_cut_over_back_and_is_named() {
    let sql = "
        CREATE TABLE t (id serial PRIMARY KEY, tag text);
        CREATE VIEW people AS SELECT id, tag FROM t;
        INSERT INTO t (tag) SELECT 'n' || n FROM generate_series(1, 10) n";
    let Some(stage) = Stage::new("bound", sql).await else {
        return;
    };
    let right = stage.plan(&["t"]).await.expect("a plan").plan;
    let mut wrong = right.clone();
    // Before the columns change names: so it goes on with the old one.
    let early = "CREATE VIEW public.strangers AS SELECT id FROM public.t";
    wrong.dependents[0].drop.push(early.to_owned());
    let schema = stage.dump();
    stage.apply(&wrong, Until::Ready).await.expect("ready");
    let error = stage.apply(&wrong, Until::End).await.expect_err("stopped");
    assert!(error.to_string().contains("strangers"), "{error}");
    let kind = "SELECT format_type(atttypid, -1) FROM pg_attribute
                WHERE attrelid = 't'::regclass AND attname = 'id'";
    assert_eq!(stage.one(kind).await, "integer");
    stage.rollback().await.expect("rolled back");
    assert_eq!(stage.dump(), schema);
    stage.apply(&right, Until::End).await.expect("applied");
    assert_eq!(stage.one(kind).await, "uuid");
}
