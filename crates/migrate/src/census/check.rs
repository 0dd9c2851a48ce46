//! CHECK constraints over a column that moves.

use super::Name;
use super::graph::{Object, class};
use super::restore::{comment, comments};
use super::walk::Walk;
use super::{Dependent, Error};
use crate::name::quoted;

const SITUATION: &str = "check";

/// Finds them, and states each again as it is. In the cut-over without a scan of the table; the
/// proof that the rows obey follows afterwards.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let oids = walk.pending(class::CONSTRAINT);
    let sql = "-- census.checks
        SELECT held.oid, held.conrelid, space.nspname, owner.relname, held.conname,
            pg_get_constraintdef(held.oid), held.conbin::text, held.convalidated,
            pg_get_userbyid(owner.relowner)::text,
            pg_describe_object('pg_constraint'::regclass, held.oid, 0)
        FROM pg_constraint AS held
        JOIN pg_class AS owner ON owner.oid = held.conrelid
        JOIN pg_namespace AS space ON space.oid = owner.relnamespace
        WHERE held.oid = ANY($1) AND held.contype = 'c'
        ORDER BY held.oid";
    let rows = walk.client.query(sql, &[&oids]).await?;
    let comments = comments(walk.client, class::CONSTRAINT, &oids).await?;
    for row in rows {
        let (oid, relation): (u32, u32) = (row.get(0), row.get(1));
        let table = Name::new(row.get::<_, String>(2), row.get::<_, String>(3));
        let name = quoted(row.get(4));
        let object: String = row.get(9);
        let id = Object::new(class::CONSTRAINT, oid);
        if let Err(why) = walk.neutral(&object, relation, &[row.get(6)])? {
            let reason = format!("a key that moves {why}");
            walk.refuse(
                SITUATION,
                object,
                reason,
                "drop the constraint, or restate it",
            );
            walk.claim(id);
            continue;
        }
        let definition: String = row.get(5);
        let valid: bool = row.get(7);
        let drop = vec![format!("ALTER TABLE {table} DROP CONSTRAINT {name}")];
        let unproven = if valid { " NOT VALID" } else { "" };
        let mut create = vec![format!(
            "ALTER TABLE {table} ADD CONSTRAINT {name} {definition}{unproven}"
        )];
        let on = format!("CONSTRAINT {name} ON {table}");
        create.extend(comments.get(&(oid, 0)).map(|text| comment(&on, text)));
        let validate = format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}");
        let after = if valid { vec![validate] } else { Vec::new() };
        let dependent = Dependent {
            kind: SITUATION.to_owned(),
            object,
            owner: row.get(8),
            undo_drop: drop.clone(),
            undo_create: create.clone(),
            undo_after: after.clone(),
            drop,
            create,
            after,
            ..Dependent::default()
        };
        walk.add(vec![id], dependent);
    }
    Ok(())
}
