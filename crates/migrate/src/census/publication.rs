//! Publications whose column list or row filter names a column that moves.

use super::Name;
use super::graph::{Object, class};
use super::walk::Walk;
use super::{Dependent, Error};
use crate::name::quoted;

const SITUATION: &str = "publication";

/// Finds them, and publishes the table again with the same columns and filter. Servers before 15
/// have neither, so that nothing is pending there.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let oids = walk.pending(class::PUBLICATION_TABLE);
    if oids.is_empty() {
        return Ok(());
    }
    let sql = "-- census.publications
        SELECT member.oid, member.prrelid, publication.pubname, space.nspname, owner.relname,
            ARRAY(
                SELECT attribute.attname::text
                FROM pg_attribute AS attribute
                WHERE attribute.attrelid = member.prrelid
                    AND attribute.attnum = ANY(member.prattrs::int2[])
                ORDER BY attribute.attnum
            ),
            pg_get_expr(member.prqual, member.prrelid), member.prqual::text,
            pg_get_userbyid(publication.pubowner)::text,
            pg_describe_object('pg_publication_rel'::regclass, member.oid, 0)
        FROM pg_publication_rel AS member
        JOIN pg_publication AS publication ON publication.oid = member.prpubid
        JOIN pg_class AS owner ON owner.oid = member.prrelid
        JOIN pg_namespace AS space ON space.oid = owner.relnamespace
        WHERE member.oid = ANY($1)
        ORDER BY member.oid";
    for row in walk.client.query(sql, &[&oids]).await? {
        let (oid, relation): (u32, u32) = (row.get(0), row.get(1));
        let publication = quoted(row.get(2));
        let table = Name::new(row.get::<_, String>(3), row.get::<_, String>(4));
        let object: String = row.get(9);
        let id = Object::new(class::PUBLICATION_TABLE, oid);
        if let Err(why) = walk.neutral(&object, relation, &[row.get(7)])? {
            let reason = format!("in its row filter a key that moves {why}");
            walk.refuse(
                SITUATION,
                object,
                reason,
                "publish the table without the filter",
            );
            walk.claim(id);
            continue;
        }
        let columns: Vec<String> = row.get(5);
        let columns: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
        let mut list = columns.join(", ");
        if !list.is_empty() {
            list = format!(" ({list})");
        }
        let filter: Option<String> = row.get(6);
        let filter = filter.map_or_else(String::new, |text| format!(" WHERE ({text})"));
        let create = format!("ALTER PUBLICATION {publication} ADD TABLE {table}{list}{filter}");
        let drop = vec![format!(
            "ALTER PUBLICATION {publication} DROP TABLE {table}"
        )];
        let create = vec![create];
        let dependent = Dependent {
            kind: SITUATION.to_owned(),
            object,
            owner: row.get(8),
            undo_drop: drop.clone(),
            undo_create: create.clone(),
            drop,
            create,
            ..Dependent::default()
        };
        walk.add(vec![id], dependent);
    }
    Ok(())
}
