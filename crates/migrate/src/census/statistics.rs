//! Extended statistics over a column that moves.

use super::Name;
use super::graph::{Object, class};
use super::restore::{comment, comments};
use super::walk::Walk;
use super::{Dependent, Error};
use crate::name::quoted;

const SITUATION: &str = "statistics";

/// The first version with statistics over expressions.
const WITH_EXPRESSIONS: i32 = 140_000;

/// Finds them, and states each again as it is; they are collected again after the cut-over.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let oids = walk.pending(class::STATISTICS);
    let expressions = if walk.version >= WITH_EXPRESSIONS {
        "detail.stxexprs::text"
    } else {
        "NULL::text"
    };
    let sql = format!(
        "-- census.statistics
        SELECT detail.oid, detail.stxrelid, space.nspname, detail.stxname, table_space.nspname,
            owner.relname, pg_get_statisticsobjdef(detail.oid), {expressions},
            COALESCE(detail.stxstattarget::int4, -1),
            pg_get_userbyid(detail.stxowner)::text,
            pg_describe_object('pg_statistic_ext'::regclass, detail.oid, 0)
        FROM pg_statistic_ext AS detail
        JOIN pg_namespace AS space ON space.oid = detail.stxnamespace
        JOIN pg_class AS owner ON owner.oid = detail.stxrelid
        JOIN pg_namespace AS table_space ON table_space.oid = owner.relnamespace
        WHERE detail.oid = ANY($1)
        ORDER BY detail.oid"
    );
    let rows = walk.client.query(&sql, &[&oids]).await?;
    let comments = comments(walk.client, class::STATISTICS, &oids).await?;
    for row in rows {
        let (oid, relation): (u32, u32) = (row.get(0), row.get(1));
        let name = Name::new(row.get::<_, String>(2), row.get::<_, String>(3));
        let table = Name::new(row.get::<_, String>(4), row.get::<_, String>(5));
        let object: String = row.get(10);
        let id = Object::new(class::STATISTICS, oid);
        if let Err(why) = walk.neutral(&object, relation, &[row.get(7)])? {
            let reason = format!("a key that moves {why}");
            walk.refuse(SITUATION, object, reason, "drop the statistics object");
            walk.claim(id);
            continue;
        }
        let owner: String = row.get(9);
        let mut create = vec![
            row.get(6),
            format!("ALTER STATISTICS {name} OWNER TO {}", quoted(&owner)),
        ];
        let target: i32 = row.get(8);
        if target >= 0 {
            create.push(format!("ALTER STATISTICS {name} SET STATISTICS {target}"));
        }
        let on = format!("STATISTICS {name}");
        create.extend(comments.get(&(oid, 0)).map(|text| comment(&on, text)));
        let drop = vec![format!("DROP STATISTICS {name}")];
        let after = vec![format!("ANALYZE {table}")];
        let dependent = Dependent {
            kind: SITUATION.to_owned(),
            object,
            owner,
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
