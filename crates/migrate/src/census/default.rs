//! Where the values of a column that moves come from: defaults, identities, sequences; and the
//! generated columns that are made from it.

use super::Error;
use super::graph::{Object, class};
use super::walk::Walk;

/// Accounts for defaults and sequences, which stay with the old column, and refuses generated
/// columns, which are made from it.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    defaults(walk).await?;
    sequences(walk).await
}

async fn defaults(walk: &mut Walk<'_>) -> Result<(), Error> {
    let sql = "-- census.defaults
        SELECT value.oid, value.adrelid, value.adnum,
            pg_describe_object('pg_class'::regclass, value.adrelid,
                value.adnum),
            attribute.attgenerated <> '',
            pg_get_expr(value.adbin, value.adrelid)
        FROM pg_attrdef AS value
        JOIN pg_attribute AS attribute
            ON attribute.attrelid = value.adrelid AND attribute.attnum = value.adnum
        WHERE value.oid = ANY($1) OR attribute.attgenerated <> '' AND value.adrelid = ANY($2)
        ORDER BY value.adrelid, value.adnum";
    let oids = walk.pending(class::DEFAULT);
    let (tables, _) = walk.columns();
    for row in walk.client.query(sql, &[&oids, &tables]).await? {
        let (oid, table, attnum): (u32, u32, i16) = (row.get(0), row.get(1), row.get(2));
        let object: String = row.get(3);
        let id = Object::new(class::DEFAULT, oid);
        let expression: String = row.get(5);
        if row.get(4) {
            if oids.contains(&oid) || follows(walk, table, attnum) {
                let reason = format!("it is generated from a key that moves: `{expression}`");
                let next = "make it an ordinary column, filled by a trigger, before the move";
                walk.refuse("generated-column", object, reason, next);
                walk.claim(id);
            }
        } else if walk.views.contains(&table) {
            // It goes and comes with the view.
            walk.claim(id);
        } else if walk.swap_of(table, attnum).is_some() {
            walk.claim(id);
            if !expression.starts_with("nextval(") {
                let text = format!("Its default `{expression}` stays with the old column.");
                walk.note("default", object, text);
            }
        }
    }
    Ok(())
}

/// Whether a generated column depends on a column that moves, as servers before 15 record it.
fn follows(walk: &Walk<'_>, table: u32, generated: i16) -> bool {
    let object = Object::new(class::RELATION, table);
    walk.swaps
        .iter()
        .filter(|swap| swap.table_oid == table)
        .any(|swap| {
            let users = walk.graph.users_of_part((object, i32::from(swap.attnum)));
            users.contains(&(object, i32::from(generated)))
        })
}

async fn sequences(walk: &mut Walk<'_>) -> Result<(), Error> {
    let sql = "-- census.sequences
        SELECT sequence.oid, pg_describe_object('pg_class'::regclass, sequence.oid, 0)
        FROM pg_class AS sequence
        WHERE sequence.oid = ANY($1) AND sequence.relkind = 'S'
        ORDER BY sequence.oid";
    let oids = walk.pending(class::RELATION);
    for row in walk.client.query(sql, &[&oids]).await? {
        let id = Object::new(class::RELATION, row.get(0));
        let object: String = row.get(1);
        walk.claim(id);
        let defaults = walk
            .graph
            .users_of(id)
            .filter(|(user, _)| user.class == class::DEFAULT);
        if defaults.count() > 1 {
            let text = "More than one column takes its values: it cannot go with the old column, \
                        which `contract` will refuse to drop until the others have moved.";
            walk.note("shared-sequence", object, text);
        }
    }
    Ok(())
}
