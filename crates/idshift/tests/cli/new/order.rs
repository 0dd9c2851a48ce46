//! Many ids: all there, all different, in order.

use crate::run::run;

#[test]
fn ids_are_in_strict_order_across_the_chunks_of_a_run() {
    // Several chunks of 4,096, and a rest.
    let out = run(&["id", "new", "-n", "20001"]).fine();
    let ids: Vec<&str> = out.lines().collect();
    assert_eq!(ids.len(), 20_001);
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn one_is_the_default() {
    assert_eq!(run(&["id", "new"]).fine().len(), 37);
}

#[test]
fn two_runs_never_give_the_same() {
    assert_ne!(run(&["id", "new"]).fine(), run(&["id", "new"]).fine());
}
