//! Rules on tables: they rewrite statements that name the column, whatever its type.

use super::Error;
use super::graph::{Object, class};
use super::walk::Walk;

const SITUATION: &str = "rule";

/// Refuses rules on the tables that move, and rules elsewhere that read their columns.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let sql = "-- census.rules
        SELECT rule.oid
        FROM pg_rewrite AS rule
        WHERE rule.rulename <> '_RETURN'
            AND (rule.oid = ANY($1) OR rule.ev_class = ANY($2))
        ORDER BY rule.oid";
    let oids = walk.pending(class::RULE);
    let mut relations: Vec<u32> = walk.swaps.iter().map(|swap| swap.table_oid).collect();
    relations.extend(walk.views.iter().copied());
    let rows = walk.client.query(sql, &[&oids, &relations]).await?;
    let rules: Vec<Object> = rows
        .iter()
        .map(|row| Object::new(class::RULE, row.get(0)))
        .collect();
    let described = walk.describe(&rules).await?;
    for rule in rules {
        walk.claim(rule);
        let text = described.get(&rule).cloned().unwrap_or_default();
        let reason = "a rule rewrites statements, and is not rewritten itself";
        walk.refuse(
            SITUATION,
            text,
            reason,
            "replace the rule by a trigger before the move",
        );
    }
    Ok(())
}
